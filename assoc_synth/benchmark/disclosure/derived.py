"""What is derived from a real table's rows and kept by a model: numbers of links and visits, and times between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from assoc_synth.attributes.kinds import is_number
from assoc_synth.attributes.row_order import RowSequences
from assoc_synth.attributes.visits import visits_of
from assoc_synth.benchmark.disclosure.real_values import as_numbers, columns_of
from assoc_synth.ctgan.interface import Visits
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Codes, Floats, Ints
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.table import TransactionTable

OWN_VALUES = frozenset(("atoms", "exact", "quarters", "repeat_level", "sizes", "values"))
"""Lists of which each entry is a value, and not a bound between values or the mean of several."""
ENDS = frozenset(("low", "high", "start", "end"))
"""Ends of ranges, which are no value of a few either."""
MEANS = frozenset(("means", "real"))
"""Lists of means, which are somebody's number by chance, and nobody's where somebody is beyond."""
COUNTS = frozenset(
    ("classes", "decimals", "drawn", "ends", "keys", "num_objects", "of_token", "several", "tokens", "verbs", "weights")
)
"""Lists in the code of a column that count or number something, or hold drawn numbers."""
CODE = "config.json/attributes"
ROUNDED, ROUNDED_IN_CODE = 1e-6, 1e-9
"""How close a number is to a stored one, relative to it: single precision, and double in the code of a column."""


@dataclass(frozen=True, eq=False)
class Derived:
    """Numbers of rows, visits or subjects that a model keeps the ends, the frequent ones or the classes of.

    Attributes:
        name: what they are.
        values, subject: (n,) each number, and whose it is.
        places: where a model keeps them: beginnings of the places that `model_files` names.
        column: whose code they are in, wherever that is; "" where `places` say it.
        upwards: whether only the largest are ends, as of numbers whose classes begin at 1 in any table.
        between: whether bounds of classes are between values, so that they are none.
        step: numbers are compared by how many whole steps they have; 0 for as they are.
    """

    name: str
    values: Floats
    subject: Ints | Codes
    places: tuple[str, ...] = ()
    column: str = ""
    upwards: bool = False
    between: bool = False
    step: float = 0.0

    def of_too_few(self, numbers: Mapping[str, Floats], fewest: int) -> Iterator[tuple[str, float]]:
        """Kept numbers that some subjects have, fewer than `fewest`, and that fewer reach, or that are values or ends.

        The last of a list of bounds is one above the largest number that is drawn, which is looked at instead.
        """
        for where, own in numbers.items():
            kind = where.rpartition("/")[2]
            if not len(own) or not self._is_kept(where, kind):
                continue
            is_last_above = kind.endswith("edges") and not self.between
            kept = np.append(own[:-1], own[-1] - 1) if is_last_above else own
            for value in np.unique(kept).tolist():
                exact, beyond = self.behind(value)
                allowed = exact if kind in MEANS else fewest - 1
                is_value = kind in OWN_VALUES or kind in ENDS or (self.between and kind == "edges")
                if 0 < exact < fewest and (beyond <= allowed or is_value):
                    yield where, value

    def _is_kept(self, where: str, kind: str) -> bool:
        if not self.column:
            return where.startswith(self.places)
        return where.startswith(CODE) and kind not in COUNTS and self.column in where.split("/")[2:]

    def behind(self, value: float) -> tuple[int, int]:
        """How many subjects have a number, and how many have it or one beyond, on the side where these are fewer."""
        values, value = (self.values // self.step, value // self.step) if self.step else (self.values, value)
        close = ROUNDED_IN_CODE if self.column else ROUNDED
        near = np.abs(values - value) <= close * max(abs(value), 1.0)
        sides = [near | (values > value), *([] if self.upwards else [near | (values < value)])]
        return len(np.unique(self.subject[near])), min(len(np.unique(self.subject[side])) for side in sides)


def numbers_of(table: TransactionTable, numbers: Mapping[str, Floats] | None = None) -> list[Derived]:
    """The numbers and dates of every column: dates as nanoseconds, and as days from where their code begins.

    Args:
        numbers: those of a model's files, which say where that is; 1970 without.
    """
    found = []
    for name, cells in columns_of(table):
        if (own := as_numbers(cells)) is None:
            continue
        at = np.flatnonzero(~np.isnan(own))
        found.append(Derived(name, own[at], table.subject[at], column=name))
        if not is_number(cells):
            begin = (numbers or {}).get(f"{CODE}/extras/dates/{name}/low", np.zeros(1))[0] // DAY
            found.append(Derived(name, own[at] // DAY - begin, table.subject[at], (f"{CODE}/extras/subject/{name}/",)))
    return found


def derived_of(table: TransactionTable) -> list[Derived]:
    """What a model keeps of a table beside its columns.

    Example:
        >>> from assoc_synth import datasets
        >>> [one.name for one in derived_of(datasets.toy_shop(subjects=50))][:3]
        ['times that a link occurs', 'links of a subject for each that is different', 'visits of a subject']
    """
    graph = LinkGraph.from_table(table)
    edges, (visits, of_row) = graph.edges, visits_of(graph)
    sizes = np.diff(edges.offsets)
    links = np.bincount(edges.subject, weights=edges.count, minlength=len(sizes))
    own = np.flatnonzero(sizes)
    levels = (f"{CODE}/repeat_level", "weights.safetensors/occurrences.repeat_level")
    counts = Derived(
        "times that a link occurs", edges.count.astype(np.float64), edges.subject, (f"{CODE}/count/",), upwards=True
    )
    repeats = Derived("links of a subject for each that is different", np.log(links[own] / sizes[own]), own, levels)
    if not len(visits):
        return [counts, repeats]
    per_subject, who = visits.per_subject.astype(np.float64), np.unique(visits.subject)
    in_visits = (f"{CODE}/size/", "weights.safetensors/occurrences.assignment.size.edges")
    found = [
        counts,
        repeats,
        Derived("visits of a subject", per_subject, who, (f"{CODE}/num_visits/",), upwards=True),
        Derived("links of a visit", visits.size.astype(np.float64), visits.subject, in_visits, upwards=True),
    ]
    return found if table.time is None else [*found, *_of_times(graph, visits, of_row)]


def _of_times(graph: LinkGraph, visits: Visits, of_row: Ints) -> list[Derived]:
    """Times of day, and between visits and rows."""
    later, clock = visits.later, (visits.clock % DAY).astype(np.float64)
    wait = (visits.clock[later] - visits.clock[later - 1]) / SECOND
    days = (visits.day[later] - visits.day[later - 1]).astype(np.float64)
    same, whose = np.flatnonzero(days == 0), visits.subject[later]
    rows = RowSequences.of(graph, of_row)
    gaps, owner = rows.gap[rows.follows].astype(np.float64), graph.table.subject[rows.row[rows.follows]]
    return [
        Derived("days between visits", days, whose, (f"{CODE}/calendar/gap/",)),
        Derived("seconds between visits", wait[same], whose[same], (f"{CODE}/calendar/pause/",)),
        Derived("time of day", clock, visits.subject, (f"{CODE}/calendar/clock/exact",)),
        Derived("hour of the day", clock, visits.subject, (f"{CODE}/calendar/clock/quarters",), step=float(HOUR)),
        Derived("time between rows", gaps, owner, (f"{CODE}/gap/",), between=True),
    ]


def thin_cells(numbers: Mapping[str, Floats], fewest: int) -> Iterator[tuple[str, float]]:
    """Stored numbers of links that stand for fewer than `fewest` subjects, those with a link more or less included."""
    kept = "reference.parquet/degrees."
    for name, width in (("total", 2), ("by_leaf", 4)):
        cells = numbers.get(f"{kept}{name}", np.zeros(0)).reshape(-1, width)
        for cell in cells:
            near = (np.abs(cells[:, :-1] - cell[:-1]) <= 1).all(1)
            near &= (cells[:, 0] == cell[0]) if width > 2 else True
            if cells[near, -1].sum() < min(fewest, _all_of(cells, cell)):
                yield f"{kept}{name}", float(cell[-2])


def _all_of(cells: Floats, cell: Floats) -> float:
    """The subjects of the whole leaf, or of the whole table: where these are few, no cell has more."""
    return float(cells[cells[:, 0] == cell[0], -1].sum() if cells.shape[1] > 2 else cells[:, -1].sum())
