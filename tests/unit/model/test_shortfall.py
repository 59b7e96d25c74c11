"""Shortfall: what is said of stages that time ended, and of those that it did not."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from assoc_synth.ctgan import trainer
from assoc_synth.ctgan.trainer import History
from assoc_synth.model.shortfall import OUT_OF_TIME, Shortfall, halving_notes


def history(stopped: str, made: int = 3, **facts: Any) -> dict[str, Any]:
    own = {"epochs": [{}] * made, "stopped": stopped, "planned": 30, "steps": 90, "least_steps": 20}
    return asdict(History(**own | facts))


def test_the_word_is_the_trainers() -> None:
    assert OUT_OF_TIME == trainer.OUT_OF_TIME


@pytest.mark.parametrize("stopped", [trainer.ALL_MADE, trainer.NO_BETTER])
def test_a_training_that_ended_by_itself_has_none(stopped: str) -> None:
    short = Shortfall.of({"edges": history(stopped, steps=1), "assignment": asdict(History())})
    assert (short.cuts, short.sentence, short.notes, short.is_undertrained) == ((), "", (), False)


def test_stages_and_calibrations_that_were_cut_are_named_with_what_to_do() -> None:
    short = Shortfall.of(
        {
            "edges": history(OUT_OF_TIME, 10, planned=55, rounds=(1, 10)),
            "occurrences": history(OUT_OF_TIME, 1, planned=1),
            "assignment": history(trainer.NO_BETTER, rounds=(4, 4)),
        }
    )
    assert short.sentence == (
        "training was cut short (edges 10 of 55 epochs, calibration of the edges 1 of 10 rounds, occurrences 1 of 1 "
        "epoch): raise --max-minutes (in Python max_minutes)"
    )
    assert short.notes == (short.sentence,)
    assert not short.is_undertrained


def test_a_stage_below_its_least_makes_the_model_undertrained() -> None:
    cut = {"edges": history(OUT_OF_TIME, steps=20), "occurrences": history(OUT_OF_TIME, steps=19)}
    short = Shortfall.of(cut)
    assert short.is_undertrained
    assert short.untrained == ("occurrences",)
    assert short.warning == f"too little training for occurrences: {short.sentence}"
    two = Shortfall.of({name: history(OUT_OF_TIME, steps=1) for name in ("edges", "occurrences", "order")})
    assert two.warning.startswith("too little training for edges, occurrences and order: training was cut short (")


def test_models_of_older_versions_kept_less() -> None:
    kept = {"epochs": [{}, {}], "stopped": OUT_OF_TIME, "best_epoch": 2}
    short = Shortfall.of({"edges": kept})
    assert short.sentence.startswith("training was cut short (edges 2 of 2 epochs)")
    assert not short.is_undertrained


def test_what_was_halved_is_told_stage_by_stage() -> None:
    history = {"edges": {"smaller": 3, "slower": 1}, "occurrences": {"smaller": 0}, "assignment": {}}
    assert halving_notes(history) == (
        "memory was short: the training of the edges went on with an eighth of the batch",
        "a loss was no number: the training of the edges went on with half the learning rate",
    )
