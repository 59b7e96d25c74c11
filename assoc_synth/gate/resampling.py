"""Counts of resampled subjects: what chance, and a share of destroyed subjects, do to the features of every scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from assoc_synth.gate.clusters import Clusters, joined_codes, thinned
from assoc_synth.gate.scopes.scope import ScopeKind, Watched
from assoc_synth.link_graph.rows import Rows, rows_of_edges
from assoc_synth.transactions.arrays import Floats, Ints

Drawn: TypeAlias = "Ints | list[Ints]"
"""Subjects of each resample, as many in each, or those of whole clusters."""
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


def counts_of(features: sp.csr_matrix, drawn: Drawn, size: int, kept: Ints | None = None) -> Floats:
    """Feature counts of drawn subjects: shape (resamples, features).

    Args:
        drawn: subject codes, (resamples, size), or of each resample those of whole clusters, as many as these have,
            which weigh as much as `size` together.
        kept: how many of `size` count, (resamples,); None for all.
    """
    if isinstance(drawn, np.ndarray):
        return resampled_counts(features, drawn, kept)
    weight = np.stack([np.bincount(subjects, minlength=features.shape[0]) for subjects in drawn], axis=1)
    counts: Floats = np.asarray(features.T @ np.ascontiguousarray(weight, np.float32), float).T
    wanted = np.full(len(drawn), size) if kept is None else kept
    found = np.array([len(subjects) for subjects in drawn])
    counts *= (wanted / np.maximum(found, 1))[:, None]
    return counts


def _chosen(
    subjects: int, own: Clusters | None, resamples: int, size: int, rng: np.random.Generator, clusters: int | None
) -> Drawn:
    """Bootstrap samples of `size` subjects, or of so many clusters, thinned to `size` where these have more."""
    if own is None or clusters is None:
        return rng.integers(0, subjects, (resamples, size))
    drawn = (rng.integers(0, len(own), clusters) for _ in range(resamples))
    return [thinned(own.subjects(chosen), size, rng) for chosen in drawn]


def _part(clusters: int | None, share: float) -> int | None:
    return None if clusters is None else max(round(share * clusters), 1)


def permuted_counts(
    features: sp.csr_matrix, units: Clusters | None, resamples: int, sizes: tuple[int, int], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Counts of subjects whose labels, S or H, are dealt anew: of S and of H, shape (resamples, features) each.

    Args:
        features: of S, then of H.
        units: clusters of both, which keep together; a side then has about as many subjects as it should and weighs as
            much. None where each subject is on its own.
        sizes: subjects of S and of H.
    """
    total = np.asarray(features.sum(axis=0), float)
    if units is None:
        labels = np.argsort(rng.random((resamples, features.shape[0])), axis=1)[:, : sizes[0]]
        counts = resampled_counts(features, labels)
        return counts, total - counts
    drawn = []
    for _ in range(resamples):
        order = rng.permutation(len(units))
        least = np.searchsorted(np.cumsum(units.sizes[order]), sizes[0], side="right")
        drawn.append(units.subjects(order[: int(np.clip(least, 1, len(units) - 1))]))
    of_sample = np.array([len(subjects) for subjects in drawn])
    counts = counts_of(features, drawn, sizes[0])
    rest = total - counts * (of_sample / sizes[0])[:, None]
    return counts, rest * (sizes[1] / (sum(sizes) - of_sample))[:, None]


@dataclass(frozen=True, eq=False)
class RealClusters:
    """The clusters of T, of H, and of both side by side; None where every subject is on its own."""

    training: Clusters | None
    held_out: Clusters | None
    real: Clusters | None

    @classmethod
    def of(cls, training: Rows, held_out: Rows) -> RealClusters:
        """From the rows, which know them."""
        sizes = training.num_subjects, held_out.num_subjects
        both = joined_codes(training.clusters, held_out.clusters, sizes)
        return cls(Clusters.of(training.clusters), Clusters.of(held_out.clusters), Clusters.of(both))


@dataclass(frozen=True, eq=False)
class Populations:
    """The subjects that S is compared with: T, H, and T after each scope's destroyer.

    Attributes:
        destroyed: by scope, some copies of T that have lost what the scope is about.
        sample: the clusters of S; None where each of its subjects is on its own, as those of a generator are.
    """

    training: Rows
    held_out: Rows
    destroyed: Mapping[str, Sequence[Rows]]
    sample: Clusters | None = None

    @classmethod
    def of(
        cls,
        training: Rows,
        held_out: Rows,
        kinds: Sequence[ScopeKind],
        rng: np.random.Generator,
        sample: Clusters | None = None,
    ) -> Populations:
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
        return cls(training, held_out, pools, sample)

    def clusters_of_sample(self, size: int) -> int | None:
        """In how many clusters `size` subjects of S come; None where each is on its own."""
        return None if self.sample is None else max(round(self.sample.in_sample(size)), 1)

    @property
    def clusters_of_held_out(self) -> int | None:
        """How many clusters of H a bootstrap draws: one fewer than it has; None where each subject is on its own."""
        own = Clusters.of(self.held_out.clusters)
        return None if own is None else max(len(own) - 1, 1)


@dataclass(frozen=True, eq=False)
class Simulator:
    """The features of every subject, whose resamples are counted.

    Attributes:
        features: of T (or a part of it) and then of H, those of all scopes side by side.
        destroyed: the features of each scope's destroyed subjects, of that scope alone.
        num_training: how many subjects of T there are.
        starts: where the features of each scope begin: (scopes + 1,).
        clusters: those of the real subjects.
    """

    features: sp.csr_matrix
    destroyed: tuple[sp.csr_matrix, ...]
    num_training: int
    starts: Ints = field(repr=False)
    clusters: RealClusters = field(repr=False)

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
        clusters = RealClusters.of(training, populations.held_out)
        return cls(sp.vstack(real, format="csr"), pools, training.num_subjects, starts, clusters)

    @property
    def num_real(self) -> int:
        """Subjects of T and H."""
        return int(self.features.shape[0])

    @property
    def num_held_out(self) -> int:
        """Subjects of H."""
        return self.num_real - self.num_training

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

    def training(self, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None) -> Floats:
        """Counts of bootstrap samples of T: shape (resamples, features).

        Args:
            clusters: in how many clusters the sample comes, here and below; None where each subject is on its own, as
                those of a generator are, or where these subjects are not in clusters.
        """
        chosen = _chosen(self.num_training, self.clusters.training, resamples, size, rng, clusters)
        return counts_of(self._of_training, chosen, size)

    def real(self, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None) -> Floats:
        """Counts of bootstrap samples of T ∪ H, with the prior of `fresh`: shape (resamples, features)."""
        chosen = _chosen(self.num_real, self.clusters.real, resamples, size, rng, clusters)
        return self._with_prior(self.features, chosen, size, rng)

    def fresh(self, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None) -> Floats:
        """Counts of other real subjects as T ∪ H predict them: shape (resamples, features).

        Double-bootstrap samples. What the known subjects never do, others may: the prior of their distribution has two
        destroyed subjects, or clusters, in it (a Dirichlet process of mass 2, Ferguson 1973).
        """
        return self._with_prior(self.features, self._twice(resamples, size, rng, clusters), size, rng)

    def mixture(
        self, tau: float, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None
    ) -> Floats:
        """Counts of double-bootstrap samples of T ∪ H, a share τ of them destroyed: shape (resamples, features).

        In the features of a scope, the share is of that scope's destroyed subjects.
        """
        replaced = round(tau * size)
        real = self._twice(resamples, size - replaced, rng, _part(clusters, 1 - tau))
        kept = counts_of(self.features, real, size - replaced)
        return kept + self._destroyed(np.full(resamples, replaced), rng)

    def held_out(
        self, tau: float, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None
    ) -> Floats:
        """Counts of bootstrap samples of H, a share τ of them destroyed: shape (resamples, features)."""
        replaced = round(tau * size)
        own = self.clusters.held_out
        drawn = _chosen(self.num_held_out, own, resamples, size - replaced, rng, _part(clusters, 1 - tau))
        kept = counts_of(self._of_held_out, drawn, size - replaced)
        return kept + self._destroyed(np.full(resamples, replaced), rng)

    def others(self, resamples: int, size: int, rng: np.random.Generator, clusters: int | None = None) -> Floats:
        """Counts of bootstrap samples of H, with the prior of `fresh`: shape (resamples, features)."""
        drawn = _chosen(self.num_held_out, self.clusters.held_out, resamples, size, rng, clusters)
        return self._with_prior(self._of_held_out, drawn, size, rng)

    def _twice(self, resamples: int, size: int, rng: np.random.Generator, clusters: int | None) -> Drawn:
        """Double-bootstrap samples of T ∪ H: first the population, by clusters where it has any, then the sample."""
        whole = self.clusters.real
        if whole is None:
            population = rng.integers(0, self.num_real, (resamples, self.num_real))
            drawn = rng.integers(0, self.num_real, (resamples, size))
            return np.take_along_axis(population, drawn, axis=1)
        found = []
        for _ in range(resamples):
            population = whole.bootstrapped(rng)
            if clusters is None:
                subjects = whole.subjects(population)
                found.append(subjects[rng.integers(0, len(subjects), size)])
            else:
                again = population[rng.integers(0, len(population), clusters)]
                found.append(thinned(whole.subjects(again), size, rng))
        return found

    def _with_prior(self, features: sp.csr_matrix, chosen: Drawn, size: int, rng: np.random.Generator) -> Floats:
        """Counts of samples, some of whose subjects the prior replaces by destroyed ones."""
        whole = self.clusters.real
        units = self.num_real if whole is None else len(whole)
        replaced = np.asarray(rng.binomial(size, rng.beta(PRIOR, units, len(chosen))), np.int64)
        return counts_of(features, chosen, size, size - replaced) + self._destroyed(replaced, rng)

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
