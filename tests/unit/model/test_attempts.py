"""Attempts: the first draw that the gate lets pass, and nothing where it refuses them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected
from assoc_synth.gate.asked import Asked
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.attempts import ATTEMPTS, Attempts
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.shortfall import Cut, Shortfall

ONE = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=1)
SHOP = toy_shop(subjects=3)


class Gate:
    """Answers as it is told to, and remembers how many subjects it was asked about."""

    def __init__(self, answers: Sequence[Status]) -> None:
        self.answers = iter(answers)
        self.asked: list[tuple[int, object]] = []
        self.codes = None

    def judge(self, drawn: Edges, rng: np.random.Generator, asked: Asked) -> Verdict:
        self.asked.append((drawn.num_subjects, None))
        return Verdict(next(self.answers), p_value=0.01, tau_high=1.0, watched=(("pairs_within", 3),))


def behind(gate: Gate, cuts: tuple[Cut, ...] = (), **options: Any) -> Attempts:
    model = SimpleNamespace(
        judge=gate,
        links_of=lambda edges: edges,
        shortfall=Shortfall(cuts),
        verbs=["bought", "returned"],
        objects=["tea"],
        promise=None,
    )
    return Attempts(cast(FittedModel, model), **({"seed": 10} | options))


def evidence(drawn: Any = None) -> Callable[[int], tuple[Any, Evidence]]:
    return lambda attempt: (f"draw {attempt}" if drawn is None else drawn, Evidence(ONE, SHOP))


def test_each_attempt_has_a_seed_of_its_own() -> None:
    attempts = behind(Gate([]))
    seeds = [attempts.seeds_of(attempt) for attempt in range(3)]
    assert {one.entropy for one in seeds} == {10}
    assert len({*seeds, attempts.row_seeds}) == 4
    assert attempts.seeds_of(1) == behind(Gate([])).seeds_of(1) != behind(Gate([]), seed=11).seeds_of(1)


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_the_first_that_passes_is_taken(refused: int) -> None:
    gate = Gate([Status.FAIL] * refused + [Status.PASS])
    drawn, verdict = behind(gate).first_to_pass(evidence())
    assert drawn == f"draw {refused}"
    assert (verdict.attempts, verdict.seed) == (refused + 1, 10)
    assert ("It is attempt" in verdict.sentence) == (refused > 0)
    assert gate.asked == [(1, None)] * (refused + 1)


@pytest.mark.parametrize("silent", [Status.PASS_LIMITED, Status.UNDERPOWERED])
def test_after_a_refusal_silence_is_not_enough(silent: Status) -> None:
    assert behind(Gate([silent])).first_to_pass(evidence())[1].status is silent
    assert behind(Gate([Status.FAIL, silent, Status.PASS])).first_to_pass(evidence())[0] == "draw 2"
    with pytest.raises(GateRejected, match=r"the gate refused 3 attempts, nothing is emitted\. FAIL:") as refusal:
        behind(Gate([Status.FAIL, silent, silent])).first_to_pass(evidence())
    assert refusal.value.verdict.status is Status.FAIL
    assert refusal.value.table is SHOP


def test_nothing_comes_of_three_refusals() -> None:
    with pytest.raises(GateRejected, match=f"the gate refused {ATTEMPTS} attempts, nothing is emitted") as refusal:
        behind(Gate([Status.FAIL] * ATTEMPTS)).first_to_pass(evidence())
    assert refusal.value.verdict.attempts == ATTEMPTS


def test_a_draw_of_copies_is_refused_though_its_sample_passes() -> None:
    told = iter(["too many copies", ""])
    drawn, verdict = behind(Gate([Status.PASS] * 2)).first_to_pass(evidence(), lambda *_: next(told))
    assert (drawn, verdict.attempts) == ("draw 1", 2)
    with pytest.raises(GateRejected, match="FAIL: too many copies"):
        behind(Gate([Status.PASS] * 3)).first_to_pass(evidence(), lambda *_: "too many copies")


def test_a_refusal_says_that_training_was_cut_short() -> None:
    cuts = (Cut("edges", 3, 50, "epoch"),)
    with pytest.raises(GateRejected, match=r"Training was cut short \(edges 3 of 50 epochs\): raise --max-minutes"):
        behind(Gate([Status.FAIL] * ATTEMPTS), cuts).first_to_pass(evidence())


def test_strict_refuses_what_nothing_can_be_claimed_about() -> None:
    assert behind(Gate([Status.UNDERPOWERED])).first_to_pass(evidence("drawn"))[0] == "drawn"
    with pytest.raises(GateRejected, match="strict: nothing is emitted"):
        behind(Gate([Status.UNDERPOWERED]), strict=True).first_to_pass(evidence())
