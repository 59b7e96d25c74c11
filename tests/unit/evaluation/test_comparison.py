"""One vocabulary, one size, floor and independent generator."""

import numpy as np

from assoc_synth.evaluation.comparison import Sides, cut, fidelity_figures
from assoc_synth.link_graph.edges import Edges


def planted(size: int, seed: int) -> Edges:
    """Twenty objects; whoever has an even one has the next in 70 %."""
    rng = np.random.default_rng(seed)
    has = rng.random((size, 20)) < 0.1
    has[:, 1::2] |= has[:, ::2] & (rng.random((size, 10)) < 0.7)
    subject, objects = np.nonzero(has)
    return Edges.from_links(subject, np.zeros_like(subject), objects, num_subjects=size, num_verbs=1, num_objects=20)


def test_without_a_held_out_part_the_real_table_is_halved() -> None:
    sides = Sides.of(planted(1_001, 0), planted(3_000, 1), None, np.random.default_rng(0))
    assert sides.floor is not None
    assert not sides.heldout
    sizes = (sides.reference.num_subjects, sides.floor.num_subjects, sides.synthetic.num_subjects)
    assert sizes == (501, 500, 500)
    assert sides.independent.num_subjects == 500


def test_with_a_held_out_part_nothing_is_halved() -> None:
    sides = Sides.of(planted(900, 0), planted(300, 1), planted(700, 2), np.random.default_rng(0))
    assert sides.floor is not None
    assert sides.heldout
    assert (sides.reference.num_subjects, sides.floor.num_subjects, sides.synthetic.num_subjects) == (900, 300, 300)
    assert cut(sides.reference, 10, np.random.default_rng(0)).num_subjects == 10


def test_a_single_subject_has_no_floor() -> None:
    sides = Sides.of(planted(1, 0), planted(5, 1), None, np.random.default_rng(0))
    assert sides.floor is None
    assert all(figure.floor is None for figure in fidelity_figures(sides, np.random.default_rng(0)))


def test_figures_of_a_perfect_sample_are_the_floor() -> None:
    sides = Sides.of(planted(2_000, 0), planted(2_000, 1), planted(2_000, 2), np.random.default_rng(0))
    by_name = {figure.name: figure for figure in fidelity_figures(sides, np.random.default_rng(0))}
    for name in ("lift_mae", "pair_l1"):
        figure = by_name[name]
        assert figure.value is not None
        assert figure.floor is not None
        assert figure.independent is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.floor < figure.high
        assert figure.independent > figure.high
    rules = by_name["rule_f1"]
    assert rules.value == rules.floor == 1.0
    assert rules.independent == 0.0
    assert rules.aim == "high"


def test_a_cluster_lies_in_one_half() -> None:
    clusters = np.arange(1_000) // 7
    sides = Sides.of(planted(1_000, 0), planted(500, 1), None, np.random.default_rng(0), clusters=clusters)
    assert sides.floor is not None
    assert sides.clusters is not None
    assert sides.reference.num_subjects + sides.floor.num_subjects == 1_000
    assert 71 <= len(np.unique(sides.clusters)) <= 72
    assert len(sides.clusters) == sides.reference.num_subjects
    # Every cluster is whole: the last one has six subjects.
    assert set(np.unique(sides.clusters, return_counts=True)[1]) <= {6, 7}
    by_name = {figure.name: figure for figure in fidelity_figures(sides, np.random.default_rng(0))}
    assert by_name["pair_l1"].low is not None


def test_a_figure_of_nothing_says_why() -> None:
    sides = Sides.of(planted(40, 0), planted(40, 1), planted(40, 2), np.random.default_rng(0))
    by_name = {figure.name: figure for figure in fidelity_figures(sides, np.random.default_rng(0), min_count=1_000)}
    assert by_name["rule_f1"].value is None
    assert by_name["rule_f1"].why == "neither table has a pair of 1000 subjects or more whose lift is 2 or more"
    assert by_name["pair_l1"].why == ""
