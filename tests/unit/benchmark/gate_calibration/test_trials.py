"""One run of the calibration."""

from __future__ import annotations

import json

import pytest

from assoc_synth.benchmark.gate_calibration import samplers, trials
from assoc_synth.benchmark.gate_calibration.trials import (
    ATTEMPTS,
    CLAIMED,
    EXACT,
    PERFECT,
    RANDOM,
    SAMPLERS,
    TRUTH,
    Outcome,
    random_run,
    run,
)
from assoc_synth.model import attempts


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PERMUTATIONS", 39)
    monkeypatch.setattr(trials, "REPLICATES", 20)


def test_as_many_attempts_are_made_as_a_sample_makes() -> None:
    assert attempts.ATTEMPTS == ATTEMPTS


def test_a_run_has_the_tables_that_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(TRUTH) < set(SAMPLERS)
    few = {PERFECT: samplers.perfect, "independent draws": SAMPLERS["independent draws"]}
    monkeypatch.setattr(trials, "SAMPLERS", few)
    found = {outcome.kind: outcome for outcome in run(80, 0)}
    assert list(found) == [*few, EXACT]
    assert found["independent draws"].emitted == ""
    assert found["independent draws"].attempts == ATTEMPTS
    assert "links" in found["independent draws"].failed
    assert set(found[PERFECT].certificate) == {"links", "visits", "order", "rows"}
    monkeypatch.setattr(trials, "SAMPLERS", {PERFECT: samplers.perfect})
    assert run(80, 0)[0] == found[PERFECT], "seeded by its number, whatever else is drawn"


def test_an_outcome_goes_to_json_and_back() -> None:
    outcome = Outcome(150, "x", "FAIL", True, ("rows",), {"rows": (0.1, 0.5)}, {"rows": 1.0}, "", 3, {})
    assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome


def test_tables_without_associations() -> None:
    found = {outcome.kind: outcome for outcome in random_run(0)}
    assert list(found) == [*RANDOM, CLAIMED]
    assert found["random-svo"].emitted == "UNDERPOWERED"
    assert found["random-svo, half of the links gone"].emitted == "", "a found difference is a FAIL"
    assert not found[CLAIMED].rejected
