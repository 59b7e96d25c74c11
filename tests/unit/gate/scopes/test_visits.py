"""The scope of visits on built-in tables: near another real part, far where links are dealt anew among visits."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.gate.scopes.destroyers import without_columns, without_order
from assoc_synth.gate.scopes.scope import ScopeKind
from assoc_synth.gate.scopes.visits import VisitScope
from assoc_synth.link_graph.rows import Rows

Thirds = Callable[..., tuple[Rows, Rows, Rows]]
Apart = Callable[..., dict[str, float]]
KIND: ScopeKind = VisitScope()


@pytest.mark.parametrize("name", ["toy_shop", "clickstream", "clinic"])
def test_dealt_anew_is_far_and_another_real_part_is_near(thirds: Thirds, apart: Apart, name: str) -> None:
    training, real, other = thirds(name)
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near, far = (apart(watched, sample, real) for sample in (other, KIND.destroy(other, np.random.default_rng(1))))
    assert abs(near["visits.loss"]) < 0.15
    assert 0.8 < far["visits.loss"] < 1.25
    pairs = [block for block in near if block.startswith("visits.pairs")]
    assert pairs
    assert all(2.5 * near[block] < far[block] > 0.3 for block in pairs)
    assert near.keys() == {block.name for block in watched.blocks}


@pytest.mark.parametrize("name", ["toy_shop", "clickstream", "clinic"])
def test_half_of_the_subjects_dealt_anew_are_half_of_the_loss(thirds: Thirds, apart: Apart, name: str) -> None:
    training, _, other = thirds(name)
    watched = KIND.choose(training, 200, np.random.default_rng(0))
    assert watched is not None
    dealt = KIND.destroy(other, np.random.default_rng(1))
    half = other.subject % 2 == 0
    mixed = replace(
        other, verb=np.where(half, dealt.verb, other.verb), object=np.where(half, dealt.object, other.object)
    )
    whole, part = (apart(watched, sample, other)["visits.loss"] for sample in (dealt, mixed))
    assert part == pytest.approx(whole / 2, abs=0.15)


@pytest.mark.parametrize("destroy", [without_order, without_columns])
def test_other_destroyers_change_nothing_here(thirds: Thirds, destroy: Callable[..., Rows]) -> None:
    for name in ("clickstream", "clinic"):
        training, _, other = thirds(name)
        watched = KIND.choose(training, 200, np.random.default_rng(0))
        assert watched is not None
        changed = destroy(other, np.random.default_rng(1))
        assert abs(watched.features(changed) - watched.features(other)).max() < 1e-6


def test_doubled_and_scattered_visits_are_seen(thirds: Thirds, apart: Apart) -> None:
    training, real, other = thirds("clinic")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near = apart(watched, other, real)
    scattered = apart(watched, replace(other, group=np.arange(len(other))), real)
    assert scattered["visits.sizes"] > 0.3 > 3 * near["visits.sizes"]
    assert scattered["visits.numbers"] > 0.15 > 2 * near["visits.numbers"]
    merged = apart(watched, replace(other, group=other.subject), real)
    assert merged["visits.numbers"] > 0.3
    assert merged["visits.avoided"] > 10 * near["visits.avoided"]
    index = np.repeat(np.arange(len(other)), 2)
    twice = replace(
        other,
        **{name: getattr(other, name)[index] for name in ("subject", "verb", "object", "time", "amount", "group")},
        extras=None if other.extras is None else other.extras.take(index),
    )
    assert apart(watched, twice, real)["visits.repeats"] > 0.2 > 5 * near["visits.repeats"]


def test_what_is_stored_comes_back_without_a_subject(thirds: Thirds) -> None:
    training, real, _ = thirds("clinic")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    again = KIND.from_arrays(arrays, json.loads(json.dumps(scalars)))
    assert (again.features(real) != watched.features(real)).nnz == 0
    assert training.num_subjects not in {length for array in arrays.values() for length in array.shape}
    assert again.watched == watched.watched


def test_a_table_with_one_visit_of_one_row_each_has_none(make_rows: Callable[..., Rows]) -> None:
    assert KIND.choose(make_rows([0, 1], [1, 2]), 2, np.random.default_rng(0)) is None
    single = make_rows([0, 1], [1, 2], visit=[0, 1])
    assert KIND.choose(single, 2, np.random.default_rng(0)) is None
