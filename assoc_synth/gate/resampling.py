"""Counts of resampled subjects: what chance, and a share of randomised subjects, do to the features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from assoc_synth.gate.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.arrays import Floats, Ints

CHUNK = 100
"""Resamples whose counts are held at once."""

_POOL_SUBJECTS = 20_000
_POOL_EDGES = 1_500_000


def chunks(total: int) -> Iterator[int]:
    """Sizes that add up to `total`, at most `CHUNK` each."""
    for start in range(0, total, CHUNK):
        yield min(CHUNK, total - start)


def sample_of(num_subjects: int, size: int, rng: np.random.Generator) -> Ints:
    """`size` distinct subject codes, ascending."""
    return np.sort(rng.choice(num_subjects, size, replace=False)).astype(np.int64)


def resampled_counts(features: sp.csr_matrix, chosen: npt.NDArray[np.integer]) -> Floats:
    """Feature counts of resamples of subjects.

    Args:
        features: 0/1, shape (subjects, features).
        chosen: subject codes of each resample, a code may come more than once, shape (resamples, size).

    Returns:
        Shape (resamples, features).
    """
    resamples, size = chosen.shape
    weights = sp.csr_matrix(
        (np.ones(chosen.size, np.float32), chosen.ravel(), np.arange(resamples + 1) * size),
        shape=(resamples, features.shape[0]),
    )
    counts: Floats = np.asarray((weights @ features).toarray(), float)
    return counts


@dataclass(frozen=True, eq=False)
class Populations:
    """The three kinds of subjects that the gate compares S with: T, H and independent draws."""

    training: Edges
    held_out: Edges
    independent: Edges

    @classmethod
    def of(cls, training: Edges, held_out: Edges, rng: np.random.Generator) -> Populations:
        """Draw a pool with T's degrees and popularity: 20 |H| subjects, at least 20,000, at most ~1.5 million edges."""
        mean_degree = max(len(training) / training.num_subjects, 1e-9)
        wanted = max(20 * held_out.num_subjects, _POOL_SUBJECTS)
        pool = max(min(wanted, int(_POOL_EDGES / mean_degree)), held_out.num_subjects)
        return cls(training, held_out, independent_draw(training, rng, num_subjects=pool))


@dataclass(frozen=True, eq=False)
class Simulator:
    """The populations' features as one matrix whose resamples are counted: rows of T, of H, of independent draws."""

    features: sp.csr_matrix
    num_training: int
    num_real: int

    @classmethod
    def of(cls, watchlist: Watchlist, populations: Populations) -> Simulator:
        """Read off the features of every subject."""
        training, held_out = populations.training, populations.held_out
        parts = [watchlist.features(part) for part in (training, held_out, populations.independent)]
        real = training.num_subjects + held_out.num_subjects
        return cls(sp.vstack(parts, format="csr"), training.num_subjects, real)

    def held_out_counts(self) -> Floats:
        """Feature counts of H: shape (features,)."""
        counts: Floats = np.asarray(self.features[self.num_training : self.num_real].sum(axis=0), float).ravel()
        return counts

    def training(self, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of T: shape (resamples, features)."""
        return resampled_counts(self.features, rng.integers(0, self.num_training, (resamples, size)))

    def mixture(self, tau: float, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of double-bootstrap samples of T ∪ H, a share τ of them independent: shape (resamples, features)."""
        replaced = round(tau * size)
        population = rng.integers(0, self.num_real, (resamples, self.num_real))
        drawn = rng.integers(0, self.num_real, (resamples, size - replaced))
        return self._mixed(np.take_along_axis(population, drawn, axis=1), replaced, rng)

    def held_out(self, tau: float, resamples: int, size: int, rng: np.random.Generator) -> Floats:
        """Counts of bootstrap samples of H, a share τ of them independent: shape (resamples, features)."""
        replaced = round(tau * size)
        return self._mixed(rng.integers(self.num_training, self.num_real, (resamples, size - replaced)), replaced, rng)

    def _mixed(self, real: Ints, replaced: int, rng: np.random.Generator) -> Floats:
        """Counts of the given real subjects and `replaced` independent ones in each resample."""
        random = rng.integers(self.num_real, self.features.shape[0], (len(real), replaced))
        return resampled_counts(self.features, np.concatenate([real, random], axis=1))
