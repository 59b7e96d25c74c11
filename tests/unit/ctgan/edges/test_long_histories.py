"""Long histories: what is kept for several links is made rarely, and nothing that is exact is lost."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges import long_histories, sampling
from assoc_synth.ctgan.edges.clusters import Clusters
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import Implications
from assoc_synth.ctgan.edges.long_histories import KeptProducts, Products
from assoc_synth.ctgan.edges.rare_objects import tail_bias
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)
COMPOSITION = np.array([[60, 50], [9, 1], [70, 20], [30, 30]])


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories of 16 links are long ones."""
    monkeypatch.setattr(sampling, "LONG", 16)
    monkeypatch.setattr(long_histories, "PART", 4)
    monkeypatch.setattr(long_histories, "REST", 2)


def make(*, tail: bool) -> EdgeGenerator:
    """Of two verbs and 80 objects, of which 64 are in four clusters."""
    torch.manual_seed(0)
    logits = torch.randn(2, 80)
    if not tail:
        model = EdgeGenerator(SMALL, logits, 0.0)
    else:
        clusters = Clusters(np.arange(16), np.arange(16, 80).reshape(4, 16))
        classes, inside = tail_bias(clusters, torch.log_softmax(logits, 1))
        model = EdgeGenerator(SMALL, classes, 0.0, num_objects=80, slots=(4, 16))
        assert model.tail is not None
        model.tail.set(clusters, inside)
    with torch.no_grad():  # what a subject has matters a lot
        model.association.object.normal_()
        model.output[:, model.latent_dim :].normal_()
    return model.eval()


def drawn(model: EdgeGenerator, composition: np.ndarray = COMPOSITION, **options: int) -> Edges:
    return sample_edges(model, composition, seeds=Seeds.of(3), **options)


@pytest.mark.parametrize("tail", [False, True])
def test_products_are_made_for_few_links_and_every_link_is_another_one(
    monkeypatch: pytest.MonkeyPatch, tail: bool
) -> None:
    made: list[int] = []
    whole = sampling.Lockstep._new_products

    def counted(walk: sampling.Lockstep, rows: torch.Tensor, verb: torch.Tensor) -> Products:
        made.append(len(rows))
        return whole(walk, rows, verb)

    monkeypatch.setattr(sampling.Lockstep, "_new_products", counted)
    edges = drawn(make(tail=tail))
    assert (edges.count == 1).all()
    assert np.array_equal(edges.degrees_by_verb(), COMPOSITION)
    # Of subjects with 110, 10, 90 and 60 links the first 16 have 58 products; the others would have 212.
    assert 58 < sum(made) < 58 + 212 / 2


@pytest.mark.parametrize("tail", [False, True])
def test_with_a_product_for_every_link_all_is_as_it_was(monkeypatch: pytest.MonkeyPatch, tail: bool) -> None:
    model = make(tail=tail)
    with torch.no_grad():
        model.earlier_bias.copy_(torch.tensor([[0.0, 2.0], [-1.0, 0.0]]))
        model.earlier_slope.fill_(0.3)
    kept = drawn(model)
    monkeypatch.setattr(long_histories, "PART", 10**9)
    each = drawn(model)
    monkeypatch.setattr(sampling, "LONG", 10**9)
    assert np.array_equal(drawn(model).token, each.token)
    assert not np.array_equal(kept.token, each.token)


@pytest.mark.parametrize("tail", [False, True])
def test_who_is_drawn_beside_a_subject_plays_no_part(monkeypatch: pytest.MonkeyPatch, tail: bool) -> None:
    model = make(tail=tail)
    whole = drawn(model)
    assert np.array_equal(drawn(model, batch_subjects=1).token, whole.token)
    assert np.array_equal(drawn(model, COMPOSITION[:2]).token, whole.take(np.arange(2)).token)
    monkeypatch.setattr(sampling, "MOST_KEPT", 1)
    assert np.array_equal(drawn(model).token, whole.token)


def test_rules_hold_for_links_that_share_a_product() -> None:
    model = make(tail=False)
    never = np.array([[2 * at, 2 * at + 1] for at in range(40)])  # of the first verb: one of two neighbours
    model.set_implications(Implications(never=never))
    edges = drawn(model, np.tile([30, 10], (20, 1)))
    own = edges.token[edges.verb == 0] // 2 + 1_000 * edges.subject[edges.verb == 0].astype(np.int64)
    assert len(own) == len(np.unique(own)) == 600


def test_the_law_hardly_moves() -> None:
    """Of 400 subjects the shares of objects in the second half of a history are those of a product for every link."""
    model, composition = make(tail=False), np.tile([30, 0], (400, 1))
    kept = np.bincount(drawn(model, composition).object, minlength=80)
    long_histories.PART, before = 10**9, long_histories.PART
    try:
        each = np.bincount(drawn(model, composition).object, minlength=80)
    finally:
        long_histories.PART = before
    assert np.abs(kept - each).sum() < 3 * np.sqrt(2 * each).sum() / 2


def test_a_product_is_kept_for_fewer_links_towards_the_end() -> None:
    calls: list[list[int]] = []

    def products(rows: torch.Tensor, verb: torch.Tensor) -> Products:
        calls.append(rows.tolist())
        return Products(rows[:, None].float(), verb[:, None].float())

    kept, subject = KeptProducts(1, 2, products), torch.tensor([0])
    for step in range(100, 120):
        found = kept.of(subject, torch.tensor([1]), step, torch.tensor([120 - step]))
        assert found.product.tolist() == [[1.0]]
    made = len(calls)
    kept.of(subject, torch.tensor([0]), 119, torch.tensor([1]))  # another verb has a product of its own
    # A 2nd of what is left, one at least: after 20, 10, 5, 3 (of which 1 is a half), 2 and 1 to come.
    assert (made, len(calls)) == (6, 7)
