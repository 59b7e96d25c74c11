"""The gate: may these synthetic subjects be emitted as having the real ones' associations?

Three questions (two-sample permutation tests and min-p: Westfall & Young 1993; Bayesian bootstrap: Rubin 1981):

1. *Difference*: is S farther from the held-out subjects H than real subjects are? Blocks combined by min-p.
2. *Tolerance τ*: which share of randomised subjects would look like S?
3. *Certificate*: would this gate, at this size, stop a generator without associations?

`Reference` answers them from stored counts, with no subject in it; `judge_tables` has the rows at hand and answers the
first by an exact permutation test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import ModelFileError
from assoc_synth.gate.resampling import Populations
from assoc_synth.gate.tier import TAU_GRID, Tier
from assoc_synth.gate.verdict import Verdict
from assoc_synth.gate.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Values

PERMUTATIONS = 999
REPLICATES = 200
MIN_SUBJECTS = 20
_TIERS = 4
_WATCHLIST_ARRAYS = (
    "tokens",
    "within",
    "across",
    "weight",
    "strength",
    "control",
    "triples",
    "degree_scope",
    "degree_from",
)
_TIER_ARRAYS = ("counts", "null", "mixtures", "independent")


@dataclass(frozen=True, eq=False)
class Reference:
    """What a model directory holds so that rows can be evaluated without any real row.

    The null of the difference test is a bootstrap of T, not fresh real data: T is all that a generator can know, so a
    copy of T is rejected 5 % of the time and a perfect sampler, which is closer to H than T is, less often.
    The mixtures of the tolerance are drawn from the Bayesian bootstrap (as a double bootstrap) of T and H together.
    Seen from H, such a sample is as far away as fresh real subjects are on average: the squared distance of its
    expectation, in units of a count's variance, is ``n_T/(n n_H) + 1/n = 1/n_H`` (n = n_T + n_H). A bootstrap of T
    alone, ``1/n_H + 1/n_T``, would make τ too small. The association loss, which has a sign, is simulated from H alone
    (`Tier.simulate`).

    Attributes:
        num_reference: subjects in H.
        tiers: sizes that can be evaluated, largest first: |H|, |H|/2, |H|/4, |H|/8, not below 20. S is cut to the
            largest tier that it can fill; fewer subjects than the smallest tier are UNDERPOWERED.
    """

    num_reference: int
    tiers: tuple[Tier, ...]

    @classmethod
    def from_edges(
        cls,
        training: Edges,
        held_out: Edges,
        rng: np.random.Generator,
        *,
        permutations: int = PERMUTATIONS,
        replicates: int = REPLICATES,
        num_tiers: int = _TIERS,
        max_size: int | None = None,
    ) -> Reference:
        """Choose what to watch from T, count it in H, and simulate what chance and randomisation do to it.

        Args:
            training: T. Everything is chosen from it.
            held_out: H. It only judges.
            permutations: bootstrap samples behind the difference test.
            replicates: samples per point of the τ grid, and independent draws behind the certificate.
            num_tiers: how many sizes can be evaluated.
            max_size: cap of the largest size, |H| by default.
        """
        top = min(held_out.num_subjects, held_out.num_subjects if max_size is None else max_size)
        if top < 1 or training.num_subjects < 1:
            return cls(held_out.num_subjects, ())
        sizes = {top, *(top >> step for step in range(num_tiers) if top >> step >= MIN_SUBJECTS)}
        populations = Populations.of(training, held_out, rng)
        tiers = (
            Tier.simulate(populations, size, rng, permutations, replicates) for size in sorted(sizes, reverse=True)
        )
        return cls(held_out.num_subjects, tuple(tiers))

    def tier_for(self, num_subjects: int) -> Tier | None:
        """The largest tier that `num_subjects` subjects can fill."""
        return next((tier for tier in self.tiers if tier.size <= num_subjects), None)

    def judge(self, synthetic: Edges, rng: np.random.Generator | None = None) -> Verdict:
        """Judge subjects drawn at random from what is to be emitted.

        Args:
            synthetic: S, in the vocabulary of the reference; at least |H| subjects for full power. To emit fewer, judge
                |H| subjects of the same generator run and emit a part of them.
            rng: chooses which subjects are evaluated if there are more than needed; a fixed generator by default.

        Raises:
            InputError: another vocabulary.
        """
        tier = self.tier_for(synthetic.num_subjects)
        if tier is None:
            watched = self.tiers[0].watched if self.tiers else ()
            return Verdict.of_nothing(synthetic.num_subjects, self.num_reference, watched)
        return tier.judge(synthetic, np.random.default_rng(0) if rng is None else rng)

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, Any]]:
        """The reference as named arrays and a few JSON scalars: aggregates only, no subject."""
        arrays: dict[str, Values] = {}
        entries = []
        for number, tier in enumerate(self.tiers):
            arrays |= {f"tier{number}.{name}": getattr(tier, name) for name in _TIER_ARRAYS}
            arrays |= {f"tier{number}.watch.{name}": getattr(tier.watchlist, name) for name in _WATCHLIST_ARRAYS}
            entries.append(
                {
                    "size": tier.size,
                    "certificate": tier.certificate,
                    "blocks": list(tier.block_names),
                    "num_verbs": tier.watchlist.num_verbs,
                    "num_objects": tier.watchlist.num_objects,
                }
            )
        return arrays, {"num_reference": self.num_reference, "tau_grid": TAU_GRID.tolist(), "tiers": entries}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> Reference:
        """Inverse of `to_arrays`.

        Raises:
            ModelFileError: an entry is missing or the shapes do not fit together.
        """
        try:
            num_reference = int(scalars["num_reference"])
            tiers = tuple(
                _read_tier(arrays, f"tier{number}.", entry, num_reference)
                for number, entry in enumerate(scalars["tiers"])
            )
            fits = scalars["tau_grid"] == TAU_GRID.tolist() and all(
                _is_consistent(tier) and list(tier.block_names) == entry["blocks"]
                for tier, entry in zip(tiers, scalars["tiers"], strict=True)
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelFileError(f"the gate's reference cannot be read ({type(error).__name__})") from error
        if not fits:
            raise ModelFileError("the parts of the gate's reference do not fit together; fit the model again")
        return cls(num_reference, tiers)


def _read_tier(arrays: Mapping[str, Values], at: str, entry: Mapping[str, Any], num_reference: int) -> Tier:
    watched = (np.asarray(arrays[f"{at}watch.{name}"]) for name in _WATCHLIST_ARRAYS)
    tokens, within, across, weight, strength, control, triples, scope, lowest = watched
    watchlist = Watchlist(
        tokens.astype(np.int64),
        within.astype(np.int64),
        across.astype(np.int64),
        weight.astype(float),
        strength.astype(float),
        control.astype(np.int64),
        triples.astype(np.int64),
        scope.astype(np.int64),
        lowest.astype(np.int64),
        int(entry["num_verbs"]),
        int(entry["num_objects"]),
    )
    counts, null, mixtures, independent = (np.asarray(arrays[f"{at}{name}"], float) for name in _TIER_ARRAYS)
    certificate = None if entry["certificate"] is None else float(entry["certificate"])
    return Tier(int(entry["size"]), num_reference, watchlist, counts, null, mixtures, independent, certificate)


def _is_consistent(tier: Tier) -> bool:
    watch, blocks = tier.watchlist, len(tier.block_names)
    sets_fit = all(
        part.ndim == 2
        and part.shape[1] == size
        and (not part.size or 0 <= part.min() <= part.max() < len(watch.tokens))
        for part, size in ((watch.within, 2), (watch.across, 2), (watch.control, 2), (watch.triples, 3))
    )
    return (
        sets_fit
        and tier.size > 0
        and len(watch.weight) == len(watch.strength) == len(watch.pairs)
        and tier.counts.shape == (watch.num_features,)
        and tier.null.ndim == 2
        and tier.null.shape[0] > 0
        and tier.null.shape[1] == blocks
        and tier.mixtures.ndim == 3
        and tier.mixtures.shape[::2] == (len(TAU_GRID), blocks)
        and tier.mixtures.shape[1] > 0
        and tier.independent.ndim == 2
        and tier.independent.shape[1] == blocks
    )
