"""Planning: one scenario at a time, and what cannot go together is refused."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios.boosting import BoostedRows
from assoc_synth.scenarios.conditions import Conditions
from assoc_synth.scenarios.continuing import Continued
from assoc_synth.scenarios.planning import plan
from assoc_synth.scenarios.rebalancing import Rebalance
from assoc_synth.scenarios.sizes import Size

APRON, BELT = ("bought", "apron"), ("bought", "belt")
HISTORY = pd.DataFrame({"customer": ["ann"], "action": ["bought"], "product": ["apron"]})
SIZE = Size(150)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"rebalance": {"verb": "uniform"}}, Rebalance),
        ({"boost": {APRON: 2.0}}, BoostedRows),
        ({"boost_pair": (APRON, BELT, 2.0)}, BoostedRows),
        ({"boost": {APRON: 2.0}, "boost_pair": (APRON, BELT, 2.0)}, BoostedRows),
        ({"conditions": {"verb": "bought", "num_rows": 3}}, Conditions),
        ({"seed_subjects": HISTORY}, Continued),
        ({"seed_subjects": HISTORY, "keep_subjects": True}, Continued),
    ],
)
def test_each_keyword_has_its_plan(small_model: FittedModel, asked: Any, kind: type) -> None:
    found = plan(small_model, SIZE, None, asked)
    assert isinstance(found, kind)
    assert found.name in asked or found.name == "boost"


@pytest.mark.parametrize("asked", [{}, {"conditions": None, "rebalance": None, "keep_subjects": False}])
def test_nothing_asked_is_no_scenario(small_model: FittedModel, asked: Any) -> None:
    assert plan(small_model, SIZE, ("bought",), asked) is None


def test_a_size_is_passed_on(small_model: FittedModel) -> None:
    boosted = plan(small_model, Size(9, num_rows=100), None, {"boost": {APRON: 2.0}})
    assert isinstance(boosted, BoostedRows)
    assert (boosted.subjects, boosted.rows) == (9, 100)
    rebalanced = plan(small_model, Size(9, num_rows=100), None, {"rebalance": {"verb": "uniform"}})
    assert isinstance(rebalanced, Rebalance)
    assert rebalanced.quota.sum() == 100


@pytest.mark.parametrize(
    ("size", "verbs", "asked", "reason"),
    [
        (SIZE, None, {"keep_subjects": True}, "keep_subjects goes with seed_subjects"),
        (
            SIZE,
            None,
            {"boost": {APRON: 2.0}, "rebalance": {"verb": "uniform"}},
            "rebalance and boost cannot go together: give one of them",
        ),
        (SIZE, ("bought",), {"rebalance": {"verb": "uniform"}}, "verbs and rebalance cannot go together"),
        (
            Size(5, num_subjects=5),
            None,
            {"conditions": {"verb": "bought", "num_rows": 3}},
            "num_subjects and conditions cannot go together",
        ),
        (
            Size(5, num_subjects=5),
            None,
            {"seed_subjects": HISTORY},
            "num_subjects and seed_subjects cannot go together",
        ),
        (Size(5, num_rows=5), None, {"seed_subjects": HISTORY}, "num_rows and seed_subjects cannot go together"),
        (
            SIZE,
            None,
            {"conditions": {"verb": "bought", "num_rows": 60_000_000}},
            "a sample holds at most 50,000,000 rows, these would be 60,000,000",
        ),
    ],
)
def test_what_cannot_go_together(small_model: FittedModel, size: Size, verbs: Any, asked: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        plan(small_model, size, verbs, asked)
