"""Small tables in codes, and the built-in tables by thirds: training subjects, and two other parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.gate.scopes.scope import Watched
from assoc_synth.link_graph.row_codes import RowCodes
from assoc_synth.link_graph.rows import Extras, Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Floats

Thirds = tuple[Rows, Rows, Rows]
SECOND = 1_000_000_000


def coded(
    subject: list[int],
    token: list[int],
    *,
    visit: list[int] | None = None,
    seconds: list[float] | None = None,
    num_verbs: int = 1,
    num_objects: int = 10,
    **columns: Any,
) -> Rows:
    """Rows whose link is verb · num_objects + object; visits are baskets, times are seconds."""
    verb, object = np.divmod(np.array(token, np.int64), num_objects)
    count = max(subject, default=-1) + 1
    time = None if seconds is None else (np.array(seconds) * SECOND).astype(np.int64)
    given = {
        "amount": None,
        "attributes": Attributes.none(count),
        "extras": Extras((), (), np.zeros((len(subject), 0), int)),
    }
    return Rows(
        subject=np.array(subject, np.int64),
        verb=verb,
        object=object,
        time=time,
        group=None if visit is None else np.array(visit, np.int64),
        visit_kind=None if visit is None else "basket",
        num_subjects=count,
        num_verbs=num_verbs,
        num_objects=num_objects,
        **(given | columns),
    )


@lru_cache
def thirds_of(name: str, subjects: int = 1203) -> Thirds:
    table = getattr(datasets, name)(subjects=subjects)
    rows = RowCodes.of(table).rows(table)
    order = np.random.default_rng(0).permutation(rows.num_subjects)
    first, second, third = (rows.take(np.sort(part)) for part in np.array_split(order, 3))
    return first, second, third


def summed(watched: Watched, rows: Rows) -> Floats:
    return np.asarray(watched.features(rows).sum(axis=0), np.float64).reshape(1, -1)


def distances(watched: Watched, sample: Rows, real: Rows) -> dict[str, float]:
    """What each block says of a sample."""
    counts, others = summed(watched, sample), summed(watched, real)
    sizes = sample.num_subjects, real.num_subjects
    return {block.name: float(block.measure(counts, sizes[0], others, sizes[1])[0]) for block in watched.blocks}


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., Rows]:
    return coded


@pytest.fixture(scope="session")
def thirds() -> Callable[..., Thirds]:
    return thirds_of


@pytest.fixture(scope="session")
def apart() -> Callable[[Watched, Rows, Rows], dict[str, float]]:
    return distances
