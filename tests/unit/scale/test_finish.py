"""The last step of a chunk writes its own file, or gives its part of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Place
from assoc_synth.scale.encoding import Manner
from assoc_synth.scale.finish import Finish
from assoc_synth.transactions.table import TransactionTable

TABLE = TransactionTable.from_frame(
    pd.DataFrame({"who": ["c0", "c1"], "verb": "bought", "item": ["tea", "pot"]}), subject="who", object="item"
)


@dataclass(frozen=True)
class Begin:
    """A place that keeps the first rows as they are."""

    rows: int

    def rows_of(self, model: FittedModel, table: TransactionTable) -> TransactionTable:
        return table.take_rows(np.arange(self.rows))


def finish(kind: str, file: Path | None) -> Finish:
    return Finish(Manner.of(TABLE, kind), cast(Place, Begin(1)), file, begins=True)


def test_a_part_of_a_file_has_the_rows_that_are_kept() -> None:
    assert finish("csv", None).run(cast(FittedModel, None), TABLE) == b"who,verb,item\nc0,bought,tea\n"


def test_a_file_of_its_own_is_written_and_measured(tmp_path: Path) -> None:
    path = tmp_path / "part-00000.parquet"
    size = finish("parquet", path).run(cast(FittedModel, None), TABLE)
    assert size == path.stat().st_size
    assert pd.read_parquet(path)["item"].tolist() == ["tea"]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
