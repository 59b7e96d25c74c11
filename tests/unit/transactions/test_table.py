"""A table gives back what it was given, in kind; bad cells are refused with their row."""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.files import read_frame, write_frame
from assoc_synth.transactions.table import TransactionTable
from assoc_synth.transactions.table_format import TableFormat

DAYS = ["2024-01-02", "2024-03-31", "2024-10-27", "1999-12-31"]
TIMES = pd.Series(pd.to_datetime(DAYS))


def frame_of(**columns: Any) -> pd.DataFrame:
    plain = {"subject": ["b", "a", "é", "a"], "verb": ["x", "y", "x", "x"], "object": ["p|1", 'q,"', "007", "NA"]}
    return pd.DataFrame({**plain, **columns})


def arrow(values: list[Any], kind: pa.DataType) -> pd.Series:
    return pd.Series(pd.array(pa.array(values, type=kind), dtype=pd.ArrowDtype(kind)))


IN_KIND = {
    "text": frame_of(),
    "int64": frame_of(subject=[10, 2, 33, 2]),
    "int8": frame_of(subject=np.array([10, 2, 33, 2], dtype="int8")),
    "uint64": frame_of(subject=np.array([2**63 + 5, 2, 33, 2], dtype="uint64")),
    "Int64": frame_of(subject=pd.array([10, 2, 33, 2], dtype="Int64")),
    "beyond 64 bits": frame_of(subject=np.array([2**70, 2, 33, 2], dtype=object)),
    "whole floats": frame_of(subject=[1.0, 2.0, 3.0, 1.0]),
    "bool": frame_of(object=[True, False, True, True]),
    "category": frame_of().astype("category"),
    "category of int": frame_of(subject=pd.Categorical([10, 2, 33, 2])),
    "ordered": frame_of(object=pd.Categorical(["l", "h"] * 2, categories=["l", "m", "h"], ordered=True)),
    "string": frame_of().astype("string[python]"),
    "string[pyarrow]": frame_of().astype("string[pyarrow]"),
    "str": frame_of().astype(pd.StringDtype("pyarrow", na_value=np.nan)),
    "arrow string": frame_of(subject=arrow(["b", "a", "c", "a"], pa.string())),
    "arrow int64": frame_of(subject=arrow([10, 2, 33, 2], pa.int64())),
    "arrow dictionary": frame_of(object=arrow(["b", "a", "c", "a"], pa.dictionary(pa.int32(), pa.string()))),
    "datetime64[ns]": frame_of(time=TIMES),
    "datetime64[us]": frame_of(time=TIMES.astype("datetime64[us]")),
    "datetime64[s]": frame_of(time=TIMES.astype("datetime64[s]")),
    "datetime64 with gaps": frame_of(time=TIMES.mask(TIMES.index == 1)),
    "Berlin": frame_of(time=TIMES.dt.tz_localize("Europe/Berlin")),
    "New York with gaps": frame_of(time=TIMES.mask(TIMES.index == 1).dt.tz_localize("America/New_York")),
    "offset": frame_of(time=TIMES.dt.tz_localize("+02:00")),
    "arrow timestamp": frame_of(time=TIMES.astype("timestamp[us][pyarrow]")),
    "arrow timestamp UTC": frame_of(time=arrow([*TIMES[:3].dt.tz_localize("UTC"), None], pa.timestamp("us", "UTC"))),
    "arrow date": frame_of(time=arrow([dt.date(2024, 1, 2), None, *[dt.date(1999, 1, 1)] * 2], pa.date32())),
    "date objects": frame_of(time=[dt.date(2024, 1, 2), None, *[dt.date(1999, 1, 1)] * 2]),
    "text days": frame_of(time=DAYS),
    "text times": frame_of(time=[f"{day} 03:04:05" for day in DAYS]),
    "text minutes": frame_of(time=[f"{day} 03:04" for day in DAYS]),
    "text T": frame_of(time=[f"{day}T03:04:05" for day in DAYS]),
    "text Z": frame_of(time=[f"{day}T03:04:05.120Z" for day in DAYS]),
    "text offset": frame_of(time=[f"{day} 03:04:05.123456+02:00" for day in DAYS]),
    "text months": frame_of(time=["2024-01", "2024-02", None, "2024-01"]),
    "compact": frame_of(time=["20240131", "20240201", None, "20240301"]),
    "slashes, year first": frame_of(time=["2024/12/31", "2024/02/01", None, "2024/04/03"]),
    "dots": frame_of(time=["31.12.2024", "01.02.2024", None, "03.04.2024"]),
    "day first": frame_of(time=["31/12/2024", "01/02/2024", "03/04/2024", "03/04/2024"]),
    "month first": frame_of(time=["12/31/2024 10:11", "01/02/2024 00:00", "03/04/2024 01:01", "03/04/2024 01:01"]),
    "string days": frame_of(time=pd.array(DAYS, dtype="string")),
    "category days": frame_of(time=pd.Categorical(DAYS)),
    "epoch": frame_of(time=[1700000000, 1700000001, 1700000002, 1700000000]),
    "epoch with gaps": frame_of(time=[1700000000, np.nan, 1700000002, 1700000000]),
    "epoch text": frame_of(time=["1700000000", None, "1700000002", "1700000000"]),
    "float64": frame_of(amount=[1.5, np.nan, -2.25, 1e10]),
    "thirds": frame_of(amount=[1 / 3, np.nan, 1e-9, 1e300]),
    "float32": frame_of(amount=np.array([1.1, 2.2, np.nan, 3], dtype="float32")),
    "amount int64": frame_of(amount=[1, 2, -3, 4]),
    "amount Int64": frame_of(amount=pd.array([1, None, 3, 4], dtype="Int64")),
    "Float64": frame_of(amount=pd.array([1.1, None, 2, 3], dtype="Float64")),
    "arrow double": frame_of(amount=arrow([1.1, None, 2, 3], pa.float64())),
    "arrow int32": frame_of(amount=arrow([1, None, 2, 3], pa.int32())),
    "arrow decimal": frame_of(amount=arrow([Decimal("1.50"), None, Decimal(2), Decimal("3.25")], pa.decimal128(7, 2))),
    "Decimal": frame_of(amount=[Decimal("1.50"), None, Decimal("2"), Decimal("3.25")]),
    "fixed text": frame_of(amount=["1.50", None, "2.00", "-3.25"]),
    "short text": frame_of(amount=["1.5", None, "2", "3.25"]),
    "float text": frame_of(amount=["1.5", None, "2.0", "3.25"]),
    "whole text": frame_of(amount=["1", None, "2", "3"]),
    "basket text": frame_of(basket=["b1", None, "b2", "b1"]),
    "basket nan": frame_of(basket=["b1", np.nan, "b2", "b1"]),
    "basket Int64": frame_of(basket=pd.array([1, None, 2, 1], dtype="Int64")),
    "basket float": frame_of(basket=[1, np.nan, 2, 1]),
    "basket category": frame_of(basket=pd.Categorical(["b1", None, "b2", "b1"])),
    "extras": frame_of(zc=pd.Categorical(["a", "b"] * 2), zt=pd.to_timedelta(range(4), unit="s")),
    "another order": frame_of(extra=[1, 2, 3, 4])[["extra", "object", "subject", "verb"]],
    "nothing dated": frame_of(time=pd.Series([None] * 4, dtype=object), amount=[np.nan] * 4),
}


@pytest.mark.parametrize("kind", IN_KIND)
def test_given_back_in_kind(kind: str) -> None:
    frame = IN_KIND[kind]
    before = frame.copy(deep=True)
    table = TransactionTable.from_frame(frame)
    pd.testing.assert_frame_equal(table.to_frame(), frame)
    pd.testing.assert_frame_equal(frame, before)
    # The format survives JSON, and new rows have the dtypes of real ones unless a cell is missing.
    rebuilt = TableFormat.from_dict(json.loads(json.dumps(table.format.to_dict())))
    assert rebuilt == table.format
    new = rebuilt.new_subject_names(len(frame))
    assert not {str(name) for name in new} & {str(name) for name in table.subjects}
    names = {"subject": new, "verb": table.verbs.take(table.verb), "object": table.objects.take(table.object)}
    if "basket" in frame:
        names["basket"] = rebuilt.new_basket_names(len(frame))
    made = rebuilt.frame(names, time=table.time, amount=table.amount, extras=table.extras)
    assert list(made) == list(frame)
    assert [str(dtype) for dtype in made.dtypes] == [str(dtype) for dtype in frame.dtypes]


LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
NAMES = st.text(LETTERS, min_size=1, max_size=6).filter(lambda name: bool(name.strip()))
ROWS = st.tuples(NAMES, NAMES, NAMES, st.none() | st.datetimes(dt.datetime(1680, 1, 1), dt.datetime(2260, 1, 1)))
AMOUNTS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ROWS, AMOUNTS, st.none() | st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=12))
def test_round_trip_of_any_names(rows: list[Any]) -> None:
    frame = pd.DataFrame([row[0][:3] for row in rows], columns=["subject", "verb", "object"], dtype=object)
    frame["time"] = pd.Series([row[0][3] for row in rows], dtype="datetime64[ns]")
    frame["amount"] = pd.Series([row[1] for row in rows], dtype="float64")
    frame["basket"] = pd.array([row[2] for row in rows], dtype="Int64")
    table = TransactionTable.from_frame(frame)
    pd.testing.assert_frame_equal(table.to_frame(), frame, check_exact=True)
    new = set(table.format.new_subject_names(20))
    assert len(new) == 20
    assert not new & set(frame["subject"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([10, 9, 100, 2, -1, 0]) | st.integers(), min_size=1, max_size=20), st.randoms())
def test_order_of_rows_never_matters(ids: list[int], random: Any) -> None:
    frame = pd.DataFrame({"subject": pd.Series(ids, dtype=object), "verb": "v", "object": [str(i % 3) for i in ids]})
    shuffled = frame.iloc[random.sample(range(len(ids)), len(ids))]
    one, other = TransactionTable.from_frame(frame), TransactionTable.from_frame(shuffled)
    assert one.subjects.tolist() == other.subjects.tolist() == sorted(set(ids), key=str)
    assert one.objects.equals(other.objects)
    assert one.format == other.format


def test_codes_and_times_are_as_promised() -> None:
    frame = frame_of(time=pd.to_datetime(["2024-07-01 12:00"] * 4).tz_localize("Europe/Berlin"), amount=[1, 2, 3, 4])
    table = TransactionTable.from_frame(frame.assign(basket=[7, 7, 8, 8]))
    assert table.subjects.tolist() == ["a", "b", "é"]
    assert table.subject.tolist() == [1, 0, 2, 0]
    assert {str(codes.dtype) for codes in (table.subject, table.verb, table.object)} == {"int32"}
    assert table.time is not None
    assert table.time.dtype == "datetime64[ns]"
    assert (table.time == np.datetime64("2024-07-01T10:00")).all()
    assert table.amount is not None
    assert table.amount.dtype == np.float64
    assert table.basket is not None
    assert table.basket.dtype == np.int64
    assert (len(table), table.num_subjects, table.num_verbs, table.num_objects) == (4, 3, 2, 4)


def test_index_of_the_frame_plays_no_part() -> None:
    table = TransactionTable.from_frame(frame_of(amount=[1, 2, 3, 4]).set_index(pd.Index([5, 5, 6, 6])))
    pd.testing.assert_frame_equal(table.to_frame(), frame_of(amount=[1, 2, 3, 4]))


def test_csv_round_trip_is_exact_as_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "customer,zip,action,product,date,price,stock,note,trip\n"
        "007,0123,buy,NA,2024-01-02,12.50,5,,b1\n"
        '007,99,buy,"a, ""b""",,3.00,,nan,\n'
        "é,1,return,null,2024-01-04,-3.00,7,x,b2\n",
        encoding="utf-8",
    )
    table = TransactionTable.read(path, basket="trip")
    write_frame(table.to_frame(), tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    assert table.extras.dtypes.astype(str).to_dict() == {"zip": "object", "stock": "Int64", "note": "object"}
    typed = table.to_frame(typed=True)
    assert typed["price"].tolist() == [12.5, 3.0, -3.0]
    assert typed["date"].dtype == "datetime64[ns]"


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz", ".jsonl", ".parquet"])
def test_every_kind_of_file_gives_the_same_table(tmp_path: Path, suffix: str) -> None:
    frame = frame_of(time=[f"{day} 10:00:00" for day in DAYS], amount=[1.5, 2.25, np.nan, 3.0])
    write_frame(frame, tmp_path / f"t{suffix}")
    table = TransactionTable.read(tmp_path / f"t{suffix}")
    expected = TransactionTable.from_frame(frame)
    assert table.subject.tolist() == expected.subject.tolist()
    assert table.objects.tolist() == expected.objects.tolist()
    assert table.time is not None
    assert expected.time is not None
    assert (table.time == expected.time).all()
    np.testing.assert_array_equal(table.amount, expected.amount)
    assert read_frame(tmp_path / f"t{suffix}")["time"].tolist() == frame["time"].tolist()


def test_few_blank_names_are_rejected_and_noted() -> None:
    frame = pd.DataFrame({"subject": [f"s{i % 7}" for i in range(100)], "verb": "v", "object": "o"}).astype(object)
    frame["time"] = pd.date_range("2024-01-01", periods=100)
    frame.loc[3, "subject"], frame.loc[50, "object"], frame.loc[51, "verb"] = None, " \t", ""
    table = TransactionTable.from_frame(frame)
    assert len(table) == 97
    assert any("3 of 100 rows" in note and "'subject'" in note for note in table.notes)
    assert table.objects.tolist() == ["o"]
    pd.testing.assert_frame_equal(table.to_frame(), frame.drop(index=[3, 50, 51]).reset_index(drop=True))
    frame.loc[60:65, "subject"] = None
    with pytest.raises(InputError, match=r"9 of 100.*row 4"):
        TransactionTable.from_frame(frame)


def test_missing_texts_of_amounts_and_times() -> None:
    table = TransactionTable.from_frame(
        frame_of(amount=["nan", "NA", "", "1.50"], time=["", "NaT", None, "2024-01-01"])
    )
    assert table.amount is not None
    assert table.time is not None
    assert np.isnan(table.amount).tolist() == [True, True, True, False]
    assert np.isnat(table.time).tolist() == [True, True, True, False]
    assert table.to_frame()["amount"].tolist() == [None, None, None, "1.50"]


def test_several_ways_of_writing_are_noted() -> None:
    table = TransactionTable.from_frame(
        frame_of(amount=["1.5", "2.00", "3", "4"], time=[*DAYS[:3], "2024-01-01 10:00:00"])
    )
    assert sum("several ways" in note for note in table.notes) == 2
    assert table.to_frame()["time"].tolist()[0] == "2024-01-02 00:00:00"


def test_one_of_everything() -> None:
    frame = pd.DataFrame({"subject": ["a"], "verb": ["v"], "object": ["o"]})
    table = TransactionTable.from_frame(frame)
    assert (len(table), table.num_subjects, table.num_verbs, table.num_objects) == (1, 1, 1, 1)
    pd.testing.assert_frame_equal(table.to_frame(), frame)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(InputError, match="DataFrame"):
        TransactionTable.from_frame([1, 2])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no rows"):
        TransactionTable.from_frame(frame_of().iloc[:0])
    with pytest.raises(SchemaError, match="duplicate"):
        TransactionTable.from_frame(pd.concat([frame_of(), frame_of()], axis=1))


def test_take_subjects() -> None:
    frame = frame_of(basket=["b1", None, "b2", "b3"], amount=[1, 2, 3, 4], extra=[5, 6, 7, 8])
    table = TransactionTable.from_frame(frame)
    part = table.take_subjects([2, 0])
    assert part.subjects.tolist() == ["a", "é"]
    assert part.subject.tolist() == [0, 1, 0]
    assert part.objects.equals(table.objects)
    assert part.baskets is not None
    assert part.baskets.tolist() == ["b2", "b3"]
    expected = frame.iloc[1:].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.to_frame(), expected)
    pd.testing.assert_frame_equal(table.take_subjects(np.array([True, False, True])).to_frame(), expected)
    assert len(table.take_subjects([])) == 0
    for wrong in ([3], [-1], [True], [0.5]):
        with pytest.raises(InputError):
            table.take_subjects(wrong)


def test_errors_are_one_line_without_cell_values() -> None:
    frame = frame_of(amount=["canary", "2", "3", "4"])
    with pytest.raises(InputError) as caught:
        TransactionTable.from_frame(frame)
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_keyword_is_named_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no role 'sep'"):
        TransactionTable.read(tmp_path / "absent.csv", sep=";")  # type: ignore[call-arg]
    with pytest.raises(InputError, match="there is no role 'item'"):
        TransactionTable.from_frame(frame_of(), item="object")  # type: ignore[call-arg]


def test_roles_that_are_given_win(tmp_path: Path) -> None:
    frame = frame_of(time=DAYS, mate=["c", "c", "d", "d"])
    write_frame(frame, tmp_path / "t.csv")
    for table in (
        TransactionTable.from_frame(frame, subject="mate", time=""),
        TransactionTable.read(tmp_path / "t.csv", subject="mate", time=""),
    ):
        assert table.subjects.tolist() == ["c", "d"]
        assert table.time is None
        assert table.schema.extras == ("subject", "time")


def test_arrays_that_do_not_fit_are_refused() -> None:
    table = TransactionTable.from_frame(frame_of(basket=["b", None, "b", "c"], extra=[1, 2, 3, 4]))
    for damage, message in (
        ({"verb": table.verb[:3]}, "the verb needs one value in each of 4 rows"),
        ({"basket": None}, "the basket needs one value in each of 4 rows"),
        ({"extras": table.extras[:2]}, "the extra columns have 2 rows, the subject has 4"),
        ({"object": table.object + 1}, "a code of the object has no name"),
        ({"verb": table.verb - 1}, "a code of the verb has no name"),
        ({"basket": np.array([-2, 0, 0, 1])}, "a code of the basket has no name"),
    ):
        with pytest.raises(InputError, match=message):
            dataclasses.replace(table, **damage)


def test_take_rows_keeps_their_order() -> None:
    frame = frame_of(basket=["b1", None, "b2", "b3"], time=DAYS, amount=[1, 2, 3, 4])
    part = TransactionTable.from_frame(frame).take_rows(np.array([3, 0]))
    assert part.subjects.tolist() == ["a", "b"]
    assert part.baskets is not None
    assert part.baskets.tolist() == ["b1", "b3"]
    pd.testing.assert_frame_equal(part.to_frame(), frame.iloc[[3, 0]].reset_index(drop=True))


def test_repr_is_short_and_names_roles_and_sizes() -> None:
    table = TransactionTable.from_frame(frame_of(time=DAYS, extra=[1, 2, 3, 4]))
    assert repr(table) == (
        "<TransactionTable: 4 rows, 3 subjects, 2 verbs, 4 objects; "
        "subject 'subject', verb 'verb', object 'object', time 'time'; extra columns: 1>"
    )
    names = dict(zip(("subject", "verb", "object", "time", "amount", "basket"), map(chr, range(120, 126)), strict=True))
    wide = {role: letter * 10_000 for role, letter in names.items()}
    columns = frame_of(time=DAYS, amount=[1, 2, 3, 4], basket=["\x01"] * 4).rename(columns=wide)
    long = TransactionTable.from_frame(columns, **wide)  # type: ignore[arg-type]
    assert len(repr(long)) < 500
    assert "\n" not in repr(long)


def test_html_is_short_escaped_and_shows_the_first_rows() -> None:
    frame = frame_of(subject=["<script>alert(1)</script>", "b & c", "d", "e"], time=DAYS)
    frame = frame.rename(columns={"object": "<object>"})
    html = TransactionTable.from_frame(frame, object="<object>")._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "b &amp; c" in html
    assert "<tr><th>object</th><td>&lt;object&gt;</td></tr>" in html
    assert "4 rows, 4 subjects, 2 verbs, 4 objects" in html
    many = pd.DataFrame({"subject": range(1_000), "verb": "v", "object": "o" * 5_000})
    html = TransactionTable.from_frame(many)._repr_html_()
    assert len(html) < 2_000
    assert html.count("<tr><td>") == 5
