"""Terms of sizes begin at what visits have, and are looked up by class."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.kernel import NONE, size_term
from assoc_synth.ctgan.assignment.size_terms import BARRED, LEAST_VISITS, SizeTerms, size_edges


def test_large_sizes_share_classes() -> None:
    assert size_edges(1).tolist() == [1, 2]
    assert size_edges(17)[-3:].tolist() == [16, 17, 18]
    edges = size_edges(1_000)
    assert edges[-1] == 1_001
    assert (np.diff(edges)[16:-1] / edges[16:-2] < 0.32).all()


def test_visits_of_one_size_have_no_terms() -> None:
    terms = SizeTerms(3, 1, visit_dim=2)
    terms.learn(np.full(9, 4), np.full((2, 9), 2), np.full((1, 2, 9), 2))
    assert (len(terms), terms.most, len(terms.verbs), len(terms.flat())) == (0, 0, 0, 0)
    assert terms.classes(2, 7, np.zeros(9, np.int64)).of.tolist() == [NONE]


def test_a_verb_that_every_visit_has_is_needed() -> None:
    """Of each visit's links one is of verb 1; dealt at random, a fifth of the visits would lack it."""
    visits = LEAST_VISITS
    sizes = np.where(np.arange(visits) % 2 == 0, 1, 3)
    one, dealt = np.ones(visits, np.int64), np.where(np.arange(visits) % 5 == 0, 0, 1)
    for lacking, needed in ((0, [1]), (1, [])):
        own = np.where(np.arange(visits) < lacking, 0, one)
        terms = SizeTerms(visit_dim=2)
        terms.learn(sizes, np.stack([sizes - own, own]), np.stack([sizes - dealt, dealt])[None])
        assert terms.needed.tolist() == needed
        assert (float(terms.of_verb[1, 0].detach()) == BARRED) == bool(needed)


def test_parameters_are_found_by_number() -> None:
    terms = SizeTerms(visit_dim=2)
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 20, 400)
    by_verb = np.stack([sizes // 2, sizes - sizes // 2])
    terms.learn(sizes, by_verb, by_verb[None])
    looked_up, flat = terms.classes(2, 100, np.zeros(400, np.int64)), torch.arange(100, 100 + len(terms.flat()))
    assert size_term(looked_up, 0, 1, 0) == flat[0]
    assert (
        size_term(looked_up, 0, 18, 0) == size_term(looked_up, 0, 19, 0) == flat[len(terms) - 1]
    )  # beyond 16 they share
    assert size_term(looked_up, 1, 0, 0) == flat[len(terms)]
    assert size_term(looked_up, 2, 2, 0) == flat[len(terms) + len(terms) + 1 + 2]


def test_groups_of_subjects_have_terms_of_their_own() -> None:
    """Half of the subjects have visits of one and of nineteen links, half of about ten."""
    owner, terms = np.repeat(np.arange(800), 20), SizeTerms(visit_dim=2)
    rng = np.random.default_rng(0)
    sizes = np.where(owner % 2 == 0, np.where(rng.random(len(owner)) < 0.5, 1, 19), rng.integers(9, 12, len(owner)))
    by_verb = np.stack([sizes // 2, sizes - sizes // 2])
    terms.learn(sizes, by_verb, by_verb[None], owner)
    group = terms.groups.of(owner, sizes)
    looked_up, flat = terms.classes(2, 0, group), terms.flat().detach()
    assert len(flat) == looked_up.groups * len(terms) + terms.of_verb.numel()
    extreme, even = np.flatnonzero(owner == 0)[0], np.flatnonzero(owner == 1)[0]
    one, ten = ([float(flat[size_term(looked_up, 0, size, at)]) for at in (extreme, even)] for size in (1, 10))
    assert one[0] > one[1] + 1.0
    assert ten[1] > ten[0] + 1.0
    assert size_term(looked_up, 1, 0, int(even)) == size_term(looked_up, 1, 0, int(extreme))


@pytest.mark.parametrize(
    ("name", "value"), [("edges", [2, 3, 4]), ("edges", [1, 3, 3]), ("verbs", [1, 0]), ("verbs", [0, 2])]
)
def test_what_is_no_class_and_no_verb_is_unsound(name: str, value: list[int]) -> None:
    terms = SizeTerms(2, 2, visit_dim=2)
    terms.edges.copy_(torch.tensor([1, 2, 4]))
    terms.verbs.copy_(torch.tensor([0, 1]))
    assert terms.fits(2)
    getattr(terms, name).copy_(torch.tensor(value))
    assert not terms.fits(2)


def test_classes_beyond_the_last_one_of_the_sizes_that_are_drawn_are_left_out() -> None:
    sizes = np.append(np.tile([1, 2, 3], 20), 40)
    terms = SizeTerms(visit_dim=2)
    terms.learn(sizes, np.stack([sizes, 0 * sizes]), np.stack([sizes, 0 * sizes])[None])
    kept = terms.weight[:3].detach().clone()
    terms.end_at(np.array([1, 2, 3, 4]))
    assert (terms.edges.tolist(), terms.most, len(terms)) == ([1, 2, 3, 4], 3, 3)
    assert torch.equal(terms.weight, kept)
    assert (terms.of_verb.shape, terms.preference.shape) == ((2, 4), (3, 2))
    assert terms.fits(2)
    terms.learn(sizes, np.stack([sizes, 0 * sizes]), np.stack([sizes, 0 * sizes])[None])
    terms.end_at(size_edges(60))  # 40 is in a bucket that goes on
    assert terms.most == 43


def test_each_group_ends_at_the_same_class() -> None:
    terms = SizeTerms(3, 1, visit_dim=2, groups=20)
    with torch.no_grad():
        terms.weight.copy_(torch.arange(60.0))
    terms.edges = torch.tensor([1, 2, 4, 9])
    terms.end_at(np.array([1, 2, 4]))
    assert terms.weight.tolist() == [float(3 * group + at) for group in range(20) for at in range(2)]
    assert len(terms) == 2
    assert SizeTerms(2, 1, visit_dim=2, groups=20).state_dict()["weight"].shape == terms.weight.shape
