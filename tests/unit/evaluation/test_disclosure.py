"""Privacy figures of a copy and of an honest table, each beside its floor."""

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.evaluation.disclosure import flagged, independent_rows, privacy_figures
from assoc_synth.evaluation.figures import Figure
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.rows import Rows, coded_rows, rows_of_edges


def population(size: int, seed: int, *, objects: int = 60) -> Rows:
    rng = np.random.default_rng(seed)
    subject, objects_ = np.nonzero(rng.random((size, objects)) < 0.12)
    sizes = {"num_subjects": size, "num_verbs": 2, "num_objects": objects}
    return rows_of_edges(Edges.from_links(subject, subject % 2, objects_, **sizes))


TRAIN, HELDOUT, FRESH = (population(400, seed) for seed in range(3))


@pytest.fixture(scope="module")
def copy() -> dict[str, Figure]:
    return {figure.name: figure for figure in privacy_figures(TRAIN, HELDOUT, TRAIN, np.random.default_rng(0))}


@pytest.fixture(scope="module")
def honest() -> dict[str, Figure]:
    return {figure.name: figure for figure in privacy_figures(TRAIN, HELDOUT, FRESH, np.random.default_rng(0))}


def test_a_copy_is_flagged_and_an_honest_table_is_not(copy: dict[str, Figure], honest: dict[str, Figure]) -> None:
    assert {"near_copies", "membership_auc: nearest neighbour", "singling_out", "linkability"} <= set(
        flagged(copy.values())
    )
    assert flagged(honest.values()) == ()
    assert copy["exact_copies"].value == 1.0
    assert copy["closer_to_train"].value > 0.99
    assert (copy["dcr"].value, copy["nndr"].value) == (0.0, 0.0)
    assert honest["exact_copies"].value <= 0.01
    assert honest["closer_to_train"].value == pytest.approx(0.5, abs=0.1)


def test_every_figure_has_a_floor_and_a_baseline_and_its_interval_holds_it(honest: dict[str, Figure]) -> None:
    known = [figure for figure in honest.values() if figure.value is not None]
    assert len(known) > 12
    for figure in known:
        assert figure.floor is not None, figure.name
        assert figure.independent is not None, figure.name
        if figure.low is not None:
            assert figure.low <= figure.value <= figure.high, figure.name


def test_a_table_without_associations_copies_nobody(honest: dict[str, Figure]) -> None:
    for name in ("exact_copies", "near_copies", "closer_to_train", "membership_auc: nearest neighbour"):
        assert honest[name].independent == pytest.approx(honest[name].floor, abs=0.1), name


def test_figures_that_nothing_is_known_of_are_left_out() -> None:
    """Five subjects of two tokens: no basket of four, and too few to attack."""
    few = Edges.from_links(np.repeat(range(5), 2), [0] * 10, [0, 1] * 5, num_subjects=5, num_verbs=1, num_objects=60)
    assert privacy_figures(*[rows_of_edges(few)] * 3, np.random.default_rng(0)) == ()


def test_times_give_a_copy_of_short_histories_away() -> None:
    """A tenth of the training subjects with their rows, in the places of honest ones."""
    train, heldout, fresh = (
        coded_rows(datasets.toy_shop(subjects=300, seed=5))[0].take(np.arange(at, 300, 3)) for at in range(3)
    )
    from assoc_synth.link_graph.row_stacking import stacked

    emitted = stacked([fresh.take(np.arange(90)), train.take(np.arange(10))])
    figures = privacy_figures(train, heldout, emitted, np.random.default_rng(0))
    assert "row_copies" in flagged(figures)


def test_independent_rows_have_times_and_amounts_of_nobody() -> None:
    (rows,) = coded_rows(datasets.toy_shop(subjects=100))
    drawn = independent_rows(rows, np.random.default_rng(0), 250)
    assert drawn.num_subjects == 250
    real, made = (side.time[side.dated] for side in (rows, drawn))
    assert real.min() <= made.min() <= made.max() <= real.max()
    assert np.isin(made, real).mean() < 0.3, "only times that several real rows share"
    assert drawn.dated.mean() == pytest.approx(rows.dated.mean(), abs=0.05)
    assert np.isnan(drawn.amount).mean() == pytest.approx(np.isnan(rows.amount).mean(), abs=0.05)
    assert drawn.attributes.labels == ()
