"""Drawing edges: hard conditions, exact exclusion, the same result whatever the batch."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges import sampling
from assoc_synth.ctgan.edges.drawing import Drawing
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.sampling import Lockstep, attributes_given, sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def generator() -> EdgeGenerator:
    torch.manual_seed(0)
    model = EdgeGenerator(SMALL, torch.randn(3, 20), 0.0).eval()
    model.make_steering(4)
    model.steering_source.normal_()
    model.steering_target.normal_()
    return model


def test_compositions_are_kept_and_no_link_comes_twice(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(0, 14, (200, 3))
    composition[:, 1] += 1
    edges = sample_edges(generator, composition, seeds=Seeds.of(1))
    for verb in range(3):
        assert np.bincount(edges.subject[edges.verb == verb], minlength=200).tolist() == composition[:, verb].tolist()
    assert (edges.count == 1).all()


def test_a_subject_that_runs_out_of_objects_stops(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.array([[0, 25, 0], [0, 3, 1]]), seeds=Seeds.of(1))
    assert np.diff(edges.offsets).tolist() == [20, 4]


def test_the_verb_condition_is_hard(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.tile([3, 0, 3], (50, 1)), plan=np.tile([3, 3, 3], (50, 1)), seeds=Seeds.of(1))
    assert set(edges.verb.tolist()) == {0, 2}


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_batch_size_changes_nothing(generator: EdgeGenerator, batch: int) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    first = sample_edges(generator, composition, seeds=Seeds.of(3))
    again = sample_edges(generator, composition, seeds=Seeds.of(3), batch_subjects=batch)
    assert np.array_equal(first.token, again.token)
    assert np.array_equal(first.subject, again.subject)


def test_the_first_subjects_are_the_same_however_many_follow(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    whole, first = (
        sample_edges(generator, composition, seeds=Seeds.of(3)),
        sample_edges(generator, composition[:20], seeds=Seeds.of(3)),
    )
    assert np.array_equal(whole.take(np.arange(20)).token, first.token)


def test_seeds_differ(generator: EdgeGenerator) -> None:
    composition = np.full((20, 3), 2)
    first, other = (sample_edges(generator, composition, seeds=Seeds.of(seed)) for seed in (1, 2))
    assert not np.array_equal(first.token, other.token)


def test_given_edges_come_first_and_are_not_drawn_again(generator: EdgeGenerator) -> None:
    """Subject 0 has all but one object by verb 0, subject 1 has two of verb 1, subject 2 has nothing."""
    links = [(0, 0, object) for object in range(19)] + [(1, 1, 4), (1, 1, 7)]
    subject, verb, object = np.array(links).T
    given = Edges.from_links(subject, verb, object, num_subjects=3, num_verbs=3, num_objects=20)
    drawn = sample_edges(generator, np.array([[1, 0, 0], [0, 18, 0], [2, 0, 0]]), given=given, seeds=Seeds.of(0))
    assert np.diff(drawn.offsets).tolist() == [20, 20, 2]
    assert set(drawn.object[drawn.subject == 0].tolist()) == set(range(20))
    assert set(drawn.object[drawn.subject == 1].tolist()) == set(range(20))
    assert (drawn.count == 1).all()


Token = tuple[int, int]
ATTRIBUTES = (2, 3)
"""Values 6, 7 of the first attribute, 8, 9, 10 of the second one; objects 0 to 5 of two verbs."""


@pytest.fixture(scope="module")
def with_attributes() -> EdgeGenerator:
    """Attributes that depend on the plan and on each other, and links that depend on attributes and links."""
    torch.manual_seed(1)
    logits = torch.full((4, 11), -1e6)
    for verb, objects in ((0, slice(0, 6)), (1, slice(0, 6)), (2, slice(6, 8)), (3, slice(8, 11))):
        logits[verb, objects] = 0.5 * torch.randn(objects.stop - objects.start)
    config = CTGANConfig(noise_dim=0, context_dim=8, association_dim=0, hidden_dim=16, blocks=1)
    model = EdgeGenerator(config, logits, 0.0, attributes=ATTRIBUTES).eval()
    with torch.no_grad():
        model.output.mul_(30.0)
        model.latent.first.weight.mul_(2.0)
        model.context.object.mul_(20.0)
    return model


def edges_with(links: list[Token], subjects: int = 1) -> Edges:
    """The same (verb, object) links of each subject."""
    verb, object = np.tile(np.array(links, np.int64).reshape(-1, 2), (subjects, 1)).T
    sizes = {"num_subjects": subjects, "num_verbs": 4, "num_objects": 11}
    return Edges.from_links(np.repeat(np.arange(subjects), len(links)), verb, object, **sizes)


def log_probability(
    model: EdgeGenerator, plan: list[int], given: list[tuple[int, int]], link: tuple[int, int]
) -> float:
    """Log probability of a link or an attribute after others, by its verb and what its subject has."""
    nothing, noise = np.zeros((1, 4), np.int64), np.zeros((1, 0), np.float32)
    walk = Lockstep(Drawing(model), nothing, np.array([plan]), noise, edges_with(given) if given else None)
    row, verb, object = (torch.tensor([code]) for code in (0, *link))
    return float(walk.log_probability(row, verb, object))


def shares_of_attributes(model: EdgeGenerator, plan: list[int], link: Token | None = None) -> np.ndarray:
    """Exact shares of pairs of attributes, either being first as often; given a link after them, if there is one."""
    shares = np.zeros(ATTRIBUTES)
    for one, other in np.ndindex(*ATTRIBUTES):
        first, second = (2, 6 + one), (3, 8 + other)
        for begin, end in ((first, second), (second, first)):
            chain = log_probability(model, plan, [], begin) + log_probability(model, plan, [begin], end)
            shares[one, other] += np.exp(chain) / 2
        if link is not None:
            shares[one, other] *= np.exp(log_probability(model, plan, [first, second], link))
    return shares / shares.sum()


def found_attributes(edges: Edges) -> np.ndarray:
    """Shares of pairs of attributes, each subject having one of both."""
    own = edges.object[edges.verb >= 2].reshape(-1, 2)
    return np.histogram2d(own[:, 0], own[:, 1], bins=[[6, 7, 8], [8, 9, 10, 11]])[0] / edges.num_subjects


@pytest.mark.parametrize("plan", [[1, 0], [0, 4]])
def test_attributes_come_first_by_the_plan_alone(with_attributes: EdgeGenerator, plan: list[int]) -> None:
    subjects = 20_000
    edges = sample_edges(with_attributes, np.tile(plan, (subjects, 1)), seeds=Seeds.of(0))
    assert (edges.degrees_by_verb() == [*plan, 1, 1]).all()
    exact = shares_of_attributes(with_attributes, plan)
    assert np.abs(found_attributes(edges) - exact).max() < 4 * np.sqrt(0.25 / subjects)
    nothing = sample_edges(
        with_attributes, np.zeros((subjects, 2), np.int64), plan=np.tile(plan, (subjects, 1)), seeds=Seeds.of(1)
    )
    assert (nothing.degrees_by_verb() == [0, 0, 1, 1]).all()
    assert np.abs(found_attributes(nothing) - exact).max() < 4 * np.sqrt(0.25 / subjects)


def test_the_plan_matters_for_attributes(with_attributes: EdgeGenerator) -> None:
    one, other = (shares_of_attributes(with_attributes, plan) for plan in ([1, 0], [0, 4]))
    assert np.abs(one - other).max() > 0.1


def test_links_follow_the_attributes_of_their_subject(with_attributes: EdgeGenerator) -> None:
    subjects = 20_000
    edges = sample_edges(with_attributes, np.tile([1, 0], (subjects, 1)), seeds=Seeds.of(0))
    own = edges.object.reshape(-1, 3)  # by verb: the link, then both attributes
    for one, other in np.ndindex(*ATTRIBUTES):
        members = own[(own[:, 1] == 6 + one) & (own[:, 2] == 8 + other), 0]
        given = [(2, 6 + one), (3, 8 + other)]
        exact = np.exp([log_probability(with_attributes, [1, 0], given, (0, thing)) for thing in range(6)])
        shares = np.bincount(members, minlength=6) / len(members)
        assert np.abs(shares - exact).max() < 4 * np.sqrt(0.25 / len(members))


@pytest.mark.parametrize("thing", [0, 3, 5])
def test_attributes_of_known_links_are_those_of_the_exact_posterior(with_attributes: EdgeGenerator, thing: int) -> None:
    subjects, plan = 3_000, [1, 0]
    links = edges_with([(0, thing)], subjects)
    edges = attributes_given(with_attributes, np.tile(plan, (subjects, 1)), links, seeds=Seeds.of(0), tries=100)
    assert (edges.degrees_by_verb() == [1, 0, 1, 1]).all()
    assert (edges.object[edges.verb == 0] == thing).all()
    exact = shares_of_attributes(with_attributes, plan, (0, thing))
    assert np.abs(found_attributes(edges) - exact).max() < 4 * np.sqrt(0.25 / subjects) + 0.01


def test_a_known_link_says_something_of_attributes(with_attributes: EdgeGenerator) -> None:
    """Else the test before this one would hold of any draw."""
    before = shares_of_attributes(with_attributes, [1, 0])
    after = [shares_of_attributes(with_attributes, [1, 0], (0, thing)) for thing in (0, 3, 5)]
    assert max(np.abs(one - before).max() for one in after) > 0.2


def test_attributes_that_are_given_are_kept_and_the_others_follow_them(with_attributes: EdgeGenerator) -> None:
    subjects, plan = 20_000, [1, 0]
    given = edges_with([(2, 7)], subjects)
    edges = sample_edges(with_attributes, np.tile(plan, (subjects, 1)), given=given, seeds=Seeds.of(0))
    assert (edges.degrees_by_verb() == [1, 0, 1, 1]).all()
    assert (edges.object[edges.verb == 2] == 7).all()
    exact = np.exp([log_probability(with_attributes, plan, [(2, 7)], (3, value)) for value in (8, 9, 10)])
    shares = np.bincount(edges.object[edges.verb == 3] - 8, minlength=3) / subjects
    assert np.abs(shares - exact).max() < 4 * np.sqrt(0.25 / subjects)


def test_subjects_with_different_attributes_given_are_drawn_together(with_attributes: EdgeGenerator) -> None:
    """One has all attributes, one has one, one has a link as well, one has none."""
    links = [(0, 2, 6), (0, 3, 9), (1, 3, 10), (2, 2, 7), (2, 1, 4)]
    subject, verb, object = np.array(links).T
    given = Edges.from_links(subject, verb, object, num_subjects=4, num_verbs=4, num_objects=11)
    edges = sample_edges(with_attributes, np.tile([2, 1], (4, 1)), given=given, seeds=Seeds.of(0))
    assert edges.degrees_by_verb().tolist() == [[2, 1, 1, 1], [2, 1, 1, 1], [2, 2, 1, 1], [2, 1, 1, 1]]
    assert set(zip(*np.array(links).T.tolist(), strict=True)) <= set(
        zip(edges.subject.tolist(), edges.verb.tolist(), edges.object.tolist(), strict=True)
    )


@pytest.mark.parametrize("batch", [1, 7])
def test_the_batch_size_changes_nothing_with_attributes(with_attributes: EdgeGenerator, batch: int) -> None:
    plan = np.random.default_rng(0).integers(0, 4, (50, 2))
    first = sample_edges(with_attributes, plan, seeds=Seeds.of(3))
    again = sample_edges(with_attributes, plan, seeds=Seeds.of(3), batch_subjects=batch)
    assert np.array_equal(first.token, again.token)
    assert np.array_equal(first.subject, again.subject)


def test_very_long_subjects_are_drawn_in_small_batches(
    generator: EdgeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (40, 3))
    first = sample_edges(generator, composition, seeds=Seeds.of(3))
    monkeypatch.setattr(sampling, "MOST_CELLS", 30)
    assert np.array_equal(sample_edges(generator, composition, seeds=Seeds.of(3)).token, first.token)
