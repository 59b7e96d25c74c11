"""The gate between generated subjects and emitted rows, and `validate` for tables from anywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth.graph import Edges
from assoc_synth.table import TransactionTable
from assoc_synth.validation.gate import Reference, judge_tables
from assoc_synth.validation.verdict import BlockResult, Status, Verdict

__all__ = [
    "MAX_HELD_OUT",
    "BlockResult",
    "Reference",
    "Status",
    "Verdict",
    "judge_tables",
    "split_subjects",
    "validate",
]

HELD_OUT = 0.20
MAX_HELD_OUT = 5_000
"""Subjects of H: more would cost time and let the test reject differences that nobody would notice."""


def split_subjects(num_subjects: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Split subject codes into T and H, both ascending.

    H takes 20 %, at most 5,000 and, from two subjects on, at least one. The split depends on the number of subjects and
    the generator alone.
    """
    size = min(max(int(HELD_OUT * num_subjects), 1), MAX_HELD_OUT) if num_subjects > 1 else 0
    order = rng.permutation(num_subjects)
    return np.sort(order[size:]).astype(np.int64), np.sort(order[:size]).astype(np.int64)


def validate(
    real: pd.DataFrame | TransactionTable, synthetic: pd.DataFrame | TransactionTable,
    holdout: pd.DataFrame | TransactionTable | None = None, *, seed: int = 0,
) -> Verdict:
    """Judge whether a synthetic table keeps the associations of a real one.

    Args:
        real: the real table. Without `holdout` its subjects are split: H, which judges, and T, from which the watched
            pairs are chosen.
        synthetic: the table under test; verbs and objects are matched to the real ones by name.
        holdout: real subjects that the generator never saw; at most 5,000 of them judge. The difference test then
            compares with bootstrap samples of `real`, because a generator can know no more than that; without
            `holdout` it is an exact permutation test against H.
        seed: of the split and of the simulations.

    Returns:
        The verdict; it is never raised.

    Raises:
        InputError: a table can not be read.
    """
    rng = np.random.default_rng(seed)
    tables = [_table(real), _table(synthetic), *([] if holdout is None else [_table(holdout)])]
    training, judged, *rest = _edges(tables)
    if rest:
        held_out = rest[0].take(np.sort(rng.permutation(rest[0].num_subjects)[:MAX_HELD_OUT]))
        reference = Reference.from_edges(training, held_out, rng)
        return replace(reference.judge(judged, rng), seed=seed)
    kept, held = split_subjects(training.num_subjects, rng)
    return replace(judge_tables(training.take(kept), training.take(held), judged, rng), seed=seed)



def _table(data: pd.DataFrame | TransactionTable) -> TransactionTable:
    return data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data)


def _edges(tables: list[TransactionTable]) -> list[Edges]:
    """The tables as graphs over the union of their verbs and objects; the first table's names keep their codes."""
    verbs, objects = tables[0].verbs, tables[0].objects
    for table in tables[1:]:
        verbs = verbs.append(table.verbs.difference(verbs, sort=False))
        objects = objects.append(table.objects.difference(objects, sort=False))
    return [
        Edges.from_links(
            table.subject, verbs.get_indexer(table.verbs)[table.verb], objects.get_indexer(table.objects)[table.object],
            num_subjects=len(table.subjects), num_verbs=len(verbs), num_objects=len(objects),
        )
        for table in tables
    ]
