"""The judge: references for whole tables and for tables of one verb."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import ModelFileError
from assoc_synth.gate import by_verb
from assoc_synth.gate.by_verb import WORST_FIRST, Judge
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw

BUYS, RETURNS = 0, 1


@pytest.fixture(scope="module")
def judge(draw: Any) -> Judge:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_verb, "VERB_PERMUTATIONS", 99)
        patch.setattr(by_verb, "VERB_REPLICATES", 50)
        return Judge.learn(draw(1_600, 1), draw(400, 2), np.random.default_rng(0))


def test_a_verb_is_judged_by_the_subjects_that_have_it(judge: Judge, draw: Any) -> None:
    assert judge.num_reference() == 400
    assert judge.num_reference([RETURNS]) == draw(400, 2).of_verbs([RETURNS]).num_subjects < 400
    assert judge.num_reference([BUYS, RETURNS]) == judge.num_reference([BUYS])
    within = judge.verbs[RETURNS].tiers[0].watchlist
    assert len(within.across) == 0
    assert (within.tokens // within.num_objects == RETURNS).all()


def test_the_worst_verb_decides(judge: Judge, draw: Any) -> None:
    """Purchases as they are, returns at random: the whole of it is refused for the returns' sake."""
    rng = np.random.default_rng(0)
    fresh, random = draw(400, 3), independent_draw(draw(1_600, 1), rng, num_subjects=400)
    assert judge.judge(fresh, rng, verbs=[BUYS]).passed
    bought, returned = fresh.verb == BUYS, random.verb == RETURNS
    spoilt = Edges.from_links(
        np.concatenate([fresh.subject[bought], random.subject[returned]]),
        np.concatenate([fresh.verb[bought], random.verb[returned]]),
        np.concatenate([fresh.object[bought], random.object[returned]]),
        num_subjects=400,
        num_verbs=2,
        num_objects=40,
    )
    both = judge.judge(spoilt, np.random.default_rng(1), verbs=[BUYS, RETURNS])
    alone = [judge.judge(spoilt, np.random.default_rng(1), verbs=[verb]) for verb in (BUYS, RETURNS)]
    assert both.status is min((verdict.status for verdict in alone), key=WORST_FIRST.index)
    assert judge.judge(random, np.random.default_rng(1), verbs=[BUYS]).status is Status.FAIL


def test_one_verb_is_the_whole(draw: Any) -> None:
    edges = draw(200, 1)
    single = Edges.from_links(
        edges.subject, 0 * edges.verb, edges.object, num_subjects=200, num_verbs=1, num_objects=40
    )
    judge = Judge.learn(single, single.take(np.arange(25)), np.random.default_rng(0))
    assert judge.verbs == (judge.whole,)


def test_round_trip(judge: Judge, draw: Any) -> None:
    arrays, scalars = judge.to_arrays()
    assert set(scalars) == {"whole", "verb0", "verb1"}
    again = Judge.from_arrays(arrays, scalars)
    fresh = draw(400, 3)
    for verbs in (None, [RETURNS]):
        mine, theirs = (one.judge(fresh, np.random.default_rng(0), verbs=verbs) for one in (judge, again))
        assert mine == theirs
    with pytest.raises(ModelFileError, match="incomplete"):
        Judge.from_arrays(arrays, {name: own for name, own in scalars.items() if name != "verb0"})
    with pytest.raises(ModelFileError):
        Judge.from_arrays({}, scalars)
