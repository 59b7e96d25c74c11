"""How chunks become parts of one file: each is encoded by itself, in the way that the first one sets."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TypeAlias

import pandas as pd
import pyarrow as pa

from assoc_synth.exports.output import only_text
from assoc_synth.exports.streaming import NULLABLE, Frames
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.files.formulas import guarded
from assoc_synth.transactions.files.jsonlines import write_jsonl
from assoc_synth.transactions.files.writing import arrow_table
from assoc_synth.transactions.table import TransactionTable

Encoded: TypeAlias = bytes | pa.Table
"""A chunk as it stands in a file: text, or the rows of a Parquet file."""


@dataclass(frozen=True, eq=False)
class Manner:
    """How all chunks of a file are written.

    Attributes:
        kind: "csv", "tsv", "jsonl" or "parquet".
        safe: whether text that a spreadsheet would run gets a leading ', see `guarded`.
        dialect: of a CSV.
        first: what the first rows say: the dtype of each column, how fine times are, and whether text breaks lines.
        schema: of Parquet.
    """

    kind: str
    safe: bool
    dialect: Dialect
    first: Frames
    schema: pa.Schema | None

    @classmethod
    def of(cls, table: TransactionTable, kind: str, *, safe: bool = False) -> Manner:
        """The manner that some rows set."""
        frames = Frames.of(table, typed=kind == "parquet", alone=kind not in ("csv", "tsv"))
        dialect = replace(table.format.dialect, delimiter="\t") if kind == "tsv" else table.format.dialect
        found = None if kind != "parquet" else _schema(table.to_frame(typed=True))
        kept = replace(frames, table=table.take_rows(pd.RangeIndex(0).to_numpy()), whole=False)
        return cls(kind, safe, dialect, kept, found)

    def encode(self, table: TransactionTable, *, begins: bool) -> Encoded:
        """The rows of a chunk.

        Args:
            begins: whether it is the first of its file, where a CSV has its header.

        Raises:
            InputError: a cell cannot be written.
        """
        own = Frames.of(table, typed=self.kind == "parquet", alone=self.kind not in ("csv", "tsv"))
        finest = {
            name: pd.concat([self.first.finest.get(name, cells[:0]), cells]) for name, cells in own.finest.items()
        }
        frame = pd.concat([self._alike(part) for part in replace(own, finest=finest)], ignore_index=True)
        if self.schema is not None:
            return arrow_table(frame, self.schema)
        file = io.BytesIO()
        with only_text():
            if self.kind == "jsonl":
                write_jsonl(frame, file)
                return file.getvalue()
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            # Python's writer quotes a carriage return only if it is part of the line's end.
            ending = "\r\n" if own.carriage or self.first.carriage else "\n"
            cells, header = guarded(frame) if self.safe else frame, self.dialect.header and begins
            cells.to_csv(text, sep=self.dialect.delimiter, header=header, index=False, lineterminator=ending)
            text.detach()
        return file.getvalue()

    def _alike(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the dtypes of the first rows, where its cells have room in them."""
        made = frame.copy(deep=False)
        for name, dtype in self.first.dtypes.items():
            own = frame[name].dtype
            if own == dtype or name in self.first.finest:
                continue
            wanted = NULLABLE.get(str(dtype), dtype) if frame[name].isna().any() else dtype
            try:
                made[name] = frame[name].astype(wanted)
            except (TypeError, ValueError, OverflowError):
                continue
        return made


def _schema(frame: pd.DataFrame) -> pa.Schema:
    """Of Parquet; a column without a value holds text, which every value can be written as."""
    found = arrow_table(frame).schema
    fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in found]
    return pa.schema(fields, metadata=found.metadata)
