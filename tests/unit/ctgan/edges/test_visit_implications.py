"""What holds in every visit holds of every subject."""

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.ctgan.edges.implications import find_implications
from assoc_synth.ctgan.edges.plan_links import CLASSES, plan_sizes, with_plan
from assoc_synth.ctgan.edges.visit_implications import implied_by_visits
from assoc_synth.link_graph.edges import Edges

VERBS, OBJECTS = 2, 3
ANY = VERBS * OBJECTS


def edges() -> Edges:
    """Three subjects of two verbs with their plans; the last one has a link of verb 1 alone."""
    links = Edges.from_links([0, 0, 1, 2], [0, 1, 0, 1], [0, 1, 2, 0], num_subjects=3, num_verbs=2, num_objects=3)
    return with_plan(links, links.degrees_by_verb().astype(np.int64))


def test_a_token_needs_what_it_is_only_with_or_after() -> None:
    rules = np.array([[WITH, 4, 0], [AFTER, 2, 5], [NEVER, 1, 3]])
    width = edges().num_objects
    found = implied_by_visits(rules, edges(), (VERBS, OBJECTS), VERBS)
    assert found.needs.tolist() == [[width + 1, 0], [2, width + 2]]
    assert len(found.never) == 0


def test_a_verb_is_the_numbers_of_its_links() -> None:
    whole = edges()
    found = implied_by_visits(np.array([[WITH, ANY + 1, 0], [WITH, 1, ANY + 1]]), whole, (VERBS, OBJECTS), VERBS)
    plan = (VERBS + 1) * whole.num_objects + OBJECTS + CLASSES + np.arange(CLASSES)
    assert found.needs.tolist() == [[token, 0] for token in plan[1:]]
    assert found.never.tolist() == [[1, plan[0]]]
    assert plan[0] in whole.token[whole.subject == 1]
    assert plan[1] in whole.token[whole.subject == 2]


def test_without_a_plan_all_objects_of_a_verb_need_the_token() -> None:
    links = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=VERBS, num_objects=OBJECTS)
    found = implied_by_visits(np.array([[WITH, ANY + 1, 0], [WITH, 1, ANY + 1]]), links, (VERBS, OBJECTS), 0)
    assert found.needs.tolist() == [[3, 0], [4, 0], [5, 0]]
    assert len(found.never) == 0


def test_what_is_known_is_among_the_implications() -> None:
    whole = edges()
    known = implied_by_visits(np.array([[WITH, 4, 0]]), whole, (VERBS, OBJECTS), VERBS)
    found = find_implications(whole, plan_sizes(VERBS), None, VERBS, known)
    assert found.needs.tolist() == known.needs.tolist()
    assert not len(find_implications(whole, plan_sizes(VERBS), None, VERBS))
