"""Facts of a training."""

from __future__ import annotations

from typing import Any

import pytest

from assoc_synth.report.training import training_facts

STAGE: dict[str, Any] = {
    "epochs": [{}] * 10, "planned": 55, "steps": 1_200, "seconds": 90.0, "stopped": "validation stopped improving",
    "rounds": [16, 16],
}  # fmt: skip


def config(**stages: dict[str, Any]) -> dict[str, Any]:
    parameters = {"random_state": 3, "max_minutes": 2.5}
    return {"package_version": "0.1.0", "parameters": parameters, "num_subjects": 500, "history": stages}


def test_a_training_that_ended_by_itself() -> None:
    facts = training_facts(config(edges=STAGE))
    assert (facts.version, facts.seed, facts.max_minutes, facts.num_subjects) == ("0.1.0", 3, 2.5, 500)
    (stage,) = facts.stages
    assert (stage.name, stage.steps, stage.epochs, stage.planned, stage.minutes) == ("edges", 1_200, 10, 55, 1.5)
    assert not facts.is_cut


@pytest.mark.parametrize("changed", [{"stopped": "out of time"}, {"rounds": [3, 16]}])
def test_a_stage_that_was_cut_short(changed: dict[str, Any]) -> None:
    facts = training_facts(config(edges=STAGE, order=STAGE | changed))
    assert [stage.is_cut for stage in facts.stages] == [False, True]
    assert facts.is_cut


def test_a_model_that_kept_less() -> None:
    (stage,) = training_facts(config(edges={"epochs": [], "stopped": "all epochs", "best_epoch": 0})).stages
    assert (stage.steps, stage.planned, stage.stopped) == (None, 0, "nothing to learn")


def test_something_else_is_no_model() -> None:
    with pytest.raises(KeyError):
        training_facts({})
