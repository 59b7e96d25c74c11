"""Association rules as mlxtend's `association_rules` names them, with our intervals, and edges of the also-buy graph.

The denominator of every support is all subjects, not the buyers of the verb: a support is the share of all subjects.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.exports.source import Source, graph_of
from assoc_synth.link_graph.associations import MIN_COUNT, MIN_LIFT
from assoc_synth.link_graph.frames import VERBS
from assoc_synth.link_graph.graph import LinkGraph, Unit
from assoc_synth.transactions.files import kind_of, write_frame

EDGE_COLUMNS = (
    "source", "target", "support", "confidence", "lift", "lift_low", "lift_high", "count", "source verb", "target verb",
)  # fmt: skip


def write_rules(
    source: Source,
    path: Path,
    *,
    verb: str | None = None,
    min_count: int = MIN_COUNT,
    min_lift: float = MIN_LIFT,
    per: Unit = "subject",
) -> None:
    """Write the rules that may be claimed: CSV, TSV, JSON Lines or Parquet by the suffix; columns of `LinkGraph.rules`.

    Antecedents and consequents hold one name each.

    Args:
        source: table or graph.
        path: the file.
        verb: only rules within this verb.
        min_count, min_lift: the lowest count and lift.
        per: "subject" or "basket".

    Raises:
        InputError: an unknown verb or suffix, or no baskets.
    """
    _check(path)
    frame = graph_of(source).rules(verb=verb, min_count=min_count, min_lift=min_lift, per=per)
    for side in ("antecedents", "consequents"):
        frame[side] = [", ".join(str(name) for name in names) for names in frame[side]]
    write_frame(frame, path)


def write_associations(
    source: Source,
    path: Path,
    *,
    verb: str | None = None,
    min_count: int = MIN_COUNT,
    min_lift: float = 1.0,
    per: Unit = "subject",
) -> None:
    """Write who buys this also buys that: an edge per ordered pair, columns `EDGE_COLUMNS`; no claim is made.

    Args:
        source: table or graph.
        path: the file: CSV, TSV, JSON Lines or Parquet by its suffix.
        verb: only edges from this verb.
        min_count, min_lift: the lowest count and lift.
        per: "subject" or "basket".

    Raises:
        InputError: as `write_rules`.
    """
    _check(path)
    write_frame(edges(graph_of(source), verb, min_count, min_lift, per), path)


def edges(graph: LinkGraph, verb: str | None, min_count: int, min_lift: float, per: Unit) -> pd.DataFrame:
    """The edges, strongest first."""
    found = graph.partners(
        verb=verb, top=max(graph.edges.num_objects * graph.edges.num_verbs, 1), min_count=min_count, per=per
    )
    names = {"antecedents": "source", "consequents": "target", VERBS[0]: "source verb", VERBS[1]: "target verb"}
    kept = found[found["lift"] >= min_lift].rename(columns=names)
    return kept[list(EDGE_COLUMNS)].reset_index(drop=True)


def _check(path: Path) -> None:
    if path.suffix.lower() == ".txt":
        raise InputError(f"{path.name!r}: rules are written as .csv, .tsv, .jsonl or .parquet")
    kind_of(path)
