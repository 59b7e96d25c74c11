"""Measurements: all that is learned of a table, each a count with noise, and what each may cost.

A count is of subjects, links, pairs of links, days or rows; `bounds` limits what one subject adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.privacy import domains
from assoc_synth.privacy.bounds import UNIT, bounded_pairs, bounded_sum, most_pairs, norm
from assoc_synth.privacy.mechanism import Account
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.table import TransactionTable

SHARES = {
    "links": 0.03,
    "names": 0.12,
    "objects": 0.10,
    "pairs": 0.58,
    "verbs": 0.06,
    "rows": 0.01,
    "days of a subject": 0.01,
    "months": 0.02,
    "days": 0.02,
    "hours": 0.03,
    "amounts": 0.02,
    "amounts of objects": 0.03,
}
"""Of the account's ρ. The pairs have most: they are why one would draw such a table, and their counts are small."""
BOUND_QUANTILE, LEAST_BOUND, MOST_BOUND = 0.65, 4, 60
"""A subject's links count fully up to this quantile of their number. A lower one has less noise for what it counts, and
counts more of those with few links."""
MOST_VERBS, MOST_OBJECTS = 5, 6_000
"""Verbs of one object are counted as sets of verbs, and pairs of objects in one matrix."""
CLEAR = 4.5
"""Standard deviations of noise below which a bin counts as empty where most bins are: noise alone hardly ever makes
one."""
_SIZES = len(domains.NUMBER_STARTS)
LARGEST_GAP = 12
"""Empty bins of numbers after which all larger ones count as empty: noise must not make anybody's million links."""


@dataclass(frozen=True, eq=False)
class Measured:
    """The noisy counts, in subjects, links or rows.

    Attributes:
        verbs, objects: released names.
        bound: links of a subject that count fully.
        links: (bins,) subjects by number of distinct objects.
        objects_of: (O,) links of each object.
        pairs: (O, O) subjects linked to both; symmetric, 0 on the diagonal.
        pair_noise: standard deviation of the noise in `pairs`.
        verbs_of: (O, 2^V) links of each object by the set of their verbs, a bit for each.
        rows: (V, bins) edges by how many rows they have.
        days_of: (bins, bins) subjects by number of links and number of days; None without times, as the next two.
        days: (D,) days of subjects; hours: (V, 168) rows by hour of the week.
        amounts: (V, bins) rows by amount; None without amounts, as the next one.
        amounts_of: (O, sizes) rows of each object by size of the amount, see `domains.amount_sizes`.
    """

    verbs: list[str]
    objects: list[str]
    bound: int
    links: Floats
    objects_of: Floats
    pairs: Floats
    pair_noise: float
    verbs_of: Floats
    rows: Floats
    days_of: Floats | None
    days: Floats | None
    hours: Floats | None
    amounts: Floats | None
    amounts_of: Floats | None

    @property
    def unseen(self) -> list[str]:
        """What no count stood out of the noise of, and what is drawn instead: a clause each."""
        told = {
            "verbs of each object": (self.verbs_of[:, 1:], "each link has any set of verbs"),
            "rows of a link": (self.rows, "each link has one row"),
            "days of a subject": (self.days_of, "each subject has its rows on one day"),
            "hours": (self.hours, "all hours are as likely"),
            "amounts": (self.amounts, "all amounts are missing"),
            "amounts of each object": (self.amounts_of, "amounts do not depend on the object"),
        }
        return [
            f"{what}: {instead}" for what, (counts, instead) in told.items() if counts is not None and not counts.any()
        ]


def measure(
    table: TransactionTable, account: Account, rng: np.random.Generator, *, public_names: bool = False
) -> Measured:
    """Measure a table until the account is spent.

    Args:
        rng: which names a subject speaks for.
        public_names: release all names as they are.

    Raises:
        InputError: it has too many verbs, or too many objects or none that enough subjects have.
    """
    meter = _Meter(account, _shares(table, public_names=public_names))
    verbs, objects = [str(verb) for verb in table.verbs], [str(name) for name in table.objects]
    every = _Rows.of(table, verbs, objects)
    links = meter.numbers("links", every.numbers_of_links, 1, (1, _SIZES))[0]
    if not links.any():
        raise InputError(
            f"too few subjects to be counted with {account.spent[-1].noise:.1f} subjects of noise: take more subjects, "
            "or a larger epsilon"
        )
    bound = _bound(links)
    if not public_names:
        verbs, objects = _names(table, meter, bound, rng)
    _check(verbs, objects, table)
    rows = _Rows.of(table, verbs, objects)
    pairs, noise = meter.pairs(rows.incidence, bound)
    has_time, has_amount = table.time is not None, table.amount is not None
    num_verbs = len(verbs)
    return Measured(
        verbs,
        objects,
        bound,
        links=links,
        objects_of=np.maximum(meter.sums("objects", rows.incidence, bound, clear=0), 0.5),
        pairs=pairs,
        pair_noise=noise,
        verbs_of=meter.sums("verbs", rows.verb_sets, bound, clear=1).reshape(len(objects), -1),
        rows=meter.numbers("rows", rows.repeats, bound, (num_verbs, _SIZES)),
        days_of=meter.numbers("days of a subject", rows.numbers_of_days, 1, (_SIZES, _SIZES)) if has_time else None,
        days=_days(meter, rows, bound) if has_time else None,
        hours=meter.sums("hours", rows.hours, bound, clear=1).reshape(num_verbs, -1) if has_time else None,
        amounts=meter.sums("amounts", rows.amounts, bound).reshape(num_verbs, -1) if has_amount else None,
        amounts_of=meter.sums("amounts of objects", rows.amounts_of, bound).reshape(len(objects), -1)
        if has_amount
        else None,
    )


def _days(meter: _Meter, rows: _Rows, bound: int) -> Floats:
    """Subjects by day, in the months that clearly have some; single days are shrunk to the mean of their month."""
    month = domains.MONTH_OF_DAY
    months = meter.sums("months", rows.months, bound)
    if not months.any():
        raise InputError(
            f"no month has enough subjects for {meter.account.spent[-1].noise:.0f} subjects of noise: "
            'leave the time out (--time ""), take more subjects, or a larger epsilon'
        )
    noisy = meter.sums("days", rows.days, bound, clear=-np.inf)
    noise = meter.account.spent[-1].noise
    length = np.bincount(month)
    mean = np.bincount(month, weights=noisy) / length
    spread = np.bincount(month, weights=(noisy - mean[month]) ** 2) / np.maximum(length - 1, 1)
    kept = np.maximum(1 - noise**2 / np.maximum(spread, 1e-9), 0.0)
    shape = np.maximum(1 + kept[month] * (noisy - mean[month]) / np.maximum(mean[month], noise), 0.0)
    shape /= np.maximum(np.bincount(month, weights=shape)[month], 1e-9)
    found: Floats = months[month] * shape
    return found


@dataclass(frozen=True)
class _Meter:
    """What counts, and pays for it by name."""

    account: Account
    shares: dict[str, float]

    def sums(self, what: str, counts: sp.csr_matrix, bound: float, *, clear: float = CLEAR) -> Floats:
        """Noisy sum of (subjects, bins); bins that noise alone could make, up to `clear` deviations, are empty."""
        values = bounded_sum(counts, bound)
        noisy = self.account.counts(what, values, norm(bound), self.shares[what], UNIT) / UNIT
        return np.where(noisy > clear * self.account.spent[-1].noise, noisy, 0.0)

    def numbers(self, what: str, counts: sp.csr_matrix, bound: float, shape: tuple[int, int]) -> Floats:
        """Noisy sum of (subjects, rows · bins of numbers), without what comes after a long gap between two of them."""
        found = self.sums(what, counts, bound).reshape(shape)
        for row in found:
            used = np.flatnonzero(row)
            gaps = np.flatnonzero(np.diff(used) > LARGEST_GAP)
            if len(gaps):
                row[used[gaps[0]] + 1 :] = 0.0
        return found

    def pairs(self, incidence: sp.csr_matrix, bound: int) -> tuple[Floats, float]:
        """Noisy counts of pairs, (O, O), and the noise's standard deviation."""
        values = bounded_pairs(incidence, bound)
        upper = np.triu_indices(len(values), 1)
        greatest = norm(most_pairs(bound))
        noisy = self.account.counts("pairs", values[upper], greatest, self.shares["pairs"], UNIT) / UNIT
        found = np.zeros(values.shape)
        found[upper] = noisy
        return found + found.T, self.account.spent[-1].noise


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of released verbs and objects by code, and what each subject has of what is counted."""

    subject: Ints
    verb: Ints
    object: Ints
    table: TransactionTable
    at: Ints
    num_verbs: int
    num_objects: int

    @classmethod
    def of(cls, table: TransactionTable, verbs: list[str], objects: list[str]) -> _Rows:
        verb, object = _codes(table.verbs, verbs)[table.verb], _codes(table.objects, objects)[table.object]
        at = np.flatnonzero((verb >= 0) & (object >= 0))
        return cls(table.subject[at].astype(np.int64), verb[at], object[at], table, at, len(verbs), len(objects))

    @cached_property
    def incidence(self) -> sp.csr_matrix:
        """(subjects, O): who is linked to what by any verb, 0/1."""
        found = self._counts(self.object, self.num_objects)
        found.data[:] = 1.0
        return found

    @cached_property
    def edges(self) -> sp.csr_matrix:
        """(subjects, O · V): rows of each edge, object after object."""
        return self._counts(self.object * self.num_verbs + self.verb, self.num_objects * self.num_verbs)

    @property
    def numbers_of_links(self) -> sp.csr_matrix:
        """(subjects, bins): 1 in the bin of its number of distinct objects."""
        degrees = np.diff(self.incidence.indptr).astype(np.int64)
        linked = np.flatnonzero(degrees)
        return _ones(linked, domains.number_bins(degrees[linked]), (len(degrees), _SIZES))

    @property
    def verb_sets(self) -> sp.csr_matrix:
        """(subjects, O · 2^V): 1 at each of its objects, in the set of the verbs that it has there."""
        edges = self.edges.tocoo()
        object, verb = np.divmod(edges.col.astype(np.int64), self.num_verbs)
        bits = sp.csr_matrix((2.0**verb, (edges.row, object)), shape=self.incidence.shape)
        bits.sum_duplicates()
        found = bits.tocoo()
        sets = 2**self.num_verbs
        return _ones(
            found.row,
            found.col.astype(np.int64) * sets + found.data.astype(np.int64),
            (bits.shape[0], bits.shape[1] * sets),
        )

    @property
    def repeats(self) -> sp.csr_matrix:
        """(subjects, V · bins): how many of its edges have so many rows."""
        edges = self.edges.tocoo()
        bins = domains.number_bins(edges.data.astype(np.int64))
        return self._counts((edges.col % self.num_verbs) * _SIZES + bins, self.num_verbs * _SIZES, edges.row)

    @property
    def days(self) -> sp.csr_matrix:
        """(subjects, D): 1 on each day on which it has a row."""
        found = self._counts(domains.day_bins(self._times), domains.NUM_DAYS, self.subject[self._is_timed])
        found.data[:] = 1.0
        return found

    @property
    def months(self) -> sp.csr_matrix:
        """(subjects, months): its days in each month."""
        days = self.days.tocoo()
        return self._counts(domains.MONTH_OF_DAY[days.col], int(domains.MONTH_OF_DAY[-1]) + 1, days.row)

    @property
    def numbers_of_days(self) -> sp.csr_matrix:
        """(subjects, bins · bins): 1 at its number of distinct objects and its number of days."""
        degrees, days = np.diff(self.incidence.indptr), np.diff(self.days.indptr)
        use = np.flatnonzero((degrees > 0) & (days > 0))
        cell = domains.number_bins(degrees[use]) * _SIZES + domains.number_bins(days[use])
        return _ones(use, cell, (len(degrees), _SIZES * _SIZES))

    @property
    def hours(self) -> sp.csr_matrix:
        """(subjects, V · 168): its rows by verb and hour of the week."""
        cell = self.verb[self._is_timed] * domains.NUM_HOURS + domains.hour_bins(self._times)
        return self._counts(cell, self.num_verbs * domains.NUM_HOURS, self.subject[self._is_timed])

    @property
    def amounts(self) -> sp.csr_matrix:
        """(subjects, V · bins): its rows by verb and amount."""
        assert self.table.amount is not None, "asked of tables with amounts"
        cell = self.verb * domains.NUM_AMOUNTS + domains.amount_bins(self.table.amount[self.at])
        return self._counts(cell, self.num_verbs * domains.NUM_AMOUNTS)

    @property
    def amounts_of(self) -> sp.csr_matrix:
        """(subjects, O · sizes): its rows by object and size of the amount, those without one apart."""
        assert self.table.amount is not None, "asked of tables with amounts"
        size = domains.amount_sizes(domains.amount_bins(self.table.amount[self.at]))
        has = size >= 0
        return self._counts(
            self.object[has] * domains.NUM_SIZES + size[has], self.num_objects * domains.NUM_SIZES, self.subject[has]
        )

    @cached_property
    def _is_timed(self) -> Bools:
        assert self.table.time is not None, "asked of tables with times"
        return ~np.isnat(self.table.time[self.at])

    @property
    def _times(self) -> np.ndarray:
        assert self.table.time is not None, "asked of tables with times"
        return self.table.time[self.at][self._is_timed]

    def _counts(self, column: Ints, columns: int, subject: Ints | None = None) -> sp.csr_matrix:
        """How often each subject has each column."""
        row = self.subject if subject is None else subject
        found = sp.csr_matrix((np.ones(len(row)), (row, column)), shape=(self.table.num_subjects, columns))
        found.sum_duplicates()
        return found


def _ones(row: Ints, column: Ints, shape: tuple[int, int]) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(row)), (row, column)), shape=shape)


def _shares(table: TransactionTable, *, public_names: bool) -> dict[str, float]:
    """What each measurement may cost: where a table lacks a column, the others have its share."""
    absent = set() if table.time is not None else {"days of a subject", "months", "days", "hours"}
    absent |= set() if table.amount is not None else {"amounts", "amounts of objects"}
    absent |= {"names"} if public_names else set()
    kept = {name: share for name, share in SHARES.items() if name not in absent}
    return {name: share / sum(kept.values()) * (1 - 1e-12) for name, share in kept.items()}


def _names(table: TransactionTable, meter: _Meter, bound: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """The verbs and objects that enough subjects have. Each subject speaks for a few of its own, chosen at random."""
    most = bound + min(table.num_verbs, MOST_VERBS)
    names = [*(f"v{name}" for name in table.verbs), *(f"o{name}" for name in table.objects)]
    own = np.concatenate([table.verb, table.object.astype(np.int64) + table.num_verbs])
    pairs = np.unique(np.tile(table.subject.astype(np.int64), 2) * len(names) + own)
    pairs = pairs[rng.permutation(len(pairs))]
    pairs = pairs[np.argsort(pairs // len(names), kind="stable")]
    subject = pairs // len(names)
    first = np.searchsorted(subject, subject)
    kept = pairs[np.arange(len(pairs)) - first < most] % len(names)
    counts = np.bincount(kept, minlength=len(names))
    having = {names[code]: int(counts[code]) for code in np.flatnonzero(counts)}
    account = meter.account
    found = account.names("names", having, most, meter.shares["names"], account.delta)
    verbs, objects = ([name[1:] for name in found if name[0] == kind] for kind in "vo")
    return verbs, objects


def _check(verbs: list[str], objects: list[str], table: TransactionTable) -> None:
    if len(verbs) > MOST_VERBS:
        raise InputError(
            f"differential privacy holds up to {MOST_VERBS} verbs, and {len(verbs)} have enough subjects: "
            "leave some out, or name one for all rows (--verb-name)"
        )
    if not verbs or not 2 <= len(objects) <= MOST_OBJECTS:
        raise InputError(
            f"differential privacy needs 2 to {MOST_OBJECTS:,} objects that enough subjects have, and found "
            f"{len(objects):,} of {table.num_objects:,}: take more subjects, coarser objects, or a larger epsilon"
        )


def _codes(names: pd.Index, released: list[str]) -> Ints:
    """By code, the position of a name among the released ones; -1 where it is not."""
    place = {name: code for code, name in enumerate(released)}
    return np.array([place.get(str(name), -1) for name in names], np.int64)


def _bound(links: Floats) -> int:
    """Links of a subject that count fully: a quantile of the noisy numbers of links."""
    share = np.cumsum(links) / max(links.sum(), 1e-9)
    at = int(np.searchsorted(share, BOUND_QUANTILE))
    return int(np.clip(domains.NUMBER_STARTS[min(at, _SIZES - 1)], LEAST_BOUND, MOST_BOUND))
