"""Chunks of a draw: rows that a small draw has bit for bit, and of a larger one the same whatever draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assoc_synth.ctgan.threads import ahead
from assoc_synth.errors import GateRejected
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.verdict import Status
from assoc_synth.model import streaming
from assoc_synth.model.attempts import ATTEMPTS, Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import InMemory, OneProcess, Recipe, Stream, plain_rows
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture
def small_chunks(small_model: FittedModel, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """Attempts of a model that is drawn 64 subjects at once, of which the gate judges few and says nothing."""
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    monkeypatch.setattr("assoc_synth.model.plain.CHUNK", 64)
    monkeypatch.setattr("assoc_synth.model.streaming.PROBE", 8)
    return Attempts(small_model, seed=3)


def test_rows_are_exactly_as_many(small_chunks: Attempts) -> None:
    table, _ = plain_rows(small_chunks, 1, None, 40)
    assert len(table) == 40
    assert plain_rows(small_chunks, 4)[0].num_subjects == 4
    whole, _ = plain_rows(small_chunks, 90)
    cut, _ = plain_rows(small_chunks, 90, None, len(whole) - 5)
    assert len(cut) == len(whole) - 5


def test_names_run_on_from_chunk_to_chunk_and_each_chunk_is_drawn_by_its_number(small_chunks: Attempts) -> None:
    model = small_chunks.model
    stream, sink = Stream(small_chunks, 64 + 10), InMemory(model)
    assert not stream.is_small
    assert {chunk.subjects for chunk in stream.chunks()} <= {64, 10}
    stream.run(OneProcess(), sink)
    table = sink.table()
    assert table.num_subjects == 64 + 10
    assert table.subjects.is_unique
    assert table.baskets is None or table.baskets.is_unique
    recipe = Recipe(small_chunks.seeds_of(0), 0, None)
    again = recipe.draw(model, next(iter(stream.chunks())))
    assert again.rows == len(sink.tables[1])
    assert again.used.subjects == sink.tables[1].num_subjects


def test_chunks_are_drawn_ahead_where_all_are_wanted(small_chunks: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    """By two threads the rows after the first chunk, which both draw together, are those of one."""
    asked, found = list[int](), list[list[TransactionTable]]()

    def spied(work: Any, parts: Iterable[Any], threads: int) -> Iterator[Any]:
        asked.append(threads)
        return ahead(work, parts, threads)

    monkeypatch.setattr("assoc_synth.ctgan.threads.ahead", spied)
    monkeypatch.setattr("assoc_synth.ctgan.threads.threads_for", lambda _: 2)
    for rows in (None, 1_500):
        stream, sink = Stream(small_chunks, 64 + 130, num_rows=rows), InMemory(small_chunks.model)
        stream.run(OneProcess(), sink)
        found.append(sink.tables)
    monkeypatch.setattr(streaming, "MOST_AHEAD", 64)
    Stream(small_chunks, 64 + 130).run(OneProcess(), InMemory(small_chunks.model))
    assert asked == [2, 1, 1]  # all are wanted; so many rows are; too many rows at once
    alike = zip(*found, strict=False)  # so many rows are fewer chunks
    assert all(one.to_frame().head(50).equals(other.to_frame().head(50)) for one, other in alike)
    assert [table.num_subjects for table in found[0]] == [64, 64, 64, 2]


def test_a_draw_of_copies_is_refused_by_all_its_chunks(small_chunks: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Copies, "too_many", lambda self, other: "copies" if other.subjects > 64 else "")
    judge = replace(small_chunks.model.judge, copies=Copies(100, 0, 0))
    attempts = replace(small_chunks, model=replace(small_chunks.model, judge=judge))
    with pytest.raises(GateRejected, match="copies") as refusal:
        Stream(attempts, 64 + 10).run(OneProcess(), InMemory(attempts.model))
    assert refusal.value.verdict.attempts == ATTEMPTS
