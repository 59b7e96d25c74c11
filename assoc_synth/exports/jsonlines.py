"""The rows as JSON Lines, with the user's own column names."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.exports.output import only_text
from assoc_synth.exports.source import Source, table_of
from assoc_synth.exports.streaming import Frames
from assoc_synth.transactions.files.atomic import replacing, stream
from assoc_synth.transactions.files.jsonlines import write_jsonl as put_rows
from assoc_synth.transactions.files.writing import written_kind


def write_jsonl(source: Source, path: Path) -> None:
    """Write one JSON object in each line; a missing value is `null`; compressed if `path` ends in .gz.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    written_kind(path, "jsonl")
    with replacing(path) as temporary, stream(temporary) as file, only_text():
        for frame in Frames.of(table_of(source)):
            put_rows(frame, file)
