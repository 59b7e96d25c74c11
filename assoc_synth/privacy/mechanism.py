"""The mechanism: whole numbers with discrete Gaussian noise, and the account of what each release has cost.

Privacy is counted in zero-concentrated differential privacy (Bun and Steinke 2016): a release of counts whose L2
sensitivity is Δ with noise of standard deviation σ costs ρ = Δ² / 2σ², and costs add up. Noise (Canonne, Kamath and
Steinke 2020), thresholds for unknown names (Rogers 2023) and the conversion to (ε, δ) are OpenDP's. The noise cannot be
seeded: who knows the seed knows the noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.stored import Stored

SEARCH_STEPS = 60
DELTA, LEAST_DELTA, MOST_DELTA = 1e-6, 1e-20, 1e-2
LEAST_EPSILON, MOST_EPSILON = 1e-3, 500.0
"""Beyond these nothing is kept, or nothing is promised; the conversion of ρ has numbers for all between."""


@dataclass(frozen=True)
class Wanted:
    """What a user wants to promise.

    Attributes:
        epsilon, delta: of the whole fit.
        public_names: all names of verbs and objects are known to everybody, as those of a shop's catalogue are.
    """

    epsilon: float
    delta: float = DELTA
    public_names: bool = False

    @classmethod
    def of(cls, epsilon: object, delta: object = None, public_names: object = False) -> Wanted | None:
        """As a user gives it; None without an ε.

        Raises:
            InputError: one of them is out of range, or there is no ε.

        Example:
            >>> Wanted.of(3)
            Wanted(epsilon=3.0, delta=1e-06, public_names=False)
        """
        if epsilon is None:
            if delta is not None or public_names:
                raise InputError("delta and public_names belong to differential privacy: give an epsilon, such as 3")
            return None
        own = cls(_number("epsilon", epsilon), DELTA if delta is None else _number("delta", delta), bool(public_names))
        if not LEAST_EPSILON <= own.epsilon <= MOST_EPSILON:
            raise InputError(
                f"epsilon is a number from {LEAST_EPSILON:g} to {MOST_EPSILON:g}, not {epsilon!r}: 1 to 10 is usual"
            )
        if not LEAST_DELTA <= own.delta < MOST_DELTA:
            raise InputError(f"delta is a number from {LEAST_DELTA:g} to below {MOST_DELTA:g}, not {delta!r}")
        return own

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Release(Stored):
    """One release: what was counted, its cost ρ and δ, and the noise's standard deviation in subjects' full links."""

    what: str
    rho: float
    delta: float
    noise: float


@dataclass(frozen=True)
class Promise(Stored):
    """What is promised to each subject: tables with it and without it give models that are alike, up to ε and δ.

    Attributes:
        epsilon, delta: of the whole fit.
        max_links: links of one subject that count fully; those of subjects with more are weighted down.
        num_names: objects whose names were released.
        releases: what was measured.
        public_names: whether names of verbs and objects are taken to be known to everybody.
        unit: whose privacy it is.
    """

    epsilon: float
    delta: float
    max_links: int
    num_names: int
    releases: tuple[Release, ...]
    public_names: bool = False
    unit: str = "one subject with all its rows, added or removed"

    @property
    def sentence(self) -> str:
        """What is promised, for the card and the notes."""
        known = ". Names of verbs and objects are taken to be public" if self.public_names else ""
        return (
            f"differential privacy: ε = {self.epsilon:g}, δ = {self.delta:g} for {self.unit}. Everything is learned "
            f"from {len(self.releases)} noisy counts; links of subjects with more than {self.max_links} are weighted "
            f"down{known}"
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        releases = [vars(release) for release in self.releases]
        return {name: value for name, value in vars(self).items() if name != "releases"} | {"releases": releases}


@dataclass
class Account:
    """The account of one table's releases: what they may cost in all, and what they have cost.

    Attributes:
        rho: of all releases.
        delta: of all releases of unknown names.
        spent: what was released.
    """

    rho: float
    delta: float
    spent: list[Release] = field(default_factory=list)

    def counts(self, what: str, values: Ints, norm: float, share: float, unit: float = 1.0) -> Ints:
        """Counts with noise: (n,) int64, any shape.

        Args:
            what: the release's name.
            values: whole counts; `norm` is the greatest L2 norm of what one subject adds to them.
            share: of the account's ρ.
            unit: of the values, so that the noise is told in subjects' full links.
        """
        rho = share * self.rho
        scale = norm / math.sqrt(2 * rho)
        self._spend(Release(what, rho, 0.0, scale / unit))
        dp = opendp()
        space = dp.vector_domain(dp.atom_domain(T="i64"), size=values.size), dp.l2_distance(T="f64")
        noisy = dp.m.make_gaussian(*space, scale=scale)(values.ravel().tolist())
        return np.asarray(noisy, np.int64).reshape(values.shape)

    def names(self, what: str, counts: Mapping[str, int], most_names: int, share: float, delta: float) -> list[str]:
        """The names that enough subjects have, by their noisy counts: sorted.

        Args:
            counts: subjects by name; one subject adds 1 to at most `most_names` of them.
            share, delta: of the account's ρ, and the chance that a name of one subject is released.
        """
        rho, norm = share * self.rho, math.sqrt(most_names)
        scale = norm / math.sqrt(2 * rho)
        dp = opendp()
        names, distance = dp.atom_domain(T="String"), dp.l02inf_distance(dp.absolute_distance(T="u32"))
        space = dp.map_domain(names, dp.atom_domain(T="i64")), distance

        def made(threshold: int) -> Any:
            return dp.m.make_gaussian_threshold(*space, scale=scale, threshold=threshold)

        least, most = 2, 2 + math.ceil(40 * scale)
        while least < most:  # the lowest threshold whose δ is small enough
            middle = (least + most) // 2
            least, most = (least, middle) if _delta(made(middle), most_names, norm) <= delta else (middle + 1, most)
        measurement = made(least)
        self._spend(Release(what, rho, _delta(measurement, most_names, norm), scale))
        return sorted(measurement(dict(counts)))

    def _spend(self, release: Release) -> None:
        self.spent.append(release)
        over = sum(each.rho for each in self.spent) > self.rho * (1 + 1e-9)
        if over or sum(each.delta for each in self.spent) > self.delta * (1 + 1e-9):
            raise AssertionError(f"the release of {release.what} costs more privacy than is left")


def opendp() -> Any:
    """OpenDP's prelude.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise MissingExtraError("differential privacy", "dp") from error
    dp.enable_features("contrib")
    return dp


def rho_of(epsilon: float, delta: float) -> float:
    """The greatest ρ whose (ε, δ) is at most this one.

    Raises:
        MissingExtraError: OpenDP is not installed.
    """
    least, most = 0.0, 1.0
    while epsilon_of(most, delta) <= epsilon:
        most *= 2
    for _ in range(SEARCH_STEPS):
        middle = (least + most) / 2
        least, most = (middle, most) if epsilon_of(middle, delta) <= epsilon else (least, middle)
    return least


def epsilon_of(rho: float, delta: float) -> float:
    """The ε of releases that cost ρ together, at this δ: that of one Gaussian release of the same cost."""
    dp = opendp()
    space = dp.atom_domain(T="f64", nan=False), dp.absolute_distance(T="f64")
    release = dp.m.make_gaussian(*space, scale=1 / math.sqrt(2 * rho))
    return float(dp.c.make_zCDP_to_approxDP(release).map(1.0).epsilon(delta))


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} is a number, not {str(value)[:40]!r}")
    return float(value)


def _delta(measurement: Any, most_names: int, norm: float) -> float:
    """The δ of a thresholded release: one subject adds at most 1 to at most `most_names` names."""
    return float(measurement.map((most_names, math.ceil(norm), 1))[1])
