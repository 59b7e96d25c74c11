"""The loop of joint numbers: each term moves what it should, and only edges of the same subject see each other."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.ctgan.occurrences.joint_counts import PARTNERS, JointCounts
from assoc_synth.ctgan.occurrences.joint_kernel import Draw, keep_bounds, new_state, walk
from assoc_synth.link_graph.edges import Edges

SUBJECTS, CLASSES = 500, 4
Make = Callable[..., Edges]


@pytest.fixture
def edges(edges_with: Make) -> Edges:
    """Every subject has the one object under both verbs."""
    return edges_with(np.ones((SUBJECTS, 2), np.int64), verbs=2)


@pytest.fixture
def model() -> JointCounts:
    own = JointCounts(2, 2, 1, CLASSES)
    own.set(tokens=np.arange(2), value=np.log(np.arange(1, CLASSES + 1)))
    return own


def walked(model: JointCounts, edges: Edges, code: np.ndarray | None = None, total: float = 2.0) -> Draw:
    terms, block = model.terms(None), model.block(edges, None, np.full(edges.num_subjects, total))
    count, rng = len(edges), np.random.default_rng(0)
    own = np.full(count, -1) if code is None else code.copy()
    features = np.zeros((count, model.tilts.shape[1]), np.float32)
    uniform, base = rng.random(count).astype(np.float32), np.zeros((count, CLASSES), np.float32)
    draw = Draw(base, own, uniform, features, np.zeros_like(base))
    walk(terms, block, draw, new_state(terms, block))
    return draw


def test_without_terms_classes_are_drawn_by_their_logits(model: JointCounts, edges: Edges) -> None:
    draw = walked(model, edges)
    assert draw.shares == pytest.approx(np.full((len(edges), CLASSES), 1 / CLASSES))
    assert np.bincount(draw.code) / len(edges) == pytest.approx(np.full(CLASSES, 1 / CLASSES), abs=0.05)
    table = draw.code.reshape(-1, 2)
    assert abs(np.corrcoef(table.T)[0, 1]) < 0.15


def test_a_number_is_moved_by_its_partner(model: JointCounts, edges: Edges) -> None:
    tilts = np.zeros(model.tilts.shape)
    tilts[1, 0] = 4.0
    model.set(tilts=tilts, partners=np.array([[-1] * PARTNERS, [0] + [-1] * (PARTNERS - 1)]))
    draw = walked(model, edges)
    value = model.value.numpy()
    first, second = draw.code.reshape(-1, 2).T
    assert draw.features[1::2, 0] == pytest.approx(value[first] - value.mean(), abs=1e-5)
    expected = np.exp(4.0 * np.outer(value[first] - value.mean(), value))
    assert draw.shares[1::2] == pytest.approx(expected / expected.sum(1, keepdims=True), abs=1e-5)
    assert np.corrcoef(first, second)[0, 1] > 0.5


def test_twins_sums_and_directions_know_the_edges_before(model: JointCounts, edges: Edges) -> None:
    model.set(loadings=np.full(model.loadings.shape, 0.5))
    code = np.tile([3, 0], SUBJECTS)
    x, value = walked(model, edges, code).features, model.value.numpy().astype(float)
    error, variance = value[3] - value.mean(), value.var()
    assert not x[::2, : PARTNERS + 4].any()
    assert x[1::2, PARTNERS] == pytest.approx(np.full(SUBJECTS, error), abs=1e-5)
    assert x[1::2, PARTNERS + 2] == pytest.approx(np.full(SUBJECTS, error / (1 + variance)), abs=1e-5)
    size = 0.25 * model.loadings.shape[1]  # the normal posterior of a direction that all loadings share
    assert x[1::2, -3] == pytest.approx(np.full(SUBJECTS, size * error / (1 + variance * size)), abs=1e-5)
    assert not x[::2, -3].any()


def test_the_budget_is_what_is_left_of_the_total(model: JointCounts, edges: Edges) -> None:
    code = np.tile([3, 0], SUBJECTS)
    x = walked(model, edges, code, total=7.0).features[:, -2].reshape(-1, 2)
    assert x[:, 0] == pytest.approx(np.full(SUBJECTS, np.log((5 + 1) / (3 + 1))), abs=1e-5)
    assert x[:, 1] == pytest.approx(np.full(SUBJECTS, np.log((2 + 1) / (1.5 + 1))), abs=1e-5)


@pytest.mark.parametrize(("name", "sign"), [("at_most", -1), ("at_least", 1)])
def test_bounds_are_kept_by_shares_and_numbers(name: str, sign: int, model: JointCounts, edges: Edges) -> None:
    model.set(**{name: np.array([[-1] * 4, [0, -1, -1, -1]])})
    draw = walked(model, edges)
    first, second = draw.code.reshape(-1, 2).T
    assert (sign * (second - first) >= 0).all()
    assert (first != second).any()
    outside = sign * (np.arange(CLASSES) - first[:, None]) < 0
    assert not draw.shares[1::2][outside].any()
    terms, block = model.terms(None), model.block(edges, None, np.full(SUBJECTS, 2.0))
    number = np.tile([50, 50 - 7 * sign], SUBJECTS)
    keep_bounds(terms, block, number, new_state(terms, block))
    assert number.tolist() == [50] * len(number)


def test_verbs_bound_each_other_on_each_object(model: JointCounts, edges: Edges) -> None:
    model.set(ordered=np.array([[False, True], [False, False]]))
    first, second = walked(model, edges).code.reshape(-1, 2).T
    assert (first <= second).all()
    assert (first < second).any()


def test_subjects_do_not_see_each_other(model: JointCounts, edges_with: Make) -> None:
    """Of two subjects with an edge each, under different verbs."""
    edges = edges_with(np.array([[1, 0], [0, 1]]), verbs=2)
    model.set(loadings=np.ones(model.loadings.shape))
    x = walked(model, edges, np.array([3, 0])).features
    assert not x[1, : PARTNERS + 4].any()
    assert x[1, -3] == 0.0
