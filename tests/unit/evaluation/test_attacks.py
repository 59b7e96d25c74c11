"""All attacks on one table: who is attacked, what is said, and an attacker who has the model."""

import numpy as np

from assoc_synth import datasets
from assoc_synth.evaluation.attacks import Attacks, Target
from assoc_synth.link_graph.rows import coded_rows

TRAIN, HELDOUT = coded_rows(*datasets.halves(datasets.toy_shop(subjects=300, seed=3)))


def test_as_many_of_each_side_are_attacked() -> None:
    target = Target.of(TRAIN, HELDOUT.take(np.arange(90)))
    chosen = target.candidates(np.random.default_rng(0), most=80)
    assert (chosen.train.num_subjects, chosen.heldout.num_subjects) == (80, 80)
    assert not np.intersect1d(*chosen.clusters).size
    few = chosen.with_links(4)
    assert np.diff(few.train.edges.offsets).min() >= 4
    assert len(few.clusters[0]) == few.train.num_subjects < 80


def test_clusters_are_numbered_apart() -> None:
    target = Target.of(TRAIN, HELDOUT, (np.arange(150) // 10, np.arange(150) // 10))
    assert [len(np.unique(codes)) for codes in target.clusters] == [15, 15]
    assert not np.intersect1d(*target.clusters).size


def test_a_copy_is_known_by_every_attack_and_an_honest_table_by_none() -> None:
    target = Target.of(TRAIN, HELDOUT.take(np.arange(75)))
    copied, honest = (
        Attacks.on(target, emitted, np.random.default_rng(0)).figures
        for emitted in (TRAIN, HELDOUT.take(np.arange(75, 150)))
    )
    assert {name for name in copied if name.startswith("membership_auc")} == {
        f"membership_auc: {attack}" for attack in ("nearest neighbour", "pairs", "cells")
    }
    for name in ("membership_auc: nearest neighbour", "membership_auc: cells", "singling_out", "linkability"):
        assert copied[name].low > honest[name].value, name
    assert copied["tpr@0.1%: cells"].why == "takes 1,000 held-out subjects"


def test_an_attacker_who_has_the_model() -> None:
    """A model that finds links the likelier the more of them there are knows nobody."""
    lengths = tuple(np.diff(side.edges.offsets).astype(float) for side in (TRAIN, HELDOUT))
    target = Target.of(TRAIN, HELDOUT, likelihood=lengths)
    found = Attacks.on(target, HELDOUT, np.random.default_rng(0))
    whole = found.figures["membership_auc: model"]
    assert whole.low < 0.5 < whole.high
    assert "membership_auc: model" in {test.name for test in found.tests}
    known = Target.of(TRAIN, HELDOUT, likelihood=(np.ones(150), np.zeros(150)))
    assert Attacks.on(known, HELDOUT, np.random.default_rng(0)).figures["membership_auc: model"].value == 1.0


def test_few_subjects_are_not_attacked() -> None:
    few = Target.of(TRAIN.take(np.arange(19)), HELDOUT)
    assert Attacks.on(few, HELDOUT, np.random.default_rng(0)).figures == {}
