"""The power of the scopes, by the gate's own simulation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.gate.reference import Reference
from assoc_synth.gate.scope_power import ScopeAtSize, ScopePower, scope_powers
from assoc_synth.link_graph.edges import Edges

Draw = Callable[[int, int], Edges]


@pytest.fixture(scope="module")
def powers(draw: Draw) -> dict[str, ScopePower]:
    training, held_out = draw(800, 0), draw(200, 1)
    reference = Reference.learn(training, held_out, np.random.default_rng(0), permutations=199, replicates=60)
    return {scope.name: scope for scope in scope_powers(reference)}


def test_every_scope_has_a_line_in_the_order_of_the_gate(powers: dict[str, ScopePower]) -> None:
    assert list(powers) == ["links", "visits", "order", "rows"]
    assert powers["visits"] == ScopePower("visits", (), (), None, None), "edges have no visits"
    assert powers["visits"].here is None


def test_links_have_power_and_less_of_it_with_fewer_subjects(powers: dict[str, ScopePower]) -> None:
    links = powers["links"]
    assert [at.size for at in links.sizes] == [200, 100, 50, 25]
    assert links.here is not None
    assert links.here.has_power
    passes = [at.passes or 0.0 for at in links.sizes]
    assert passes[0] > 0.5
    assert passes[-1] < 0.2
    assert dict(links.watched)["pairs_within"] >= 5


def test_what_a_table_needs_is_five_times_what_is_evaluated(powers: dict[str, ScopePower]) -> None:
    links = powers["links"]
    smallest = min(at.size for at in links.sizes if at.has_power)
    assert links.needs_power is not None
    assert 5 * smallest <= links.needs_power <= 1.67 * 5 * smallest
    assert links.needs_pass is not None
    assert links.needs_pass >= links.needs_power


def test_a_table_without_associations_never_has_power() -> None:
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 400, 2_000),
        np.zeros(2_000, np.int64),
        rng.integers(0, 20, 2_000),
        num_subjects=400,
        num_verbs=1,
        num_objects=20,
    )
    halves = edges.take(np.arange(300)), edges.take(np.arange(300, 400))
    links, *_ = scope_powers(Reference.learn(*halves, rng, permutations=99, replicates=40))
    assert not any(at.has_power for at in links.sizes)
    assert links.needs_pass is None


def test_power_takes_a_certificate_of_99_percent() -> None:
    assert ScopeAtSize(100, 0.99, 0.5).has_power
    assert not ScopeAtSize(100, 0.98, 1.0).has_power
    assert not ScopeAtSize(100, None, None).has_power
