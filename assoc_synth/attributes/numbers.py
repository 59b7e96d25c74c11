"""Numbers: frequent exact values as classes, mode-specific normalisation for the rest, missing as a class."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.sharing import aggregated, decimals_of, ends_of, subjects_per
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints, Singles
from assoc_synth.transactions.stored import Stored

SPREAD = 4.0
"""A number within a mode is (x − mean) / (4 · std), as in CTGAN."""
LEARNED_FROM = 20_000
"""Values that the mixture is fitted to; more take time and change little."""
MAX_MODES, CONCENTRATION, LEAST_WEIGHT, MIXTURE_SEED = 10, 0.001, 0.005, 42
"""Of the mixture, as in RDT: modes at most, the Dirichlet process's prior, and the weight from which a mode is used."""
LEAST_STD = 1e-6
ON_GRID = 1e-6
"""Of a step, by which a number may miss the digits that it has."""

MOST_DIGITS, MOST_EXACT = 400, 15
"""Before or behind the decimal mark of a number, and those that a floating-point number can have."""


@dataclass(frozen=True, eq=False)
class NumberCode(Stored):
    """How a column of numbers is coded: `atoms` first, then `modes`, then missing.

    Attributes:
        atoms: frequent values of the column (a price of 1.00, a gap of one day).
        means, stds: of the modes of everything else.
        low, high: the range, which the most extreme subjects do not widen, see `ends_of`; nothing decoded leaves it.
        decimals: digits after the point that the column has; None for as many as there are.
        missing: whether missing values occur.
        log: whether the modes are those of sign(x)·log1p|x|.
    """

    name: str
    atoms: Floats
    means: Floats
    stds: Floats
    low: float
    high: float
    decimals: int | None
    missing: bool
    log: bool

    def __post_init__(self) -> None:
        flat = all(part.ndim == 1 for part in (self.atoms, self.means, self.stds))
        if not flat or len(self.means) != len(self.stds) or abs(self.decimals or 0) > MOST_DIGITS:
            raise InputError("the code of a number does not fit together")

    @classmethod
    def learn(
        cls,
        name: str,
        values: Floats,
        rng: np.random.Generator,
        *,
        log: bool = False,
        frequent: float = 0.01,
        subject: Ints | Codes | None = None,
        fewest: int = 1,
    ) -> NumberCode:
        """Learn the code of a column, (n,) numbers, NaN missing.

        What is no atom is normalised by the modes of a variational Gaussian mixture (Xu et al. 2019, section 4.2).

        Args:
            frequent: the share from which a value is an atom.
            subject: (n,) whose each value is; None where each is its own subject's.
            fewest: subjects that an atom must have, that a mode is the mean of, and whose values end the range. Where
                the column has fewer, all its values count as missing.

        Example:
            >>> paid, who = np.array([*range(20), 777.0, 777.0, 777.0]), np.array([*range(20), 0, 0, 0])
            >>> rng = np.random.default_rng(0)
            >>> [NumberCode.learn("paid", paid, rng, subject=who, fewest=n).high for n in (1, 2, 3)]
            [777.0, 18.5, 17.5]
        """
        own = np.arange(len(values)) if subject is None else subject
        use = ~np.isnan(values)
        use &= len(np.unique(own[use])) >= fewest
        known, own = values[use], own[use]
        exact, code, counts = np.unique(known, return_inverse=True, return_counts=True)
        often: Bools = (counts >= max(frequent * len(known), 5)) | (len(exact) <= 5)
        atoms = exact[often & (subjects_per(code, own, len(exact)) >= fewest)]
        rest = ~np.isin(known, atoms)
        means, stds = modes(_scale(known[rest], log), rng, own[rest], fewest)
        low, high = ends_of(known, own, fewest)
        return cls(name, atoms, means, stds, low, high, decimals_of(known), bool((~use).any()), log)

    @classmethod
    def anywhere(cls, name: str, low: float, high: float, *, missing: bool = False, log: bool = False) -> NumberCode:
        """The code of whole numbers of which nothing is known but where they are, `missing` ones aside: one wide mode.

        Example:
            >>> code = NumberCode.anywhere("gap", 0.0, 80.0)
            >>> drawn = code.encode(np.array([3.0, 77.0]), np.random.default_rng(0))
            >>> code.decode(drawn).tolist()
            [3.0, 77.0]
        """
        ends = _scale(np.array([low, high]), log)
        mean, std = ends.mean(keepdims=True), np.maximum(np.diff(ends) / (2 * SPREAD), LEAST_STD)
        return cls(name, np.zeros(0), mean, std, low, high, 0, missing, log)

    @property
    def spec(self) -> ColumnSpec:
        classes = max(len(self.atoms) + len(self.means) + self.missing, 1)
        return ColumnSpec(self.name, classes, bool(len(self.means)), len(self.atoms), int(self.missing))

    @property
    def centers(self) -> Singles:
        """Where each class is on the normaliser's scale: (classes,)."""
        parts = [_scale(self.atoms, self.log), self.means, np.zeros(1) if self.missing else np.zeros(0)]
        return np.resize(np.concatenate(parts), self.spec.classes).astype(np.float32)

    @property
    def widths(self) -> Singles:
        """What a number of 1 within each class adds on the normaliser's scale: (classes,)."""
        result = np.zeros(self.spec.classes, np.float32)
        result[len(self.atoms) : len(self.atoms) + len(self.stds)] = SPREAD * self.stds
        return result

    def encode(self, values: Floats, rng: np.random.Generator) -> CodedColumn:
        """Classes and numbers; a value between two modes goes to either with the mixture's probability.

        Where there is no mode, one that is no atom goes to the nearest atom.
        """
        code = np.full(len(values), max(self.spec.classes - 1, 0), np.int64)
        number = np.zeros(len(values), np.float32)
        known = ~np.isnan(values)
        place = np.searchsorted(self.atoms, values[known]).clip(max=max(len(self.atoms) - 1, 0))
        exact = np.zeros(len(values), bool)
        if len(self.atoms):
            exact[known] = self.atoms[place] == values[known]
            code[known] = np.where(exact[known], place, code[known])
        rest = np.flatnonzero(known & ~exact)
        if len(self.means) and len(rest):
            scaled = _scale(values[rest], self.log)
            mode = self._choose_modes(scaled, rng)
            code[rest] = len(self.atoms) + mode
            number[rest] = ((scaled - self.means[mode]) / (SPREAD * self.stds[mode])).clip(-0.99, 0.99)
        elif len(self.atoms):
            code[rest] = np.searchsorted((self.atoms[1:] + self.atoms[:-1]) / 2, values[rest])
        return CodedColumn(self.spec, code, number)

    def decode(self, column: CodedColumn) -> Floats:
        """Numbers again, inside the observed range, with the observed decimals; NaN where missing."""
        scaled = self.centers[column.code].astype(np.float64) + self.widths[column.code] * column.value.astype(
            np.float64
        )
        values = np.sign(scaled) * np.expm1(np.abs(scaled)) if self.log else scaled
        values = self.written(self._inside(values))
        atom = column.code < len(self.atoms)
        values[atom] = self.atoms[column.code[atom]]
        if self.missing:
            values[column.code == self.spec.classes - 1] = np.nan
        return values

    def written(self, values: Floats) -> Floats:
        """Numbers with the decimals that the column has, none beyond the range: (n,), NaN missing."""
        if self.decimals is None or abs(self.decimals) > MOST_EXACT:
            return np.asarray(values.clip(self.low, self.high))
        scale = 10.0**self.decimals
        low, high = np.ceil(self.low * scale - ON_GRID) / scale, np.floor(self.high * scale + ON_GRID) / scale
        if low > high:  # no such number is between the ends
            return np.asarray(np.round(np.where(np.isnan(values), np.nan, (self.low + self.high) / 2), self.decimals))
        return np.asarray(np.round(values.clip(low, high), self.decimals).clip(self.low, self.high))

    def _inside(self, values: Floats) -> Floats:
        """Numbers beyond the observed range, reflected into it: cut off they would pile up at its ends."""
        beyond = np.maximum(self.low - values, 0.0) + np.minimum(self.high - values, 0.0)
        inside: Floats = (values + 2 * beyond).clip(self.low, self.high)
        return inside

    def _choose_modes(self, scaled: Floats, rng: np.random.Generator) -> Ints:
        chosen = np.zeros(len(scaled), np.int64)
        for begin in range(0, len(scaled), 1 << 16):
            part = scaled[begin : begin + (1 << 16), None]
            log_density = -0.5 * ((part - self.means) / self.stds) ** 2 - np.log(self.stds)
            weight = np.exp(log_density - log_density.max(1, keepdims=True))
            cumulative = np.cumsum(weight, 1)
            target = rng.random((len(part), 1)) * cumulative[:, -1:]
            chosen[begin : begin + (1 << 16)] = (cumulative < target).sum(1)
        return chosen

    def to_dict(self) -> dict[str, Any]:
        arrays = {name: getattr(self, name).tolist() for name in ("atoms", "means", "stds")}
        return arrays | {name: getattr(self, name) for name in ("name", "low", "high", "decimals", "missing", "log")}


def _scale(values: Floats, log: bool) -> Floats:
    return np.sign(values) * np.log1p(np.abs(values)) if log else values


def modes(
    values: Floats, rng: np.random.Generator, subject: Ints | Codes | None = None, fewest: int = 1
) -> tuple[Floats, Floats]:
    """Means and standard deviations of the modes in use: (n,) finite values → (modes,) each.

    A variational Gaussian mixture with the parameters of RDT's `ClusterBasedNormalizer`, so that its modes are RDT's.
    Fewer than ten distinct values are a mode each.

    Args:
        subject: (n,) whose each value is; fewest: subjects whose mean each value becomes before, see `aggregated`.
    """
    if len(values) > LEARNED_FROM:
        chosen = rng.choice(len(values), LEARNED_FROM, replace=False)
        values, subject = values[chosen], subject[chosen] if subject is not None else None
    spreads = np.zeros(len(values))
    if subject is not None and fewest > 1:
        values, spreads = aggregated(values, subject, fewest)
    exact, first = np.unique(values, return_index=True)
    if len(exact) < MAX_MODES:
        return exact, np.maximum(spreads[first], LEAST_STD)
    from sklearn.mixture import BayesianGaussianMixture

    mixture = BayesianGaussianMixture(
        n_components=MAX_MODES,
        weight_concentration_prior_type="dirichlet_process",
        weight_concentration_prior=CONCENTRATION,
        random_state=MIXTURE_SEED,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged: its modes are used as they are
        mixture.fit(values[:, None])
    used = mixture.weights_ > LEAST_WEIGHT
    stds = np.sqrt(mixture.covariances_.ravel()[used])
    return mixture.means_.ravel()[used].astype(np.float64), np.maximum(stds, LEAST_STD)
