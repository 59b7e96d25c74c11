"""Outcome: what was asked and what was obtained, for people and as JSON."""

from __future__ import annotations

import json

from assoc_synth.datasets import toy_shop
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows


def test_an_outcome_reads_as_a_sentence() -> None:
    assert str(Outcome("rows of bought", 40, 39)) == "rows of bought: 40 asked, 39 obtained"
    assert str(Outcome("lift of a & b", 2 / 3, 0.5)) == "lift of a & b: 0.666667 asked, 0.5 obtained"


def test_an_outcome_is_json() -> None:
    outcome = Outcome("share of subjects with a b", 0.25, 0.24, behind=12.5)
    found = json.loads(json.dumps(outcome.to_dict()))
    assert found == {"name": "share of subjects with a b", "asked": 0.25, "obtained": 0.24, "behind": 12.5}
    assert Outcome(**found) == outcome


def test_rows_without_more_have_nothing_to_be_judged_by() -> None:
    rows = ScenarioRows(toy_shop(subjects=3), ())
    assert (rows.notes, rows.judged) == ((), None)
