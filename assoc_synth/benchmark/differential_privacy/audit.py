"""Audit: is the promise kept? Planted subjects are looked for in what a private fit releases.

What touches data are the noisy counts; all else is post-processing. A *canary* is a subject that moves them as far as
it can. The strongest attacker knows the whole table and asks of each release whether the canary is in it: by Neyman and
Pearson the best score is the log likelihood ratio of all releases, a sum over the bins in which the two tables differ.
Over many releases of a table with the canary and of one without, the share of right and of wrong alarms bounds what
the releases give away from below (Jagielski, Ullman and Oprea 2020):

- under any mechanism ε ≥ log((TPR − δ) / FPR), with Clopper–Pearson bounds of both shares;
- under Gaussian noise μ ≥ Φ⁻¹(TPR) − Φ⁻¹(FPR), and ε is that at which δ = Φ(−ε/μ + μ/2) − e^ε Φ(−ε/μ − μ/2)
  (Dong, Roth and Su 2022; Nasr et al. 2023). It is tight, so that noise that is too small by half is seen.

A bound above the claim is a broken promise. Beside it stands the *norm*: the greatest share of a count's stated
sensitivity that the canary has used, which must not be above 1, by arithmetic and not by chance. Names are released
before they are counted; of their threshold the norm alone is audited, not the noise.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import optimize, stats

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.privacy import Wanted
from assoc_synth.privacy.measurements import measure
from assoc_synth.privacy.mechanism import Account
from assoc_synth.privacy.stand_in import account_of
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.schema import Roles
from assoc_synth.transactions.table import TransactionTable

SUBJECTS, CONFIDENCE = 1_500, 0.95
ENDLESS = 1e9
"""ρ of an account whose noise does not matter."""
CANARY = "the canary"


@dataclass(frozen=True)
class Recorded:
    """One release before its noise: whole counts, the L2 norm that is claimed of one subject, and its share of ρ."""

    what: str
    values: Ints
    norm: float
    share: float
    unit: float


@dataclass(frozen=True)
class Audited:
    """What was found of one canary.

    Attributes:
        canary: what it is.
        claimed, delta: ε and δ of the promise.
        norm: the greatest share of a stated sensitivity that it used, and of which release.
        used: share of the account's ρ that it used, at the stated noise.
        hits, alarms: share of releases with it, and without it, that are taken to have it.
        low, low_gaussian: lower bounds on ε, under any mechanism and under Gaussian noise.
    """

    canary: str
    claimed: float
    delta: float
    norm: tuple[float, str]
    used: float
    trials: int
    hits: float
    alarms: float
    low: float
    low_gaussian: float

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the claim."""
        return self.norm[0] <= 1 + 1e-9 and max(self.low, self.low_gaussian) <= self.claimed


@dataclass
class Recorder(Account):
    """An account that notes the counts and returns them as they are."""

    recorded: list[Recorded] = field(default_factory=list)
    named: list[Mapping[str, int]] = field(default_factory=list)
    most_names: int = 0

    def counts(self, what: str, values: Ints, norm: float, share: float, unit: float = 1.0) -> Ints:
        super().counts(what, np.zeros(1, np.int64), norm, share, unit)  # spends as much
        self.recorded.append(Recorded(what, values.ravel().copy(), norm, share, unit))
        return values

    def names(self, what: str, counts: Mapping[str, int], most_names: int, share: float, delta: float) -> list[str]:
        self.named.append(counts)
        self.most_names = most_names
        return sorted(name for name, subjects in counts.items() if subjects > 1)


def audit(
    wanted: Wanted,
    canary: str,
    trials: int,
    *,
    table: TransactionTable | None = None,
    account: Callable[[Wanted], Account] = account_of,
    canaries: int = 1,
) -> Audited:
    """Look for one canary in many releases of a table with and without it.

    Args:
        canary: one of `CANARIES`.
        trials: releases of each of the two tables; the first quarter chooses the threshold, the others bound ε.
        account: what a fit opens for this promise.
        canaries: how many are looked for, so that all bounds hold together.
    """
    own = small_table() if table is None else table
    without, having = recorded(own, wanted), recorded(with_canary(own, canary), wanted)
    norm = max(greatest_norm(without, having), norm_of_names(own, canary, wanted))
    opened = account(wanted)
    scores, used = _scores(without.recorded, having.recorded, opened, trials)
    threshold = _threshold(*(side[: trials // 4] for side in scores))
    rest = [side[trials // 4 :] for side in scores]
    alarms, hits = (int((side > threshold).sum()) for side in rest)
    risk = (1 - CONFIDENCE) / canaries
    lows = epsilon_bounds(hits, alarms, len(rest[0]), wanted.delta, risk)
    shares = hits / len(rest[0]), alarms / len(rest[0])
    return Audited(canary, wanted.epsilon, wanted.delta, norm, used, trials, *shares, *lows)


def recorded(table: TransactionTable, wanted: Wanted) -> Recorder:
    """What a private fit counts in a table, before the noise."""
    recorder = Recorder(ENDLESS, wanted.delta)
    measure(table, recorder, np.random.default_rng(0), public_names=wanted.public_names)
    return recorder


def greatest_norm(without: Recorder, having: Recorder) -> tuple[float, str]:
    """The greatest share of a stated sensitivity by which two records differ, and of which release."""
    return max(
        (float(np.linalg.norm((other.values - one.values).astype(float))) / other.norm, one.what)
        for one, other in zip(without.recorded, having.recorded, strict=True)
    )


def norm_of_names(table: TransactionTable, canary: str, wanted: Wanted) -> tuple[float, str]:
    """The same of the release of names: by how many names, and how often for one, the canary alone speaks."""
    if wanted.public_names:
        return 0.0, "names"
    both = with_canary(table, canary)
    recorder = Recorder(ENDLESS, wanted.delta)
    alone = both.take_subjects(np.flatnonzero(np.bincount(both.subject, minlength=both.num_subjects) > 0)[-1:])
    with contextlib.suppress(InputError):  # one subject is too few for what comes after the names
        measure(alone.with_own_names(), recorder, np.random.default_rng(0))
    spoken = list(recorder.named[0].values())
    return max(len(spoken) / recorder.most_names, float(max(spoken))), "names"


def epsilon_bounds(hits: int, alarms: int, trials: int, delta: float, risk: float) -> tuple[float, float]:
    """Lower bounds on ε from right and wrong alarms: under any mechanism, and under Gaussian noise.

    Args:
        risk: that one of the two shares is beyond its bound, which spoils both.

    Example:
        >>> low, gaussian = epsilon_bounds(950, 50, 1_000, 1e-6, 0.05)
        >>> bool(2 < low < 3.3 < gaussian)
        True
    """
    right = float(stats.beta.ppf(risk / 2, hits, trials - hits + 1)) if hits else 0.0
    wrong = float(stats.beta.ppf(1 - risk / 2, alarms + 1, trials - alarms)) if alarms < trials else 1.0
    low = math.log(max(right - delta, 1e-300) / wrong)
    other = math.log(max(1 - wrong - delta, 1e-300) / max(1 - right, 1e-300))
    apart = float(stats.norm.ppf(right) - stats.norm.ppf(wrong))
    return max(low, other, 0.0), epsilon_of_distance(apart, delta)


def epsilon_of_distance(distance: float, delta: float) -> float:
    """ε, at this δ, of two Gaussians of deviation 1 whose means are so far apart.

    Example:
        >>> round(epsilon_of_distance(1.0, 1e-5), 2)
        4.38
    """
    if not distance > 0:
        return 0.0

    def excess(epsilon: float) -> float:
        near, far = -epsilon / distance + distance / 2, -epsilon / distance - distance / 2
        return float(stats.norm.cdf(near) - math.exp(epsilon + stats.norm.logcdf(far))) - delta

    if excess(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, distance**2 / 2 + distance * 40))


def small_table(subjects: int = SUBJECTS, objects: int = 14) -> TransactionTable:
    """The table that canaries are put into: the toy shop's most frequent objects."""
    table = datasets.toy_shop(subjects=subjects)
    schema, frame = table.schema, table.to_frame(typed=True)
    frequent = frame[schema.object].value_counts().index[:objects]
    return _table(frame[frame[schema.object].isin(frequent)], table)


def with_canary(table: TransactionTable, canary: str) -> TransactionTable:
    """The table and one more subject."""
    schema, frame = table.schema, table.to_frame(typed=True)
    columns = [schema.subject, schema.verb, schema.object, schema.time, schema.amount]
    rows = CANARIES[canary](table)
    rows.columns = pd.Index(columns)
    assert CANARY not in set(frame[schema.subject].astype(str)), "its name is its own"
    frame = frame[columns].astype({schema.subject: object})
    return _table(pd.concat([frame, rows], ignore_index=True), table)


def _table(frame: pd.DataFrame, like: TransactionTable) -> TransactionTable:
    """A table of the columns that a private fit counts."""
    schema = like.schema
    roles: Roles = {"subject": schema.subject, "verb": schema.verb, "object": schema.object, "basket": ""}
    roles["time"], roles["amount"] = schema.time or "", schema.amount or ""
    columns = [schema.subject, schema.verb, schema.object, schema.time, schema.amount]
    return TransactionTable.from_frame(frame[columns], **roles)


def _scores(
    without: list[Recorded], having: list[Recorded], account: Account, trials: int
) -> tuple[tuple[Floats, Floats], float]:
    """Log likelihood ratios of releases without and with the canary, (trials,) each, and its share of ρ."""
    totals, used = (np.zeros(trials), np.zeros(trials)), 0.0
    for one, other in zip(without, having, strict=True):
        moved = np.flatnonzero(one.values != other.values)
        if one.norm != other.norm:
            raise AssertionError(f"the canary changes the bound of {one.what}: put it into a larger table")
        if not len(moved):
            continue
        deviation = one.norm / math.sqrt(2 * one.share * account.rho)  # what is stated
        change = (other.values - one.values)[moved].astype(float)
        middle = (other.values + one.values)[moved] / 2
        used += float((change**2).sum()) / (2 * deviation**2)
        for total, side in zip(totals, (one, other), strict=True):
            # The noise of each bin is drawn on its own, so that all trials are one call; other bins say nothing.
            again = np.tile(side.values[moved], trials)
            fresh = replace(account, spent=[])
            noisy = fresh.counts(side.what, again, side.norm, side.share, side.unit).reshape(trials, -1)
            total += (noisy - middle) @ change / deviation**2
    return totals, used / account.rho


def _threshold(without: Floats, having: Floats) -> float:
    """That at which the two are farthest apart, in deviations of a Gaussian."""
    order = np.unique(np.concatenate([without, having]))
    candidates = order[:: max(len(order) // 200, 1)]
    count = len(without)

    def apart(threshold: float) -> float:
        hits, alarms = (float((side > threshold).sum() + 0.5) / (count + 1) for side in (having, without))
        return math.sqrt(count) * float(stats.norm.ppf(hits) - stats.norm.ppf(alarms)) - 2 * (
            _spread(hits) + _spread(alarms)
        )

    return float(max(candidates, key=apart))


def _spread(share: float) -> float:
    """Deviation of Φ⁻¹ of a share of one trial."""
    return math.sqrt(share * (1 - share)) / float(stats.norm.pdf(stats.norm.ppf(share)))


def _everything(table: TransactionTable) -> pd.DataFrame:
    """Every object by every verb, on days of its own, at all hours and prices."""
    pairs = pd.MultiIndex.from_product([table.verbs.astype(str), table.objects.astype(str)]).to_frame(index=False)
    number = np.arange(len(pairs))
    times = pd.Timestamp("1999-01-01") + pd.to_timedelta(number * 31, unit="h")
    return _rows(pairs[0], pairs[1], times, 1.37 ** (number % 40))


def _one_link(table: TransactionTable) -> pd.DataFrame:
    """One link in 5,000 rows, all at one hour and price."""
    number = np.zeros(5_000, np.int64)
    return _rows(table.verbs[number], table.objects[number], pd.Timestamp("2021-03-04 05:06"), 7.0)


def _many_days(table: TransactionTable) -> pd.DataFrame:
    """A few links, on each of 90 days."""
    number = np.arange(90)
    times = pd.Timestamp("1990-01-01") + pd.to_timedelta(number, unit="D")
    return _rows(
        table.verbs[number % table.num_verbs], table.objects[number % min(6, table.num_objects)], times, 1.0 + number
    )


def _strange(table: TransactionTable) -> pd.DataFrame:
    """A day, an hour, a price and a name that nobody else has."""
    return _rows(table.verbs[:1], pd.Index(["nobody else's"]), pd.Timestamp("1901-02-03 04:05"), 123_456_789.0)


def _rows(verb: object, thing: object, time: object, amount: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"subject": CANARY, "verb": np.asarray(verb), "object": np.asarray(thing), "time": time, "amount": amount}
    )


CANARIES: dict[str, Callable[[TransactionTable], pd.DataFrame]] = {
    "everything": _everything,
    "one link, 5,000 rows": _one_link,
    "90 days": _many_days,
    "strange": _strange,
}
