"""The visits of a table: its baskets, sessions, or each subject's distinct timestamps, see `transactions.sessions`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.ctgan.interface import Visits
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.days import DAY

UNDATED = np.iinfo(np.int64).min
"""NaT as a number."""


def visits_of(graph: LinkGraph, first_day: int | None = None) -> tuple[Visits, Ints]:
    """A table's visits, and (rows,) the visit of each row, −1 for none.

    A visit is as early as its earliest link.

    Args:
        first_day: since 1970, which days are counted from; what is before counts as on it. None for the table's first.
    """
    table, of_row = graph.table, graph.baskets
    inside = np.flatnonzero(of_row >= 0)
    frame = pd.DataFrame({"basket": of_row[inside], "subject": table.subject[inside].astype(np.int64)})
    frame["time"] = np.datetime64("NaT", "ns") if table.time is None else table.time[inside]
    groups = frame.groupby(["subject", "basket"], sort=True, as_index=False)
    found = groups.agg(time=("time", "min"), last=("time", "max"), size=("time", "size"))
    found = found.sort_values(["subject", "time", "basket"], na_position="last")
    number = pd.MultiIndex.from_arrays([found["subject"], found["basket"]])
    renumbered = np.full(len(of_row), -1, np.int64)
    renumbered[inside] = number.get_indexer(pd.MultiIndex.from_frame(frame[["subject", "basket"]]))
    time = found["time"].to_numpy("datetime64[ns]").astype(np.int64)
    gone = time == UNDATED
    length = np.where(gone, 0, found["last"].to_numpy("datetime64[ns]").astype(np.int64) - time)
    known = table.time[~np.isnat(table.time)] if table.time is not None else np.zeros(0, "datetime64[ns]")
    if first_day is None:
        first_day = int(known.astype(np.int64).min()) // DAY if len(known) else 0
    visits = Visits(
        subject=found["subject"].to_numpy(np.int64),
        day=np.where(gone, -1, np.maximum(time // DAY - first_day, 0)),
        clock=np.where(gone, 0, time % DAY),
        size=found["size"].to_numpy(np.int64),
        length=length if length.any() else None,
    )
    return visits, renumbered


def repeats_in_a_visit(graph: LinkGraph, of_row: Ints) -> bool:
    """Whether any visit holds the same link (verb and object) more than once."""
    table, edges = graph.table, graph.edges
    inside = of_row >= 0
    token = table.verb[inside].astype(np.int64) * edges.num_objects + table.object[inside]
    return bool(pd.DataFrame({"visit": of_row[inside], "token": token}).duplicated().any())
