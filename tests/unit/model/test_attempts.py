"""Attempts: the first draw that the gate lets pass, and nothing where it refuses them all."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.errors import GateRejected
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model import attempts as module
from assoc_synth.model.attempts import ATTEMPTS, Attempts, more_subjects
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.shortfall import Cut, Shortfall

ONE = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=1)


class Gate:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self, answers: Sequence[Status], reference: int = 5) -> None:
        self.answers, self.reference = iter(answers), reference
        self.asked: list[tuple[int, list[int] | None]] = []

    def judge(self, drawn: Edges, rng: np.random.Generator, *, verbs: list[int] | None = None) -> Verdict:
        self.asked.append((drawn.num_subjects, verbs))
        return Verdict(next(self.answers), p_value=0.01, tau_high=1.0, watched=(("pairs_within", 3),))

    def num_reference(self, verbs: list[int] | None = None) -> int:
        return self.reference


def behind(gate: Gate, cuts: tuple[Cut, ...] = (), **options: Any) -> Attempts:
    return Attempts(
        cast(FittedModel, SimpleNamespace(judge=gate, links_of=lambda edges: edges, shortfall=Shortfall(cuts))),
        **({"seed": 10} | options),
    )


def test_each_attempt_has_a_seed_of_its_own() -> None:
    attempts = behind(Gate([]))
    seeds = [attempts.seeds_of(attempt) for attempt in range(3)]
    assert {one.entropy for one in seeds} == {10}
    assert len({*seeds, attempts.row_seeds}) == 4
    assert attempts.seeds_of(1) == behind(Gate([])).seeds_of(1) != behind(Gate([]), seed=11).seeds_of(1)


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_the_first_that_passes_is_taken(refused: int) -> None:
    gate = Gate([Status.FAIL] * refused + [Status.PASS])
    drawn, verdict = behind(gate).first_to_pass(lambda attempt: (f"draw {attempt}", ONE), [3])
    assert drawn == f"draw {refused}"
    assert (verdict.attempts, verdict.seed) == (refused + 1, 10)
    assert gate.asked == [(1, [3])] * (refused + 1)


def test_nothing_comes_of_three_refusals() -> None:
    with pytest.raises(GateRejected, match=f"the gate refused {ATTEMPTS} attempts, nothing is emitted") as refusal:
        behind(Gate([Status.FAIL] * ATTEMPTS)).first_to_pass(lambda _: (None, ONE))
    assert refusal.value.verdict.attempts == ATTEMPTS


def test_a_refusal_says_that_training_was_cut_short() -> None:
    cuts = (Cut("edges", 3, 50, "epoch"),)
    with pytest.raises(GateRejected, match=r"Training was cut short \(edges 3 of 50 epochs\): raise --max-minutes"):
        behind(Gate([Status.FAIL] * ATTEMPTS), cuts).first_to_pass(lambda _: (None, ONE))


def test_strict_refuses_what_nothing_can_be_claimed_about() -> None:
    loose = behind(Gate([Status.UNDERPOWERED]))
    assert loose.first_to_pass(lambda _: ("drawn", ONE))[0] == "drawn"
    strict = behind(Gate([Status.UNDERPOWERED]), strict=True)
    with pytest.raises(GateRejected, match="strict: nothing is emitted"):
        strict.first_to_pass(lambda _: ("drawn", ONE))


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of the generator, which gives one link to each subject."""
    calls: list[dict[str, Any]] = []

    def generate(model: FittedModel, subjects: int, **options: Any) -> Edges:
        calls.append({"subjects": subjects} | options)
        size = subjects if options["first"] is None else min(options["first"], subjects)
        zeros = np.zeros(size)
        return Edges.from_links(np.arange(size), zeros, zeros, num_subjects=size, num_verbs=1, num_objects=1)

    monkeypatch.setattr(module, "generate_edges", generate)
    return calls


def test_the_gates_share_of_a_plain_draw_is_judged_before_the_others_are_drawn(
    generated: list[dict[str, Any]],
) -> None:
    gate = Gate([Status.PASS], reference=5)
    edges, verdict = behind(gate).plain_edges(20)
    assert (edges.num_subjects, verdict.attempts) == (20, 1)
    assert gate.asked == [(5, None)]
    assert [(call["subjects"], call["first"], call["candidates"]) for call in generated] == [
        (20, 5, 1.0),
        (20, None, 1.0),
    ]


def test_few_subjects_are_drawn_among_as_many_as_the_gate_needs(generated: list[dict[str, Any]]) -> None:
    edges, _ = behind(Gate([Status.PASS], reference=5)).plain_edges(2)
    assert edges.num_subjects == 2
    assert [(call["subjects"], call["first"]) for call in generated] == [(5, 5)]


def test_later_attempts_are_raked_from_more_candidates(generated: list[dict[str, Any]]) -> None:
    gate = Gate([Status.FAIL, Status.FAIL, Status.PASS], reference=5)
    edges, verdict = behind(gate).plain_edges(20)
    assert (edges.num_subjects, verdict.attempts) == (20, 3)
    assert [call["candidates"] for call in generated] == [1.0, 2.0, 3.0]
    assert [call["first"] for call in generated] == [5, None, None]
    assert [call["seeds"] for call in generated] == [behind(gate).seeds_of(attempt) for attempt in range(3)]


def test_verbs_are_never_raked(generated: list[dict[str, Any]]) -> None:
    behind(Gate([Status.FAIL, Status.PASS], reference=5)).plain_edges(20, [1])
    assert [call["first"] for call in generated] == [5, 5, None]
    assert {tuple(call["verbs"]) for call in generated} == {(1,)}


def test_rows_are_exactly_as_many(small_model: FittedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    attempts = Attempts(small_model, seed=3)
    table, _ = attempts.plain_rows(1, None, 40)
    assert len(table) == 40
    assert attempts.plain_rows(4)[0].num_subjects == 4


def test_more_subjects_are_drawn_by_what_was_found() -> None:
    assert more_subjects(100, num_rows=200, found=150) == 148
    assert more_subjects(3, num_rows=10, found=0) == 34
