"""Subject columns: what a subject has one value of is a link like any other, subject —sex→ F.

Each such column becomes a verb of its own whose objects are the column's values, numbers and dates in quantile bins.
Every subject has one link of each. So an attribute and an object are a pair like any two objects: the association
path, the pair terms and the calibration see it, weighted by subjects and not by rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.change_points import BETWEEN_ENDS, cut_points
from assoc_synth.attributes.numbers import ON_GRID
from assoc_synth.attributes.sharing import between, decimals_of, ends_of
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints, Values
from assoc_synth.transactions.stored import Stored

MOST_BINS, IN_A_BIN = 32, 25
"""Quantile bins of a column of numbers at most, and subjects that a bin has at least; change points are cuts too."""
MOST_TOKENS, LOOKED_AT = 300, 20_000
"""The most frequent tokens, and the most subjects, that change points are looked for in."""
MOST_EXACT, EXACT_SHARE = 40, 0.02
"""Distinct numbers up to which each is a class; of more, those that this share of the subjects has are."""


@dataclass(frozen=True, eq=False)
class BinnedNumbers(Stored):
    """How a column with one number for each subject is coded: frequent numbers, then bins, then missing.

    Attributes:
        atoms: frequent numbers, ascending.
        low, high: (bins,) where each bin begins and ends, ascending; numbers with the column's decimals are inside.
        decimals: digits after the point; None for as many as there are.
        missing: whether a subject has none.
    """

    name: str
    atoms: Floats
    low: Floats
    high: Floats
    decimals: int | None
    missing: bool

    @classmethod
    def learn(cls, name: str, values: Floats, edges: Edges | None = None, fewest: int = 1) -> BinnedNumbers:
        """The code of one number for each subject, (S,), NaN missing.

        Args:
            edges: the subjects' links; bins end where these change.
            fewest: subjects that a frequent number and a bin have at least, and of which the most extreme ones do not
                widen the range; above 1, bins end between two subjects' numbers, see `between`. Where fewer have a
                number, all are missing.

        Example:
            >>> code = BinnedNumbers.learn("born", np.repeat(np.arange(1920.0, 2020.0), 20))
            >>> code.classes, code.low[:3].tolist(), code.high[:3].tolist()
            (32, [1920.0, 1923.0, 1926.0], [1922.0, 1925.0, 1928.0])
        """
        known = np.sort(values[~np.isnan(values)])
        known = known if len(known) >= fewest else known[:0]
        exact, counts = np.unique(known, return_counts=True)
        frequent = np.full(len(exact), len(exact) <= MOST_EXACT) | (counts >= EXACT_SHARE * len(known))
        atoms = exact[frequent & (counts >= fewest)]
        rest = known[~np.isin(known, atoms)]
        bins = int(np.clip(len(rest) // IN_A_BIN, min(len(rest), 1), MOST_BINS))
        parts = _parts(rest, bins, _changes(values, edges) if edges is not None and bins else np.zeros(0))
        low, high = (np.array([part[end] for part in parts], np.float64) for end in (0, -1))
        decimals = decimals_of(values[~np.isnan(values)])
        if fewest > 1:
            low, high = _shared_ends(parts, fewest, ends_of(rest, np.arange(len(rest)), fewest), decimals)
        return cls(name, atoms, low, high, decimals, len(known) < len(values))

    @property
    def classes(self) -> int:
        return max(len(self.atoms) + len(self.low) + self.missing, 1)

    @property
    def order(self) -> Ints:
        """The classes in ascending order of their numbers."""
        return np.argsort(np.concatenate([self.atoms, self.low]), kind="stable")

    def encode(self, values: Floats) -> Ints:
        """(S,) numbers → classes; a number between two bins goes to the nearer one."""
        code = np.full(len(values), self.classes - 1, np.int64)
        known = np.flatnonzero(~np.isnan(values))
        at = np.searchsorted(self.atoms, values[known]).clip(max=max(len(self.atoms) - 1, 0))
        exact = self.atoms[at] == values[known] if len(self.atoms) else np.zeros(len(known), bool)
        code[known[exact]] = at[exact]
        rest = known[~exact]
        if len(self.low):
            middle = (self.low[1:] + self.high[:-1]) / 2
            code[rest] = len(self.atoms) + np.searchsorted(middle, values[rest])
        elif len(rest):
            nearest = np.abs(values[rest][:, None] - self.atoms[None, :]).argmin(1) if len(self.atoms) else 0
            code[rest] = nearest
        return code

    def decode(self, code: Ints, rng: np.random.Generator) -> Floats:
        """(S,) classes → numbers, drawn evenly inside their bins; NaN missing."""
        values = np.full(len(code), np.nan)
        exact = code < len(self.atoms)
        values[exact] = self.atoms[code[exact]]
        binned = np.flatnonzero((code >= len(self.atoms)) & (code < len(self.atoms) + len(self.low)))
        bin_ = code[binned] - len(self.atoms)
        values[binned] = self._inside(self.low[bin_], self.high[bin_], rng)
        return values

    def classes_in(self, low: float, high: float) -> Ints:
        """The classes that have numbers from `low` to `high`, both included."""
        exact = np.flatnonzero((self.atoms >= low) & (self.atoms <= high))
        return np.concatenate([exact, len(self.atoms) + np.flatnonzero((self.low <= high) & (self.high >= low))])

    def _inside(self, low: Floats, high: Floats, rng: np.random.Generator) -> Floats:
        if self.decimals is None:
            return low + rng.random(len(low)) * (high - low)
        scale = 10.0**self.decimals
        first, last = np.ceil(low * scale - ON_GRID), np.floor(high * scale + ON_GRID)
        numbers: Floats = (first + np.floor(rng.random(len(low)) * np.maximum(last - first + 1, 1))) / scale
        return numbers

    def to_dict(self) -> dict[str, Any]:
        arrays = {name: getattr(self, name).tolist() for name in ("atoms", "low", "high")}
        return arrays | {"name": self.name, "decimals": self.decimals, "missing": self.missing}


SubjectCode = CategoryCode | BinnedNumbers


@dataclass(frozen=True, eq=False)
class SubjectColumns(Stored):
    """The columns with one value for each subject, each a verb of its own.

    Attributes:
        codes: of each column, in the order of their verbs.
    """

    codes: tuple[SubjectCode, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(code.name for code in self.codes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each column has, missing included."""
        return tuple(code.classes for code in self.codes)

    @property
    def orders(self) -> tuple[Ints | None, ...]:
        """The classes of each column in ascending order of their numbers; None for categories."""
        return tuple(code.order if isinstance(code, BinnedNumbers) else None for code in self.codes)

    def encode(self, values: Mapping[str, pd.Series | Floats]) -> Ints:
        """Classes of each subject: columns of one value for each subject, (S,) → (S, A)."""
        parts = []
        for code in self.codes:
            column = values[code.name]
            if isinstance(code, BinnedNumbers):
                parts.append(code.encode(np.asarray(column, np.float64)))
            else:
                parts.append(code.encode(pd.Series(column)).code)
        return np.stack(parts, axis=1) if parts else np.zeros((0, 0), np.int64)

    def decode(self, classes: Ints, rng: np.random.Generator) -> dict[str, Values]:
        """Values by column of each subject: (S, A) → (S,) each."""
        values: dict[str, Values] = {}
        for place, code in enumerate(self.codes):
            decoded = code.decode(classes[:, place], rng)
            is_number = isinstance(code, BinnedNumbers)
            values[code.name] = np.asarray(decoded) if is_number else pd.Series(decoded, dtype=object).to_numpy()
        return values

    def add_to(self, edges: Edges, classes: Ints) -> Edges:
        """The edges, and a link for each subject's value of each column, (S, A): verbs and objects of their own."""
        if not self.codes:
            return edges
        subjects, columns = classes.shape
        first = edges.num_objects + np.cumsum([0, *self.sizes[:-1]])
        subject = np.concatenate([edges.subject, np.repeat(np.arange(subjects), columns)])
        verb = np.concatenate([edges.verb, np.tile(edges.num_verbs + np.arange(columns), subjects)])
        object = np.concatenate([edges.object, (classes + first).ravel()])
        order = np.lexsort((object, verb, subject))
        count = np.concatenate([edges.count, np.ones(classes.size, np.int64)])
        return Edges(
            subject[order].astype(np.int32),
            verb[order].astype(np.int32),
            object[order].astype(np.int32),
            count[order],
            edges.num_subjects,
            edges.num_verbs + columns,
            edges.num_objects + sum(self.sizes),
        )

    def classes_of(self, edges: Edges, num_verbs: int, num_objects: int) -> Ints:
        """The classes of each subject's columns, by edges that have them: (S, A), −1 where there is none.

        Args:
            num_verbs, num_objects: of the links alone; those of the columns come after these.
        """
        classes = np.full((edges.num_subjects, len(self)), -1, np.int64)
        own = (edges.verb >= num_verbs) & (edges.verb < num_verbs + len(self))
        column = edges.verb[own].astype(np.int64) - num_verbs
        first = num_objects + np.cumsum([0, *self.sizes[:-1]])
        classes[edges.subject[own], column] = edges.object[own] - first[column]
        return classes

    def to_dict(self) -> list[dict[str, Any]]:
        """The codes as JSON values."""
        return [{"kind": "numbers" if isinstance(c, BinnedNumbers) else "categories"} | c.to_dict() for c in self.codes]

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """A list of codes, each with its kind."""
        kinds: dict[str, Any] = {"numbers": BinnedNumbers, "categories": CategoryCode}
        parts = [(kinds[one["kind"]], {name: value for name, value in one.items() if name != "kind"}) for one in state]
        return {"codes": tuple(kind.from_dict(own) for kind, own in parts)}


def first_values(values: Values, subject: Ints, num_subjects: int) -> Values:
    """The first value of each subject that is not missing: (n,), (n,) → (S,), NaN or None where all are."""
    known = np.flatnonzero(~np.asarray(pd.isna(values)))
    own, at = np.unique(subject[known], return_index=True)
    is_number = values.dtype.kind == "f"
    result = np.full(num_subjects, np.nan) if is_number else np.full(num_subjects, None, object)
    result[own] = values[known[at]]
    return result


def _parts(values: Floats, bins: int, changes: Floats) -> list[Floats]:
    """Sorted values in about equal parts, cut at the changes too; equal values are in one part."""
    if not bins:
        return []
    even, own = (np.searchsorted(values, cuts) for cuts in (values[np.arange(1, bins) * len(values) // bins], changes))
    if len(own):  # a bin of too few would be joined with another one, over the change between them
        even = even[np.abs(even[:, None] - own[None, :]).min(1) >= BETWEEN_ENDS]
    return [part for part in np.split(values, np.unique(np.concatenate([even, own]))) if len(part)]


def _shared_ends(
    parts: list[Floats], fewest: int, ends: tuple[float, float], decimals: int | None
) -> tuple[Floats, Floats]:
    """The ends of bins of at least `fewest` subjects, between two of these, and inside the range.

    A bin of fewer is joined with the next, the last one with that before; none is left where all have fewer.
    """
    joined: list[Floats] = []
    for part in parts:
        if joined and len(joined[-1]) < fewest:
            joined[-1] = np.concatenate([joined[-1], part])
        else:
            joined.append(part)
    if len(joined) > 1 and len(joined[-1]) < fewest:
        joined[-2:] = [np.concatenate(joined[-2:])]
    if not joined or len(joined[0]) < fewest:
        return np.zeros(0), np.zeros(0)
    inner = np.array([between(float(one[-1]), float(other[0]), decimals) for one, other in pairwise(joined)])
    return np.clip(np.append(ends[0], inner), *ends), np.clip(np.append(inner, ends[1]), *ends)


def _changes(values: Floats, edges: Edges) -> Floats:
    """The numbers at which the subjects' links change."""
    known = np.flatnonzero(~np.isnan(values))
    if len(known) > LOOKED_AT:
        known = known[np.linspace(0, len(known) - 1, LOOKED_AT).astype(np.int64)]
    known = known[np.argsort(values[known], kind="stable")]
    counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
    frequent = np.argsort(-counts, kind="stable")[:MOST_TOKENS]
    has = edges.tokens()[known][:, frequent[counts[frequent] > 0]].toarray() > 0
    return cut_points(values[known], has)
