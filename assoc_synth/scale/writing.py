"""`sample_to`: a plain draw of any size into a file or folder, in memory that does not grow with it.

It writes and does not yield rows, because the copies are counted over all of them: rows that were handed out could not
be taken back. A file gets its name once the verdict vouches for all that is in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assoc_synth.exports import export
from assoc_synth.gate.verdict import Verdict
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Drawn, Place, Probe, Stream, plain_rows
from assoc_synth.scale.encoding import Encoded, Manner
from assoc_synth.scale.engines import Engine, check_engine, engine_of
from assoc_synth.scale.estimate import Estimate
from assoc_synth.scale.finish import Finish
from assoc_synth.scale.targets import FileTarget, FolderTarget, is_folder, kind_at, opened, put, size_of
from assoc_synth.transactions.table import TransactionTable

ONE_CHUNK = "all rows are one chunk, which is drawn in this process: the cluster was not asked"


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        path: the file or folder.
        rows, subjects: how many.
        verdict: the gate's, about all of them.
        notes: what the reader should know about these rows.
    """

    path: Path
    rows: int
    subjects: int
    verdict: Verdict
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a draw is.

    Attributes:
        rows: that are written.
        estimate: what is expected in all; the first call has no rows yet.
    """

    rows: int
    estimate: Estimate


def sample_to(
    path: str | os.PathLike[str],
    attempts: Attempts,
    subjects: int,
    *,
    verbs: list[int] | None = None,
    num_rows: int | None = None,
    engine: str | None = None,
    safe: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Written:
    """Write a plain draw. The same seed writes the same file, whatever engine draws it.

    Args:
        path: the file; or a folder, ending in a slash, which gets a Parquet file for each chunk.
        attempts: the model, the seed, and how strict the gate is.
        subjects: how many, or about how many the rows need.
        verbs: codes of the only verbs; None for all.
        num_rows: exactly so many rows; None for all of the subjects.
        engine: see `engine_of`.
        safe: for CSV and TSV, see `write_frame`.
        progress: called before the first chunk is written, and after each.

    Raises:
        GateRejected: the gate refuses, and nothing is written.
        InputError: the path cannot be written to, or its disk has too little room.
        MissingExtraError: the engine is not installed.
    """
    stream, kind = Stream(attempts, subjects, verbs, num_rows), kind_at(path)
    check_engine(engine)
    if stream.is_small:
        table, verdict = plain_rows(attempts, subjects, verbs, num_rows)
        _write(table, path, kind, safe=safe)
        notes = (*attempts.model.notes, *([] if engine is None else [ONE_CHUNK]))
        return Written(Path(path), len(table), table.num_subjects, verdict, notes)
    with engine_of(engine) as works, opened(path) as target:
        sink = _Sink(attempts.model, target, works, kind, safe=safe, progress=progress)
        verdict = stream.run(works, sink)
        sink.end()
    return Written(Path(path), sink.rows, sink.subjects, verdict, attempts.model.notes)


def _write(table: TransactionTable, path: str | os.PathLike[str], kind: str, *, safe: bool) -> None:
    """Rows that are all in memory."""
    if not is_folder(path):
        export(table, "csv" if kind == "tsv" else kind, path, **({"safe": True} if safe else {}))
        return
    with opened(path) as target:
        manner, place = Manner.of(table, kind), target.place(0)
        assert place is not None, "a folder has a place for each chunk"
        put(manner.encode(table, begins=True), place)


class _Sink:
    """Writes chunks into a target, each in the manner that the first rows set."""

    def __init__(
        self,
        model: FittedModel,
        target: FileTarget | FolderTarget,
        engine: Engine,
        kind: str,
        *,
        safe: bool,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.model, self.target, self.engine, self.kind, self.safe = model, target, engine, kind, safe
        self.progress = progress
        self.rows = self.subjects = 0
        self.manner: Manner | None = None
        self.estimate = Estimate(0, 0, 0.0)

    def begin(self, probe: Probe) -> None:
        """Say what is expected, and begin anew."""
        self.rows = self.subjects = 0
        self.manner = None
        encoded = Manner.of(probe.table, self.kind, safe=self.safe).encode(probe.table, begins=False)
        expected = round(size_of(encoded) * probe.rows / max(len(probe.table), 1))
        self.estimate = Estimate(probe.rows, expected, probe.all_seconds, self.engine.workers)
        self.estimate.check(self.target.temporary.parent)
        self._tell()

    def take(self, drawn: Drawn, place: Place) -> None:
        """Write a chunk; the first one, which is drawn here, sets the manner."""
        if self.manner is None:
            assert isinstance(drawn.table, TransactionTable), "the first chunk is drawn here"
            table = place.rows_of(self.model, drawn.table)
            self.manner = Manner.of(table, self.kind, safe=self.safe)
            self.target.begin(self.manner.schema)
        finish = Finish(self.manner, place, self.target.place(drawn.chunk.number), drawn.chunk.number == 0)
        for encoded in self.engine.finished(self.model, drawn, finish):
            self._add(encoded)
        self.rows += place.rows
        self.subjects += drawn.used.subjects
        self._tell()

    def end(self) -> None:
        """All chunks were taken."""
        for encoded in self.engine.rest():
            self._add(encoded)

    def _add(self, encoded: Encoded | int) -> None:
        if not isinstance(encoded, int):
            self.target.add(encoded)

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(Progress(self.rows, self.estimate))
