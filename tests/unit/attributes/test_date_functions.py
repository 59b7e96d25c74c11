"""Columns that are computed from a column of dates: found, and right for dates that were never seen."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.date_functions import TIME, DateFunction, find_date_sources, values_of
from assoc_synth.attributes.extras import DrawnLinks, ExtraColumns
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

ROLES: Any = {"subject": "who", "verb": "did", "object": "what", "time": "when"}
PEOPLE, EACH = 300, 4
RNG = np.random.default_rng(5)
OWNER = np.repeat(np.arange(PEOPLE), EACH)
BORN = pd.Series(pd.Timestamp("1940-03-05") + pd.to_timedelta(RNG.integers(0, 27_000, PEOPLE), unit="D"))
BIRTH = BORN.iloc[OWNER].reset_index(drop=True)
WHEN = pd.Series(pd.Timestamp("2021-01-04") + pd.to_timedelta(RNG.integers(0, 700 * 24, PEOPLE * EACH), unit="h"))
DUE = WHEN.dt.normalize() + pd.to_timedelta(RNG.integers(1, 40, len(WHEN)), unit="D")
FRAME = pd.DataFrame(
    {
        "who": OWNER,
        "did": RNG.choice(["view", "buy"], len(WHEN)),
        "what": [f"thing {one}" for one in RNG.integers(0, 60, len(WHEN))],
        "when": WHEN,
        "birth_date": BIRTH,
        "due_date": DUE,
    }
)
COUNTED = pd.Timestamp("2024-06-01")


def years(first: pd.Series, last: Any) -> pd.Series:
    """Whole years, counted by the calendar and not as the rules count them."""
    last = pd.Series(last, index=first.index) if isinstance(last, pd.Timestamp) else last
    later = last.dt.month * 100 + last.dt.day >= first.dt.month * 100 + first.dt.day
    return last.dt.year - first.dt.year - ~later


def band(age: pd.Series) -> pd.Series:
    return pd.cut(age, [-1, 17, 29, 49, 64, 200], labels=["0-17", "18-29", "30-49", "50-64", "65+"]).astype(str)


MADE = {
    "birth_year": lambda born, due, when: born.dt.year,
    "year of birth": lambda born, due, when: born.dt.strftime("%Y"),
    "birth_month": lambda born, due, when: born.dt.strftime("%Y-%m"),
    "birth decade": lambda born, due, when: born.dt.year // 10 * 10,
    "turns": lambda born, due, when: 2024 - born.dt.year,
    "age": lambda born, due, when: years(born, COUNTED),
    "age at the row": lambda born, due, when: years(born, when),
    "age when due": lambda born, due, when: years(born, due),
    "due weekday": lambda born, due, when: due.dt.day_name(),
    "due weekday number": lambda born, due, when: due.dt.weekday + 1,
    "due weekday from Sunday": lambda born, due, when: (due.dt.weekday + 1) % 7,
    "due week": lambda born, due, when: due.dt.isocalendar().week.astype("int64"),
    "due week text": lambda born, due, when: due.dt.strftime("W%V"),
    "due quarter": lambda born, due, when: due.dt.year.astype(str) + "-Q" + due.dt.quarter.astype(str),
    "fiscal year": lambda born, due, when: due.dt.strftime("FY%y"),
    "due yyyymm": lambda born, due, when: due.dt.year * 100 + due.dt.month,
    "weekend": lambda born, due, when: due.dt.weekday >= 5,
    "season": lambda born, due, when: due.dt.month.map(lambda month: ["winter", "spring", "summer"][month % 12 // 4]),
    "days since 1900": lambda born, due, when: (born - pd.Timestamp("1899-12-30")).dt.days,
    "days left": lambda born, due, when: (due - when.dt.normalize()).dt.days,
}


def table_of(**columns: Any) -> TransactionTable:
    return TransactionTable.from_frame(FRAME.assign(**columns), **ROLES)


def learned(table: TransactionTable) -> ExtraColumns:
    extras = AttributeEncoder.learn(LinkGraph.from_table(table), np.random.default_rng(0)).extras
    return ExtraColumns.from_dict(json.loads(json.dumps(extras.to_dict())))


def as_text(values: Any) -> list[str]:
    return [str(int(value)) if isinstance(value, float) else str(value) for value in np.asarray(values).tolist()]


@pytest.mark.parametrize("name", MADE)
def test_what_a_date_decides_is_computed_from_it_for_any_date(name: str) -> None:
    table = table_of(x=MADE[name](BIRTH, DUE, WHEN))
    extras = learned(table)
    source = extras.plan["x"].source
    assert source in ("birth_date", "due_date")
    assert extras.plan["x"].notes == (f"column 'x' is a function of column {source!r}: kept exactly",)
    born = pd.Series(pd.date_range("1941-01-01", "2013-12-31", freq="37D"))
    rng = np.random.default_rng(1)
    when = pd.Series(pd.Timestamp("2021-02-01") + pd.to_timedelta(rng.integers(0, 600 * 24, len(born)), unit="h"))
    due = when.dt.normalize() + pd.to_timedelta(rng.integers(1, 40, len(born)), unit="D")
    clocks = {"birth_date": born, "due_date": due, TIME: when}
    (made,) = extras.of_dates
    found = made.decode({one: times.to_numpy("datetime64[ns]") for one, times in clocks.items()})
    right = MADE[name](born, due, when)
    if extras.plan["x"].kind == "date":
        assert extras.dates["x"].format.give(found).astype(str).tolist() == as_text(right)
    else:
        assert as_text(found) == as_text(right)


def test_a_group_of_ages_ends_where_the_seen_dates_allow() -> None:
    extras = learned(table_of(x=band(years(BIRTH, pd.Timestamp("2024-01-01")))))
    born = BORN.sort_values()
    (made,) = extras.of_dates
    found = made.decode({"birth_date": born.to_numpy("datetime64[ns]")})
    assert found.tolist() == band(years(born, pd.Timestamp("2024-01-01"))).tolist()
    ends = [int(key) for key in made.rule.table.keys]  # type: ignore[union-attr]
    assert len(ends) == 5


def test_drawn_rows_have_it_of_their_own_date() -> None:
    table = table_of(birth_year=BIRTH.dt.year, stay=MADE["days left"](BIRTH, DUE, WHEN), week_begins=None)
    graph = LinkGraph.from_table(table)
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0))
    ids = (table.subject.astype(np.int64), table.verb.astype(np.int64), table.object.astype(np.int64))
    attributes = encoder.extras.encode_subjects(table)
    assert encoder.extras.subject.names == ("birth_date",)
    time = WHEN.sample(frac=1, random_state=1).to_numpy("datetime64[ns]")
    coded = {column.spec.name: column for column in encoder.encode(graph, np.random.default_rng(0)).link}
    links = DrawnLinks(*ids, np.arange(len(table)), time, attributes)
    made = encoder.extras.decode(coded, links, np.random.default_rng(0))
    assert (pd.Series(made["birth_date"]).dt.year == made["birth_year"]).all()
    after = (pd.Series(made["due_date"]) - pd.Series(time).dt.normalize()).dt.days
    assert (after == made["stay"]).all()


def test_of_dates_of_subjects_the_coarser_one_is_a_part_of_the_finer_one() -> None:
    stamp = BIRTH + pd.to_timedelta(OWNER % 1_440, unit="min")
    month = BIRTH.dt.to_period("M").dt.start_time
    extras = learned(table_of(birth_date=BIRTH, born_at=stamp, born_in=month))
    assert {line.name: line.source for line in extras.plan if line.source} == {
        "birth_date": "born_at",
        "born_in": "born_at",
    }
    clocks = {"born_at": pd.Series(pd.to_datetime(["1971-05-17 13:05", None]))}
    found = {
        made.name: made.decode({name: times.to_numpy("datetime64[ns]") for name, times in clocks.items()})
        for made in extras.of_dates
    }
    assert found["birth_date"].astype("datetime64[D]").astype(str).tolist() == ["1971-05-17", "NaT"]
    assert found["born_in"].astype("datetime64[D]").astype(str).tolist() == ["1971-05-01", "NaT"]


@pytest.mark.parametrize(
    "values",
    [
        RNG.integers(1940, 2014, PEOPLE)[OWNER],
        (BIRTH.dt.year + RNG.integers(0, 2, PEOPLE)[OWNER]).to_numpy(),
        BIRTH.dt.year.where(RNG.random(len(OWNER)) > 0.2).to_numpy(),
        RNG.choice(["a", "b"], PEOPLE)[OWNER],
        RNG.normal(size=len(OWNER)),
    ],
    ids=["years", "nearly", "missing otherwise", "letters", "numbers"],
)
def test_what_no_date_decides_is_not_computed(values: Any) -> None:
    assert learned(table_of(x=values)).of_dates == ()


def test_what_is_said_to_depend_on_nothing_is_left_alone() -> None:
    plan = plan_columns(table_of(birth_year=BIRTH.dt.year), dependencies={"birth_year": None})
    assert plan["birth_year"].source == ""


def test_missing_dates_have_no_year() -> None:
    birth = BIRTH.where(OWNER % 3 > 0)
    extras = learned(table_of(birth_date=birth, birth_year=birth.dt.year))
    (made,) = extras.of_dates
    found = made.decode({"birth_date": np.array(["1950-06-01", "NaT"], "datetime64[ns]")})
    assert found[0] == 1950
    assert np.isnan(found[1])


def test_of_several_dates_that_decide_it_the_one_called_alike_is_taken() -> None:
    frame = pd.DataFrame({"entry_date": DUE, "exit_date": DUE + pd.Timedelta(days=365)})
    frame["exit_year"], frame["entry_year"] = frame["exit_date"].dt.year, frame["entry_date"].dt.year
    table = table_of(**{name: frame[name] for name in frame})
    found = find_date_sources(table, {"exit_year": (), "entry_year": ()}, ["entry_date", "exit_date"])
    assert found == {"exit_year": "exit_date", "entry_year": "entry_date"}


def test_a_year_that_the_time_decides_nearly_is_the_dates() -> None:
    rng = np.random.default_rng(7)
    when = pd.Series(pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 300 * 24, len(WHEN)), unit="h"))
    when[600:] += pd.Timedelta(days=365)
    days = np.where(np.arange(len(when)) < 3, 365, rng.integers(0, 3, len(when)))
    due = when.dt.normalize() + pd.to_timedelta(days, unit="D")
    table = table_of(when=when, due_date=due, due_year=due.dt.year)
    assert find_date_sources(table, {"due_year": ("year",)}, ["due_date"]) == {"due_year": "due_date"}
    exact = table_of(when=when, due_date=due, due_year=when.dt.year)
    assert find_date_sources(exact, {"due_year": ("year",)}, ["due_date"]) == {}


def test_conditions_know_what_may_be() -> None:
    clocks = {"born": BORN.to_numpy("datetime64[ns]")}
    year = DateFunction.learn("year", values_of(BORN.dt.year), "born", clocks)
    assert year.may_be(1950)
    assert year.may_be("1950")
    assert not year.may_be(1850)
    assert not year.may_be("never")
    text = DateFunction.learn("q", values_of("Q" + BORN.dt.quarter.astype(str)), "born", clocks)
    assert text.may_be("Q2")
    assert not text.may_be("quarter 2")
    name = DateFunction.learn("day", values_of(BORN.dt.day_name()), "born", clocks)
    assert name.may_be("Monday")
    assert not name.may_be("Someday")
