"""The scope of order on built-in tables: near another real part, far where times are dealt anew."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.gate.scopes.destroyers import without_columns
from assoc_synth.gate.scopes.order import OrderScope
from assoc_synth.gate.scopes.scope import ScopeKind
from assoc_synth.link_graph.rows import Rows

Thirds = Callable[..., tuple[Rows, Rows, Rows]]
Apart = Callable[..., dict[str, float]]
KIND: ScopeKind = OrderScope()
FAR = {
    "toy_shop": ("order.before", "order.first_and_last"),
    "clickstream": ("order.steps", "order.steps_of_verbs", "order.first_and_last", "order.only_after", "order.pauses"),
    "clinic": ("order.before", "order.only_after"),
}


@pytest.mark.parametrize("name", FAR)
def test_random_order_is_far_and_another_real_part_is_near(thirds: Thirds, apart: Apart, name: str) -> None:
    training, real, other = thirds(name, 2400)
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near, far = (apart(watched, sample, real) for sample in (other, KIND.destroy(other, np.random.default_rng(1))))
    assert abs(near["order.loss"]) < 0.15
    assert 0.8 < far["order.loss"] < 1.25
    for block in FAR[name]:
        assert far[block] > 1.4 * near[block] + 0.03, block


def test_other_destroyers_change_nothing_here(thirds: Thirds) -> None:
    for name in ("clickstream", "clinic"):
        training, _, other = thirds(name)
        watched = KIND.choose(training, 200, np.random.default_rng(0))
        assert watched is not None
        changed = without_columns(other, np.random.default_rng(1))
        assert (watched.features(changed) != watched.features(other)).nnz == 0


def test_the_order_of_the_file_plays_no_part(thirds: Thirds) -> None:
    for name in ("clickstream", "clinic"):
        training, _, other = thirds(name)
        watched = KIND.choose(training, 200, np.random.default_rng(0))
        assert watched is not None
        index = np.random.default_rng(1).permutation(len(other))
        names = ("subject", "verb", "object", "time", "amount", "group")
        dealt = replace(other, **{column: getattr(other, column)[index] for column in names}, extras=None)
        assert abs(watched.features(dealt) - watched.features(other)).max() < 1e-5


def test_dates_dealt_among_all_rows_are_seen(thirds: Thirds, apart: Apart) -> None:
    training, real, other = thirds("clinic")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    assert other.time is not None
    dealt = replace(other, time=np.random.default_rng(1).permutation(other.time))
    near, far = (apart(watched, sample, real) for sample in (other, dealt))
    assert far["order.durations"] > 0.5 > near["order.durations"] + 0.4
    assert far["order.pauses"] > 0.5 > near["order.pauses"] + 0.4


def test_time_backwards_is_seen(thirds: Thirds, apart: Apart) -> None:
    training, real, other = thirds("clickstream")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    assert other.time is not None
    near, far = (apart(watched, sample, real) for sample in (other, replace(other, time=-other.time)))
    assert far["order.loss"] > 1 > near["order.loss"] + 0.8
    assert far["order.steps"] > 0.15 > 2 * near["order.steps"]


def test_what_is_stored_comes_back_without_a_subject(thirds: Thirds) -> None:
    training, real, _ = thirds("clickstream")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    again = KIND.from_arrays(arrays, json.loads(json.dumps(scalars)))
    assert (again.features(real) != watched.features(real)).nnz == 0
    assert training.num_subjects not in {length for array in arrays.values() for length in array.shape}


def test_a_table_without_times_has_none(make_rows: Callable[..., Rows]) -> None:
    assert KIND.choose(make_rows([0, 0, 1], [1, 2, 1], visit=[0, 1, 2]), 2, np.random.default_rng(0)) is None
