"""The rows as JSON Lines, with the user's own column names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from assoc_synth.exports.output import only_text, part_files
from assoc_synth.exports.source import Source, table_of
from assoc_synth.exports.streaming import Frames, in_parts
from assoc_synth.transactions.files.atomic import replacing, stream
from assoc_synth.transactions.files.jsonlines import write_jsonl as put_rows
from assoc_synth.transactions.files.writing import written_kind


def write_jsonl(source: Source, path: Path, *, part_rows: int | None = None) -> None:
    """Write one JSON object in each line; a missing value is `null`; compressed if `path` ends in .gz.

    Args:
        source: table or graph.
        path: the file.
        part_rows: write a folder of files of so many rows, part-00000.jsonl and so on.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    frames = Frames.of(table_of(source))
    if part_rows is None:
        written_kind(path, "jsonl")
        with replacing(path) as temporary:
            _put(frames, temporary)
        return
    with part_files(path, ".jsonl") as place:
        for number, own in in_parts(frames, part_rows):
            _put(own, place(number))


def _put(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write frames into a file that nobody reads yet."""
    with stream(path) as file, only_text():
        for frame in frames:
            put_rows(frame, file)
