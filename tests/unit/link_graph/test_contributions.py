"""The cap of one subject's links in pairs: what is kept, how large it is, and what it costs."""

import numpy as np
import pytest

from assoc_synth.link_graph.contributions import contribution_notes, counted, most_counted, shortened
from assoc_synth.link_graph.edges import Edges


def with_degrees(degrees: list[int], objects: int = 30_000, verbs: int = 1) -> Edges:
    subject = np.repeat(np.arange(len(degrees)), degrees)
    place = np.concatenate([np.arange(size) for size in degrees])
    sizes = {"num_subjects": len(degrees), "num_verbs": verbs, "num_objects": objects}
    return Edges.from_links(subject, place % verbs, place, **sizes)


def pairs_of(edges: Edges, most: int) -> int:
    return int((np.minimum(np.diff(edges.offsets), most).astype(np.int64) ** 2).sum())


def test_ordinary_tables_are_counted_whole() -> None:
    edges = with_degrees([5] * 100 + [900])
    assert most_counted(edges) == 1_000
    assert counted(edges) is edges
    assert contribution_notes(edges) == ()


def test_of_a_huge_subject_a_part_is_counted_the_same_at_every_call() -> None:
    edges = with_degrees([5] * 100 + [20_000, 8], verbs=2)
    kept = counted(edges)
    degrees = np.diff(kept.offsets)
    assert degrees.tolist() == [5] * 100 + [1_000, 8]
    assert np.isin(kept.token[500:1500], edges.token).all()
    assert np.array_equal(kept.token, counted(edges).token)
    by_verb = kept.degrees_by_verb()[100]
    assert by_verb.min() > 400  # at random, not the first ones
    assert kept.num_subjects == edges.num_subjects
    (note,) = contribution_notes(edges)
    assert note.startswith("1 subject has more than 1,000 different links (20,000)")


def test_several_huge_subjects_are_told_together() -> None:
    (note,) = contribution_notes(with_degrees([5] * 100 + [2_000, 3_000]))
    assert note.startswith("2 subjects have more than 1,000 different links (up to 3,000)")


def test_long_histories_of_everyone_are_counted_whole() -> None:
    assert most_counted(with_degrees([300] * 50)) == 6_000


@pytest.mark.parametrize("degrees", [[12_000] * 6, [3, 3, 40_000, 9_000], [6_000] * 40])
def test_pairs_stay_linear_in_the_links(degrees: list[int]) -> None:
    edges = with_degrees(degrees, objects=40_000)
    most = most_counted(edges)
    assert pairs_of(edges, most) <= max(500 * len(edges), 10_000_000)
    if most < min(20 * np.median(degrees), max(degrees)) and most > 1_000:
        assert pairs_of(edges, most + 1) > max(500 * len(edges), 10_000_000)


def test_attributes_are_kept() -> None:
    edges = Edges.from_links([0] * 30, [0] * 28 + [1, 2], np.arange(30), num_subjects=1, num_verbs=3, num_objects=30)
    kept = counted(edges, 10, attributes=2)
    assert np.bincount(kept.verb).tolist() == [10, 1, 1]


def test_shortened_plans_keep_every_verb() -> None:
    assert shortened(np.array([[9_999, 1], [3, 0]]), 100).tolist() == [[99, 1], [3, 0]]


def test_nothing_has_a_cap_too() -> None:
    assert counted(with_degrees([0, 0])) is not None
