"""Dates as whole numbers, counted from what they are closest to."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.dates import COLUMN, TIME, VISIT, DateCode, References, row_visits
from assoc_synth.attributes.visit_columns import of_links
from assoc_synth.ctgan.interface import CodedColumn, DrawnOccurrences
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.columns.times import read_times
from assoc_synth.transactions.table import TransactionTable

NAT = np.datetime64("NaT")


def column(*days: str | None) -> np.ndarray:
    return np.array([NAT if day is None else np.datetime64(day) for day in days], "datetime64[ns]")


def code(dates: np.ndarray, references: References | None, **options: object) -> DateCode:
    written = read_times(pd.Series(np.datetime_as_string(dates[~np.isnat(dates)], unit="D")))[1]
    return DateCode.learn(dates, written, references, **options)  # type: ignore[arg-type]


def test_dates_without_a_time_count_from_the_first() -> None:
    dates = column("2024-03-05", "2024-03-01", None)
    learned = code(dates, None)
    assert learned.base == ""
    numbers = learned.numbers(dates)
    assert np.array_equal(numbers, [4, 0, np.nan], equal_nan=True)
    assert np.array_equal(learned.dates(numbers), dates, equal_nan=True)
    assert learned.note("due", 0, 4) == ""


def test_dates_close_to_their_time_count_from_it() -> None:
    time = References(column("2024-01-01T10:00", "2024-04-01T23:00", "2024-08-01T00:30"))
    dates = column("2024-01-03", "2024-04-02", "2024-08-03")
    learned = code(dates, time)
    assert learned.relative
    assert learned.numbers(dates, time).tolist() == [2, 1, 2]
    later = References(column("2024-01-02T10:00", "2024-04-02T23:00", "2024-08-02T00:30"))
    found = learned.dates(np.array([2.0, 1, np.nan]), later)
    assert np.array_equal(found, column("2024-01-04", "2024-04-03", None), equal_nan=True)


def test_dates_far_from_their_time_do_not_count_from_it() -> None:
    time = References(column("2024-01-01", "2024-04-01", "2024-08-01"))
    assert code(column("2024-02-01", "2024-02-01", "2024-02-02"), time).base == ""


def test_dates_count_from_the_begin_of_the_visit_where_that_is_closer() -> None:
    rng = np.random.default_rng(0)
    begin = np.repeat(np.datetime64("2024-01-01", "ns") + rng.integers(0, 400, 50) * np.timedelta64(1, "D"), 4)
    time = begin + np.tile(np.arange(4), 50) * np.timedelta64(3, "D")
    references = References(time, None, np.repeat(np.arange(50), 4))
    learned = code(begin, references)
    assert (learned.base, learned.of) == (VISIT, "")
    assert (learned.numbers(begin, references) == 0).all()
    assert learned.note("admitted", 0, 0) == "column 'admitted' equals the begin of its visit: kept exactly"


def test_dates_count_from_a_column_that_they_never_come_before() -> None:
    rng = np.random.default_rng(0)
    time = np.datetime64("2024-01-01", "ns") + rng.integers(0, 400, 200) * np.timedelta64(1, "D")
    admitted = time + rng.integers(0, 3, 200) * np.timedelta64(1, "D")
    left = admitted + rng.integers(0, 20, 200) * np.timedelta64(1, "D")
    references = References(time, None, None, {"admitted": admitted})
    learned = code(left, references)
    assert (learned.base, learned.of) == (COLUMN, "admitted")
    assert learned.note("left", 0, 19) == "column 'left' is never before column 'admitted': kept exactly"
    moved = References(time, None, None, {"admitted": admitted + np.timedelta64(5, "D")})
    again = learned.dates(learned.numbers(left, references), moved)
    assert (again - left == np.timedelta64(5, "D")).all()
    missing = References(time, None, None, {"admitted": np.full(200, NAT, "datetime64[ns]")})
    assert np.isnat(learned.dates(np.zeros(200), missing)).all()


def test_a_column_that_is_the_time_itself_says_no_more_than_the_time() -> None:
    rng = np.random.default_rng(0)
    time = np.datetime64("2024-01-01", "ns") + rng.integers(0, 400, 200) * np.timedelta64(1, "D")
    left = time + rng.integers(0, 7, 200) * np.timedelta64(1, "D")
    assert code(left, References(time, None, None, {"admitted": time})).base == TIME


def test_a_date_of_a_group_counts_from_what_its_group_has() -> None:
    rng = np.random.default_rng(0)
    begin = np.repeat(np.datetime64("2024-01-01", "ns") + rng.integers(0, 400, 50) * np.timedelta64(1, "D"), 4)
    group = np.repeat(np.arange(50), 4)
    time = begin + np.tile(np.arange(4), 50) * np.timedelta64(1, "D")
    left = begin + np.repeat(rng.integers(0, 7, 50), 4) * np.timedelta64(1, "D")
    assert code(left, References(time, None, group), group=group).base == VISIT
    assert code(left, References(time), group=group).base == ""


@pytest.mark.parametrize("number", [-50.0, 400.0])
def test_no_date_leaves_the_observed_range(number: float) -> None:
    learned = code(column("2024-03-01", "2024-03-09"), None)
    assert learned.dates(np.array([number]))[0] in column("2024-03-01", "2024-03-09")


def test_the_code_survives_json() -> None:
    learned = code(column("2024-03-01", "2024-03-09"), None)
    assert DateCode.from_dict(json.loads(json.dumps(learned.to_dict()))) == learned


@pytest.mark.parametrize(("relative", "base"), [(True, TIME), (False, "")])
def test_the_code_of_an_earlier_version_is_read(relative: bool, base: str) -> None:
    state = code(column("2024-03-01", "2024-03-09"), None).to_dict()
    del state["base"], state["of"]
    assert DateCode.from_dict(state | {"relative": relative}).base == base


ROLES = dict(subject="patient", verb="did", object="what", time="when")


def stays(patients: int = 80, **roles: str) -> TransactionTable:
    """Visits of several rows: admission on their day, discharge 0 to 6 days later, birth by patient."""
    rng, rows = np.random.default_rng(0), []
    for patient in range(patients):
        born = pd.Timestamp("1930-01-01") + pd.Timedelta(days=int(rng.integers(0, 25_000)))
        for visit in range(int(rng.integers(1, 5))):
            when = pd.Timestamp("2020-01-01") + pd.Timedelta(days=int(rng.integers(0, 1_000)), hours=9)
            left = when.normalize() + pd.Timedelta(days=int(rng.integers(0, 7)))
            for thing in rng.choice(12, int(rng.integers(1, 5)), replace=False):
                row = {
                    "patient": f"p{patient}",
                    "did": "had",
                    "what": f"o{thing}",
                    "when": when,
                    "stay": f"{patient}-{visit}",
                }
                rows.append(row | {"admitted": when.normalize(), "left": left, "born": born})
    frame = pd.DataFrame(rows)
    return TransactionTable.from_frame(frame.drop(columns=[] if roles else ["stay"]), **ROLES, **roles)


Drawn = Callable[[TransactionTable], tuple[pd.DataFrame, np.ndarray]]


@pytest.fixture
def drawn() -> Drawn:
    def made(table: TransactionTable) -> tuple[pd.DataFrame, np.ndarray]:
        """A table's visits with the links' columns shuffled: dates by column, and the visits' days."""
        graph, rng = LinkGraph.from_table(table), np.random.default_rng(0)
        encoder = AttributeEncoder.learn(graph, rng)
        coded = encoder.encode(graph, rng)
        order = rng.permutation(len(coded.link_edge))
        link = tuple(CodedColumn(part.spec, part.code[order], part.value[order]) for part in coded.link)
        assert coded.visits is not None
        for column in coded.visit_columns:
            shuffled = column.take(rng.permutation(len(column)))
            link += (of_links(shuffled, coded.link_visit, len(coded.visits)),)
        occurrences = DrawnOccurrences(coded.link_edge, link, coded.link_visit, coded.visits)
        found = encoder.decode(
            occurrences,
            graph.edges,
            rng,
            attributes=encoder.extras.encode_subjects(table),  # the lines of subjects
        )
        assert found.time is not None
        frame = pd.DataFrame({name: found.extras[name] for name in ("admitted", "left", "born")})
        return frame.assign(visit=coded.link_visit, subject=graph.edges.subject[coded.link_edge]), found.time

    return made


@pytest.mark.parametrize("roles", [{}, {"basket": "stay"}])
def test_admission_is_on_the_visits_day_and_discharge_after_it_whatever_is_drawn(
    roles: dict[str, str], drawn: Drawn
) -> None:
    frame, time = drawn(stays(**roles))
    day = pd.Series(time).dt.normalize()
    assert (frame["admitted"] == day).all()
    after = (frame["left"] - frame["admitted"]).dt.days
    assert set(after) <= set(range(7))
    assert after.nunique() == 7
    assert frame.groupby("visit")["left"].nunique().max() == 1
    assert frame.groupby("subject")["born"].nunique().max() == 1
    assert frame["born"].max() < pd.Timestamp("2000-01-01")


def test_the_visits_of_rows_are_those_of_the_graph() -> None:
    for table in (stays(10), stays(10, basket="stay")):
        assert row_visits(table).tolist() == LinkGraph.from_table(table).baskets.tolist()  # type: ignore[union-attr]
