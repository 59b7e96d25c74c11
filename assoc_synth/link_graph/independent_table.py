"""A whole table without associations: what a table synthesizer that treats rows as independent can reach at best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.table import TransactionTable


def independent_table(table: TransactionTable, rng: np.random.Generator) -> TransactionTable:
    """What a generator without any association makes of a table.

    Links are those of `independent_draw`; times, amounts and extra columns are dealt out at random among the rows of a
    verb; baskets are missing; subjects are new ones.
    """
    drawn = independent_draw(LinkGraph.from_table(table).edges, rng)
    subject, verb, object = (np.repeat(codes, drawn.count) for codes in (drawn.subject, drawn.verb, drawn.object))
    source = np.empty(len(verb), np.int64)
    for code in np.unique(verb):
        source[verb == code] = rng.permutation(np.flatnonzero(table.verb == code))
    return replace(
        table,
        subjects=table.format.new_subject_names(drawn.num_subjects),
        subject=subject,
        verb=verb,
        object=object,
        time=None if table.time is None else table.time[source],
        amount=None if table.amount is None else table.amount[source],
        basket=None if table.basket is None else np.full(len(source), -1, np.int64),
        baskets=None if table.baskets is None else table.baskets[:0],
        extras=table.extras.iloc[source].reset_index(drop=True),
        notes=(),
    )
