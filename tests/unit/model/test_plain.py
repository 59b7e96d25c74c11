"""A plain draw: the judged subjects come first, the others after them, in as many calls of the generator as need be."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.gate.asked import Asked
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model import plain as module
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.plain import CHUNK, LEAST_CHUNK, ROWS, Plain, candidates_of, chunk_of, plain_verdict
from assoc_synth.model.streaming import plain_rows
from assoc_synth.randomness import Seeds


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


def behind(gate: Gate, **options: Any) -> Attempts:
    model = SimpleNamespace(
        judge=gate,
        links_of=lambda edges: edges,
        shortfall=SimpleNamespace(sentence=""),
        verbs=["bought", "returned"],
        objects=["tea"],
        degrees=Sizes(),
        encoder=SimpleNamespace(extras=SimpleNamespace(regenerated=())),
        promise=None,
        links_per_subject=1.0,
    )
    return Attempts(cast(FittedModel, model), **({"seed": 10} | options))


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of the generator, which gives one link to each subject; a table of three stands for all rows."""
    calls: list[dict[str, Any]] = []

    def generate(model: FittedModel, subjects: int, **options: Any) -> Edges:
        calls.append({"subjects": subjects} | options)
        size = subjects if options["first"] is None else min(options["first"], subjects)
        zeros = np.zeros(size)
        return Edges.from_links(np.arange(size), zeros, zeros, num_subjects=size, num_verbs=1, num_objects=1)

    def emit(model: FittedModel, edges: Edges, *, seeds: Seeds, verbs: Sequence[int] | None, numbered: bool) -> Any:
        assert not numbered, "there is one chunk"
        calls.append({"rows of": edges.num_subjects, "by": verbs})
        table = SimpleNamespace(num_subjects=edges.num_subjects)
        table.take_subjects = lambda chosen: SimpleNamespace(num_subjects=len(chosen))
        return table

    def join(model: FittedModel, tables: Sequence[Any], *, numbered: bool) -> Any:
        return SimpleNamespace(num_subjects=sum(table.num_subjects for table in tables))

    for name, fake in (("generate_edges", generate), ("emit_rows", emit), ("joined", join)):
        monkeypatch.setattr(module, name, fake)
    return calls


def test_the_gates_share_of_a_plain_draw_is_judged_with_its_rows_before_the_others_are_drawn(
    generated: list[dict[str, Any]],
) -> None:
    gate = Gate([Status.PASS], reference=5)
    table, verdict = plain_rows(behind(gate), 20)
    assert (table.num_subjects, verdict.attempts) == (20, 1)
    assert gate.asked == [(5, None)]
    assert [call.get("first", call.get("rows of")) for call in generated] == [5, 5, None, 15]
    assert [call["subjects"] for call in generated if "subjects" in call] == [20, 20]


def test_few_subjects_are_drawn_among_as_many_as_the_gate_needs(generated: list[dict[str, Any]]) -> None:
    table, _ = plain_rows(behind(Gate([Status.PASS], reference=5)), 2)
    assert table.num_subjects == 2
    assert [call.get("first", call.get("rows of")) for call in generated] == [5, 5]


def test_later_attempts_are_raked_from_more_candidates(generated: list[dict[str, Any]]) -> None:
    gate = Gate([Status.FAIL, Status.FAIL, Status.PASS], reference=5)
    table, verdict = plain_rows(behind(gate), 20)
    assert (table.num_subjects, verdict.attempts) == (20, 3)
    drawn = [call for call in generated if "subjects" in call]
    assert [call["candidates"] for call in drawn] == [1.0, 2.0, 3.0]
    assert [call["first"] for call in drawn] == [5, None, None]
    assert [call["seeds"] for call in drawn] == [behind(gate).seeds_of(attempt) for attempt in range(3)]


def test_some_verbs_are_never_raked_and_as_many_subjects_are_judged_as_would_have_one(
    generated: list[dict[str, Any]],
) -> None:
    gate = Gate([Status.FAIL, Status.PASS], reference=10, copies=Copies(0, 0, 0))
    table, _ = plain_rows(behind(gate), 20, [1])
    assert table.num_subjects == 20
    drawn = [call for call in generated if "subjects" in call]
    assert [call["first"] for call in drawn] == [5, 5, None], "five of ten have verb 1"
    assert {tuple(call["verbs"]) for call in drawn} == {(1,)}
    assert gate.asked == [(5, {(1,): 5})] * 2
    assert [call["by"] for call in generated if "by" in call] == [[1]] * 3


def test_rows_with_new_identifiers_are_drawn_at_once(generated: list[dict[str, Any]]) -> None:
    attempts = behind(Gate([Status.PASS], reference=5))
    cast(Any, attempts.model).encoder.extras.regenerated = ("a column",)
    table, _ = plain_rows(attempts, 20)
    assert table.num_subjects == 20
    assert [call.get("first", call.get("rows of")) for call in generated] == [None, 20]


def test_a_plain_verdict_emits_nothing_and_is_not_strict(generated: list[dict[str, Any]]) -> None:
    verdict = plain_verdict(behind(Gate([Status.UNDERPOWERED]), strict=True))
    assert verdict.status is Status.UNDERPOWERED


def test_a_chunk_has_fewer_subjects_where_they_have_many_rows() -> None:
    sizes = [chunk_of(cast(Any, SimpleNamespace(links_per_subject=links))) for links in (0.5, 3.0, 128.0, 129.0, 1e9)]
    assert sizes == [CHUNK, CHUNK, CHUNK, CHUNK // 2, LEAST_CHUNK]
    assert CHUNK * 128 == ROWS


def test_more_than_a_chunk_is_judged_where_the_gate_asks_for_more() -> None:
    assert Plain(behind(Gate([], reference=5)), 9, None).most == CHUNK
    assert Plain(behind(Gate([], reference=CHUNK + 1)), 9, None).most == CHUNK + 1
    assert candidates_of(1, None) == 2.0
