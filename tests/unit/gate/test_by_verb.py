"""The judge: one reference for whole tables and for tables of some verbs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import ModelFileError
from assoc_synth.gate.asked import Asked
from assoc_synth.gate.by_verb import Judge, with_verbs
from assoc_synth.gate.reference import as_rows
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.row_codes import RowCodes

BUYS, RETURNS = 0, 1


@pytest.fixture(scope="module")
def judge(draw: Any) -> Judge:
    return Judge.learn(draw(1_600, 1), draw(400, 2), np.random.default_rng(0))


def having(edges: Edges, *verbs: int) -> dict[tuple[int, ...], int]:
    return {(verb,): edges.of_verbs([verb]).num_subjects for verb in verbs}


def spoilt(draw: Any) -> Edges:
    """Purchases as they are, returns at random."""
    fresh = draw(400, 3)
    random = independent_draw(draw(1_600, 1), np.random.default_rng(0), num_subjects=400)
    bought, returned = fresh.verb == BUYS, random.verb == RETURNS
    return Edges.from_links(
        np.concatenate([fresh.subject[bought], random.subject[returned]]),
        np.concatenate([fresh.verb[bought], random.verb[returned]]),
        np.concatenate([fresh.object[bought], random.object[returned]]),
        num_subjects=400,
        num_verbs=2,
        num_objects=40,
    )


def test_some_verbs_are_judged_by_their_own_blocks(judge: Judge, draw: Any) -> None:
    fresh, rng = draw(400, 3), np.random.default_rng(0)
    verdict = judge.judge_verbs(fresh.of_verbs([BUYS]), having(fresh, BUYS), rng)
    assert verdict.passed, verdict.sentence
    assert {block.name.partition("[")[2] for block in verdict.blocks} == {"0]"}
    assert verdict.num_subjects == 400, "those without the verb count"
    both = judge.judge_verbs(fresh, {(BUYS, RETURNS): 400}, rng)
    assert "pairs_across[0,1]" in {block.name for block in both.blocks}


def test_verbs_are_judged_side_by_side_without_what_is_across_them(judge: Judge, draw: Any) -> None:
    drawn, rng = spoilt(draw), np.random.default_rng(0)
    apart = judge.judge_verbs(drawn, having(drawn, BUYS, RETURNS), rng)
    assert {block.name.partition("[")[2] for block in apart.blocks} == {"0]", "1]"}
    assert apart.status is not Status.FAIL
    assert judge.judge_verbs(drawn, {(BUYS, RETURNS): 400}, rng).status is Status.FAIL
    assert judge.judge(drawn, rng).status is Status.FAIL


def test_a_randomised_verb_fails(judge: Judge, draw: Any) -> None:
    random = independent_draw(draw(1_600, 1), np.random.default_rng(0), num_subjects=400)
    found = judge.judge_verbs(random, having(random, BUYS), np.random.default_rng(1))
    assert found.status is Status.FAIL
    assert found.tau_low is not None
    assert found.tau_low > 0.5


def test_as_many_subjects_have_a_verb_as_there_would_be(draw: Any) -> None:
    rows = as_rows(draw(300, 3))
    some = with_verbs(rows, [RETURNS], 50, 200, np.random.default_rng(0))
    assert some.num_subjects == 200
    assert np.unique(some.subject).tolist() == list(range(50))
    assert set(some.verb.tolist()) == {RETURNS}
    few = with_verbs(rows, [RETURNS], 10_000, 400, np.random.default_rng(0))
    assert len(np.unique(few.subject)) == rows.edges.of_verbs([RETURNS]).num_subjects


def test_attributes_and_visits_go_with_their_subjects() -> None:
    table = toy_shop(subjects=60)
    rows = RowCodes.of(table).rows(table)
    some = with_verbs(rows, [0], 20, 60, np.random.default_rng(0))
    assert some.attributes.has.shape == (60, rows.attributes.has.shape[1])
    assert some.group is not None
    assert len(some.group) == len(some.subject) == len(some)


def test_the_whole_is_judged_by_every_scope_that_the_table_has() -> None:
    table = toy_shop(subjects=500)
    codes = RowCodes.of(table)
    training, held = table.take_subjects(np.arange(400)), table.take_subjects(np.arange(400, 500))
    judge = Judge.learn(codes.rows(training), codes.rows(held), np.random.default_rng(0), codes)
    fresh = codes.rows(toy_shop(subjects=100, seed=7))
    verdict = judge.judge(fresh, np.random.default_rng(0))
    assert [scope.name for scope in verdict.scopes] == ["links", "visits", "order", "rows"]
    some = judge.judge(fresh, np.random.default_rng(0), Asked(("order",)))
    assert {block.scope for block in some.blocks} == {"order"}
    assert [scope.note for scope in some.scopes if scope.status is Status.NOT_JUDGED] == ["not asked for"] * 3
    arrays, scalars = judge.to_arrays()
    again = Judge.from_arrays(arrays, scalars, (list(table.verbs), list(table.objects)))
    assert again.codes is not None
    same = again.codes.rows(toy_shop(subjects=100, seed=7))
    assert again.judge(same, np.random.default_rng(0)) == verdict


def test_fewer_than_twenty_subjects_judge_nothing(draw: Any) -> None:
    few = Judge.learn(draw(76, 1), draw(19, 2), np.random.default_rng(0))
    verdict = few.judge(draw(19, 3).take(np.zeros(19, int)), np.random.default_rng(0))
    assert verdict.status is Status.UNDERPOWERED
    assert "too few subjects to judge by" in verdict.sentence
    assert few.judge_verbs(draw(19, 3), {(0,): 10}, np.random.default_rng(0)).status is Status.UNDERPOWERED
    arrays, scalars = few.to_arrays()
    assert Judge.from_arrays(arrays, scalars).num_reference() == 19


def test_round_trip(judge: Judge, draw: Any) -> None:
    arrays, scalars = judge.to_arrays()
    assert set(scalars) == {"whole", "codes", "copies"}
    again = Judge.from_arrays(arrays, scalars)
    fresh = draw(400, 3)
    mine, theirs = (one.judge(fresh, np.random.default_rng(0)) for one in (judge, again))
    assert mine == theirs
    mine, theirs = (one.judge_verbs(fresh, {(1,): 200}, np.random.default_rng(0)) for one in (judge, again))
    assert mine == theirs
    with pytest.raises(ModelFileError, match="incomplete"):
        Judge.from_arrays(arrays, {name: own for name, own in scalars.items() if name != "whole"})
    with pytest.raises(ModelFileError, match="codes cannot be read"):
        Judge.from_arrays(arrays, scalars | {"copies": {"pairs": 1}})
    with pytest.raises(ModelFileError):
        Judge.from_arrays({}, scalars)
