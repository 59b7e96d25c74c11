"""Every scope on random tables of odd shapes: one row, nothing dated, no visit, columns of one class."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assoc_synth.gate.scopes.order import OrderScope
from assoc_synth.gate.scopes.parts.watched import WatchedParts
from assoc_synth.gate.scopes.rows import RowScope
from assoc_synth.gate.scopes.visits import VisitScope
from assoc_synth.link_graph.rows import UNDATED, Extras, Rows, VisitKind
from assoc_synth.link_graph.subject_attributes import Attributes

KINDS = (VisitScope(), OrderScope(), RowScope())


def odd_rows(seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    size = int(rng.choice([1, 2, 5, 30, 200]))
    subjects, verbs, objects = int(rng.integers(1, size + 1)), int(rng.integers(1, 9)), int(rng.integers(1, 20))
    time = rng.integers(0, int(rng.choice([1, 10, 10**15])), size)
    time = np.where(rng.random(size) < rng.choice([0, 0.2, 1]), UNDATED, time)
    timed = bool(rng.random() < 0.8)
    kinds: list[VisitKind | None] = [None, "basket", "session", "timestamp"]
    kind = kinds[int(rng.integers(0, 4 if timed else 2))]
    group = np.where(rng.random(size) < rng.choice([0, 0.3, 1]), -1, rng.integers(0, size, size))
    amount = np.round(rng.normal(size=size), int(rng.integers(0, 3))) * float(rng.choice([0, 1, 1e9]))
    amount = np.where(rng.random(size) < rng.choice([0, 0.3, 1]), np.nan, amount)
    sizes = tuple(int(count) for count in rng.integers(1, 6, int(rng.integers(0, 4))))
    codes = np.array([[rng.integers(0, count) for count in sizes] for _ in range(size)], np.int64)
    columns = int(rng.integers(0, 3))
    owner = np.repeat(np.arange(columns), 3)
    return Rows(
        subject=rng.integers(0, subjects, size),
        verb=rng.integers(0, verbs, size),
        object=rng.integers(0, objects, size),
        time=time if timed else None,
        amount=amount if rng.random() < 0.7 else None,
        group=None if kind is None else group,
        visit_kind=kind,
        attributes=Attributes(
            tuple(f"a{at}" for at in range(columns)),
            owner,
            tuple(f"a{at} = {at}" for at in owner),
            rng.random((subjects, 3 * columns)) < 0.4,
        ),
        num_subjects=subjects,
        num_verbs=verbs,
        num_objects=objects,
        extras=Extras(tuple(f"c{at}" for at in range(len(sizes))), sizes, codes.reshape(size, len(sizes))),
    )


def check(watched: WatchedParts, rows: Rows, destroyed: Rows) -> None:
    features, others = watched.features(rows), watched.features(destroyed)
    assert features.shape == others.shape == (rows.num_subjects, watched.num_features)
    assert features.data.min(initial=0) >= 0
    assert features.data.max(initial=0) <= 1 + 1e-5
    sample, real = (np.asarray(part.sum(axis=0), np.float64).reshape(1, -1) for part in (others, features))
    for block in watched.blocks:
        size = rows.num_subjects
        assert block.measure(real, size, real, size) == pytest.approx(0.0, abs=1e-9)
        assert np.isfinite(block.measure(sample, size, real, size)).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(60))
def test_any_table_can_be_watched_destroyed_and_stored(seed: int) -> None:
    rows, rng = odd_rows(seed), np.random.default_rng(seed)
    for kind in KINDS:
        destroyed = kind.destroy(rows, rng)
        watched = kind.choose(rows, int(rng.choice([1, rows.num_subjects, 10 * rows.num_subjects])), rng)
        if watched is None:
            continue
        check(watched, rows, destroyed)
        arrays, scalars = watched.to_arrays()
        again = kind.from_arrays(arrays, json.loads(json.dumps(scalars)))
        assert (again.features(rows) != watched.features(rows)).nnz == 0
