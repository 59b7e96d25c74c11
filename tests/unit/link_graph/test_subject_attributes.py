"""Columns of subjects and their classes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.link_graph.subject_attributes import Attributes, coded_attributes
from assoc_synth.transactions.table import TransactionTable

RNG = np.random.default_rng(0)


def table(columns: dict[str, list[object]], subjects: list[str] | None = None) -> TransactionTable:
    size = len(next(iter(columns.values())))
    names = subjects or [f"s{at:03d}" for at in range(size)]
    frame = pd.DataFrame({"subject": names, "verb": "v", "object": "o", **columns})
    return TransactionTable.from_frame(frame, subject="subject", verb="verb", object="object", time="", amount="")


def test_a_column_that_changes_within_a_subject_is_none() -> None:
    subjects = ["a", "a", "b", "b", "c", "d"]
    sex = ["F", "F", "M", "M", "F", "M"]
    (found,) = coded_attributes(table({"sex": sex, "mood": ["x", "y", "x", "x", "y", "y"]}, subjects))
    assert (found.names, found.labels) == (("sex",), ("sex = F", "sex = M"))
    assert found.has.tolist() == [[True, False], [False, True], [True, False], [False, True]]


def test_a_constant_and_a_name_of_its_own_are_none() -> None:
    (found,) = coded_attributes(table({"one": ["x"] * 40, "ssn": [f"id-{at}" for at in range(40)]}))
    assert (found.names, found.has.shape) == ((), (40, 0))


@pytest.mark.parametrize(
    ("column", "is_one"),
    [
        (10_000_000 + RNG.permutation(90_000_000 // 300 * np.arange(300)) + RNG.integers(0, 299, 300), False),
        (RNG.permutation(300) + 1, False),
        ([f"+49 {number:07d}" for number in [*range(298), 0, 1]], False),
        (RNG.integers(20_000, 95_000, 300), True),
        (RNG.normal(70, 9, 300), True),
        (pd.Timestamp("1950-01-01") + pd.to_timedelta(RNG.choice(20_000, 300, replace=False), unit="D"), True),
        (RNG.choice([f"city {number}" for number in range(200)], 300), True),
    ],
    ids=["record numbers", "numbered", "phones, two shared", "income", "weight", "dates", "cities"],
)
def test_a_number_or_text_of_its_own_names_a_subject(column: Any, is_one: bool) -> None:
    (found,) = coded_attributes(table({"x": list(column)}))
    assert found.names == (("x",) if is_one else ())


def test_the_column_s_name_may_say_that_its_numbers_are_codes() -> None:
    numbers = list(RNG.choice(np.arange(20_000, 95_000, 7), 300, replace=False))
    assert coded_attributes(table({"mrn": numbers, "income": numbers}))[0].names == ("income",)


def test_a_gap_says_nothing_of_a_subject_that_has_a_value() -> None:
    subjects = ["a", "a", "b", "c", "d"]
    (found,) = coded_attributes(table({"sex": ["F", None, "F", "M", None]}, subjects))
    assert found.labels == ("sex = F", "sex = M", "sex = missing")
    assert found.has.tolist() == [
        [True, False, False],
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_a_table_that_breaks_the_column_has_both_values() -> None:
    subjects = ["a", "a", "b", "b"]
    real = table({"sex": ["F", "F", "M", "M"], "age": ["x", "x", "y", "y"]}, subjects)
    # One subject of each is not a class.
    assert coded_attributes(real)[0].names == ()
    more = table({"sex": ["F", "F", "M", "M"]}, ["a", "b", "c", "d"])
    broken = table({"sex": ["F", "M", "M", "M"]}, subjects)
    assert coded_attributes(more, broken)[1].has.tolist() == [[True, True], [False, True]]


def test_numbers_and_dates_are_in_the_reference_s_bins() -> None:
    year = list(range(1950, 2000))
    real, other = table({"born": year * 2}), table({"born": [2020.0, 1950.0, None]})
    first, second = coded_attributes(real, other)
    assert first.has.sum(axis=0).tolist()[:10] == [10] * 10
    assert second.has.argmax(axis=1).tolist() == [9, 0, 10]
    dates = pd.date_range("2020-01-01", periods=50)
    real, other = table({"joined": [*dates, *dates]}), table({"joined": [dates[0], dates[-1]]})
    assert coded_attributes(real, other)[1].has.argmax(axis=1).tolist() == [0, 9]


def test_dates_that_are_text_are_dates() -> None:
    dates = pd.date_range("1950-01-01", periods=100, freq="90D")
    typed, text = table({"born": list(dates)}), table({"born": list(dates.strftime("%d.%m.%Y"))})
    few = [dates[0], dates[-1]]
    own, other = coded_attributes(text, table({"born": [f"{day:%d.%m.%Y}" for day in few] + [None]}))
    assert own.names == ("born",)
    assert (own.has[:, :-1] == coded_attributes(typed)[0].has).all()
    assert other.has.argmax(axis=1).tolist() == [0, 9, 10]
    mixed = coded_attributes(typed, table({"born": [f"{day:%Y-%m-%d}" for day in few]}))[1]
    assert mixed.has.argmax(axis=1).tolist() == [0, 9]
    assert coded_attributes(text, table({"born": few}))[1].has.argmax(axis=1).tolist() == [0, 9]


def test_whole_numbers_written_as_fractions_are_the_same_categories() -> None:
    real, other = table({"level": [1, 2, 2, 1]}), table({"level": [2.0, 1.0, None]})
    first, second = coded_attributes(real, other)
    assert first.labels == ("level = 1", "level = 2", "level = missing")
    assert second.has.argmax(axis=1).tolist() == [1, 0, 2]


def test_rare_categories_share_a_class() -> None:
    names = [f"c{at:02d}" for at in range(25)]
    (found,) = coded_attributes(table({"city": [*names, *names[:20]]}))
    assert len(found.labels) == 21
    assert found.labels[-1] == "city = another value"
    assert found.has[:, -1].sum() == 5


def test_only_what_all_tables_have() -> None:
    real = table({"sex": ["F", "M"] * 4, "city": ["x", "y"] * 4})
    assert coded_attributes(real, table({"city": ["x"] * 3}))[0].names == ("city",)


def test_some_subjects() -> None:
    found = Attributes(("a",), np.zeros(2, np.int64), ("a = 1", "a = 2"), np.eye(2, dtype=bool))
    assert found.take(np.array([1])).has.tolist() == [[False, True]]
    assert Attributes.none(3).has.shape == (3, 0)
