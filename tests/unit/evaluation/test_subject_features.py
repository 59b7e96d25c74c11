"""What a classifier is given, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.subject_features import COMPONENTS, TOP_OBJECTS, object_features, other_features
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.table import TransactionTable


def rows(**columns: object) -> Rows:
    frame = pd.DataFrame({"subject": ["a", "a", "b"], "verb": "v", "object": ["x", "x", "y"], **columns})
    return coded_rows(TransactionTable.from_frame(frame))[0]


def has_column(features: np.ndarray, column: list[float]) -> bool:
    return any(np.allclose(own, column, equal_nan=True) for own in features.T)


def test_objects_are_counted_and_the_rest_decomposed() -> None:
    first, second = object_features(rows(), rows(), seed=0)
    assert first.tolist() == second.tolist() == [[2.0, 0.0], [0.0, 1.0]]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"subject": rng.integers(0, 60, 3_000), "verb": "v", "object": rng.integers(0, 300, 3_000)})
    (many,) = coded_rows(TransactionTable.from_frame(frame))
    first, second = object_features(many, many, seed=0)
    assert first.shape == (60, TOP_OBJECTS + COMPONENTS)
    assert np.array_equal(first, second)


def test_verbs_visits_gaps_and_amounts() -> None:
    made = rows(
        time=pd.to_datetime(["2026-01-01 10:00", "2026-01-03 10:00", "2026-01-05 10:00"]), amount=[2.0, 4.0, np.nan]
    )
    features = other_features(made, made)
    assert has_column(features, [2.0, 1.0]), "rows"
    assert has_column(features, [1.0, 1.0]), "distinct objects"
    assert has_column(features, [2.0, np.nan]), "days between visits: b has one visit"
    assert has_column(features, [3.0, np.nan]), "mean amount"
    assert has_column(features, [0.0, 1.0]), "share without amount"


@pytest.mark.parametrize(
    "columns",
    [
        {"amount": [2.0, 4.0, 1.0]},
        {"time": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])},
        {"basket": ["1", "1", "2"]},
        {"time": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]), "basket": ["1", "1", "2"]},
    ],
)
def test_only_columns_of_both_tables_count(columns: dict[str, object]) -> None:
    bare, full = rows(), rows(**columns)
    assert other_features(full, bare).shape == other_features(bare, full).shape
    assert other_features(full, full).shape[1] > other_features(bare, bare).shape[1]
    timed = rows(time=pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]))
    assert other_features(full, timed).shape == other_features(timed, full).shape


def test_attributes_of_one_table_alone_do_not_count() -> None:
    bare = rows()
    frame = pd.DataFrame({"subject": list("abcd"), "verb": "v", "object": "x", "sex": list("FFMM")})
    (full,) = coded_rows(TransactionTable.from_frame(frame))
    assert other_features(full, bare).shape[1] == other_features(bare, full).shape[1]
    assert other_features(full, full).shape[1] == other_features(full, bare).shape[1] + 2


def test_pauses_inside_visits_where_there_are_any() -> None:
    minutes = pd.to_datetime(["2026-01-01 10:00", "2026-01-01 10:06", "2026-01-05 10:00"])
    features = other_features(*[rows(time=minutes, basket=["1", "1", "2"])] * 2)
    assert has_column(features, [6 / 1440, np.nan])
