"""SDV's own quality and diagnostic reports, as a section beside ours.

They score single columns and pairs of columns, row by row; which objects go together in one subject they do not see.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.evaluation.figures import Figure, known
from assoc_synth.table import TransactionTable

MAX_ROWS = 20_000


def sdv_figures(
    real: TransactionTable, synthetic: TransactionTable, *, seed: int = 0, max_rows: int = MAX_ROWS
) -> tuple[Figure, ...]:
    """Scores of `sdv.evaluation.evaluate_quality` and `run_diagnostic`: 1 is the aim.

    Names are "sdv quality", "sdv diagnostic", and either followed by a property, such as "sdv quality: Column Shapes".
    SDV gives no interval.

    Args:
        seed: of the rows that are drawn where there are more than `max_rows`.
    """
    from sdv.evaluation import evaluate_quality, run_diagnostic
    from sdv.metadata import Metadata

    rng = np.random.default_rng(seed)
    frames = [_frame(table, rng, max_rows) for table in (real, synthetic)]
    metadata = Metadata.load_from_dict(
        {"tables": {"transactions": {"columns": _columns(real, frames[0])}}, "relationships": []}
    )
    figures: list[Figure] = []
    for name, judge in (("sdv quality", evaluate_quality), ("sdv diagnostic", run_diagnostic)):
        # SDV prints its progress and warns about constant columns: nothing of either is for our reader.
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            report = judge({"transactions": frames[0]}, {"transactions": frames[1]}, metadata, verbose=False)
        figures.append(Figure(name, known(report.get_score()), aim="high"))
        for row in report.get_properties().to_dict("records"):
            figures.append(Figure(f"{name}: {row['Property']}", known(row["Score"]), aim="high"))
    return tuple(figure for figure in figures if figure.value is not None)


def _frame(table: TransactionTable, rng: np.random.Generator, most: int) -> pd.DataFrame:
    frame = table.to_frame(typed=True)
    if len(frame) > most:
        frame = frame.iloc[np.sort(rng.permutation(len(frame))[:most])]
    return frame.reset_index(drop=True)


def _columns(table: TransactionTable, frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    kinds = {"subject": "id", "basket": "id", "verb": "categorical", "object": "categorical", "time": "datetime",
             "amount": "numerical"}  # fmt: skip
    roles: dict[Any, str] = {column: kinds[role] for role, column in table.schema.roles().items()}
    found = {}
    for column in frame.columns:
        kind = roles.get(column) or _kind(frame[column])
        found[column] = {"sdtype": kind}
        if kind == "datetime" and frame[column].dtype.kind != "M":
            found[column] = {"sdtype": "categorical"}
    return found


def _kind(cells: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(cells):
        return "boolean"
    if pd.api.types.is_numeric_dtype(cells):
        return "numerical"
    return "datetime" if pd.api.types.is_datetime64_any_dtype(cells) else "categorical"
