"""From tables and a verdict to the facts of a report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import assoc_synth
from assoc_synth.evaluation.comparison import Sides, fidelity_figures
from assoc_synth.evaluation.disclosure import disclosure_of
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import motif_figures
from assoc_synth.evaluation.sdv_reports import sdv_figures
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.report.also_buy import AlsoBuyFacts, strongest_pairs
from assoc_synth.report.book import ClaimedPairs, frequent
from assoc_synth.report.columns import charts
from assoc_synth.report.extras import extra_charts
from assoc_synth.report.facts import ReportFacts, Reproduction, Size
from assoc_synth.report.heat import heat_maps
from assoc_synth.report.inputs import HELDOUT, REAL, SYNTHETIC, ReportInputs
from assoc_synth.report.lifts import claimed_labels, drawing, scatter, standing
from assoc_synth.report.row_figures import row_figures_of
from assoc_synth.report.transitions import transitions
from assoc_synth.report.visits import visit_charts
from assoc_synth.transactions.table import TransactionTable


def gather(inputs: ReportInputs) -> ReportFacts:
    """Count everything that a report says.

    Raises:
        InputError: two names of one table have the same text.
    """
    tables = inputs.tables
    facts = ReportFacts(
        title=inputs.title or "Do the associations survive?",
        verdict=inputs.verdict,
        sizes=tuple(_size(side, table) for side, table in tables.items()),
        reproduction=_reproduction(inputs),
        training=inputs.training,
        notes=tuple(shown(note) for note in inputs.notes),
    )
    if not tables:
        return facts
    aligned = Aligned.of(*tables.values())
    edges = dict(zip(tables, aligned.edges, strict=True))
    claims = {
        side: ClaimedPairs(own, aligned.verbs, aligned.objects, frequent(own))
        for side, own in edges.items()
        if side != HELDOUT
    }
    extras, undrawn = extra_charts(tables)
    rows = dict(zip(tables, coded_rows(*tables.values()), strict=True))
    drawn = (*charts(tables, edges), *visit_charts(rows), *extras)
    facts = replace(facts, charts=drawn, notes=(*facts.notes, *undrawn))
    first = next(iter(claims.values()), None)
    if first is None:
        return facts
    maps, difference = heat_maps(claims, first.verb)
    facts = replace(facts, heat_maps=maps, difference=difference)
    if inputs.real is None or inputs.synthetic is None:
        return replace(facts, drawing=drawing(first, first.verb))
    return _with_rows(_compared(facts, inputs, edges, claims), rows, claims[REAL], inputs)


def _with_rows(facts: ReportFacts, rows: dict[str, Rows], claims: ClaimedPairs, inputs: ReportInputs) -> ReportFacts:
    """The facts with what is about order, visits and cells, and about who is given away."""
    rng = np.random.default_rng(inputs.seed)
    return replace(
        facts,
        transitions=transitions(rows[REAL], rows[SYNTHETIC], claims.verbs, claims.objects),
        rows=row_figures_of(rows[REAL], rows[SYNTHETIC], rows.get(HELDOUT), rng),
        privacy=_privacy(inputs),
    )


def _privacy(inputs: ReportInputs) -> tuple[Figure, ...]:
    if inputs.real is None or inputs.synthetic is None or inputs.heldout is None:
        return ()
    return disclosure_of(inputs.real, inputs.synthetic, inputs.heldout, seed=inputs.seed)


def _reproduction(inputs: ReportInputs) -> Reproduction:
    data = tuple((side, shown(name)) for side, name in inputs.data.items() if name)
    version, model = assoc_synth.__version__, shown(inputs.model) if inputs.model else ""
    return Reproduction(version, inputs.seed, inputs.command, inputs.date, data, model)


def _compared(
    facts: ReportFacts, inputs: ReportInputs, edges: dict[str, Edges], claims: dict[str, ClaimedPairs]
) -> ReportFacts:
    """The facts with what takes a real and a synthetic table."""
    real, synthetic, heldout, seed = inputs.real, inputs.synthetic, inputs.heldout, inputs.seed
    assert real is not None
    assert synthetic is not None
    # Draws follow one another in this order: the same seed gives the same page.
    rng = np.random.default_rng(seed)
    sides = Sides.of(edges[REAL], edges[SYNTHETIC], edges.get(HELDOUT), rng, clusters=real.clusters)
    found, labels = standing(claims[REAL], claims[SYNTHETIC])
    return replace(
        facts,
        standing=found,
        drawing=drawing(claims[REAL], claims[REAL].verb, labels, claims[SYNTHETIC]),
        scatter=scatter(claims[REAL], claims[SYNTHETIC], sides),
        also_buy=_also_buy(real, synthetic),
        figures=fidelity_figures(sides, rng),
        floor=_floor(sides),
        marginals=marginal_figures(real, synthetic, heldout, rng),
        motifs=motif_figures(sides, rng),
        sdv=sdv_figures(real, synthetic, seed=seed) if inputs.sdv else (),
    )


def _size(side: str, table: TransactionTable) -> Size:
    return Size(side, len(table), table.num_subjects, table.num_verbs, table.num_objects)


def _also_buy(real: TransactionTable, synthetic: TransactionTable) -> AlsoBuyFacts:
    return strongest_pairs(LinkGraph.from_table(real), LinkGraph.from_table(synthetic))


def standing_counts(real: TransactionTable, synthetic: TransactionTable) -> dict[str, int]:
    """How many of the pairs that either table claims are confirmed, changed and undecided."""
    aligned = Aligned.of(real, synthetic)
    first, second = (ClaimedPairs(edges, (), (), frequent(edges)) for edges in aligned.edges)
    labels = claimed_labels(first, second)
    return {name: int(getattr(labels, name).sum()) for name in ("confirmed", "changed", "undecided")}


def _floor(sides: Sides) -> str:
    sizes = f"{sides.synthetic.num_subjects:,} subjects against {sides.reference.num_subjects:,} real ones"
    if sides.floor is None:
        return sizes
    return f"{sizes}; the floor is {'the held-out part' if sides.heldout else 'the other half of the real table'}"
