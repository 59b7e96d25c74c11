"""Attempts: the first draw that the gate lets pass, and nothing where it refuses them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected
from assoc_synth.gate.asked import Asked
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model import attempts as module
from assoc_synth.model.attempts import ATTEMPTS, Attempts, more_subjects
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.shortfall import Cut, Shortfall
from assoc_synth.randomness import Seeds

ONE = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=1)
SHOP = toy_shop(subjects=3)


class Gate:
    """Answers as it is told to, and remembers how many subjects it was asked about."""

    def __init__(self, answers: Sequence[Status], reference: int = 5, copies: Copies | None = None) -> None:
        self.answers, self.reference, self.copies = iter(answers), reference, copies
        self.asked: list[tuple[int, object]] = []
        self.codes, self.is_old = None, copies is None

    def judge(self, drawn: Edges, rng: np.random.Generator, asked: Asked) -> Verdict:
        self.asked.append((drawn.num_subjects, None))
        return Verdict(next(self.answers), p_value=0.01, tau_high=1.0, watched=(("pairs_within", 3),))

    def judge_verbs(self, drawn: Edges, having: dict[Any, int], rng: np.random.Generator, asked: Asked) -> Verdict:
        self.asked.append((drawn.num_subjects, having))
        return Verdict(next(self.answers))

    def num_reference(self, verbs: list[int] | None = None) -> int:
        return self.reference


class Sizes:
    """Every other subject has a link of verb 1."""

    def draw(self, subjects: int, rng: np.random.Generator) -> Any:
        return np.stack([np.ones(subjects, int), np.arange(subjects) % 2], axis=1)


def behind(gate: Gate, cuts: tuple[Cut, ...] = (), **options: Any) -> Attempts:
    model = SimpleNamespace(
        judge=gate,
        links_of=lambda edges: edges,
        shortfall=Shortfall(cuts),
        verbs=["bought", "returned"],
        objects=["tea"],
        degrees=Sizes(),
        encoder=SimpleNamespace(extras=SimpleNamespace(regenerated=())),
        promise=None,
    )
    return Attempts(cast(FittedModel, model), **({"seed": 10} | options))


def evidence(drawn: Any = None) -> Callable[[int], tuple[Any, Evidence]]:
    return lambda attempt: (f"draw {attempt}" if drawn is None else drawn, Evidence(ONE, SHOP))


def test_each_attempt_has_a_seed_of_its_own() -> None:
    attempts = behind(Gate([]))
    seeds = [attempts.seeds_of(attempt) for attempt in range(3)]
    assert {one.entropy for one in seeds} == {10}
    assert len({*seeds, attempts.row_seeds}) == 4
    assert attempts.seeds_of(1) == behind(Gate([])).seeds_of(1) != behind(Gate([]), seed=11).seeds_of(1)


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_the_first_that_passes_is_taken(refused: int) -> None:
    gate = Gate([Status.FAIL] * refused + [Status.PASS])
    drawn, verdict = behind(gate).first_to_pass(evidence())
    assert drawn == f"draw {refused}"
    assert (verdict.attempts, verdict.seed) == (refused + 1, 10)
    assert ("It is attempt" in verdict.sentence) == (refused > 0)
    assert gate.asked == [(1, None)] * (refused + 1)


@pytest.mark.parametrize("silent", [Status.PASS_LIMITED, Status.UNDERPOWERED])
def test_after_a_refusal_silence_is_not_enough(silent: Status) -> None:
    assert behind(Gate([silent])).first_to_pass(evidence())[1].status is silent
    assert behind(Gate([Status.FAIL, silent, Status.PASS])).first_to_pass(evidence())[0] == "draw 2"
    with pytest.raises(GateRejected, match=r"the gate refused 3 attempts, nothing is emitted\. FAIL:") as refusal:
        behind(Gate([Status.FAIL, silent, silent])).first_to_pass(evidence())
    assert refusal.value.verdict.status is Status.FAIL
    assert refusal.value.table is SHOP


def test_nothing_comes_of_three_refusals() -> None:
    with pytest.raises(GateRejected, match=f"the gate refused {ATTEMPTS} attempts, nothing is emitted") as refusal:
        behind(Gate([Status.FAIL] * ATTEMPTS)).first_to_pass(evidence())
    assert refusal.value.verdict.attempts == ATTEMPTS


def test_a_draw_of_copies_is_refused_though_its_sample_passes() -> None:
    told = iter(["too many copies", ""])
    drawn, verdict = behind(Gate([Status.PASS] * 2)).first_to_pass(evidence(), lambda *_: next(told))
    assert (drawn, verdict.attempts) == ("draw 1", 2)
    with pytest.raises(GateRejected, match="FAIL: too many copies"):
        behind(Gate([Status.PASS] * 3)).first_to_pass(evidence(), lambda *_: "too many copies")


def test_a_refusal_says_that_training_was_cut_short() -> None:
    cuts = (Cut("edges", 3, 50, "epoch"),)
    with pytest.raises(GateRejected, match=r"Training was cut short \(edges 3 of 50 epochs\): raise --max-minutes"):
        behind(Gate([Status.FAIL] * ATTEMPTS), cuts).first_to_pass(evidence())


def test_strict_refuses_what_nothing_can_be_claimed_about() -> None:
    assert behind(Gate([Status.UNDERPOWERED])).first_to_pass(evidence("drawn"))[0] == "drawn"
    with pytest.raises(GateRejected, match="strict: nothing is emitted"):
        behind(Gate([Status.UNDERPOWERED]), strict=True).first_to_pass(evidence())


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of the generator, which gives one link to each subject; a table of three stands for all rows."""
    calls: list[dict[str, Any]] = []

    def generate(model: FittedModel, subjects: int, **options: Any) -> Edges:
        calls.append({"subjects": subjects} | options)
        size = subjects if options["first"] is None else min(options["first"], subjects)
        zeros = np.zeros(size)
        return Edges.from_links(np.arange(size), zeros, zeros, num_subjects=size, num_verbs=1, num_objects=1)

    def emit(model: FittedModel, edges: Edges, *, seeds: Seeds, verbs: Sequence[int] | None) -> Any:
        calls.append({"rows of": edges.num_subjects, "by": verbs})
        table = SimpleNamespace(num_subjects=edges.num_subjects)
        table.take_subjects = lambda chosen: SimpleNamespace(num_subjects=len(chosen))
        return table

    def join(model: FittedModel, tables: Sequence[Any]) -> Any:
        return SimpleNamespace(num_subjects=sum(table.num_subjects for table in tables))

    for name, fake in (("generate_edges", generate), ("emit_rows", emit), ("joined", join)):
        monkeypatch.setattr(module, name, fake)
    return calls


def test_the_gates_share_of_a_plain_draw_is_judged_with_its_rows_before_the_others_are_drawn(
    generated: list[dict[str, Any]],
) -> None:
    gate = Gate([Status.PASS], reference=5)
    table, verdict = behind(gate).plain_rows(20)
    assert (table.num_subjects, verdict.attempts) == (20, 1)
    assert gate.asked == [(5, None)]
    assert [call.get("first", call.get("rows of")) for call in generated] == [5, 5, None, 15]
    assert [call["subjects"] for call in generated if "subjects" in call] == [20, 20]


def test_few_subjects_are_drawn_among_as_many_as_the_gate_needs(generated: list[dict[str, Any]]) -> None:
    table, _ = behind(Gate([Status.PASS], reference=5)).plain_rows(2)
    assert table.num_subjects == 2
    assert [call.get("first", call.get("rows of")) for call in generated] == [5, 5]


def test_later_attempts_are_raked_from_more_candidates(generated: list[dict[str, Any]]) -> None:
    gate = Gate([Status.FAIL, Status.FAIL, Status.PASS], reference=5)
    table, verdict = behind(gate).plain_rows(20)
    assert (table.num_subjects, verdict.attempts) == (20, 3)
    drawn = [call for call in generated if "subjects" in call]
    assert [call["candidates"] for call in drawn] == [1.0, 2.0, 3.0]
    assert [call["first"] for call in drawn] == [5, None, None]
    assert [call["seeds"] for call in drawn] == [behind(gate).seeds_of(attempt) for attempt in range(3)]


def test_some_verbs_are_never_raked_and_as_many_subjects_are_judged_as_would_have_one(
    generated: list[dict[str, Any]],
) -> None:
    gate = Gate([Status.FAIL, Status.PASS], reference=10, copies=Copies(0, 0, 0))
    table, _ = behind(gate).plain_rows(20, [1])
    assert table.num_subjects == 20
    drawn = [call for call in generated if "subjects" in call]
    assert [call["first"] for call in drawn] == [5, 5, None], "five of ten have verb 1"
    assert {tuple(call["verbs"]) for call in drawn} == {(1,)}
    assert gate.asked == [(5, {(1,): 5})] * 2
    assert [call["by"] for call in generated if "by" in call] == [[1]] * 3


def test_rows_with_new_identifiers_are_drawn_at_once(generated: list[dict[str, Any]]) -> None:
    attempts = behind(Gate([Status.PASS], reference=5))
    cast(Any, attempts.model).encoder.extras.regenerated = ("a column",)
    table, _ = attempts.plain_rows(20)
    assert table.num_subjects == 20
    assert [call.get("first", call.get("rows of")) for call in generated] == [None, 20]


def test_a_plain_verdict_emits_nothing_and_is_not_strict(generated: list[dict[str, Any]]) -> None:
    verdict = behind(Gate([Status.UNDERPOWERED]), strict=True).plain_verdict()
    assert verdict.status is Status.UNDERPOWERED


def test_rows_are_exactly_as_many(small_model: FittedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    attempts = Attempts(small_model, seed=3)
    table, _ = attempts.plain_rows(1, None, 40)
    assert len(table) == 40
    assert attempts.plain_rows(4)[0].num_subjects == 4
    assert attempts.plain_rows(90)[0].num_subjects == 90


def test_more_subjects_are_drawn_by_what_was_found() -> None:
    assert more_subjects(100, num_rows=200, found=150) == 148
    assert more_subjects(3, num_rows=10, found=0) == 34
