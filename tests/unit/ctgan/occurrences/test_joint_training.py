"""Numbers that go together are drawn together, and others are not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.joint_counts import DIRECTIONS, VISIT_DIRECTIONS, JointCounts, joint_directions
from assoc_synth.ctgan.occurrences.joint_training import learn_joint_counts, tokens_of_visits
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 600
Make = Callable[..., Edges]


def learn(world: Callable[[Edges], object], edges: Edges) -> tuple[object, list[float]]:
    own = world(edges)
    return own, learn_joint_counts(own.model, None, own.learned, np.random.default_rng(0))  # type: ignore[attr-defined]


def correlation(numbers: np.ndarray, edges: Edges, one: int, other: int) -> float:
    table = np.zeros((edges.num_subjects, edges.num_verbs * edges.num_objects))
    table[edges.subject, edges.token] = np.log(numbers)
    both = (table[:, [one, other]] >= 0).all(1)
    return float(np.corrcoef(table[both, one], table[both, other])[0, 1])


def test_numbers_follow_those_that_they_follow_in_training(world: Callable, edges_with: Make) -> None:
    """The first two go together, the third falls as they rise, and the last two have nothing to do with them."""
    rng = np.random.default_rng(1)
    pace = rng.normal(0, 0.7, SUBJECTS)
    rates = np.stack([1 + pace, 1 + pace, 1 - pace, np.ones(SUBJECTS), np.ones(SUBJECTS)], axis=1)
    edges = edges_with(1 + rng.poisson(np.exp(rates)))
    own, gains = learn(world, edges)
    assert gains[0] > 0.1
    drawn = own.draw()
    for one, other in ((0, 1), (0, 2), (1, 2), (0, 3), (3, 4)):
        real = correlation(edges.count, edges, one, other)
        assert correlation(drawn, edges, one, other) == pytest.approx(real, abs=0.15)
    for token in range(5):
        at = edges.token == token
        assert drawn[at].mean() == pytest.approx(edges.count[at].mean(), rel=0.1)
        assert drawn[at].std() == pytest.approx(edges.count[at].std(), rel=0.2)


def test_numbers_follow_which_links_there_are(world: Callable, edges_with: Make) -> None:
    """Those who have the second occur four times as often with the first; its number says nothing."""
    rng = np.random.default_rng(2)
    has = rng.random(SUBJECTS) < 0.5
    first = 1 + rng.poisson(np.where(has, 8.0, 1.0))
    edges = edges_with(
        np.stack([first, has * (1 + rng.poisson(1.0, SUBJECTS)), 1 + rng.poisson(1.0, SUBJECTS)], axis=1)
    )
    own, _ = learn(world, edges)
    drawn, at = own.draw(), edges.token == 0
    for group in (has, ~has):
        assert drawn[at][group].mean() == pytest.approx(first[group].mean(), rel=0.12)


def test_numbers_that_are_independent_stay_so(world: Callable, edges_with: Make) -> None:
    rng = np.random.default_rng(3)
    edges = edges_with(1 + rng.poisson(1.5, (SUBJECTS, 4)))
    drawn = learn(world, edges)[0].draw()
    for one in range(4):
        assert abs(correlation(drawn, edges, one, (one + 1) % 4)) < 0.15
        at = edges.token == one
        assert drawn[at].mean() == pytest.approx(edges.count[at].mean(), rel=0.08)


def test_terms_that_say_nothing_of_others_are_left_out(world: Callable, edges_with: Make) -> None:
    """Of so few subjects nothing can be learned that holds for those that are left out."""
    rng = np.random.default_rng(8)
    edges = edges_with(1 + rng.integers(0, 2, (45, 6)))
    own, gains = learn(world, edges)
    assert bool(gains) == bool(own.model.tilts.any())


def test_the_same_generator_learns_the_same(world: Callable, edges_with: Make) -> None:
    edges = edges_with(1 + np.random.default_rng(4).poisson(1.5, (200, 3)))
    first, second = (learn(world, edges)[0] for _ in range(2))
    assert all((own == other).all() for own, other in zip(first.model.buffers(), second.model.buffers(), strict=True))


def test_numbers_of_tokens_that_share_visits_go_together(world: Callable, edges_with: Make) -> None:
    """Sixty tokens in twelve families of which every subject has few: what two of them have in common, visits say."""
    rng = np.random.default_rng(5)
    taste = np.repeat(rng.normal(0, 0.6, (400, 12)), 5, axis=1)
    has = rng.random((400, 60)) < 0.4
    edges = edges_with(has * (1 + rng.poisson(np.exp(0.5 + taste))))
    visits = rng.integers(0, 12, 4_000)[:, None] == np.arange(60) // 5
    own = world(edges)
    visits = sp.csr_matrix((visits & (rng.random(visits.shape) < 0.5)).astype(np.float32))
    learned = replace(own.learned, visits=visits, owner=np.arange(4_000) % 400)
    wide = JointCounts(60, 1, 60, own.model.value.shape[0], VISIT_DIRECTIONS)
    with_visits, without = (
        sum(learn_joint_counts(model, None, data, np.random.default_rng(0)))
        for model, data in ((wide, learned), (own.model, own.learned))
    )
    assert with_visits > max(0.0, 1.2 * without)
    group = np.arange(60) // 5
    same = (group[:, None] == group) & ~np.eye(60, dtype=bool)
    common = (wide.loadings @ wide.loadings.T).numpy()[:60, :60]
    place = np.argsort(wide.tokens.numpy())
    common = common[np.ix_(place, place)]
    assert common[same].mean() > 0.05 + 3 * np.abs(common[group[:, None] != group]).mean()


def test_visits_of_subjects_that_are_left_out_are_left_out(world: Callable, edges_with: Make) -> None:
    own = world(edges_with(1 + np.random.default_rng(6).poisson(1.5, (4, 3))))
    visits = sp.csr_matrix(np.eye(5, 3, dtype=np.float32))
    learned = replace(own.learned, visits=visits, owner=np.array([0, 0, 1, 2, 3])).take(np.array([0, 2]))
    assert learned.owner is not None
    assert learned.owner.tolist() == [0, 0, 2]
    assert learned.visits_of(np.array([1, 0])).toarray().tolist() == [[0, 1], [1, 0], [0, 0]]


def table(visits: int) -> Occurrences:
    """Thirty subjects with so many visits each, of one to three links."""
    rows = [(s, o, f"{s}-{v}") for s in range(30) for v in range(visits) for o in "abc"[: 1 + (s + v) % 3]]
    frame = pd.DataFrame(rows, columns=["who", "what", "visit"]).assign(did="bought")
    own = {"subject": "who", "verb": "did", "object": "what", "basket": "visit"}
    graph, rng = LinkGraph.from_table(TransactionTable.from_frame(frame, **own)), np.random.default_rng(0)
    return AttributeEncoder.learn(graph, rng).encode(graph, rng)


def test_tokens_of_visits_are_those_of_their_links() -> None:
    data = table(4)
    found, owner = tokens_of_visits(data)
    assert found is not None
    assert owner is not None
    wanted = np.zeros(found.shape)
    wanted[data.link_visit, data.edges.token[data.link_edge]] = 1.0
    assert (found.toarray() == wanted).all()
    assert (owner[data.link_visit] == data.edges.subject[data.link_edge]).all()
    assert joint_directions(data) == VISIT_DIRECTIONS


def test_single_visits_say_no_more_than_links_do() -> None:
    data = table(1)
    assert tokens_of_visits(data) == (None, None)
    assert joint_directions(data) == DIRECTIONS
