"""Clusters of subjects: named by a column, whole, and said in the notes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.clusters import clusters_of, note_on
from assoc_synth.transactions.table import TransactionTable

ROWS = pd.DataFrame(
    {
        "trip": ["t1", "t1", "t2", "t3", "t4", "t5"],
        "household": [7, 7, 10, 7, None, 10],
        "item": ["tea", "mug", "tea", "pot", "tea", "mug"],
    }
)


def read(frame: pd.DataFrame = ROWS, **roles: str) -> TransactionTable:
    return TransactionTable.from_frame(frame, **{"subject": "trip", "cluster": "household", **roles})  # type: ignore[arg-type]


def test_clusters_are_numbered_by_the_text_of_their_names() -> None:
    table = read()
    assert table.subjects.tolist() == ["t1", "t2", "t3", "t4", "t5"]
    # "10.0" before "7.0"; the trip without a household is a cluster of its own.
    assert table.clusters is not None
    assert table.clusters.tolist() == [1, 0, 1, 2, 0]
    backwards = read(ROWS[::-1]).clusters
    assert backwards is not None
    assert backwards.tolist() == table.clusters.tolist()


def test_the_column_stays_an_extra_one_and_plays_no_role() -> None:
    table = read()
    assert (table.schema.cluster, table.schema.extras) == ("household", ("household",))
    assert table.schema.described()["cluster"] == "household"
    pd.testing.assert_frame_equal(table.to_frame(), ROWS)
    assert "cluster 'household'" in repr(table)


def test_what_is_the_cluster_is_not_detected_as_a_role() -> None:
    frame = ROWS.rename(columns={"household": "customer", "trip": "basket_id"}).fillna({"customer": 8.0})
    assert TransactionTable.from_frame(frame).schema.subject == "customer"
    table = TransactionTable.from_frame(frame, cluster="customer")
    assert (table.schema.subject, table.schema.cluster, table.num_subjects) == ("basket_id", "customer", 5)


def test_a_table_without_clusters_has_none() -> None:
    assert TransactionTable.from_frame(ROWS, subject="trip").clusters is None
    assert read(cluster="").clusters is None


def test_the_notes_say_how_many_there_are() -> None:
    said = "column 'household' names the cluster of each subject: 3 clusters of 1.7 subjects on average"
    assert any(said in note for note in read().notes)


def test_a_subject_in_two_clusters_is_said_and_refused_where_a_split_asks() -> None:
    torn = ROWS.assign(household=[7, 10, 10, 7, None, 10])
    table = read(torn)
    problem = "subject 't1' is in two of them, '10.0' and '7.0': a cluster holds whole subjects; leave --cluster out"
    assert any(problem in note for note in table.notes)
    with pytest.raises(InputError, match="column 'household' names the clusters, and subject 't1' is in two of them"):
        _ = table.clusters


def test_one_cluster_cannot_be_split() -> None:
    cells = pd.Series(["h", "h", None], name="home")
    with pytest.raises(InputError, match="column 'home' names the clusters, and all 2 subjects are in one"):
        clusters_of(np.array([0, 1, 1], np.int32), pd.Index(["a", "b"]), cells)
    assert clusters_of(np.array([0, 0], np.int32), pd.Index(["a"]), cells[:2]).tolist() == [0]
    assert "are in one" in note_on(np.array([0, 1, 1], np.int32), pd.Index(["a", "b"]), cells)
    assert any("are in one" in note for note in read(ROWS.assign(household=7)).notes)


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        ("home", "there is no column 'home' for --cluster"),
        ("trip", "column 'trip' is given as both subject and cluster"),
    ],
)
def test_a_wrong_column_is_refused(cluster: str, words: str) -> None:
    with pytest.raises(SchemaError, match=words):
        read(cluster=cluster)


def test_a_file_has_clusters_too(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    ROWS.to_csv(path, index=False)
    table = TransactionTable.read(path, subject="trip", cluster="household")
    assert table.clusters is not None
    assert table.clusters.tolist() == [1, 0, 1, 2, 0]


def test_a_matrix_of_objects_keeps_its_clusters() -> None:
    wide = pd.DataFrame({"trip": list("abcd"), "home": [1, 0, 1, 0], "tea": [1, 0, 1, 1], "mug": [0, 1, 1, 0]})
    table = TransactionTable.from_frame(wide, subject="trip", cluster="home", layout="matrix")
    assert table.objects.tolist() == ["mug", "tea"]
    assert table.clusters is not None
    assert table.clusters.tolist() == [1, 0, 1, 0]
