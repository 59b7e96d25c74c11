"""Tables as rows in codes that can be stored."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.link_graph.row_codes import RowCodes, in_common
from assoc_synth.transactions.table import TransactionTable

BASE: dict[str, object] = {
    "subject": list("aabbcc"),
    "verb": ["buys", "returns"] * 3,
    "object": ["tea", "pot", "tea", "cup", "pot", "cup"],
    "time": pd.to_datetime(["2026-01-01", "2026-01-02"] * 3),
    "amount": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
    "store": ["x", "y", "x", "y", "y", "x"],
    "sex": list("FFMMFF"),
}


def table(**columns: object) -> TransactionTable:
    return TransactionTable.from_frame(pd.DataFrame(BASE | columns).dropna(axis=1, how="all"))


def test_a_drawn_table_is_coded_as_the_reference_was() -> None:
    codes = RowCodes.of(table(), fewest=1)
    assert ([c.name for c in codes.attributes], [c.name for c in codes.extras]) == (["sex"], ["store"])
    names = {"verbs": codes.verbs, "objects": codes.objects}
    again = RowCodes.from_dict(json.loads(json.dumps(codes.to_dict())) | names)
    drawn = again.rows(table(object=["cup", "cup", "tea", "tea", "pot", "bag"], store=["y", "z", "x", "x", "x", "x"]))
    assert codes.objects == ("cup", "pot", "tea")
    assert (drawn.object.tolist(), drawn.num_objects) == ([0, 0, 2, 2, 1, 3], 4)
    assert drawn.extras is not None
    assert drawn.extras.codes[:, 0].tolist() == [1, 2, 0, 0, 0, 0]
    assert drawn.attributes.labels == ("sex = F", "sex = M", "sex = another value", "sex = missing")


def test_names_of_other_tables_come_after_those_of_the_reference() -> None:
    codes = RowCodes.of(table(), table(object=["aaa"] * 6), fewest=1)
    assert codes.objects == ("cup", "pot", "tea", "aaa")


def test_subjects_can_be_taken_with_their_extras() -> None:
    rows = RowCodes.of(table(), fewest=1).rows(table())
    of_b = rows.take(np.array([1]))
    assert of_b.extras is not None
    assert of_b.extras.codes.tolist() == [[0], [1]]
    assert of_b.attributes.has.tolist() == [[False, True, False, False]]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("time", (None, True, None, ("store",), ("sex",))),
        ("amount", (True, None, "timestamp", ("store",), ("sex",))),
        ("store", (True, True, "timestamp", (), ("sex",))),
        ("sex", (True, True, "timestamp", ("store",), ())),
    ],
)
def test_what_one_table_lacks_is_compared_in_none(gone: str, left: tuple[object, ...]) -> None:
    codes = RowCodes.of(table(), fewest=1)
    whole, part = in_common(*(codes.rows(one) for one in (table(), table(**{gone: None}))))
    for rows in (whole, part):
        assert rows.extras is not None
        found = rows.time is not None or None, rows.amount is not None or None, rows.visit_kind, rows.extras.names
        assert (*found, rows.attributes.names) == left
    assert (whole.attributes.has == part.attributes.has).all()


def test_a_subjects_own_number_is_no_column_to_compare() -> None:
    codes = RowCodes.of(datasets.clinic(subjects=80))
    named = {column.name for column in (*codes.attributes, *codes.extras)}
    assert {"sex", "birth_date", "department"} <= named
    assert not {"mrn", "ssn", "email"} & named


def test_an_unknown_kind_of_visit_is_an_error() -> None:
    with pytest.raises(ValueError, match="visit_kind: input should be 'basket'"):
        RowCodes.from_dict({"visit_kind": "year", "attributes": [], "extras": [], "verbs": [], "objects": []})


def test_the_column_that_names_clusters_is_not_coded() -> None:
    frame = pd.DataFrame(BASE | {"home": list("111122")})
    plain, clustered = (
        RowCodes.of(TransactionTable.from_frame(frame, **roles), fewest=1)  # type: ignore[arg-type]
        for roles in ({}, {"cluster": "home"})
    )
    assert [column.name for column in plain.attributes] == ["sex", "home"]
    assert [column.name for column in clustered.attributes] == ["sex"]


def test_rows_know_the_clusters_of_their_subjects() -> None:
    frame = pd.DataFrame(BASE | {"home": ["n", "n", "m", "m", None, None]})
    real = TransactionTable.from_frame(frame, cluster="home")
    codes = RowCodes.of(real)
    rows = codes.rows(real)
    assert rows.clusters is not None
    assert len(set(rows.clusters.tolist())) == 3, "who has no home is on its own"
    assert rows.take(np.array([0, 2])).clusters.tolist() == rows.clusters[[0, 2]].tolist()  # type: ignore[union-attr]
    assert codes.rows(real.take_subjects([1])).clusters is not None, "a part of a table may be one cluster"
    torn = TransactionTable.from_frame(frame.assign(home=["n", "m", "m", "m", "n", "m"]), cluster="home")
    found = codes.rows(torn).clusters
    assert found is not None
    assert found[0] == found[2] != found[1], "a subject in two clusters is in that of its first row"
    assert RowCodes.of(table()).rows(table()).clusters is None
