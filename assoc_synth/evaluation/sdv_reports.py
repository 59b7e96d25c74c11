"""SDV's own quality and diagnostic reports, as a section beside ours.

They score single columns and pairs of columns, row by row; which objects go together in one subject they do not see.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.evaluation.figures import Figure, known
from assoc_synth.transactions.sdv_metadata import sdtype_of
from assoc_synth.transactions.table import TransactionTable

MAX_ROWS = 20_000
ROLE_TYPES = {
    "subject": "id",
    "basket": "id",
    "verb": "categorical",
    "object": "categorical",
    "time": "datetime",
    "amount": "numerical",
}
PARTS = {"sdv_quality": "", "column_shapes": "Column Shapes", "pair_trends": "Column Pair Trends"}


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

    rng = np.random.default_rng(seed)
    frames = [_frame(table, rng, max_rows) for table in (real, synthetic)]
    columns = _columns(real, frames[0])
    figures: list[Figure] = []
    for name, judge in (("sdv quality", evaluate_quality), ("sdv diagnostic", run_diagnostic)):
        figures += [
            Figure(name if not part else f"{name}: {part}", known(score))
            for part, score in _scores(judge, frames[0], frames[1], columns).items()
        ]
    return tuple(figure for figure in figures if figure.value is not None)


def sdv_quality(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    """`evaluate_quality` of verb, object, time and amount, of all rows: "sdv_quality", "column_shapes", "pair_trends".

    Only what both tables have; subjects and baskets are keys, which SDV does not score. Names are matched as text.
    """
    from sdv.evaluation import evaluate_quality

    first, second = (_by_role(table) for table in (real, other))
    both = [name for name in first.columns if name in second.columns]
    columns = {name: {"sdtype": ROLE_TYPES[name]} for name in both}
    found = _scores(evaluate_quality, first[both], second[both], columns)
    return {name: found[part] for name, part in PARTS.items() if part in found}


def _scores(judge: Any, real: pd.DataFrame, other: pd.DataFrame, columns: Mapping[str, Any]) -> dict[str, float]:
    """A report's score by "", and those of its parts."""
    from sdv.metadata import Metadata

    metadata = Metadata.load_from_dict({"tables": {"transactions": {"columns": columns}}, "relationships": []})
    # SDV prints its progress and warns about constant columns: nothing of either is for our reader.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        report = judge({"transactions": real}, {"transactions": other}, metadata, verbose=False)
    parts = report.get_properties().to_dict("records")
    return {"": report.get_score()} | {str(row["Property"]): row["Score"] for row in parts}


def _by_role(table: TransactionTable) -> pd.DataFrame:
    found: dict[str, Any] = {
        "verb": table.verbs.astype(str).take(table.verb),
        "object": table.objects.astype(str).take(table.object),
        "time": table.time,
        "amount": table.amount,
    }
    return pd.DataFrame({name: values for name, values in found.items() if values is not None})


def _frame(table: TransactionTable, rng: np.random.Generator, most: int) -> pd.DataFrame:
    frame = table.to_frame(typed=True)
    if len(frame) > most:
        frame = frame.iloc[np.sort(rng.permutation(len(frame))[:most])]
    return frame.reset_index(drop=True)


def _columns(table: TransactionTable, frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    roles: dict[Any, str] = {column: ROLE_TYPES[role] for role, column in table.schema.columns().items()}
    found = {}
    for column in frame.columns:
        kind = roles.get(column) or sdtype_of(frame[column])
        found[column] = {"sdtype": kind}
        if kind == "datetime" and frame[column].dtype.kind != "M":
            found[column] = {"sdtype": "categorical"}
    return found
