"""The gate: may these synthetic subjects be emitted as having what the real ones have?

Three questions (two-sample permutation tests and max-T: Westfall & Young 1993; Bayesian bootstrap: Rubin 1981):

1. *Difference*: is S farther from the held-out subjects H than real subjects are? One test over all blocks.
2. *Tolerance τ*, for each scope: which share of destroyed subjects would look like S?
3. *Certificate*, for each scope: would this gate, at this size, stop a table that has been destroyed?

`Reference` answers them from stored counts, with no subject in it; `judge_tables` has the rows at hand and answers the
first by an exact permutation test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.gate.asked import EVERYTHING, Asked
from assoc_synth.gate.clusters import Clusters
from assoc_synth.gate.resampling import Populations
from assoc_synth.gate.scope_part import ScopePart, signed_of
from assoc_synth.gate.scopes.kinds import KINDS, kind_of
from assoc_synth.gate.scopes.scope import ScopeKind
from assoc_synth.gate.tier import Tier
from assoc_synth.gate.tolerance import TAU_GRID
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.rows import Rows, rows_of_edges
from assoc_synth.transactions.arrays import Values

PERMUTATIONS = 999
REPLICATES = 200
MIN_SUBJECTS = 20
_TIERS = 4
_PART_ARRAYS = ("counts", "bounds", "losses", "destroyed")
Counted: TypeAlias = Rows | Edges
"""Subjects with their rows, or with nothing but their links."""


@dataclass(frozen=True, eq=False)
class Reference:
    """What a model directory holds so that rows can be evaluated without any real row.

    The difference test has two nulls, and what differs exceeds both. One is a bootstrap of T, which is all that a
    generator can know: a copy of T is rejected at most 5 % of the time. The other is fresh real subjects as T and H
    predict them (`Simulator.fresh`): a perfect sampler is rejected at most 5 % of the time too, although H and T happen
    to err to one side in some block. In both, others may do what no known subject does.
    The mixtures of the tolerance are drawn from the Bayesian bootstrap (as a double bootstrap) of T and H together.
    Seen from H, such a sample is as far away as fresh real subjects are on average: the squared distance of its
    expectation, in units of a count's variance, is ``n_T/(n n_H) + 1/n = 1/n_H`` (n = n_T + n_H). A bootstrap of T
    alone, ``1/n_H + 1/n_T``, would make τ too small. Blocks that have a sign are simulated from H alone.
    Where subjects come in clusters, such as the trips of a household, T and H are resampled by these, see `Clusters`,
    and S by its subjects, which a generator draws one by one, unless S has clusters itself.

    Attributes:
        num_reference: subjects in H.
        tiers: sizes that can be evaluated, largest first: |H|, |H|/2, |H|/4, |H|/8, not below 20. S is cut to the
            largest tier that it can fill; fewer subjects than the smallest tier are UNDERPOWERED.
    """

    num_reference: int
    tiers: tuple[Tier, ...]

    @classmethod
    def learn(
        cls,
        training: Counted,
        held_out: Counted,
        rng: np.random.Generator,
        *,
        permutations: int = PERMUTATIONS,
        replicates: int = REPLICATES,
        num_tiers: int = _TIERS,
        sample: Counted | None = None,
        kinds: Sequence[ScopeKind] = KINDS,
    ) -> Reference:
        """Choose what to watch from T, count it in H, and simulate what chance and destruction do to it.

        Args:
            training: T. Everything is chosen from it.
            held_out: H. It only judges.
            permutations: bootstrap samples behind the difference test.
            replicates: samples per point of the τ grid, and destroyed draws behind the certificates.
            num_tiers: how many sizes can be evaluated.
            sample: S, where it is at hand: no larger size is simulated, and clusters as it has; by default sizes up to
                |H|, and each subject on its own, as those of a generator are.
            kinds: the scopes.
        """
        rows, held = as_rows(training), as_rows(held_out)
        top = held.num_subjects if sample is None else min(held.num_subjects, max(sample.num_subjects, 1))
        if top < 1 or rows.num_subjects < 1:
            return cls(held.num_subjects, ())
        sizes = {top, *(top >> step for step in range(num_tiers) if top >> step >= MIN_SUBJECTS)}
        clusters = None if sample is None else Clusters.of(as_rows(sample).clusters)
        populations = Populations.of(rows, held, kinds, rng, clusters)
        tiers = (
            Tier.simulate(populations, kinds, size, rng, permutations, replicates)
            for size in sorted(sizes, reverse=True)
        )
        return cls(held.num_subjects, tuple(tiers))

    @classmethod
    def from_edges(cls, training: Edges, held_out: Edges, rng: np.random.Generator, **options: Any) -> Reference:
        """As `learn`, of subjects of whom nothing but the links is known."""
        return cls.learn(training, held_out, rng, **options)

    def tier_for(self, num_subjects: int) -> Tier | None:
        """The largest tier that `num_subjects` subjects can fill."""
        return next((tier for tier in self.tiers if tier.size <= num_subjects), None)

    def judge(self, synthetic: Counted, rng: np.random.Generator | None = None, asked: Asked = EVERYTHING) -> Verdict:
        """Judge subjects drawn at random from what is to be emitted.

        Args:
            synthetic: S, in the vocabulary of the reference; at least |H| subjects for full power. To emit fewer, judge
                |H| subjects of the same generator run and emit a part of them.
            rng: chooses which subjects are evaluated if there are more than needed; a fixed generator by default.
            asked: which scopes, verbs and names.

        Raises:
            InputError: another vocabulary, or a column that the reference has is lacking.
        """
        tier = self.tier_for(synthetic.num_subjects)
        if tier is None:
            watched = self.tiers[0].watched if self.tiers else ()
            return Verdict.of_nothing(synthetic.num_subjects, self.num_reference, watched)
        return tier.judge(as_rows(synthetic), np.random.default_rng(0) if rng is None else rng, asked)

    def judge_groups(self, groups: Mapping[tuple[int, ...], Rows], asked: Asked = EVERYTHING) -> Verdict:
        """Judge rows of some verbs, each group by the blocks that look at its verbs alone, all in one test.

        Args:
            groups: by the codes of its verbs, as many subjects as the largest tier has, some of them without rows.
        """
        if not self.tiers:
            return Verdict.of_nothing(0, self.num_reference, ())
        return self.tiers[0].judge_groups(groups, asked)

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, Any]]:
        """The reference as named arrays and a few JSON scalars: aggregates only, no subject."""
        arrays: dict[str, Values] = {}
        entries = []
        for number, tier in enumerate(self.tiers):
            arrays[f"tier{number}.null"] = tier.null
            scopes = {}
            for part in tier.parts:
                at = f"tier{number}.{part.watched.name}"
                own, scalars = part.watched.to_arrays()
                arrays |= {f"{at}.{name}": getattr(part, name) for name in _PART_ARRAYS}
                arrays |= {f"{at}.watch.{name}": array for name, array in own.items()}
                scopes[part.watched.name] = scalars
            entries.append({"size": tier.size, "scopes": scopes, "blocks": list(tier.block_names)})
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
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, InputError) as error:
            raise ModelFileError(f"the gate's reference cannot be read ({type(error).__name__})") from error
        if not fits:
            raise ModelFileError("the parts of the gate's reference do not fit together; fit the model again")
        return cls(num_reference, tiers)


def as_rows(subjects: Counted) -> Rows:
    """Subjects with their rows; those with links alone have rows without times, visits or amounts."""
    return rows_of_edges(subjects) if isinstance(subjects, Edges) else subjects


def _read_tier(arrays: Mapping[str, Values], at: str, entry: Mapping[str, Any], num_reference: int) -> Tier:
    parts = []
    for name, scalars in entry["scopes"].items():
        prefix = f"{at}{name}.watch."
        own = {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
        watched = kind_of(name).from_arrays(own, scalars)
        read = (np.asarray(arrays[f"{at}{name}.{part}"], float) for part in _PART_ARRAYS)
        parts.append(ScopePart(watched, *read))
    null = np.asarray(arrays[f"{at}null"], float)
    nulls = null if null.ndim == 3 else null[None]  # older models have one
    return Tier(int(entry["size"]), num_reference, tuple(parts), nulls)


def _is_consistent(tier: Tier) -> bool:
    grid = len(TAU_GRID)
    return (
        tier.size > 0
        and tier.null.ndim == 3
        and min(tier.null.shape[:2]) > 0
        and tier.null.shape[2] == len(tier.blocks)
        and all(
            part.counts.shape == (part.watched.num_features,)
            and part.bounds.shape == (2, grid, len(part.blocks))
            and part.losses.ndim == 3
            and part.losses.shape[::2] == (grid, len(signed_of(part.blocks)))
            and part.losses.shape[1] > 0
            and part.destroyed.ndim == 2
            and part.destroyed.shape[1] == len(part.blocks)
            for part in tier.parts
        )
    )
