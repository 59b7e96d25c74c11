"""Keeping: each thread has its own keeper, and what fails leaves none behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assoc_synth.ctgan.keeping import keeper, kept_by
from assoc_synth.ctgan.trainer_state import TrainerState


class Named:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def resumed(self, stage: str) -> TrainerState | None:
        return TrainerState({}, {"stage": stage})

    def keep(self, stage: str, state: TrainerState) -> None:
        self.seen.append(stage)


def test_nobody_keeps_a_training_by_itself() -> None:
    keeper().keep("edges", TrainerState({}, {}))
    assert keeper().resumed("edges") is None


def test_the_keeper_is_that_of_the_block_also_after_an_error() -> None:
    named = Named()

    def work() -> None:
        with kept_by(named):
            keeper().keep("edges", TrainerState({}, {}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert named.seen == ["edges"]
    assert keeper().resumed("edges") is None


def test_a_block_may_be_without_a_keeper_inside_one_with() -> None:
    with kept_by(Named()), kept_by(None):
        assert keeper().resumed("edges") is None


def test_another_thread_has_none() -> None:
    with kept_by(Named()), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: keeper().resumed("edges")).result() is None
