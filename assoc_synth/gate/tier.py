"""One size of S: what the gate watches at it, what chance does to that, and the judgement of this many subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from assoc_synth.gate.asked import EVERYTHING, Asked
from assoc_synth.gate.clusters import Clusters, joined_codes
from assoc_synth.gate.resampling import (
    CHUNK,
    Populations,
    Simulator,
    chunks,
    features_of,
    permuted_counts,
    sample_of,
)
from assoc_synth.gate.results import ALPHA, BlockResult, PairDifference, ScopeVerdict, decide
from assoc_synth.gate.scope_part import ScopePart, discrepancies, signed_of
from assoc_synth.gate.scopes.links import Links
from assoc_synth.gate.scopes.scope import EQUIVALENT, Block, ScopeKind, Watched
from assoc_synth.gate.simultaneous import Simultaneous
from assoc_synth.gate.tolerance import TAU_GRID, bounds_of
from assoc_synth.gate.verdict import Verdict
from assoc_synth.gate.words import block_words
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class Tier:
    """What the gate knows about one size of S.

    Attributes:
        size: synthetic subjects that are evaluated.
        num_reference: subjects in H.
        parts: what it knows about each scope.
        null: discrepancies of bootstrap samples of T, and of fresh real subjects as far as T and H know them, shape
            (2, permutations, blocks of all scopes); of older models the first alone. What differs exceeds both.
    """

    size: int
    num_reference: int
    parts: tuple[ScopePart, ...]
    null: Floats

    @classmethod
    def simulate(
        cls,
        populations: Populations,
        kinds: Sequence[ScopeKind],
        size: int,
        rng: np.random.Generator,
        permutations: int,
        replicates: int,
    ) -> Tier:
        """Choose from T what to watch at `size` subjects, count it in H, and simulate chance and destruction."""
        training, held_out = populations.training, populations.held_out
        chosen = [kind.choose(training, size, rng) for kind in kinds]
        watched = [one for one in chosen if one is not None and one.blocks]
        if not watched:
            return cls(size, held_out.num_subjects, (), np.zeros((len(NULLS), permutations, 0)))
        simulator = Simulator.of(watched, populations, rng)
        clusters = populations.clusters_of_sample(size), populations.clusters_of_held_out
        trials = _Trials(simulator, watched, (size, held_out.num_subjects), clusters, rng)
        null = np.stack([np.concatenate([trials.null(part, of) for part in chunks(permutations)]) for of in NULLS])
        mixtures = np.stack([trials.mixed(tau, replicates) for tau in TAU_GRID])
        destroyed = trials.mixed(1.0, replicates)
        parts = []
        for number, one in enumerate(watched):
            at = trials.blocks_of(number)
            losses = mixtures[:, :, at][:, :, signed_of(one.blocks)]
            own = (bounds_of(mixtures[:, :, at]), losses, destroyed[:, at])
            parts.append(ScopePart(one, trials.counts_of(number), *(_short(array) for array in own)))
        return cls(size, held_out.num_subjects, tuple(parts), _short(null))

    @property
    def block_names(self) -> tuple[str, ...]:
        return tuple(block.name for block in self.blocks)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Those of all scopes."""
        return tuple(block for part in self.parts for block in part.blocks)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        """Number of watched pairs, triples and so on among the links."""
        return next((part.watched.watched for part in self.parts if part.watched.name == "links"), ())

    @cached_property
    def certificate(self) -> float | None:
        """Of the links: share of independent draws that the gate stops; None without associations."""
        null = Simultaneous.of(self.null) if self.parts else None
        for at, part in self._places():
            if part.watched.name == "links" and null is not None:
                everything = np.arange(len(self.blocks))[at]
                return part.certificate(null.of_blocks(everything), np.ones(len(everything), bool))
        return None

    def judge(self, synthetic: Rows, rng: np.random.Generator, asked: Asked = EVERYTHING) -> Verdict:
        """Judge `size` subjects of S, chosen at random, against the bootstrap samples of T."""
        features = features_of(self._watched, self._chosen(synthetic, rng))
        return self._verdict(np.asarray(features.sum(axis=0), float), asked)

    def judge_groups(self, groups: Mapping[tuple[int, ...], Rows], asked: Asked = EVERYTHING) -> Verdict:
        """Judge groups of `size` subjects of some verbs, each by the blocks of its own verbs, all in one test."""
        counts = [np.asarray(features_of(self._watched, rows).sum(axis=0), float) for rows in groups.values()]
        own = replace(asked, groups=tuple(groups))
        return self._verdict(np.concatenate(counts), own)

    def judge_exactly(
        self,
        synthetic: Rows,
        held_out: Rows,
        rng: np.random.Generator,
        permutations: int,
        asked: Asked = EVERYTHING,
    ) -> Verdict:
        """Judge `size` subjects of S, chosen at random, by permuting the labels of H and S, whole clusters together."""
        chosen = self._chosen(synthetic, rng)
        features = features_of(self._watched, chosen)
        pooled = sp.vstack([features, features_of(self._watched, held_out)], format="csr")
        sizes = self.size, held_out.num_subjects
        units = Clusters.of(joined_codes(chosen.clusters, held_out.clusters, sizes))
        null = []
        for part in chunks(permutations):
            null.append(self._distances(*permuted_counts(pooled, units, part, sizes, rng)))
        return self._verdict(np.asarray(features.sum(axis=0), float), asked, np.concatenate(null))

    @property
    def _watched(self) -> list[Watched]:
        return [part.watched for part in self.parts]

    def _chosen(self, synthetic: Rows, rng: np.random.Generator) -> Rows:
        return synthetic.take(sample_of(synthetic.num_subjects, self.size, rng))

    def _places(self) -> list[tuple[slice, ScopePart]]:
        """Where each part's blocks are among those of all."""
        ends = np.cumsum([0, *(len(part.blocks) for part in self.parts)])
        return [(slice(ends[k], ends[k + 1]), part) for k, part in enumerate(self.parts)]

    def _distances(self, counts: Floats, real: Floats | None = None) -> Floats:
        """(resamples, features) → (resamples, blocks), from the counts of H or from `real`."""
        found, start = [], 0
        for part in self.parts:
            at = slice(start, start + part.watched.num_features)
            start = at.stop
            other = part.counts[None, :] if real is None else real[:, at]
            found.append(discrepancies(part.blocks, counts[:, at], self.size, other, self.num_reference))
        return np.concatenate(found, axis=1)

    def _verdict(self, counts: Floats, asked: Asked, exact: Floats | None = None) -> Verdict:
        """The verdict on summed features of S.

        Args:
            counts: shape (1, features); of groups of verbs one row each.
            exact: a null that is exchangeable with them.
        """
        kept = np.array([asked.looks_at(part.watched.name, b) for part in self.parts for b in part.blocks], bool)
        if not kept.any():
            return Verdict.of_nothing(self.size, self.num_reference, self.watched)
        observed = self._distances(counts)[[asked.group_of(block) for block in self.blocks], range(len(self.blocks))]
        null = self.null if exact is None else exact[None]
        together = Simultaneous.of(null[:, :, kept], None if exact is None else observed[kept])
        adjusted, limits = np.ones(len(observed)), np.full(len(observed), np.inf)
        adjusted[kept], limits[kept] = together.adjusted_p(observed[kept]), together.limits(ALPHA)
        power = together if exact is None else Simultaneous.of(self.null[:, :, kept])
        scopes, blocks = [], []
        for at, part in self._places():
            own = kept[at]
            if not own.any():
                continue
            certificate = part.certificate(power.of_blocks((np.cumsum(kept) - 1)[at][own]), own)
            found = _scope(part, observed[at], adjusted[at], own, certificate, null[-1][:, at])
            if isinstance(part.watched, Links):
                found = replace(found, watched=part.watched.watched_of(asked.groups))
            scopes.append(found)
            facts = zip(observed[at], limits[at], np.moveaxis(null[:, :, at], 2, 0), adjusted[at], strict=True)
            blocks += [_block(part, k, asked, *fact) for k, fact in enumerate(facts) if own[k]]
        pairs = self._pairs(counts, asked)
        sizes = self.size, self.num_reference
        return Verdict.of_scopes((*scopes, *asked.left_out(scopes)), tuple(blocks), sizes, pairs)

    def _pairs(self, counts: Floats, asked: Asked) -> tuple[PairDifference, ...]:
        """The pairs of links that differ most."""
        start = 0
        for part in self.parts:
            at = slice(start, start + part.watched.num_features)
            start = at.stop
            if isinstance(part.watched, Links) and asked.has_scope("links"):
                sides = counts[:, at], self.size, part.counts, self.num_reference
                return tuple(asked.named(*found) for found in part.watched.worst_pairs(*sides, asked.groups))
        return ()


NULLS = ("training", "fresh")


class _Trials:
    """Discrepancies of simulated subjects from H."""

    def __init__(
        self,
        simulator: Simulator,
        watched: Sequence[Watched],
        sizes: tuple[int, int],
        clusters: tuple[int | None, int | None],
        rng: np.random.Generator,
    ) -> None:
        """Sizes and clusters: of S, and of H; None where its subjects are not in clusters."""
        self.simulator, self.watched, self.rng = simulator, watched, rng
        self.size, self.num_reference = sizes
        self.sides = tuple(zip(sizes, clusters, strict=True))
        self.in_sample, self.in_held_out = clusters
        self.blocks = [one.blocks for one in watched]
        self.counts = simulator.held_out_counts()
        # What is watched was chosen in T, so it is stronger in T than in any other subjects: a block with a sign is
        # simulated between two samples of the same subjects, and its mixtures from H alone.
        self.again = self.counts[None, :][:0]

    def null(self, resamples: int, of: str) -> Floats:
        """Of bootstrap samples of T, or of fresh real subjects: (resamples, blocks of all scopes).

        A generator can know no more than T, and a perfect one is not to be refused either. In many features together T
        is farther from H than fresh subjects are, in a single one it may happen to be nearer to H than the truth, so
        that neither null covers the other. Fresh subjects are drawn from the predictive distribution given T and H.
        """
        draw, rng = self.simulator, self.rng
        if of == "training":
            sample = draw.training(resamples, self.size, rng, self.in_sample)
            # Rare counts may be absent in H, so that both sides of a signed block come from T and H.
            sides = (draw.real(resamples, size, rng, clusters) for size, clusters in self.sides)
        else:
            sample = draw.fresh(resamples, self.size, rng, self.in_sample)
            sides = (draw.others(resamples, size, rng, clusters) for size, clusters in self.sides)
        return self._distances(sample, *sides)

    def mixed(self, tau: float, resamples: int) -> Floats:
        """Of real subjects, a share τ of them destroyed: (resamples, blocks of all scopes).

        The other side of signed blocks is the same for every τ, so that their quantiles rise smoothly with τ.
        """
        draw, parts = self.simulator, []
        while len(self.again) < resamples:
            count = min(CHUNK, resamples - len(self.again))
            more = draw.held_out(0.0, count, self.num_reference, self.rng, self.in_held_out)
            self.again = np.concatenate([self.again, more])
        for number, part in enumerate(chunks(resamples)):
            sample = draw.mixture(tau, part, self.size, self.rng, self.in_sample)
            own = draw.held_out(tau, part, self.size, self.rng, self.in_sample)
            parts.append(self._distances(sample, own, self.again[CHUNK * number :][:part]))
        return np.concatenate(parts)

    def blocks_of(self, number: int) -> slice:
        """Where the blocks of one scope are."""
        ends = np.cumsum([0, *(len(own) for own in self.blocks)])
        return slice(int(ends[number]), int(ends[number + 1]))

    def counts_of(self, number: int) -> Floats:
        """The counts of H that are kept of one scope; those that no block looks at are 0."""
        starts, one = self.simulator.starts, self.watched[number]
        counts = self.counts[starts[number] : starts[number + 1]].copy()
        if isinstance(one, Links):
            counts[one.num_compared :] = 0.0
        return counts

    def _distances(self, sample: Floats, own: Floats, other: Floats) -> Floats:
        """Of the sample from H; of signed blocks, of `own` from `other`: (resamples, blocks of all scopes)."""
        starts, found = self.simulator.starts, []
        for number, blocks in enumerate(self.blocks):
            at = slice(starts[number], starts[number + 1])
            for block in blocks:
                sides = (own[:, at], other[:, at]) if block.is_signed else (sample[:, at], self.counts[None, at])
                found.append(block.measure(sides[0], self.size, sides[1], self.num_reference))
        return np.stack(found, axis=1)


def _scope(
    part: ScopePart, observed: Floats, adjusted: Floats, kept: Bools, certificate: float | None, null: Floats
) -> ScopeVerdict:
    low, high = part.tolerance(observed, adjusted, kept)
    p_value = float(adjusted[kept].min())
    # For certain: chance may have made the discrepancy smaller by as much as from the floor to the block's own limit.
    most = observed + np.quantile(null, 1 - ALPHA, axis=0) - 2 * null.mean(axis=0)
    differs = [k for k in np.flatnonzero(kept) if adjusted[k] <= ALPHA and not part.blocks[k].is_association]
    small = [k for k in differs if most[k] <= part.blocks[k].tolerated]
    counting = np.setdiff1d(np.flatnonzero(kept), small)
    least = float(adjusted[counting].min(initial=1.0))
    status = decide(least, certificate, high, beyond=len(small) < len(differs))
    names = ", ".join(block_words(part.blocks[k].name) for k in small)
    note = f"more than chance, but less than {100 * EQUIVALENT:.0f} %, is elsewhere in: {names}" if small else ""
    return ScopeVerdict(part.watched.name, status, certificate, low, high, p_value, part.watched.watched, note)


def _block(
    part: ScopePart, k: int, asked: Asked, observed: float, limit: float, null: Floats, adjusted: float
) -> BlockResult:
    low: float | None = None
    high: float | None = None
    if part.blocks[k].is_association:
        low, high = part.tau_of(k, float(observed))
    return BlockResult(
        asked.block_name(part.blocks[k]),
        float(observed),
        float(limit),
        float(null[-1].mean()),
        float(part.destroyed[:, k].mean()),
        float((1 + (null >= observed).sum(axis=1).max()) / (null.shape[1] + 1)),
        low,
        high,
        part.watched.name,
        float(adjusted),
    )


def _short(array: Floats) -> Floats:
    """With the precision that is stored."""
    return array.astype(np.float32).astype(np.float64)
