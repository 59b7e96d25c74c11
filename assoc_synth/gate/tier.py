"""One size of S: what the gate watches at it, what chance does to that, and the judgement of this many subjects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.stats import rankdata

from assoc_synth.gate.blocks import blocks_of, discrepancies
from assoc_synth.gate.resampling import CHUNK, Populations, Simulator, chunks, resampled_counts, sample_of
from assoc_synth.gate.verdict import ALPHA, TOLERANCE, BlockResult, Verdict, decide
from assoc_synth.gate.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats

TAU_GRID: Floats = np.array([0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0])


@dataclass(frozen=True, eq=False)
class Tier:
    """What the gate knows about one size of S. Discrepancies are from H, their last axis is over the blocks.

    Attributes:
        size: synthetic subjects that are evaluated.
        num_reference: subjects in H.
        watchlist: what is compared; its pairs are frequent enough for `size` subjects.
        counts: feature counts of H, shape (features,).
        null: discrepancies of bootstrap samples of T, shape (permutations, blocks).
        mixtures: discrepancies of real subjects, a share τ of them replaced, shape (τ grid, replicates, blocks).
        independent: discrepancies of independent draws, shape (draws, blocks).
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
        cls,
        populations: Populations,
        size: int,
        rng: np.random.Generator,
        permutations: int,
        replicates: int,
    ) -> Tier:
        """Choose from T what to watch at `size` subjects, count it in H, and simulate chance and randomisation."""
        held_out = populations.held_out
        watchlist = Watchlist.choose(populations.training, size)
        simulator = Simulator.of(watchlist, populations)
        counts = simulator.held_out_counts()

        signed = [k for k, block in enumerate(blocks_of(watchlist)) if block.is_signed]
        # The watched pairs were chosen in T, so they are stronger in T than in any other subjects: a block with a sign
        # is simulated from H alone, and chance in H is drawn separately from chance in S.
        again = simulator.held_out(0.0, CHUNK, held_out.num_subjects, rng) if signed else counts

        def distances(sample: Floats, tau: float) -> Floats:
            found = discrepancies(watchlist, sample, size, counts, held_out.num_subjects)
            if signed:
                own, other = simulator.held_out(tau, len(sample), size, rng), again[: len(sample)]
                found[:, signed] = discrepancies(watchlist, own, size, other, held_out.num_subjects)[:, signed]
            return found

        def mixed(tau: float) -> Floats:
            parts = [distances(simulator.mixture(tau, part, size, rng), tau) for part in chunks(replicates)]
            return np.concatenate(parts)

        null = np.concatenate([distances(simulator.training(part, size, rng), 0.0) for part in chunks(permutations)])
        mixtures = np.stack([mixed(tau) for tau in TAU_GRID])
        tier = cls(size, held_out.num_subjects, watchlist, counts, null, mixtures, mixed(1.0))
        return replace(tier, certificate=tier._certify())

    @property
    def block_names(self) -> tuple[str, ...]:
        return tuple(block.name for block in blocks_of(self.watchlist))

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
            null.append(discrepancies(self.watchlist, counts, self.size, total - counts, self.num_reference))
        return self._verdict(self._distances(features), np.concatenate(null))

    def tolerance(self, observed: Floats, adjusted: Floats) -> tuple[float | None, float | None]:
        """[τ_L, τ_U], 95 % one-sided each.

        τ_L comes from the association loss alone: the blocks of absolute differences would put it too high, because
        they are simulated from T as well, in which the watched pairs are stronger than in fresh subjects. τ_U is the
        largest one of the association loss and of every other association block that differs; a block that does not
        differ would only add the width of its noise. More association than in the real subjects counts as equal.

        Args:
            observed: discrepancies of S, shape (blocks,).
            adjusted: p of each block as `adjusted_p` has it, shape (blocks,).
        """
        blocks = blocks_of(self.watchlist)
        signed = [k for k, block in enumerate(blocks) if block.is_signed]
        if not signed:
            return None, None
        differing = [
            k for k, block in enumerate(blocks) if block.is_association and not block.is_signed and adjusted[k] <= ALPHA
        ]
        bounds = [self._tau(k, observed[k]) for k in signed]
        upper = [self._tau(k, observed[k])[1] for k in differing]
        return max(low for low, _ in bounds), max([high for _, high in bounds] + upper)

    def _tau(self, k: int, observed: float) -> tuple[float, float]:
        return tau_interval(self.mixtures[:, :, k], max(observed, 0.0))

    def _distances(self, features: sp.csr_matrix) -> Floats:
        counts = np.asarray(features.sum(axis=0), float)
        observed: Floats = discrepancies(self.watchlist, counts, self.size, self.counts, self.num_reference)[0]
        return observed

    def _certify(self) -> float | None:
        """Share of the independent draws that the difference test rejects and the tolerance does not pass."""
        stopped = []
        for observed in self.independent:
            adjusted = adjusted_p(self.null, observed)
            _, high = self.tolerance(observed, adjusted)
            if high is None:
                return None
            stopped.append(high > TOLERANCE and adjusted.min() <= ALPHA)
        return float(np.mean(stopped))

    def _verdict(self, observed: Floats, null: Floats) -> Verdict:
        if not len(observed):
            return Verdict.of_nothing(self.size, self.num_reference, self.watched)
        adjusted = adjusted_p(null, observed)
        low, high = self.tolerance(observed, adjusted)
        differs = adjusted <= ALPHA
        beyond = any(differs[k] and not block.is_association for k, block in enumerate(blocks_of(self.watchlist)))
        p_value = float(adjusted.min())
        return Verdict(
            decide(p_value, self.certificate, high, beyond=beyond),
            p_value,
            self.certificate,
            low,
            high,
            tuple(self._block(k, observed[k], null[:, k]) for k in range(len(observed))),
            self.size,
            self.num_reference,
            self.watched,
        )

    def _block(self, k: int, observed: float, null: Floats) -> BlockResult:
        low: float | None = None
        high: float | None = None
        if blocks_of(self.watchlist)[k].is_association:
            low, high = self._tau(k, observed)
        return BlockResult(
            self.block_names[k],
            float(observed),
            float(np.quantile(null, 1 - ALPHA)),
            float(null.mean()),
            float(self.independent[:, k].mean()),
            float((1 + (null >= observed).sum()) / (len(null) + 1)),
            low,
            high,
        )


def adjusted_p(null: Floats, observed: Floats) -> Floats:
    """Westfall–Young: p of each block among the smallest p-values of the null, shape (blocks,).

    The smallest of them is the p of the difference test over all blocks.

    Args:
        null: shape (permutations, blocks). observed: shape (blocks,), at least one block.
    """
    together = np.vstack([observed[None, :], null])
    rank = rankdata(-together, method="max", axis=0)
    adjusted: Floats = (rank.min(axis=1)[:, None] <= rank[0]).mean(axis=0)
    return adjusted


def tau_interval(mixtures: Floats, observed: float, alpha: float = ALPHA) -> tuple[float, float]:
    """Invert one block's mixtures at the observed discrepancy.

    τ_U is the largest τ with P(D_τ ≤ D_obs) ≥ alpha, τ_L the smallest with P(D_τ ≥ D_obs) ≥ alpha; both by
    linear interpolation of the quantiles of D_τ between grid points.

    Args:
        mixtures: shape (τ grid, replicates).
    """
    upper = _last_crossing(np.quantile(mixtures, alpha, axis=1) - observed)
    # The smallest τ from below is the largest one from above.
    lower = 1 - _last_crossing((observed - np.quantile(mixtures, 1 - alpha, axis=1))[::-1], 1 - TAU_GRID[::-1])
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
