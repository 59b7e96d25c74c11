"""Trips of a household: no split parts them, and no real household comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::assoc_synth.errors.UndertrainedWarning")


@pytest.fixture(scope="module")
def trips() -> pd.DataFrame:
    """300 trips of 50 households, each of which has a favourite."""
    rng = np.random.default_rng(0)
    trip = np.repeat(np.arange(300), 4)
    household = trip % 50
    item = np.where(rng.random(len(trip)) < 0.4, household % 10, rng.integers(0, 20, len(trip)))
    frame = pd.DataFrame({"trip": trip, "household": household + 1_000, "item": [f"item {one}" for one in item]})
    return frame.assign(verb="bought")


@pytest.fixture(scope="module")
def fitted(trips: pd.DataFrame) -> AssociativeSynthesizer:
    return AssociativeSynthesizer(random_state=1, max_minutes=0.05).fit(trips, subject="trip", cluster="household")


def test_the_sample_has_a_new_household_for_each_trip(fitted: AssociativeSynthesizer, trips: pd.DataFrame) -> None:
    rows = fitted.sample(num_subjects=80, allow_undertrained=True).rows
    assert isinstance(rows, pd.DataFrame)
    assert rows.columns.tolist() == trips.columns.tolist()
    assert rows["household"].dtype == trips["household"].dtype
    assert not set(rows["household"]) & set(trips["household"])
    pairs = rows[["trip", "household"]].drop_duplicates()
    assert len(pairs) == pairs["trip"].nunique() == pairs["household"].nunique()
    assert any("each is a cluster of its own" in note for note in fitted.notes_)
    assert fitted.plan_["household"].role == "cluster"


def test_a_saved_model_knows_its_cluster(fitted: AssociativeSynthesizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    loaded = AssociativeSynthesizer.load(tmp_path / "model")
    assert loaded.model_.format.schema.cluster == "household"
    assert "cluster = `household`" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")


def test_a_trip_of_two_households_is_refused(trips: pd.DataFrame) -> None:
    torn = trips.assign(household=np.arange(len(trips)) % 7)
    with pytest.raises(InputError, match="subject '0' is in two of them"):
        AssociativeSynthesizer().fit(torn, subject="trip", cluster="household")
