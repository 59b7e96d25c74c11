"""`validate`: a synthetic table from anywhere against a real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np

from assoc_synth.gate.asked import EVERYTHING, Asked, check_scopes
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.reference import PERMUTATIONS, REPLICATES, Counted, Reference, as_rows
from assoc_synth.gate.split import MAX_HELD_OUT, split_subjects
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.row_codes import RowCodes, in_common
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import Roles, check_roles
from assoc_synth.transactions.table import TransactionTable

LACKING = "not all tables have what it is about"


def validate(
    real: AnyFrame | TransactionTable,
    synthetic: AnyFrame | TransactionTable,
    holdout: AnyFrame | TransactionTable | None = None,
    *,
    seed: int = 0,
    gate: Sequence[str] | str | None = None,
    clusters: Ints | None = None,
    **roles: Unpack[Roles],
) -> Verdict:
    """Judge whether a synthetic table keeps what a real one has: its links, visits, order and rows.

    Args:
        real: the real table. Without `holdout` its subjects are split: H, which judges, and T, from which the watched
            pairs are chosen.
        synthetic: the table under test; verbs and objects are matched to the real ones by the text of their names, so
            that 7 in one table is "7" in another.
        holdout: real subjects that the generator never saw; at most 5,000 of them judge. The difference test then
            compares with bootstrap samples of `real`, because a generator can know no more than that; without
            `holdout` it is an exact permutation test against H.
        seed: of the split and of the simulations.
        gate: the scopes to judge, of "links", "visits", "order" and "rows"; None for all that the tables have.
        clusters: (subjects of `real`,) codes of groups of subjects that are alike: they stay on one side of the split
            and are resampled together; None for those that its column of clusters names.
        roles: the column of each role in the DataFrames, see `Roles`; a `TransactionTable` has its own.

    Returns:
        The verdict; it is never raised.

    Raises:
        InputError: a table cannot be read or shares no verb or no object with the real one, no scope is called so, or a
            keyword is not a role.
    """
    check_roles(roles)
    scopes = check_scopes(gate)
    rng = np.random.default_rng(seed)
    given = (real, synthetic) if holdout is None else (real, synthetic, holdout)
    tables = [_table(data, roles) for data in given]
    tables = [tables[0], *map(without_empty_columns, tables[1:])]
    _check_shared(tables)
    codes = RowCodes.of(*tables)
    rows = in_common(*(codes.rows(table) for table in tables))
    asked = Asked(scopes, verb_names=codes.verbs, object_names=codes.objects, absent=LACKING)
    first = rows[0] if clusters is None else replace(rows[0], clusters=clusters)
    verdict = _judged((first, *rows[1:]), rng, asked)
    copies = Copies.of(rows[0].edges).too_many(Copies.of(rows[1].edges))
    status = Status.FAIL if copies else verdict.status
    return replace(verdict, seed=seed, copies=copies, status=status, about=_not_compared(tables[0], tables[1:]))


def _judged(rows: Sequence[Rows], rng: np.random.Generator, asked: Asked) -> Verdict:
    """The verdict on the second table by the first one, and by the third where there is one."""
    training, tested, *rest = rows
    if rest:
        held_out = rest[0].take(np.sort(rng.permutation(rest[0].num_subjects)[:MAX_HELD_OUT]))
        return Reference.learn(training, held_out, rng, num_tiers=1, sample=tested).judge(tested, rng, asked)
    kept, held = split_subjects(training.num_subjects, rng, training.clusters)
    return judge_tables(training.take(kept), training.take(held), tested, rng, asked=asked)


def judge_tables(
    training: Counted,
    held_out: Counted,
    synthetic: Counted,
    rng: np.random.Generator,
    *,
    permutations: int = PERMUTATIONS,
    replicates: int = REPLICATES,
    asked: Asked = EVERYTHING,
) -> Verdict:
    """Judge with the rows at hand: the difference test permutes the labels of H and S, which is exact at every size.

    Tolerance and certificate come from a `Reference` at the size of S (at most |H|). For a generator that was trained
    on T and never saw H use `Reference.judge`: a permutation test would also count T's own sampling noise against it.

    Raises:
        InputError: the three do not share one vocabulary.
    """
    reference = Reference.learn(
        training,
        held_out,
        rng,
        permutations=permutations,
        replicates=replicates,
        num_tiers=1,
        sample=synthetic,
    )
    tier = reference.tier_for(synthetic.num_subjects)
    if tier is None:
        return reference.judge(synthetic, rng, asked)
    return tier.judge_exactly(as_rows(synthetic), as_rows(held_out), rng, permutations, asked)


def _check_shared(tables: Sequence[TransactionTable]) -> None:
    """Raises: InputError: another table shares no verb or no object with the first one, or a table has no row."""
    aligned = Aligned.of(*tables)
    for position, called in enumerate(("synthetic", "held-out")[: len(tables) - 1], 1):
        aligned.check_shared(0, position, ("real", called))


def _not_compared(real: TransactionTable, others: Sequence[TransactionTable]) -> str:
    """The real table's columns that another table lacks, as a clause; empty where there are none."""
    own = {name: str(name) for name in real.extras.columns}
    lacking = [own[name] for name in own if any(name not in table.extras.columns for table in others)]
    roles = [role for role in ("time", "amount", "basket") if getattr(real, role) is not None]
    lacking = [role for role in roles if any(getattr(table, role) is None for table in others)] + lacking
    if not lacking:
        return ""
    named = ", ".join(name[:40] for name in lacking[:6]) + (", …" if len(lacking) > 6 else "")
    return f"not compared, since not every table has it or a value in it: {named}"


def without_empty_columns(table: TransactionTable) -> TransactionTable:
    """The table without extra columns that have no value: a fit leaves such ones where it must not write any."""
    return replace(table, extras=table.extras.dropna(axis=1, how="all"))


def _table(data: AnyFrame | TransactionTable, roles: Roles) -> TransactionTable:
    return data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data, **roles)
