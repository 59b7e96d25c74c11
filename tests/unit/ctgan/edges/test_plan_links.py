"""Plan links: each subject's number of links of each verb, as a link of a class."""

import numpy as np
import pytest

from assoc_synth.ctgan.edges.plan_links import CLASSES, LEAST, MOST_VERBS, plan_classes, plan_sizes, with_plan
from assoc_synth.link_graph.edges import Edges


def test_classes_are_of_growing_numbers() -> None:
    counts = np.arange(2_000)
    classes = plan_classes(counts)
    assert classes[0] == 0
    assert (np.diff(classes) >= 0).all()
    assert classes[-1] == CLASSES - 1
    assert counts[np.flatnonzero(np.diff(classes)) + 1].tolist() == LEAST.tolist()
    assert plan_classes(counts.reshape(4, 500)).shape == (4, 500)


@pytest.mark.parametrize(("verbs", "classes"), [(1, 1), (MOST_VERBS, MOST_VERBS), (MOST_VERBS + 1, 0)])
def test_many_verbs_have_no_plan_links(verbs: int, classes: int) -> None:
    assert plan_sizes(verbs) == (CLASSES,) * classes


def test_each_subject_has_one_link_of_each_verb_of_its_plan() -> None:
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 50, 400),
        rng.integers(0, 3, 400),
        rng.integers(0, 9, 400),
        num_subjects=50,
        num_verbs=3,
        num_objects=9,
    )
    plan = edges.degrees_by_verb()
    whole = with_plan(edges, plan)
    assert (whole.num_verbs, whole.num_objects) == (6, 9 + 3 * CLASSES)
    assert (whole.degrees_by_verb()[:, 3:] == 1).all()
    for verb in range(3):
        own = whole.object[whole.verb == 3 + verb] - 9 - verb * CLASSES
        assert own.tolist() == plan_classes(plan[:, verb]).tolist()
    assert np.array_equal(np.lexsort((whole.object, whole.verb, whole.subject)), np.arange(len(whole)))
    before = whole.within(3, 9)
    assert np.array_equal(before.token, edges.token)
    assert np.array_equal(before.count, edges.count)


def test_with_too_many_verbs_edges_stay_as_they_are() -> None:
    verbs = MOST_VERBS + 1
    edges = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=verbs, num_objects=1)
    assert with_plan(edges, edges.degrees_by_verb()) is edges
