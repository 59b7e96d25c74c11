"""How many links subjects have: as many as the training subjects had, verb by verb."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges


@pytest.fixture(scope="module")
def bought() -> Edges:
    """Verb 1 is rare and sits with a few subjects; verb 2 is in between."""
    rng = np.random.default_rng(0)
    links = 6000
    subject = rng.integers(0, 500, links)
    chance = np.where(subject < 50, 0.4, 0.02)
    verb = np.where(rng.random(links) < chance, 1, np.where(rng.random(links) < 0.3, 2, 0))
    return Edges.from_links(subject, verb, rng.integers(0, 40, links), num_subjects=500, num_verbs=3, num_objects=40)


def test_degrees_come_back_as_they_were(bought: Edges) -> None:
    drawn = Degrees.learn(bought).draw(20_000, np.random.default_rng(1))
    assert drawn.sum(1).mean() == pytest.approx(np.diff(bought.offsets).mean(), rel=0.02)
    for verb in range(3):
        real = np.bincount(bought.subject[bought.verb == verb], minlength=500)
        assert drawn[:, verb].mean() == pytest.approx(real.mean(), rel=0.1)
        assert drawn[:, verb].std() == pytest.approx(real.std(), rel=0.2)


def test_every_one_of_many_verbs_keeps_its_degrees() -> None:
    """Thirty verbs of one frequency, two of them on few subjects: none is what the others leave."""
    rng = np.random.default_rng(0)
    wanted = rng.poisson(rng.gamma(1.0, 1.0, (2_000, 1)) * rng.gamma(2.0, 0.5, (2_000, 30)))
    wanted[:, :2] *= 4 * (rng.random((2_000, 2)) < 0.25)
    subject, verb = (np.repeat(index.ravel(), wanted.ravel()) for index in np.indices(wanted.shape))
    object = np.arange(len(subject)) - np.repeat(np.cumsum(wanted.ravel()) - wanted.ravel(), wanted.ravel())
    edges = Edges.from_links(subject, verb, object, num_subjects=2_000, num_verbs=30, num_objects=int(object.max()) + 1)
    drawn = Degrees.learn(edges).draw(2_000, np.random.default_rng(1))
    assert max(ks_2samp(edges.degrees(verb), drawn[:, verb]).statistic for verb in range(30)) < 0.06
    assert ks_2samp(np.diff(edges.offsets), drawn.sum(1)).statistic < 0.06


def test_degrees_of_some_verbs_are_those_of_the_subjects_that_have_them(bought: Edges) -> None:
    whole = Degrees.learn(bought).draw_of([1], 5_000, np.random.default_rng(1))
    real = np.diff(bought.of_verbs([1]).offsets)
    assert len(whole) == 5_000
    assert whole[:, 1].mean() == pytest.approx(real.mean(), rel=0.1)
    assert (whole[:, 1] >= 1).all()
    assert whole[:, [0, 2]].sum() > 0


def test_histograms_are_those_of_the_table() -> None:
    """Two subjects with links 3 + 1 and 1 + 0, one with none."""
    edges = Edges.from_links(
        np.array([0, 0, 0, 0, 1]),
        np.array([0, 0, 0, 1, 0]),
        np.array([0, 1, 2, 0, 0]),
        num_subjects=3,
        num_verbs=2,
        num_objects=3,
    )
    degrees = Degrees.learn(edges)
    assert degrees.total.tolist() == [[1, 1], [4, 1]]
    assert degrees.num_verbs == 2
    # Verb 1 is rarer and comes first: none of 1 and one of 4 links are its; of what is left, verb 0 has all.
    assert degrees.nodes[:, :2].tolist() == [[1, -1], [0, -1]]
    assert degrees.by_leaf.tolist() == [[0, 1, 0, 1], [0, 4, 1, 1], [1, 1, 1, 1], [1, 3, 3, 1]]
    again = Degrees.from_arrays(degrees.to_arrays())
    for name in ("total", "nodes", "by_leaf", "exponent"):
        assert getattr(again, name).tolist() == getattr(degrees, name).tolist()


def test_verbs_come_together_as_they_did() -> None:
    """Who cancels has subscribed once, and whoever subscribes has a few more visits."""
    rng = np.random.default_rng(0)
    subscribed = rng.random(1_000) < 0.3
    cancelled = subscribed & (rng.random(1_000) < 0.4)
    wanted = np.column_stack([rng.poisson(8 + 10 * subscribed) + 1, subscribed, cancelled])
    subject, verb = (np.repeat(index.ravel(), wanted.ravel()) for index in np.indices(wanted.shape))
    object = np.arange(len(subject)) - np.repeat(np.cumsum(wanted.ravel()) - wanted.ravel(), wanted.ravel())
    edges = Edges.from_links(subject, verb, object, num_subjects=1_000, num_verbs=3, num_objects=int(object.max()) + 1)
    drawn = Degrees.learn(edges).draw(4_000, np.random.default_rng(1))
    has = drawn[:, 1] > 0
    assert drawn[:, 1].max() == 1
    assert has[drawn[:, 2] > 0].mean() > 0.98
    assert drawn[has, 2].mean() == pytest.approx(cancelled[subscribed].mean(), abs=0.05)
    assert drawn[has, 0].mean() == pytest.approx(wanted[subscribed, 0].mean(), rel=0.05)
    assert drawn[~has, 0].mean() == pytest.approx(wanted[~subscribed, 0].mean(), rel=0.05)


def test_histograms_of_earlier_models_are_trees_of_what_is_left(bought: Edges) -> None:
    own = bought.degrees_by_verb()
    left, rows = own.sum(1), []
    for verb in np.argsort(own.sum(0), kind="stable"):
        pairs, count = np.unique(np.stack([left, own[:, verb]], 1)[left > 0], axis=0, return_counts=True)
        rows.append(np.column_stack([np.full(len(pairs), verb), pairs, count]))
        left = left - own[:, verb]
    stored = {"degrees.total": Degrees.learn(bought).total, "degrees.by_verb": np.concatenate(rows)}
    drawn = Degrees.from_arrays(stored).draw(20_000, np.random.default_rng(1))
    for verb in range(3):
        assert drawn[:, verb].mean() == pytest.approx(own[:, verb].mean(), rel=0.1)
        assert drawn[:, verb].std() == pytest.approx(own[:, verb].std(), rel=0.2)


def test_a_verb_that_nobody_has_cannot_be_drawn(bought: Edges) -> None:
    wider = Edges(
        bought.subject,
        bought.verb,
        bought.object,
        bought.count,
        bought.num_subjects,
        bought.num_verbs + 1,
        bought.num_objects,
    )
    with pytest.raises(InputError, match="no training subject has a link by this verb"):
        Degrees.learn(wider).draw_of([bought.num_verbs], 10, np.random.default_rng(0))


def test_a_number_is_that_of_subjects_with_as_many_left() -> None:
    """Half of an even number of links and none of an odd one: scaling another's number would blur that."""
    rng = np.random.default_rng(0)
    own = 2 * rng.integers(2, 6, 600) + rng.integers(0, 2, 600)
    first = np.where(own % 2, 0, own // 2)
    subject = np.repeat(np.arange(600), own)
    place = np.concatenate([np.arange(n) for n in own])
    verb = (place >= np.repeat(first, own)).astype(int)
    edges = Edges.from_links(subject, verb, place, num_subjects=600, num_verbs=2, num_objects=int(own.max()))
    drawn = Degrees.learn(edges).draw(2_000, rng)
    total = drawn.sum(1)
    assert set(total.tolist()) == set(own.tolist())
    assert (drawn[:, 0] == np.where(total % 2, 0, total // 2)).all()


def test_numbers_of_few_are_drawn_of_ten_that_had_about_as_many() -> None:
    """Everybody has another total: no single subject's number is the only one that can come."""
    own = np.arange(20, 80)
    first = np.random.default_rng(1).integers(5, 15, len(own))
    place = np.concatenate([np.arange(n) for n in own])
    verb = (place >= np.repeat(first, own)).astype(int)
    edges = Edges.from_links(
        np.repeat(np.arange(60), own), verb, place, num_subjects=60, num_verbs=2, num_objects=int(own.max())
    )
    drawn = Degrees.learn(edges).draw(20_000, np.random.default_rng(2))
    spread = [len(np.unique(drawn[drawn.sum(1) == n, 0])) for n in own]
    assert min(spread) >= 4
