"""A plain draw of any size, chunk by chunk: what is drawn of each depends on the seed and its number alone.

The first chunk is drawn and judged as a whole small draw is; each of the others has streams of its own, named by its
number. So a table is the same whatever draws its chunks, one after the other or many beside each other, and no memory
grows with it. Where a chunk's names begin depends on those before it: they are given last, see `naming`.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Protocol

import numpy as np

from assoc_synth.gate.copy_counter import CopyCounter
from assoc_synth.gate.histories import Histories
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.attempts import Attempts, more_subjects
from assoc_synth.model.drawing import emit_rows, generate_edges, joined
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.naming import Used, named
from assoc_synth.model.plain import Plain, candidates_of, chunk_of
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

PROBE = 512
"""Subjects that are drawn to tell how long all of them take, and how much room."""
MOST_AHEAD = 750_000
"""Rows of all chunks that are drawn at once, at most, beside one that is written: what is drawn is in memory."""
LEAST_RAKED = 1_024
"""Subjects of an attempt that is raked, at least: of fewer, weights are chance."""


@dataclass(frozen=True)
class Chunk:
    """A part of a draw.

    Attributes:
        number: from 0 on; the first one is the one that is judged.
        subjects: how many it has.
    """

    number: int
    subjects: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """A chunk that is drawn.

    Attributes:
        chunk: which.
        rows, used: how many rows and new names it has.
        histories: of its subjects.
        table: its rows, with numbers in place of new names; an engine may put a reference to it in its place.
    """

    chunk: Chunk
    rows: int
    used: Used
    histories: Histories
    table: object

    @classmethod
    def of(cls, model: FittedModel, chunk: Chunk, edges: Edges, table: TransactionTable) -> Drawn:
        histories = Histories.of(model.links_of(edges)) if model.judge.copies is not None else Histories.none()
        return cls(chunk, len(table), Used.of(model, table), histories, table)


@dataclass(frozen=True)
class Recipe:
    """All that a chunk after the first is drawn by, besides the model.

    Attributes:
        seeds: of the attempt.
        attempt: its number.
        verbs: codes of the only verbs; None for all.
    """

    seeds: Seeds
    attempt: int
    verbs: tuple[int, ...] | None

    def draw(self, model: FittedModel, chunk: Chunk) -> Drawn:
        """A chunk: the same rows wherever it is drawn."""
        seeds, verbs = self.seeds.child(f"chunk {chunk.number}"), None if self.verbs is None else list(self.verbs)
        more = candidates_of(self.attempt, verbs)
        subjects = max(chunk.subjects, LEAST_RAKED) if more > 1 else chunk.subjects
        edges = generate_edges(model, subjects, seeds=seeds, candidates=more, verbs=verbs)
        if edges.num_subjects > chunk.subjects:
            edges = edges.take(np.arange(chunk.subjects))
        table = emit_rows(model, edges, seeds=seeds.child("rows"), verbs=verbs, numbered=True)
        return Drawn.of(model, chunk, edges, table)


@dataclass(frozen=True)
class Place:
    """Where the rows of a chunk belong.

    Attributes:
        used: the new names of the chunks before it.
        rows: how many of its rows are kept.
    """

    used: Used
    rows: int

    def rows_of(self, model: FittedModel, table: TransactionTable) -> TransactionTable:
        """The kept rows with their names."""
        made = named(model, table, self.used)
        return made if self.rows >= len(made) else made.take_rows(np.arange(self.rows))


class Engine(Protocol):
    """Draws chunks, somewhere."""

    def draws(self, model: FittedModel, recipe: Recipe, chunks: Iterable[Chunk]) -> Iterator[Drawn]:
        """The chunks in their order.

        Args:
            chunks: a sequence of those that are all wanted, or any number, of which as many are drawn as are taken.
        """
        ...


class Sink(Protocol):
    """Takes chunks in their order."""

    def begin(self, probe: Probe) -> None:
        """Forget what was taken: an attempt begins."""
        ...

    def take(self, drawn: Drawn, place: Place) -> None:
        """The next chunk."""
        ...


class OneProcess:
    """Draws chunks here: where all are wanted, and small, one in each thread, the next ones while one is written."""

    def draws(self, model: FittedModel, recipe: Recipe, chunks: Iterable[Chunk]) -> Iterator[Drawn]:
        """As `Engine`."""
        from assoc_synth.ctgan.threads import ahead, threads_for

        threads = 1
        if isinstance(chunks, Sequence) and chunks:
            fitting = MOST_AHEAD / (chunks[0].subjects * max(model.links_per_subject, 1.0))
            threads = max(min(threads_for(model.edge_generator.output.device), int(fitting)), 1)
        return ahead(partial(recipe.draw, model), chunks, threads)


@dataclass(frozen=True, eq=False)
class Probe:
    """A few subjects that tell how much all of them will be; they are not emitted.

    Attributes:
        table: their rows.
        seconds: how long they took, by one process.
        rows: how many rows there will be, or about how many.
    """

    table: TransactionTable
    seconds: float
    rows: int

    @property
    def all_seconds(self) -> float:
        """How long all rows take one process."""
        return self.seconds * self.rows / max(len(self.table), 1)


@dataclass(frozen=True, eq=False)
class Stream:
    """A plain draw in chunks.

    Attributes:
        subjects: how many are wanted, or about how many the rows need.
        verbs: codes of the only verbs; None for all.
        num_rows: how many rows are wanted; None for all of the subjects.
    """

    attempts: Attempts
    subjects: int
    verbs: list[int] | None = None
    num_rows: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether all is drawn at once."""
        return self.subjects <= self._plain(self.subjects).most

    def run(self, engine: Engine, sink: Sink) -> Verdict:
        """Draw all chunks and give them to a sink, which may keep them once this returns.

        Raises:
            GateRejected: the gate refuses.
        """
        plain = self._plain(self._first)
        return self.attempts.first_to_pass(plain.draw, lambda _, attempt: self._drawn(plain, attempt, engine, sink))[1]

    def chunks(self) -> Iterable[Chunk]:
        """The chunks after the first one, a list; where rows are wanted, there is no last one."""
        size = chunk_of(self.attempts.model)
        if self.num_rows is not None:
            return (Chunk(number, size) for number in count(1))
        begins = range(self._first, self.subjects, size)
        return [Chunk(number, min(size, self.subjects - begin)) for number, begin in enumerate(begins, 1)]

    @property
    def _first(self) -> int:
        """Subjects of the first chunk."""
        return self._plain(self.subjects).most

    def _plain(self, subjects: int) -> Plain:
        return Plain(self.attempts, subjects, self.verbs, numbered=True)

    def _drawn(self, plain: Plain, attempt: int, engine: Engine, sink: Sink) -> str:
        """What is wrong with the copies in an attempt; nothing, and all its chunks are in the sink."""
        model, verbs = self.attempts.model, None if self.verbs is None else tuple(self.verbs)
        recipe, counter = Recipe(self.attempts.seeds_of(attempt), attempt, verbs), CopyCounter()
        sink.begin(self._probe(recipe))
        used, rows, known = Used(), 0, None if verbs else model.judge.copies
        # Closed, so that none is drawn on after the last one taken.
        with closing(self._every(plain, attempt, engine, recipe)) as chunks:
            for drawn in chunks:
                counter.add(drawn.histories)
                if known is not None and (why := known.too_many(counter.copies)):
                    return why
                left = drawn.rows if self.num_rows is None else min(drawn.rows, self.num_rows - rows)
                sink.take(drawn, Place(used, left))
                used, rows = used + drawn.used, rows + left
                if rows == self.num_rows:
                    break
        return ""

    def _every(self, plain: Plain, attempt: int, engine: Engine, recipe: Recipe) -> Generator[Drawn, None, None]:
        """The first chunk, and the others."""
        yield Drawn.of(self.attempts.model, Chunk(0, self._first), *plain.whole(attempt))
        yield from engine.draws(self.attempts.model, recipe, self.chunks())

    def _probe(self, recipe: Recipe) -> Probe:
        model, chunk = self.attempts.model, Chunk(-1, PROBE)
        began = time.monotonic()
        table = recipe.draw(model, chunk).table
        took = time.monotonic() - began
        assert isinstance(table, TransactionTable), "it is drawn here"
        rows = self.num_rows or round(len(table) * self.subjects / PROBE)
        return Probe(named(model, table, Used()), took, rows)


class InMemory:
    """A sink that keeps all rows."""

    def __init__(self, model: FittedModel) -> None:
        self.model = model
        self.tables: list[TransactionTable] = []

    def begin(self, probe: Probe) -> None:
        """As `Sink`."""
        self.tables.clear()

    def take(self, drawn: Drawn, place: Place) -> None:
        """As `Sink`."""
        assert isinstance(drawn.table, TransactionTable), "it is drawn here"
        self.tables.append(place.rows_of(self.model, drawn.table))

    def table(self) -> TransactionTable:
        """All rows."""
        whole = joined(self.model, self.tables, numbered=True)
        first, *others = self.tables
        subjects = first.subjects.append([one.subjects for one in others])
        if first.baskets is None:
            return replace(whole, subjects=subjects)
        baskets = first.baskets.append([one.baskets for one in others if one.baskets is not None])
        return replace(whole, subjects=subjects, baskets=baskets)


def plain_rows(
    attempts: Attempts, subjects: int, verbs: list[int] | None = None, num_rows: int | None = None
) -> tuple[TransactionTable, Verdict]:
    """Rows of `subjects` new subjects, or exactly `num_rows` rows, where the last subject may be cut short.

    The rows of the subjects that the gate judges are drawn and judged before the others are drawn; then come those and
    further ones of the same draw. The first attempt is plain, later ones are raked. What is more than a chunk is drawn
    in several.

    Raises:
        GateRejected: as `Attempts.first_to_pass`.
    """
    while (plain := Plain(attempts, subjects, verbs)).most >= subjects:
        verdict = attempts.first_to_pass(plain.draw, plain.copies)[1]
        table = plain.table(verdict.attempts - 1)
        if num_rows is None:
            return table, verdict
        if len(table) >= num_rows:
            return table.take_rows(np.arange(num_rows)), verdict
        subjects = more_subjects(subjects, num_rows, len(table))
    sink = InMemory(attempts.model)
    verdict = Stream(attempts, subjects, verbs, num_rows).run(OneProcess(), sink)
    return sink.table(), verdict
