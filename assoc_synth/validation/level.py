"""One size of the gate: what is watched at it, what chance does to that, and the judgement of as many subjects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.stats import rankdata

from assoc_synth.graph import Edges
from assoc_synth.validation.measures import Watchlist
from assoc_synth.validation.resampling import Populations, Simulator, chunks, resampled_counts, sample_of
from assoc_synth.validation.verdict import ALPHA, TOLERANCE, BlockResult, Verdict, decide

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TAU_GRID: Floats = np.array([0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0])


@dataclass(frozen=True, eq=False)
class Level:
    """What the gate knows about one size of S. Discrepancies are from H, their last axis is over the blocks.

    Attributes:
        size: synthetic subjects that are judged.
        num_reference: subjects in H.
        watchlist: what is compared; its pairs are frequent enough for `size` subjects.
        counts: feature counts of H, shape (features,).
        null: discrepancies of bootstrap samples of T, shape (permutations, blocks).
        mixtures: of real subjects of which a share τ was replaced, shape (τ grid, replicates, blocks).
        independent: of independent draws, shape (draws, blocks).
        certificate: share of those draws that the gate stops; None without associations.
    """

    size: int
    num_reference: int
    watchlist: Watchlist
    counts: Floats
    null: Floats
    mixtures: Floats
    independent: Floats
    certificate: float | None = None

    @classmethod
    def simulate(
        cls, populations: Populations, size: int, rng: np.random.Generator, permutations: int, replicates: int,
    ) -> Level:
        """Choose what to watch at `size` subjects from T, count it in H, and let chance and randomisation at it."""
        held_out = populations.held_out
        watchlist = Watchlist.choose(populations.training, size)
        simulator = Simulator.of(watchlist, populations)
        counts = simulator.held_out_counts()

        def distances(sample: Floats) -> Floats:
            return watchlist.discrepancies(sample, size, counts, held_out.num_subjects)

        def mixed(tau: float) -> Floats:
            return np.concatenate([distances(simulator.mixture(tau, part, size, rng)) for part in chunks(replicates)])

        null = np.concatenate([distances(simulator.training(part, size, rng)) for part in chunks(permutations)])
        mixtures = np.stack([mixed(tau) for tau in TAU_GRID])
        level = cls(size, held_out.num_subjects, watchlist, counts, null, mixtures, mixed(1.0))
        return replace(level, certificate=level._certify())

    @property
    def block_names(self) -> tuple[str, ...]:
        return tuple(block.name for block in self.watchlist.blocks)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        """Number of watched pairs and triples by block."""
        watch = self.watchlist
        sets = {"pairs_within": watch.within, "pairs_across": watch.across, "triples": watch.triples}
        return tuple((name, len(found)) for name, found in sets.items())

    def judge(self, synthetic: Edges, rng: np.random.Generator) -> Verdict:
        """Judge `size` subjects of S, chosen at random, against the bootstrap samples of T."""
        features = self.watchlist.features(synthetic)[sample_of(synthetic.num_subjects, self.size, rng)]
        return self._verdict(self._distances(features), self.null)

    def judge_exactly(self, synthetic: Edges, held_out: Edges, rng: np.random.Generator, permutations: int) -> Verdict:
        """Judge `size` subjects of S, chosen at random, by permuting the labels of H and S."""
        features = self.watchlist.features(synthetic)[sample_of(synthetic.num_subjects, self.size, rng)]
        pooled = sp.vstack([features, self.watchlist.features(held_out)], format="csr")
        total = np.asarray(pooled.sum(axis=0), float)
        null = []
        for part in chunks(permutations):
            labels = np.argsort(rng.random((part, pooled.shape[0])), axis=1)[:, : self.size]
            counts = resampled_counts(pooled, labels)
            null.append(self.watchlist.discrepancies(counts, self.size, total - counts, self.num_reference))
        return self._verdict(self._distances(features), np.concatenate(null))

    def tolerance(self, observed: Floats) -> tuple[float | None, float | None]:
        """[τ_L, τ_U] over the association blocks, 95 % one-sided each.

        τ_U is the largest bound of any block. τ_L is the largest lower bound, each at 5 % / number of blocks, because
        the largest of several bounds would otherwise exceed the truth too often.
        """
        columns = [k for k, block in enumerate(self.watchlist.blocks) if block.is_association]
        if not columns:
            return None, None
        bounds = [tau_interval(self.mixtures[:, :, k], observed[k], ALPHA / len(columns), ALPHA) for k in columns]
        return max(low for low, _ in bounds), max(high for _, high in bounds)

    def _distances(self, features: sp.csr_matrix) -> Floats:
        counts = np.asarray(features.sum(axis=0), float)
        observed: Floats = self.watchlist.discrepancies(counts, self.size, self.counts, self.num_reference)[0]
        return observed

    def _certify(self) -> float | None:
        """Share of the independent draws that the difference test rejects and the tolerance does not pass."""
        stopped = []
        for observed in self.independent:
            _, high = self.tolerance(observed)
            if high is None:
                return None
            stopped.append(high > TOLERANCE and min_p(self.null, observed) <= ALPHA)
        return float(np.mean(stopped))

    def _verdict(self, observed: Floats, null: Floats) -> Verdict:
        low, high = self.tolerance(observed)
        p_value = min_p(null, observed)
        return Verdict(
            decide(p_value, self.certificate, high), p_value, self.certificate, low, high,
            tuple(self._block(k, observed[k], null[:, k]) for k in range(len(observed))),
            self.size, self.num_reference, self.watched,
        )

    def _block(self, k: int, observed: float, null: Floats) -> BlockResult:
        low: float | None = None
        high: float | None = None
        if self.watchlist.blocks[k].is_association:
            low, high = tau_interval(self.mixtures[:, :, k], observed, ALPHA, ALPHA)
        return BlockResult(
            self.block_names[k], float(observed), float(np.quantile(null, 1 - ALPHA)), float(null.mean()),
            float(self.independent[:, k].mean()), float((1 + (null >= observed).sum()) / (len(null) + 1)), low, high,
        )


def min_p(null: Floats, observed: Floats) -> float:
    """Westfall–Young: p of the smallest block p-value, the observed discrepancies ranked among the null ones.

    Args:
        null: shape (permutations, blocks). observed: shape (blocks,).
    """
    together = np.vstack([observed[None, :], null])
    smallest = rankdata(-together, method="max", axis=0).min(axis=1)
    return float((smallest <= smallest[0]).mean())


def tau_interval(mixtures: Floats, observed: float, alpha_low: float, alpha_high: float) -> tuple[float, float]:
    """Invert one block's mixtures at the observed discrepancy.

    τ_U is the largest τ with P(D_τ ≤ D_obs) ≥ alpha_high, τ_L the smallest with P(D_τ ≥ D_obs) ≥ alpha_low; both by
    linear interpolation of the quantiles of D_τ between grid points.

    Args:
        mixtures: shape (τ grid, replicates).
    """
    upper = _last_crossing(np.quantile(mixtures, alpha_high, axis=1) - observed)
    # The smallest τ from below is the largest one from above.
    lower = 1 - _last_crossing((observed - np.quantile(mixtures, 1 - alpha_low, axis=1))[::-1], 1 - TAU_GRID[::-1])
    return min(lower, upper), upper


def _last_crossing(gap: Floats, grid: Floats = TAU_GRID) -> float:
    """The largest grid value, interpolated, at which `gap` ≤ 0; the first one if there is none."""
    inside = np.flatnonzero(gap <= 0)
    if not len(inside):
        return float(grid[0])
    k = int(inside[-1])
    if k == len(grid) - 1:
        return float(grid[-1])
    return float(grid[k] + (grid[k + 1] - grid[k]) * -gap[k] / (gap[k + 1] - gap[k]))
