"""`validate`: a synthetic table from anywhere against a real one."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np

from assoc_synth.gate.reference import PERMUTATIONS, REPLICATES, Reference
from assoc_synth.gate.split import MAX_HELD_OUT, split_subjects
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import Roles, check_roles
from assoc_synth.transactions.table import TransactionTable


def validate(
    real: AnyFrame | TransactionTable,
    synthetic: AnyFrame | TransactionTable,
    holdout: AnyFrame | TransactionTable | None = None,
    *,
    seed: int = 0,
    **roles: Unpack[Roles],
) -> Verdict:
    """Judge whether a synthetic table keeps the associations of a real one.

    Args:
        real: the real table. Without `holdout` its subjects are split: H, which judges, and T, from which the watched
            pairs are chosen.
        synthetic: the table under test; verbs and objects are matched to the real ones by the text of their names, so
            that 7 in one table is "7" in another.
        holdout: real subjects that the generator never saw; at most 5,000 of them judge. The difference test then
            compares with bootstrap samples of `real`, because a generator can know no more than that; without
            `holdout` it is an exact permutation test against H.
        seed: of the split and of the simulations.
        roles: the column of each role in the DataFrames, see `Roles`; a `TransactionTable` has its own.

    Returns:
        The verdict; it is never raised.

    Raises:
        InputError: a table cannot be read or shares no verb or no object with the real one, or a keyword is not a role.
    """
    check_roles(roles)
    rng = np.random.default_rng(seed)
    given = (real, synthetic) if holdout is None else (real, synthetic, holdout)
    tables = [_table(data, roles) for data in given]
    aligned = Aligned.of(*tables)
    for position, called in enumerate(("synthetic", "held-out")[: len(tables) - 1], 1):
        aligned.check_shared(0, position, ("real", called))
    training, tested, *rest = aligned.edges
    if rest:
        held_out = rest[0].take(np.sort(rng.permutation(rest[0].num_subjects)[:MAX_HELD_OUT]))
        reference = Reference.from_edges(training, held_out, rng)
        return replace(reference.judge(tested, rng), seed=seed)
    kept, held = split_subjects(training.num_subjects, rng, tables[0].clusters)
    return replace(judge_tables(training.take(kept), training.take(held), tested, rng), seed=seed)


def judge_tables(
    training: Edges,
    held_out: Edges,
    synthetic: Edges,
    rng: np.random.Generator,
    *,
    permutations: int = PERMUTATIONS,
    replicates: int = REPLICATES,
) -> Verdict:
    """Judge with the rows at hand: the difference test permutes the labels of H and S, which is exact at every size.

    Tolerance and certificate come from a `Reference` at the size of S (at most |H|). For a generator that was trained
    on T and never saw H use `Reference.judge`: a permutation test would also count T's own sampling noise against it.

    Raises:
        InputError: the three graphs do not share one vocabulary.
    """
    reference = Reference.from_edges(
        training,
        held_out,
        rng,
        permutations=permutations,
        replicates=replicates,
        num_tiers=1,
        max_size=synthetic.num_subjects,
    )
    tier = reference.tier_for(synthetic.num_subjects)
    if tier is None:
        return reference.judge(synthetic, rng)
    return tier.judge_exactly(synthetic, held_out, rng, permutations)


def _table(data: AnyFrame | TransactionTable, roles: Roles) -> TransactionTable:
    return data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data, **roles)
