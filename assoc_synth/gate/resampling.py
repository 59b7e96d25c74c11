"""Counts of resampled subjects: what chance, and a share of destroyed subjects, do to the features of every scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from assoc_synth.gate.scopes.scope import ScopeKind, Watched
from assoc_synth.link_graph.rows import Rows, rows_of_edges
from assoc_synth.transactions.arrays import Floats, Ints

CHUNK = 100
"""Resamples whose counts are held at once."""
MOST_SIMULATED = 25_000
"""Subjects of T that are resampled: beside 5,000 of H, their own chance hardly counts."""

PRIOR = 2.0
"""Destroyed subjects whom the prior of the real subjects' distribution has."""
_POOL_SUBJECTS = 20_000
_POOL_ROWS = 1_500_000
_DENSE = 4
"""Resamples are counted by weights of all subjects where these are at most this many times those of a resample."""


def chunks(total: int) -> Iterator[int]:
    """Sizes that add up to `total`, at most `CHUNK` each."""
    for start in range(0, total, CHUNK):
        yield min(CHUNK, total - start)


def sample_of(num_subjects: int, size: int, rng: np.random.Generator) -> Ints:
    """`size` distinct subject codes, ascending."""
    return np.sort(rng.choice(num_subjects, size, replace=False)).astype(np.int64)


def resampled_counts(features: sp.csr_matrix, chosen: npt.NDArray[np.integer], kept: Ints | None = None) -> Floats:
    """Feature counts of resamples of subjects.

    Args:
        features: float32, shape (subjects, features).
        chosen: subject codes of each resample, a code may come more than once, shape (resamples, size).
        kept: how many of them count, the first ones, (resamples,); None for all.

    Returns:
        Shape (resamples, features).
    """
    resamples, size = chosen.shape
    subjects = features.shape[0]
    lengths = np.full(resamples, size) if kept is None else kept
    inside = np.arange(size) < lengths[:, None]
    if subjects <= _DENSE * size:
        key = (chosen + subjects * np.arange(resamples)[:, None])[inside]
        weight = np.bincount(key, minlength=resamples * subjects).reshape(resamples, subjects)
        dense = np.ascontiguousarray(weight.T, dtype=np.float32)
        counts: Floats = np.asarray(features.T @ dense, float).T
        return counts
    weights = sp.csr_matrix(
        (np.ones(int(lengths.sum()), np.float32), chosen[inside], np.concatenate([[0], np.cumsum(lengths)])),
        shape=(resamples, subjects),
    )
    counts = np.asarray((weights @ features).toarray(), float)
    return counts


@dataclass(frozen=True, eq=False)
class Populations:
    """The subjects that S is compared with: T, H, and T after each scope's destroyer.

    Attributes:
        destroyed: by scope, some copies of T that have lost what the scope is about.
    """

    training: Rows
    held_out: Rows
    destroyed: Mapping[str, Sequence[Rows]]

    @classmethod
    def of(cls, training: Rows, held_out: Rows, kinds: Sequence[ScopeKind], rng: np.random.Generator) -> Populations:
        """Destroy T once for each scope, and for the links until there are 20 |H| subjects and at least 20,000."""
        simulated = training
        if training.num_subjects > MOST_SIMULATED:
            simulated = training.take(sample_of(training.num_subjects, MOST_SIMULATED, rng))
        pools = {kind.name: [kind.destroy(simulated, rng)] for kind in kinds}
        if (links := next((kind for kind in kinds if kind.name == "links"), None)) is not None:
            wanted = max(20 * held_out.num_subjects, _POOL_SUBJECTS)
            copies = min(wanted // simulated.num_subjects, _POOL_ROWS // max(len(simulated), 1)) - 1
            # At once: a table of three subjects takes thousands of copies.
            again = np.tile(np.arange(simulated.num_subjects), max(copies, 0))
            pools["links"].append(links.destroy(rows_of_edges(simulated.edges.take(again)), rng))
        return cls(training, held_out, pools)


@dataclass(frozen=True, eq=False)
class Simulator:
    """The features of every subject, whose resamples are counted.

    Attributes:
        features: of T (or a part of it) and then of H, those of all scopes side by side.
        destroyed: the features of each scope's destroyed subjects, of that scope alone.
        num_training: how many subjects of T there are.
        starts: where the features of each scope begin: (scopes + 1,).
    """

    features: sp.csr_matrix
    destroyed: tuple[sp.csr_matrix, ...]
    num_training: int
    starts: Ints = field(repr=False)

    @classmethod
    def of(cls, watched: Sequence[Watched], populations: Populations, rng: np.random.Generator) -> Simulator:
        """Read off the features of every subject."""
        training = populations.training
        if training.num_subjects > MOST_SIMULATED:
            training = training.take(sample_of(training.num_subjects, MOST_SIMULATED, rng))
        real = [features_of(watched, part) for part in (training, populations.held_out)]
        pools = tuple(
            sp.vstack([one.features(part) for part in populations.destroyed[one.name]], format="csr") for one in watched
        )
        starts = np.cumsum([0, *(one.num_features for one in watched)]).astype(np.int64)
        return cls(sp.vstack(real, format="csr"), pools, training.num_subjects, starts)

    @property
    def num_real(self) -> int:
        """Subjects of T and H."""
        return int(self.features.shape[0])

    def held_out_counts(self) -> Floats:
        """Feature counts of H: shape (features,)."""
        counts: Floats = np.asarray(self._of_held_out.sum(axis=0), float).ravel()
        return counts

    @cached_property
    def _of_training(self) -> sp.csr_matrix:
        return self.features[: self.num_training]

    @cached_property
    def _of_held_out(self) -> sp.csr_matrix:
        return self.features[self.num_training :]

    def training(self, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of T: shape (resamples, features)."""
        chosen = rng.integers(0, self.num_training, (resamples, size))
        return resampled_counts(self._of_training, chosen)

    def real(self, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of T ∪ H, with the prior of `fresh`: shape (resamples, features)."""
        return self._with_prior(self.features, rng.integers(0, self.num_real, (resamples, size)), rng)

    def fresh(self, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of other real subjects as T ∪ H predict them: shape (resamples, features).

        Double-bootstrap samples. What the known subjects never do, others may: the prior of their distribution has two
        destroyed subjects in it (a Dirichlet process of mass 2, Ferguson 1973).
        """
        return self._with_prior(self.features, self._twice(resamples, size, rng), rng)

    def mixture(self, tau: float, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of double-bootstrap samples of T ∪ H, a share τ of them destroyed: shape (resamples, features).

        In the features of a scope, the share is of that scope's destroyed subjects.
        """
        replaced = round(tau * size)
        real = self._twice(resamples, size - replaced, rng)
        return resampled_counts(self.features, real) + self._destroyed(np.full(resamples, replaced), rng)

    def held_out(self, tau: float, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of H, a share τ of them destroyed: shape (resamples, features)."""
        replaced = round(tau * size)
        drawn = rng.integers(0, self._of_held_out.shape[0], (resamples, size - replaced))
        return resampled_counts(self._of_held_out, drawn) + self._destroyed(np.full(resamples, replaced), rng)

    def others(self, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of H, with the prior of `fresh`: shape (resamples, features)."""
        drawn = rng.integers(0, self._of_held_out.shape[0], (resamples, size))
        return self._with_prior(self._of_held_out, drawn, rng)

    def _twice(self, resamples: int, size: int, rng: np.random.Generator) -> Ints:
        """Double-bootstrap samples of T ∪ H: subject codes, (resamples, size)."""
        population = rng.integers(0, self.num_real, (resamples, self.num_real))
        drawn = rng.integers(0, self.num_real, (resamples, size))
        return np.take_along_axis(population, drawn, axis=1)

    def _with_prior(self, features: sp.csr_matrix, chosen: Ints, rng: np.random.Generator) -> Floats:
        """Counts of samples, some of whose subjects the prior replaces by destroyed ones."""
        resamples, size = chosen.shape
        replaced = np.asarray(rng.binomial(size, rng.beta(PRIOR, self.num_real, resamples)), np.int64)
        return resampled_counts(features, chosen, size - replaced) + self._destroyed(replaced, rng)

    def _destroyed(self, sizes: Ints, rng: np.random.Generator) -> Floats:
        """Counts of destroyed subjects, in the features of each scope those of its own: (resamples, features).

        Args:
            sizes: how many, (resamples,).
        """
        shape = len(sizes), int(sizes.max(initial=0))
        parts = [resampled_counts(pool, rng.integers(0, pool.shape[0], shape), sizes) for pool in self.destroyed]
        return np.concatenate(parts, axis=1)


def features_of(watched: Sequence[Watched], rows: Rows) -> sp.csr_matrix:
    """The features of all scopes side by side: float32, (subjects, features)."""
    parts = [one.features(rows) for one in watched]
    return sp.hstack(parts, format="csr", dtype=np.float32)
