"""Stored: the real values that codes hold, column by column, and how many subjects have each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode, plain
from assoc_synth.attributes.date_functions import DateFunction
from assoc_synth.attributes.date_rules import TableOfDate
from assoc_synth.attributes.dates import DateCode
from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.gaps import GapCode
from assoc_synth.attributes.hours import HOURS
from assoc_synth.attributes.hours import NAME as HOUR_OF_DAY
from assoc_synth.attributes.kinds import as_floats, is_number, read_dates, uncategorised
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.price_lists import PriceList
from assoc_synth.attributes.row_order import RowSequences
from assoc_synth.attributes.sharing import decimals_of, shared_numbers, subjects_per
from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.attributes.visits import visits_of
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times
from assoc_synth.transactions.columns.times import UNITS
from assoc_synth.transactions.days import DAY, hours
from assoc_synth.transactions.table import TransactionTable

VALUE, ENDS, BIN, PRICE, WORD, CLOCK, BETWEEN, RANGE, HOUR = (
    "value",
    "end of the range",
    "end of a bin",
    "number of some object",
    "word",
    "time of day (UTC)",
    "time between rows",
    "range of times between rows",
    "hour of the day, of some verbs",
)
"""What a stored value is. Behind an end are the subjects at or beyond it, or in its bin; behind one that nobody reaches
or has, as the first day of a week may be, all whose range it ends."""


@dataclass(frozen=True, eq=False)
class Stored:
    """Values of one kind that are stored of a column.

    Attributes:
        column: as the user calls it; what: one of the words above.
        values: JSON scalars.
        count: the subjects of a table that are behind each value, (values,).
        is_time: whether the column is that of the table's times, which codes do not know by name.
    """

    column: str
    what: str
    values: tuple[Any, ...]
    count: Callable[[TransactionTable], Ints]
    is_time: bool = False

    @property
    def key(self) -> str:
        """By which the numbers of subjects are stored."""
        return f"{self.what}: {self.column}"


def stored_values(encoder: AttributeEncoder, fewest: int = 1) -> Iterator[Stored]:
    """Every real value that codes hold, but those of verbs and objects.

    Means of several subjects' numbers (modes, quantiles) are no real values and are left out.

    Args:
        fewest: the threshold that the codes were learned with.

    Example:
        >>> from assoc_synth.link_graph.graph import LinkGraph
        >>> frame = pd.DataFrame({"who": range(30), "did": "buy", "what": "tea", "job": ["cook", "maid"] * 15})
        >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
        >>> encoder = AttributeEncoder.learn(LinkGraph.from_table(table), np.random.default_rng(0))
        >>> [(one.column, one.values, one.count(table).tolist()) for one in stored_values(encoder)]
        [('job', ('cook', 'maid'), [15, 15])]
    """
    extras = encoder.extras
    for made in (*_every(encoder, fewest), *_of_times(encoder), *_of_visits(encoder)):
        if len(made.values):
            yield made
    for column in extras.regenerated:
        if isinstance(column.rule, TextCode):
            yield Stored(column.name, WORD, column.rule.words, partial(_of_words, column.name, column.rule.words))


def _every(encoder: AttributeEncoder, fewest: int) -> Iterator[Stored]:
    extras = encoder.extras
    for code in (*extras.categories, *(one for one in extras.subject.codes if isinstance(one, CategoryCode))):
        yield Stored(code.name, VALUE, code.values, partial(_of_categories, code))
    if encoder.amount is not None:
        yield from _of_number(encoder.amount, extras.amount or encoder.amount.name, _amounts)
    for number in extras.numbers:
        yield from _of_number(
            number, number.name, partial(_numbers, encoder, number.name), extras.dates.get(number.name)
        )
    for own in extras.subject.codes:
        if isinstance(own, BinnedNumbers):
            yield from _of_bins(own, partial(_numbers, encoder, own.name), extras.dates.get(own.name))
    for lookup in extras.lookups:
        date = extras.dates.get(lookup.name)
        cells = partial(_cells, encoder, lookup.name, fewest=fewest)
        yield _of_cells(lookup.name, lookup.values, cells, date)
    for made in extras.functions:
        yield _of_cells(made.name, made.values, partial(_cells, encoder, made.name))
    for rule in extras.of_dates:
        yield from _of_date_function(rule, encoder)
    for name, date in extras.dates.items():
        if not date.base:
            yield Stored(name, ENDS, tuple(map(_day, (date.low, date.high))), partial(_beyond_dates, name, date))
    for name, prices in encoder.implications.lists.items():
        numbers = _amounts if name == extras.amount else partial(_numbers, encoder, name)
        yield _of_prices(name, prices, numbers, fewest)


Numbers = Callable[[TransactionTable], Floats]


def _amounts(table: TransactionTable) -> Floats:
    return np.full(len(table), np.nan) if table.amount is None else table.amount


def _numbers(encoder: AttributeEncoder, name: str, table: TransactionTable) -> Floats:
    return encoder.extras.numbers_of(name, table)


class Cells(NamedTuple):
    """A column's cells: code (rows,) of each, −1 missing, and the different ones as JSON scalars."""

    code: Ints
    different: list[Any]


def _cells(encoder: AttributeEncoder, name: str, table: TransactionTable, fewest: int = 1) -> Cells:
    column = uncategorised(table.extras[name])
    if name in encoder.extras.dates:
        numbers = shared_numbers(_numbers(encoder, name, table), table.subject, fewest, 0)
    elif is_number(column):
        numbers = as_floats(column)
    else:
        code, found = pd.factorize(column)
        return Cells(code.astype(np.int64), [plain(one) for one in found])
    code, values = pd.factorize(numbers)
    return Cells(code.astype(np.int64), values.tolist())


def _of_categories(code: CategoryCode, table: TransactionTable) -> Ints:
    return subjects_per(code.places(table.extras[code.name]), table.subject, len(code.values))


def _of_number(code: NumberCode, name: str, numbers: Numbers, date: DateCode | None = None) -> Iterator[Stored]:
    yield Stored(name, VALUE, _shown(code.atoms, date), partial(_equal, code.atoms, numbers))
    if date is None or date.base:
        ends = np.array([code.low, code.high])
        yield Stored(name, ENDS, _shown(ends, date), partial(_beyond, ends, numbers))


def _of_bins(code: BinnedNumbers, numbers: Numbers, date: DateCode | None) -> Iterator[Stored]:
    yield Stored(code.name, VALUE, _shown(code.atoms, date), partial(_equal, code.atoms, numbers))
    ends = np.stack([code.low, code.high], axis=1).ravel()
    yield Stored(code.name, BIN, _shown(ends, date), partial(_in_bins, code, numbers))


def _of_cells(
    name: str, values: Iterable[Any], cells: Callable[[TransactionTable], Cells], date: DateCode | None = None
) -> Stored:
    own = list(dict.fromkeys(value for value in values if value is not None))

    def count(table: TransactionTable) -> Ints:
        code, different = cells(table)
        place = pd.Index(own, dtype=object).get_indexer(pd.Index(different, dtype=object))
        return subjects_per(np.append(place, -1)[code].astype(np.int64), table.subject, len(own))

    return Stored(name, VALUE, tuple(own) if date is None else _shown(np.array(own, np.float64), date), count)


def _of_date_function(rule: DateFunction, encoder: AttributeEncoder) -> Iterator[Stored]:
    if isinstance(rule.rule, TableOfDate):
        yield _of_cells(rule.name, rule.rule.table.values, partial(_cells, encoder, rule.name))
    elif not np.isnan(rule.low):
        ends = np.array([rule.low, rule.high])
        yield Stored(rule.name, ENDS, _shown(ends, None), partial(_beyond, ends, partial(_floats, rule.name)))


def _floats(name: str, table: TransactionTable) -> Floats:
    return as_floats(table.extras[name])


def _of_prices(name: str, prices: PriceList, numbers: Numbers, fewest: int) -> Stored:
    sizes = np.unique(prices.sizes)

    def count(table: TransactionTable) -> Ints:
        values = np.abs(numbers(table))
        shared = shared_numbers(values, table.subject, fewest, decimals_of(values[~np.isnan(values)]))
        return _equal(sizes, lambda _: shared, table)

    return Stored(name, PRICE, tuple(sizes.tolist()), count)


def _of_times(encoder: AttributeEncoder) -> Iterator[Stored]:
    calendar, name = encoder.calendar, "time"
    if calendar is None:
        return
    ends = np.array([calendar.start, calendar.end], np.int64)

    def beyond(table: TransactionTable) -> Ints:
        assert table.time is not None, "a calendar is learned from times"
        day, dated = table.time.astype(np.int64) // DAY, ~np.isnat(table.time)
        return _at_ends(table, day, dated, ends // DAY)

    yield Stored(name, ENDS, tuple(map(_day, ends.tolist())), beyond, True)
    if calendar.clock is not None:
        exact = calendar.clock.exact

        def at_clock(table: TransactionTable) -> Ints:
            assert table.time is not None, "a calendar is learned from times"
            ticks = np.where(np.isnat(table.time), -1, table.time.astype(np.int64) % DAY)
            found = pd.Index(exact).get_indexer(pd.Index(ticks))
            return subjects_per(found.astype(np.int64), table.subject, len(exact))

        shown = tuple(str(pd.Timedelta(int(one))).removeprefix("0 days ") for one in exact)
        yield Stored(name, CLOCK, shown, at_clock, True)


def _of_visits(encoder: AttributeEncoder) -> Iterator[Stored]:
    """Times between rows of visits, and hours of the day."""
    if encoder.gap is not None:
        yield from _of_gaps(encoder.gap)
    if (allowed := encoder.allowed.get(HOUR_OF_DAY)) is not None:
        yield _of_hours(allowed)


def _of_gaps(code: GapCode) -> Iterator[Stored]:
    """Times between rows: exact ones, and ranges."""

    def count(table: TransactionTable) -> Ints:
        graph = LinkGraph.from_table(table)
        rows = RowSequences.of(graph, visits_of(graph)[1])
        at = rows.follows
        place = code.encode(rows.gap[at]).code
        return subjects_per(place, table.subject[rows.row[at]], code.spec.classes)

    exact, shown = len(code.exact), [str(pd.Timedelta(int(one))) for one in (*code.exact, *code.edges)]
    yield Stored("time", BETWEEN, tuple(shown[:exact]), lambda table: count(table)[:exact], True)
    ranges = tuple(f"{one} to {other}" for one, other in pairwise(shown[exact:]))
    yield Stored("time", RANGE, ranges, lambda table: count(table)[exact:], True)
    if code.shapes is not None and len(code.shapes.atom):
        yield _of_frequent_times(code.shapes.atom * code.resolution)


def _of_frequent_times(times: Ints) -> Stored:
    """Times between rows that stand out of their range."""

    def count(table: TransactionTable) -> Ints:
        graph = LinkGraph.from_table(table)
        rows = RowSequences.of(graph, visits_of(graph)[1])
        at = rows.follows
        place = pd.Index(times).get_indexer(pd.Index(rows.gap[at])).astype(np.int64)
        return subjects_per(place, table.subject[rows.row[at]], len(times))

    return Stored("time", BETWEEN, tuple(str(pd.Timedelta(int(one))) for one in times), count, True)


def _of_hours(allowed: AllowedClasses) -> Stored:
    """Hours at which a verb, or a verb and an object, is, where it is not at all hours.

    The subjects behind an hour are the fewest that any verb with a rule has then.
    """
    limited = np.flatnonzero(~allowed.patterns[:, :HOURS].all(1))
    listed = np.flatnonzero(allowed.patterns[limited, :HOURS].any(0))

    def count(table: TransactionTable) -> Ints:
        assert table.time is not None, "hours are learned from times"
        hour = hours(table.time)
        verb, rows = allowed.of_verb[table.verb], np.flatnonzero(hour >= 0)
        rows = rows[np.isin(verb[rows], limited) & allowed.patterns[verb[rows], hour[rows]]]
        cell = table.verb[rows].astype(np.int64) * HOURS + hour[rows]
        found = subjects_per(cell, table.subject[rows], len(allowed.of_verb) * HOURS).reshape(-1, HOURS)
        least = np.where(found > 0, found, np.iinfo(np.int64).max).min(0)
        return np.where(found.any(0), least, 0)[listed].astype(np.int64)

    return Stored("time", HOUR, tuple(f"{hour:02d}:00" for hour in listed.tolist()), count, True)


def _equal(values: Floats, numbers: Numbers, table: TransactionTable) -> Ints:
    found = pd.Index(values).get_indexer(pd.Index(numbers(table))).astype(np.int64)
    return subjects_per(found, table.subject, len(values))


def _beyond(ends: Floats, numbers: Numbers, table: TransactionTable) -> Ints:
    own = numbers(table)
    return _having(table, [own <= ends[0], own >= ends[1]])


def _beyond_dates(name: str, date: DateCode, table: TransactionTable) -> Ints:
    read = read_dates(uncategorised(table.extras[name]))
    times: Times = np.full(len(table), np.datetime64("NaT"), "datetime64[ns]") if read is None else read[0]
    ends = np.array([date.low, date.high], np.int64)
    return _at_ends(table, times.astype(np.int64) // DAY, ~np.isnat(times), ends // DAY)


def _in_bins(code: BinnedNumbers, numbers: Numbers, table: TransactionTable) -> Ints:
    own = numbers(table)
    place = np.where(np.isnan(own), -1, code.encode(own) - len(code.atoms))
    count = subjects_per(np.where(place >= len(code.low), -1, place), table.subject, len(code.low))
    return np.repeat(count, 2)


def _of_words(name: str, words: tuple[str, ...], table: TransactionTable) -> Ints:
    cells = uncategorised(table.extras[name])
    split = [[] if gone else str(cell).split() for cell, gone in zip(cells, cells.isna(), strict=True)]
    place = {word: at for at, word in enumerate(words)}
    code = np.array([place.get(word, -1) for one in split for word in one], np.int64)
    return subjects_per(code, np.repeat(table.subject, list(map(len, split))), len(words))


def _at_ends(table: TransactionTable, day: Ints, dated: Bools, ends: Ints) -> Ints:
    """How many subjects are behind the first and the last day of a range, (2,), by the (rows,) days that they have."""
    beyond = [dated & (day <= ends[0]), dated & (day >= ends[1])]
    return _having(table, [own if own.any() else dated for own in beyond])


def _having(table: TransactionTable, rows: Iterable[Bools]) -> Ints:
    """How many subjects have any of some rows, each."""
    return np.array([len(np.unique(table.subject[own])) for own in rows], np.int64)


def _shown(values: Floats, date: DateCode | None) -> tuple[Any, ...]:
    """Numbers as JSON scalars, dates as text; those that count from something as so many of their unit."""
    if date is not None and not date.base:  # an end of a bin may be between two days
        ticks = date.low + np.rint(values * UNITS[date.format.unit]).astype(np.int64)
        return tuple(map(_day, ticks.clip(date.low, date.high).tolist()))
    unit = "" if date is None else f" {date.format.unit}"
    whole = [int(one) if one == np.rint(one) and abs(one) < 2**53 else float(one) for one in values.tolist()]
    return tuple(whole) if not unit else tuple(f"{one}{unit}" for one in whole)


def _day(ticks: int) -> str:
    return str(pd.Timestamp(ticks))
