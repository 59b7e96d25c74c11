"""Enforcement: what is drawn keeps every rule, whatever the weights and the plan."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.enforcement import Needs, Owed, Room, exclusions
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import Implications, closed
from assoc_synth.ctgan.edges.pair_terms import PairTerms
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.losses import BROKEN
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)
VERBS, OBJECTS = 3, 20
ALL = range(OBJECTS)
Pairs = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def generator(attributes: tuple[int, ...] = (), seed: int = 0) -> EdgeGenerator:
    """Random weights; links and attributes have objects of their own."""
    torch.manual_seed(seed)
    objects = OBJECTS + sum(attributes)
    logits = torch.full((VERBS + len(attributes), objects), -1e6)
    logits[:VERBS, :OBJECTS] = torch.randn(VERBS, OBJECTS)
    begin = OBJECTS
    for place, size in enumerate(attributes):
        logits[VERBS + place, begin : begin + size] = torch.randn(size)
        begin += size
    return EdgeGenerator(SMALL, logits, 0.0, attributes=attributes).eval()


def rules(
    model: EdgeGenerator, never: Pairs = (), needs: Pairs = (), never_verbs: Sequence[tuple[int, int]] = ()
) -> Implications:
    """Rules of (verb, object) tokens with what follows from them."""

    def codes(pairs: Pairs) -> np.ndarray:
        tokens = np.array(pairs, np.int64).reshape(-1, 2, 2)
        return tokens[..., 0] * model.num_objects + tokens[..., 1]

    return closed(
        Implications(codes(never), codes(needs), np.array(never_verbs, np.int64).reshape(-1, 2)), model.num_objects
    )


def broken(edges: Edges, found: Implications) -> int:
    has = edges.tokens().toarray() > 0
    by_verb = has.reshape(edges.num_subjects, edges.num_verbs, -1)
    count = sum(int((has[:, one] & has[:, other]).sum()) for one, other in found.never)
    count += sum(int((has[:, one] & ~has[:, other]).sum()) for one, other in found.needs)
    return count + sum(int((by_verb[:, one] & by_verb[:, other]).sum()) for one, other in found.never_verbs)


def plans(subjects: int = 1_000, most: int = 5, seed: int = 0) -> np.ndarray:
    plan = np.random.default_rng(seed).integers(0, most, (subjects, VERBS))
    plan[:, 0] += 1
    return plan


CASES: dict[str, dict[str, Any]] = {
    "never, one verb": {"never": [((0, 0), (0, 1))]},
    "never, two verbs": {"never": [((0, 2), (1, 3)), ((2, 2), (1, 3))]},
    "needs, one verb": {"needs": [((0, 0), (0, 1))]},
    "needs, two verbs": {"needs": [((1, 0), (0, 1)), ((0, 5), (2, 1))]},
    "needs several": {"needs": [((0, 0), (0, 1)), ((0, 0), (1, 2)), ((0, 5), (1, 2)), ((0, 5), (2, 2))]},
    "chain, one verb": {"needs": [((0, 0), (0, 1)), ((0, 1), (0, 2)), ((0, 2), (0, 3))]},
    "chain, three verbs": {"needs": [((0, 0), (1, 1)), ((1, 1), (2, 2))]},
    "both ways": {"needs": [((0, 0), (0, 1)), ((0, 1), (0, 0))]},
    "what is needed excludes": {"needs": [((0, 0), (0, 1))], "never": [((0, 1), (0, 2)), ((0, 1), (1, 4))]},
    "what two need excludes": {"needs": [((0, 0), (0, 1)), ((0, 3), (1, 4))], "never": [((0, 1), (1, 4))]},
    "verbs apart": {"never_verbs": [(0, 1), (1, 2)]},
    "verbs apart and needs": {"never_verbs": [(0, 1)], "needs": [((0, 0), (1, 3)), ((1, 3), (2, 0))]},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_drawn_keeps_every_rule(case: str, seed: int) -> None:
    model = generator(seed=seed)
    found = rules(model, **CASES[case])
    plan = plans(seed=seed)
    without = sample_edges(model, plan, seeds=Seeds.of(seed))
    assert broken(without, found) > 0
    model.set_implications(found)
    drawn = sample_edges(model, plan, seeds=Seeds.of(seed))
    assert broken(drawn, found) == 0
    assert np.array_equal(drawn.degrees_by_verb(), plan)
    first = np.unique(found.needs[:, 0])
    assert all((drawn.token == token).any() for token in first)  # none is left out for that


def test_what_is_returned_was_bought_where_the_plan_has_room() -> None:
    model, plan = generator(), plans()
    plan[:, 1] = np.minimum(plan[:, 1], plan[:, 0])
    plan[:, 2] = np.minimum(plan[:, 2], plan[:, 1])
    found = rules(model, needs=[((verb + 1, thing), (verb, thing)) for verb in (0, 1) for thing in ALL])
    model.set_implications(found)
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    assert np.array_equal(drawn.degrees_by_verb(), plan)


def test_a_plan_without_room_leaves_out_what_needs_more() -> None:
    """Of two links by verb 0 none needs two others; with three links they may."""
    model = generator()
    found = rules(model, needs=[((0, 0), (0, 1)), ((0, 0), (0, 2))])
    model.set_implications(found)
    plan = np.zeros((2_000, VERBS), np.int64)
    plan[:, 0] = np.repeat([2, 3], 1_000)
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    has = (drawn.tokens()[:, 0].toarray().ravel() > 0).reshape(2, 1_000).sum(1)
    assert has[0] == 0
    assert has[1] > 0
    assert broken(drawn, found) == 0


def test_where_the_plan_has_no_room_a_subject_has_fewer_links() -> None:
    """Everything by verb 1 needs the same object by verb 0, of which there are fewer links."""
    model, plan = generator(), np.tile([2, 8, 0], (300, 1))
    found = rules(model, needs=[((1, thing), (0, thing)) for thing in ALL])
    model.set_implications(found)
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    degrees = drawn.degrees_by_verb()
    assert (degrees[:, 0] == 2).all()
    assert set(degrees[:, 1].tolist()) <= {1, 2}


def test_an_impossible_plan_is_drawn_all_the_same() -> None:
    """What by verb 1 needs a link by verb 0, of which there is none: a link at least."""
    model = generator()
    model.set_implications(rules(model, needs=[((1, thing), (0, thing)) for thing in ALL]))
    drawn = sample_edges(model, np.tile([0, 2, 0], (50, 1)), seeds=Seeds.of(0))
    assert (drawn.degrees_by_verb() == [0, 1, 0]).all()


def test_attributes_keep_rules_with_links_and_with_each_other() -> None:
    """Values 20, 21 of the first attribute, 22 to 24 of the second one."""
    model = generator(attributes=(2, 3))
    found = rules(
        model,
        never=[((3, 20), (0, 0)), ((3, 21), (4, 24)), ((4, 22), (1, 5))],
        needs=[((3, 20), (0, 1)), ((4, 23), (2, 7)), ((0, 6), (1, 6))],
    )
    plan = plans()
    assert broken(sample_edges(model, plan, seeds=Seeds.of(0)), found) > 0
    model.set_implications(found)
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    assert (drawn.degrees_by_verb()[:, VERBS:] == 1).all()
    assert np.array_equal(drawn.degrees_by_verb()[:, :VERBS], plan)
    assert set(drawn.object[drawn.verb >= VERBS].tolist()) == set(range(20, 25))
    no_third_verb = plan[:, 2] == 0
    assert not (drawn.tokens()[np.flatnonzero(no_third_verb)][:, 4 * model.num_objects + 23]).nnz


def test_a_value_that_leaves_a_verb_too_few_objects_has_no_such_plan() -> None:
    """With value 20 nothing is left of verb 1, and with value 21 three objects of verb 2."""
    model = generator(attributes=(3,))
    never = [((3, 20), (1, thing)) for thing in ALL] + [((3, 21), (2, thing)) for thing in range(3, OBJECTS)]
    found = rules(model, never=never)
    model.set_implications(found)
    plan = plans(3_000)
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    assert np.array_equal(drawn.degrees_by_verb()[:, :VERBS], plan)
    value = drawn.object[drawn.verb == VERBS]
    assert not (value[plan[:, 1] > 0] == 20).any()
    assert not (value[plan[:, 2] > 3] == 21).any()
    assert (value[plan[:, 1] == 0] == 20).any()
    assert (value[plan[:, 2] == 3] == 21).any()


def test_what_has_no_place_at_all_is_left_out() -> None:
    """Who has value 20 of the first and 22 of the second attribute has nothing of verb 1: both leave a half of it."""
    model = generator(attributes=(2, 2))
    found = rules(model, never=[((3 + thing % 2, 20 + 2 * (thing % 2)), (1, thing)) for thing in ALL])
    model.set_implications(found)
    plan = np.tile([1, 2, 0], (1_000, 1))
    drawn = sample_edges(model, plan, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    has = drawn.tokens().toarray() > 0
    both = has[:, 3 * model.num_objects + 20] & has[:, 4 * model.num_objects + 22]
    assert 50 < both.sum() < 950
    links = drawn.degrees_by_verb()[:, :VERBS]
    assert (links[both] == [1, 0, 0]).all()
    assert (links[~both] == plan[~both]).all()


def test_who_would_have_no_link_left_keeps_one() -> None:
    model = generator(attributes=(2, 2))
    found = rules(model, never=[((3 + thing % 2, 20 + 2 * (thing % 2)), (1, thing)) for thing in ALL])
    model.set_implications(found)
    drawn = sample_edges(model, np.tile([0, 1, 0], (1_000, 1)), seeds=Seeds.of(0))
    assert (drawn.degrees_by_verb()[:, 1] == 1).all()


def test_room_counts_possible_objects_alone() -> None:
    """Of four objects of the only verb one is impossible; value 5 leaves two, value 6 none."""
    excluded = PairTerms(2, 7)
    excluded.set(*exclusions(np.array([[0, 12], [3, 12], *[[thing, 13] for thing in range(4)]])))
    room = Room(excluded, torch.tensor([[True, True, True, False, False, False, False]]), torch.arange(7))
    for plan, free in ((0, [4, 5, 6]), (1, [4, 5]), (2, [4, 5]), (3, [4])):
        logits = torch.full((1, 7), -1e6)
        logits[0, 4:] = 0.0
        room.mask(logits, torch.tensor([1]), torch.tensor([[float(plan)]]))
        assert (logits[0] > BROKEN / 2).nonzero().squeeze(1).tolist() == free


def test_a_given_link_counts_as_had_and_what_it_needs_is_drawn() -> None:
    model = generator()
    found = rules(model, needs=[((0, 0), (1, 1)), ((0, 3), (0, 4))], never=[((0, 0), (0, 2)), ((1, 1), (2, 5))])
    model.set_implications(found)
    subject = np.repeat(np.arange(300), 2)
    given = Edges.from_links(
        subject, np.zeros(600, int), np.tile([0, 4], 300), num_subjects=300, num_verbs=VERBS, num_objects=OBJECTS
    )
    drawn = sample_edges(model, np.tile([3, 1, 2], (300, 1)), given=given, seeds=Seeds.of(0))
    assert broken(drawn, found) == 0
    assert (drawn.degrees_by_verb() == [5, 1, 2]).all()


@pytest.mark.parametrize("room", [0, 1])
def test_given_links_that_break_a_rule_already_are_kept(room: int) -> None:
    model = generator(attributes=(2,))
    never = [((0, 0), (0, 1)), ((3, 20), (0, 5))]
    found = rules(model, never=never, needs=[((0, 2), (1, 3)), ((0, 2), (1, 4))])
    model.set_implications(found)
    links = [(0, 0), (0, 1), (0, 2), (0, 5), (3, 20)]
    verb, object = np.tile(np.array(links), (40, 1)).T
    sizes = {"num_subjects": 40, "num_verbs": 4, "num_objects": 22}
    given = Edges.from_links(np.repeat(np.arange(40), len(links)), verb, object, **sizes)
    drawn = sample_edges(model, np.tile([2, room, 0], (40, 1)), given=given, seeds=Seeds.of(0))
    assert (drawn.degrees_by_verb() == [6, room, 0, 1]).all()
    assert not ((given.tokens().toarray() > 0) & ~(drawn.tokens().toarray() > 0)).any()


def test_what_is_owed_comes_before_the_room_is_gone() -> None:
    """0 needs 1 and 2; with two links left, only these have a chance, and with three everything has."""
    needs = Needs(1, 5, 2)
    needs.set(np.array([[0, 1], [0, 2]]))
    owed = Owed(needs, 1, 1, torch.arange(5))
    owed.take(torch.tensor([0]), torch.tensor([0]))
    row = verb = torch.tensor([0])
    for left, free in ((2.0, [1, 2]), (3.0, [0, 1, 2, 3, 4])):
        logits = owed.mask(torch.zeros(1, 5), row, verb, torch.tensor([[left]]))
        assert (logits[0] > BROKEN / 2).nonzero().squeeze(1).tolist() == free
    owed.take(torch.tensor([0]), torch.tensor([2]))
    logits = owed.mask(torch.zeros(1, 5), row, verb, torch.tensor([[1.0]]))
    assert (logits[0] > BROKEN / 2).nonzero().squeeze(1).tolist() == [1]


def test_the_terms_of_exclusions() -> None:
    tokens, terms = exclusions(np.array([[7, 2], [2, 9]]))
    assert tokens.tolist() == [2, 7, 9]
    assert terms.toarray().tolist() == [[0, BROKEN, BROKEN], [BROKEN, 0, 0], [BROKEN, 0, 0]]


def test_needs_of_a_file_are_checked() -> None:
    needs = Needs(2, 5, 1)
    needs.set(np.array([[3, 9]]))
    assert len(needs) == 1
    assert needs.is_sound()
    needs.set(np.array([[3, 10]]))
    assert not needs.is_sound()
