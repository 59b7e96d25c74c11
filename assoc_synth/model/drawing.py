"""Drawing from a fitted model: edges of new subjects, and the rows that those edges become."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.raking import rake, systematic_resample
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Ints, Values
from assoc_synth.transactions.table import TransactionTable


def generate_edges(
    model: FittedModel,
    subjects: int,
    *,
    seeds: Seeds,
    candidates: float = 1.0,
    verbs: list[int] | None = None,
    first: int | None = None,
) -> Edges:
    """Edges of new subjects, their attributes among them.

    Args:
        candidates: how many times as many subjects are drawn; above 1, those are kept that together have the training
            margins and degrees (maximum-entropy weights, systematic resampling). The gate's subjects play no part.
        verbs: only subjects that have a link by one of these, with all their links; then nothing is steered. Links that
            are drawn without a subject's other ones would be less associated, and their visits could not be told.
        first: draw only the first `first` subjects, identical to those of the full draw; only where nothing is steered.
    """
    from assoc_synth.ctgan.edges.sampling import sample_edges

    rng = seeds.child("subjects").generator()
    if verbs is not None:
        plan = model.plans.draw_of(verbs, subjects, rng)
        return sample_edges(model.edge_generator, plan[:first], seeds=seeds)
    composition = model.plans.draw(math.ceil(subjects * candidates), rng)
    if candidates <= 1:
        return sample_edges(model.edge_generator, composition[:first], seeds=seeds)
    edges = sample_edges(model.edge_generator, composition, seeds=seeds)
    counts = model.degree_counts()
    weights = rake(edges, model.token_shares().ravel(), counts / counts.sum(), target_size=model.known_subjects)
    return edges.take(systematic_resample(weights, subjects, rng))


def emit_rows(
    model: FittedModel, edges: Edges, *, seeds: Seeds, verbs: Sequence[int] | None = None, numbered: bool = False
) -> TransactionTable:
    """Rows of the given edges: their occurrences and attributes.

    Rows are sorted by subject, then time, then visit. Those of one visit at the same time, or without times, are in the
    order that was drawn: that of the table's rows where these have one, else at random.

    Args:
        verbs: only the rows of these. All are drawn, and the others are left out when visits and their order are known.
        numbered: numbers from 0 on stand in place of new names, which `naming.named` gives: the rows are part of a
            larger table.
    """
    from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler

    drawn = OccurrenceSampler(model.occurrence_generator, model.edge_generator, model.encoder, seeds=seeds).draw(edges)
    attributes, edges = model.classes_of(edges), model.links_of(edges)
    rng = seeds.child("values").generator()
    columns = model.encoder.decode(drawn, edges, rng, attributes=attributes, numbered=numbered)
    order = columns.order
    at = drawn.link_edge[order]
    basket = columns.basket[order] if columns.basket is not None else None
    table = TransactionTable(
        schema=model.format.schema,
        format=model.format,
        subjects=pd.RangeIndex(edges.num_subjects) if numbered else model.format.new_subject_names(edges.num_subjects),
        verbs=model.verbs,
        objects=model.objects,
        subject=edges.subject[at],
        verb=edges.verb[at],
        object=edges.object[at],
        time=_times(model, columns.time, order),
        amount=columns.amount[order] if columns.amount is not None else None,
        basket=basket,
        baskets=_basket_names(model, len(drawn.visits), numbered=numbered) if basket is not None else None,
        extras=_extras(model, columns.extras, order, identifiers(model) if numbered else ()),
    )
    return table if verbs is None else some_rows(model, table, np.isin(table.verb, verbs), numbered=numbered)


def identifiers(model: FittedModel) -> tuple[str, ...]:
    """The columns of new identifiers, in their order."""
    made = model.encoder.extras.regenerated
    return tuple(column.name for column in made if isinstance(column.rule, NewIdentifiers))


def some_rows(
    model: FittedModel, table: TransactionTable, chosen: Bools, *, numbered: bool = False
) -> TransactionTable:
    """The chosen rows of a table that a model emitted: (rows,) which. Its subjects stay, baskets are named anew."""
    kept = table.take_rows(np.flatnonzero(chosen))
    baskets = None if kept.baskets is None else _basket_names(model, len(kept.baskets), numbered=numbered)
    return replace(kept, subjects=table.subjects, subject=table.subject[chosen], baskets=baskets)


def joined(model: FittedModel, tables: Sequence[TransactionTable], *, numbered: bool = False) -> TransactionTable:
    """The rows of tables that a model emitted, one after the other, each subject and basket with a name of its own.

    Args:
        numbered: they have numbers in place of names, and so has what is returned; no column has identifiers.
    """
    first = tables[0]
    starts = np.cumsum([0, *(table.num_subjects for table in tables)])
    subject = [table.subject + np.int32(start) for table, start in zip(tables, starts, strict=False)]
    basket, baskets = None, None
    if first.basket is not None:
        sizes = [0 if table.baskets is None else len(table.baskets) for table in tables]
        begin = np.cumsum([0, *sizes])
        codes = [table.basket for table in tables if table.basket is not None]
        basket = np.concatenate([np.where(c < 0, -1, c + b) for c, b in zip(codes, begin, strict=False)])
        baskets = _basket_names(model, int(begin[-1]), numbered=numbered)
    times = [table.time for table in tables if table.time is not None]
    amounts = [table.amount for table in tables if table.amount is not None]
    return replace(
        first,
        subjects=pd.RangeIndex(int(starts[-1])) if numbered else model.format.new_subject_names(int(starts[-1])),
        subject=np.concatenate(subject).astype(np.int32),
        verb=np.concatenate([table.verb for table in tables]),
        object=np.concatenate([table.object for table in tables]),
        time=np.concatenate(times) if times else None,
        amount=np.concatenate(amounts) if amounts else None,
        basket=basket,
        baskets=baskets,
        extras=pd.concat([table.extras for table in tables], ignore_index=True),
    )


def _times(model: FittedModel, times: Values | None, order: Ints) -> Values | None:
    """Times in row order; a column that held nothing in training stays a column of missing values."""
    if times is not None:
        return times[order]
    has_column = model.format.schema.time is not None
    return np.full(len(order), np.datetime64("NaT"), "datetime64[ns]") if has_column else None


def _basket_names(model: FittedModel, count: int, *, numbered: bool) -> pd.Index:
    return pd.RangeIndex(count) if numbered else model.format.new_basket_names(count)


def _extras(model: FittedModel, columns: dict[str, Values], order: Ints, numbered: Sequence[str] = ()) -> pd.DataFrame:
    dates, made = model.encoder.extras.dates, {}
    for name in model.format.schema.extras:
        written = model.format.extras[name]
        if name in numbered:
            made[name] = pd.Series(columns[name][order], dtype=object)
        elif name in dates:
            made[name] = dates[name].format.give(columns[name][order])
        elif name in columns:
            made[name] = written.give(pd.Series(columns[name], dtype=object).to_numpy()[order])
        else:
            made[name] = written.nothing(len(order))
    return pd.DataFrame(made, index=pd.RangeIndex(len(order)))
