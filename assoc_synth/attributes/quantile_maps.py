"""QuantileMap: what numbers are drawn under a verb, or a verb and an object, brought to what the real ones are.

A number is drawn as a mode of the whole column's mixture and a place in it. Where verbs differ in scale (salaries and
coffees), few modes are left for the small ones, and their shape is lost. A map from the quantiles of drawn numbers to
those of real ones, which keeps the order of numbers and so what they depend on, gives it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.sharing import aggregated
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, FloatTables, Ints
from assoc_synth.transactions.stored import Stored

LEVELS: Floats = np.linspace(0.01, 0.99, 50)
"""Quantiles that are mapped; what is beyond the outer ones moves with them."""
FEWEST, FEWEST_OF_TOKEN = 100, 250
"""Numbers of a verb, and of a verb and an object, real and drawn, from which on they have a map of their own."""


class Numbers(NamedTuple):
    """Numbers and the links that they are of: values (n,) NaN missing; verb, object, and subject where known, (n,)."""

    values: Floats
    verb: Ints
    object: Ints
    subject: Ints | None = None


@dataclass(frozen=True, eq=False)
class QuantileMap(Stored):
    """The quantiles of drawn and of real numbers, by key.

    Attributes:
        num_objects: of the table.
        keys: (K,) ascending: verb · num_objects + object of a verb and an object, −1 − verb of a verb.
        drawn, real: (K, levels).
    """

    num_objects: int
    keys: Ints
    drawn: FloatTables
    real: FloatTables

    def __post_init__(self) -> None:
        shape = len(self.keys), len(LEVELS)
        for name in ("drawn", "real"):
            if getattr(self, name).size != shape[0] * shape[1]:
                raise InputError("a map of quantiles does not fit together")
            object.__setattr__(self, name, getattr(self, name).reshape(shape))

    @classmethod
    def learn(cls, code: NumberCode, real: Numbers, drawn: Numbers, num_objects: int, fewest: int = 1) -> QuantileMap:
        """The map of a column, whose single values (atoms) are left as they are.

        Args:
            fewest: subjects of real numbers whose mean each becomes before, see `aggregated`; fewer have no map.

        Example:
            >>> rng, link = np.random.default_rng(0), np.zeros(1_000, int)
            >>> code = NumberCode.learn("price", rng.normal(8, 2, 1_000), rng)
            >>> wide, narrow = (Numbers(rng.normal(8, spread, 1_000), link, link) for spread in (2, 1))
            >>> found = QuantileMap.learn(code, narrow, wide, 1)
            >>> bool(abs(found.applied(code, wide).std() - 1) < 0.05)
            True
        """
        sides = []
        for own, least in ((real, fewest), (drawn, 1)):
            free = np.flatnonzero(_is_free(code, own.values))
            who = own.subject[free] if own.subject is not None else np.arange(len(free))
            sides.append([_by_key(own.values[free], key[free], who, least) for key in _keys(own, num_objects)])
        keys, quantiles = list[int](), list[tuple[Floats, Floats]]()
        for level, rows in enumerate((FEWEST_OF_TOKEN, FEWEST)):
            first, second = sides[0][level], sides[1][level]
            for key, values in first.items():
                other = second.get(key, np.zeros(0))
                if min(len(values), len(other)) >= rows:
                    keys.append(key)
                    quantiles.append((np.quantile(other, LEVELS), np.quantile(values, LEVELS)))
        order = np.argsort(keys) if keys else np.zeros(0, np.int64)
        ends = np.array(quantiles).reshape(len(keys), 2, len(LEVELS))[order]
        return cls(num_objects, np.array(keys, np.int64)[order], ends[:, 0], ends[:, 1])

    def applied(self, code: NumberCode, drawn: Numbers) -> Floats:
        """(n,) the numbers mapped: by their verb and object where these have a map, else by their verb."""
        result, left = drawn.values.copy(), _is_free(code, drawn.values)
        for key in _keys(drawn, self.num_objects):
            at = np.searchsorted(self.keys, key).clip(max=max(len(self.keys) - 1, 0))
            use = np.flatnonzero(left & (self.keys[at] == key)) if len(self.keys) else np.zeros(0, np.int64)
            left[use] = False
            use = use[np.argsort(at[use], kind="stable")]
            for own in np.split(use, np.flatnonzero(np.diff(at[use])) + 1):
                if len(own):
                    result[own] = _mapped(drawn.values[own], self.drawn[at[own[0]]], self.real[at[own[0]]])
        moved = result != drawn.values
        result[moved] = code.written(result[moved])
        return result if code.decimals is None else np.round(result, code.decimals)

    def to_dict(self) -> dict[str, Any]:
        arrays = {name: getattr(self, name).tolist() for name in ("keys", "drawn", "real")}
        return arrays | {"num_objects": self.num_objects}


def _is_free(code: NumberCode, values: Floats) -> Bools:
    """(n,) which numbers are there and none of the single values."""
    free: Bools = ~np.isnan(values) & ~np.isin(values, code.atoms)
    return free


def _keys(numbers: Numbers, num_objects: int) -> tuple[Ints, Ints]:
    """(n,) the keys of verb and object, and of the verb."""
    verb = numbers.verb.astype(np.int64)
    return verb * num_objects + numbers.object, -1 - verb


def _by_key(values: Floats, key: Ints, subject: Ints, fewest: int) -> dict[int, Floats]:
    """The numbers of each key that are enough for a map, each the mean of those of `fewest` subjects."""
    order = np.argsort(key, kind="stable")
    found, first = np.unique(key[order], return_index=True)
    parts = dict(zip(found.tolist(), np.split(order, first[1:]), strict=True)) if len(found) else {}
    enough = {own: rows for own, rows in parts.items() if len(rows) >= FEWEST}
    if fewest <= 1:
        return {own: values[rows] for own, rows in enough.items()}
    return {own: aggregated(values[rows], subject[rows], fewest).means for own, rows in enough.items()}


def _mapped(values: Floats, drawn: Floats, real: Floats) -> Floats:
    """Numbers between two quantiles go between the same two; those beyond the outer ones move with them."""
    inside = values.clip(drawn[0], drawn[-1])
    # np.interp needs places that increase: equal ones are told apart by less than any number's digits.
    places = drawn + np.arange(len(drawn)) * (np.abs(drawn).max(initial=1.0) * 1e-12)
    mapped: Floats = np.interp(inside, places, real) + (values - inside)
    return mapped
