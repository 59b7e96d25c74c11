"""The last step of a chunk: its names, and its part of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Place
from assoc_synth.scale.encoding import Encoded, Manner
from assoc_synth.scale.targets import put
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True, eq=False)
class Finish:
    """The last step of a chunk: its names, and its part of the file.

    Attributes:
        manner: how it is written.
        place: where its names begin, and how many of its rows are kept.
        file: its own file; None where it is part of one.
        begins: whether it is the first.
    """

    manner: Manner
    place: Place
    file: Path | None
    begins: bool

    def run(self, model: FittedModel, table: TransactionTable) -> Encoded | int:
        """The chunk as part of a file, or the size of its own file, which is written."""
        encoded = self.manner.encode(self.place.rows_of(model, table), begins=self.begins)
        return encoded if self.file is None else put(encoded, self.file)
