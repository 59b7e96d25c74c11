"""Whether a column has any value that may be stored, and what plan and fit make of one that has none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.column_plan import ColumnPlan
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.attributes.protection import protected
from assoc_synth.attributes.storable import as_storable, expected_of, shared_values, without_lost_sources
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.gate.split import split_subjects
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 120


def table(members: int) -> TransactionTable:
    """Two rows of each subject, whose household has so many members."""
    who = np.repeat(np.arange(SUBJECTS), 2)
    rows = pd.DataFrame({"who": who, "did": "buy", "what": np.resize(["tea", "mug", "pot"], len(who))})
    rows["home"] = [f"H{one:04d}" for one in who // members]
    rows["town"] = np.where(who % 2, "Ulm", "Aue")
    return TransactionTable.from_frame(rows, subject="who", verb="did", object="what")


@pytest.mark.parametrize(("members", "kind"), [(2, "identifier"), (3, "identifier"), (30, "category")])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_plan_and_fit_say_the_same_of_a_column_whatever_the_split(members: int, kind: str, seed: int) -> None:
    own = table(members)
    planned = plan_columns(own)
    training, _ = split_subjects(SUBJECTS, np.random.default_rng(seed))
    made = protected(own, planned, training, Thresholds())
    assert planned["home"].kind == kind
    assert made.plan == planned
    assert made.plan.notes == planned.notes


def test_a_lower_threshold_keeps_what_it_allows() -> None:
    own = table(3)
    assert [plan_columns(own, thresholds=Thresholds(n))["home"].kind for n in (1, 2, 5)] == [
        "category",
        "category",
        "identifier",
    ]


def test_a_plan_names_the_threshold_of_the_user() -> None:
    rows = table(2).to_frame().assign(size=np.where(np.arange(2 * SUBJECTS) < 6, 1.5, np.nan))
    own = TransactionTable.from_frame(rows, subject="who", verb="did", object="what")
    assert plan_columns(own)["size"].notes == ("column 'size' has no value of 5 training subjects and stays empty",)
    assert plan_columns(own, thresholds=Thresholds(2))["size"].kind == "number"


def test_so_many_subjects_train_on_average() -> None:
    for fewest in range(1, 30):
        needed = expected_of(fewest, 1_000)
        assert round(0.8 * needed) >= fewest > round(0.8 * (needed - 1) - 1e-9)
    assert expected_of(5, 10_000_000) == 5  # at most 5,000 subjects are held out


def test_a_column_without_shape_stays_empty_and_lends_nothing() -> None:
    cells = pd.Series(["a", "b"])
    line = ColumnPlan("x", "extra", "category", on=("subject",), of="subject")
    gone = as_storable(line, cells, np.arange(2), 5)
    assert (gone.kind, gone.on, gone.format) == ("empty", (), "has no value of 5 training subjects")
    follower = replace(line, name="y", source="x")
    assert [one.source for one in without_lost_sources({"x": gone, "y": follower})] == ["", ""]
    assert as_storable(replace(line, kind="identifier"), cells, np.arange(2), 5).kind == "identifier"


def test_values_of_one_busy_subject_are_not_shared() -> None:
    cells = pd.Series(["mine"] * 50 + ["ours"] * 6)
    assert shared_values(cells, np.array([0] * 50 + list(range(6)))).tolist() == ["ours"]
