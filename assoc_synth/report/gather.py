"""From tables and a verdict to the facts of a report."""

from __future__ import annotations

import numpy as np

import assoc_synth
from assoc_synth.evaluation.comparison import MAX_SUBJECTS, Aligned, Sides, cut, fidelity_figures
from assoc_synth.evaluation.disclosure import privacy_figures
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import motif_figures
from assoc_synth.evaluation.sdv_reports import sdv_figures
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.report.also_buy import AlsoBuyFacts, strongest_pairs
from assoc_synth.report.columns import charts
from assoc_synth.report.facts import ReportFacts, Reproduction, Size
from assoc_synth.report.lifts import Book, claimed_labels, drawing, heat_maps, scatter, standing
from assoc_synth.report.names import shown
from assoc_synth.transactions.table import TransactionTable

REAL, SYNTHETIC, HELDOUT = "real", "synthetic", "held out"
COMMAND = "assoc-synth validate REAL SYNTHETIC --seed {seed} --report report.html"


def gather(
    real: TransactionTable | None,
    synthetic: TransactionTable | None,
    verdict: Verdict,
    *,
    heldout: TransactionTable | None = None,
    seed: int = 0,
    title: str = "",
    command: str = "",
    notes: tuple[str, ...] = (),
    sdv: bool = False,
) -> ReportFacts:
    """Count everything that a report says; arguments as in `Report.of`."""
    tables = {
        side: table for side, table in ((REAL, real), (SYNTHETIC, synthetic), (HELDOUT, heldout)) if table is not None
    }
    facts = ReportFacts(
        title=title or "Do the associations survive?",
        verdict=verdict,
        sizes=tuple(_size(side, table) for side, table in tables.items()),
        reproduction=Reproduction(assoc_synth.__version__, seed, command or COMMAND.format(seed=seed)),
        notes=tuple(shown(note) for note in notes),
    )
    if not tables:
        return facts
    aligned = Aligned.of(*tables.values())
    edges = dict(zip(tables, aligned.edges, strict=True))
    names = tuple(tuple(shown(name) for name in own) for own in (aligned.verbs, aligned.objects))
    books = {side: Book(edges[side], *names) for side in tables if side != HELDOUT}
    single = charts(tables, edges)
    first = next(iter(books.values()), None)
    if first is None:
        return _with(facts, charts=single)
    maps = heat_maps(books, first.verb)
    if real is None or synthetic is None:
        return _with(facts, charts=single, heat_maps=maps, drawing=drawing(first, first.verb))
    rng = np.random.default_rng(seed)
    sides = Sides.of(edges[REAL], edges[SYNTHETIC], edges.get(HELDOUT), rng)
    stand, labels = standing(books[REAL], books[SYNTHETIC])
    return _with(
        facts,
        charts=single,
        heat_maps=maps,
        standing=stand,
        drawing=drawing(books[REAL], first.verb, labels, books[SYNTHETIC]),
        scatter=scatter(books[REAL], books[SYNTHETIC], sides),
        also_buy=_also_buy(real, synthetic),
        figures=fidelity_figures(sides, rng),
        floor=_floor(sides),
        marginals=marginal_figures(real, synthetic, heldout, rng),
        motifs=motif_figures(sides, rng),
        privacy=_privacy(edges, rng, seed) if heldout is not None else (),
        sdv=sdv_figures(real, synthetic, seed=seed) if sdv else (),
    )


def _with(facts: ReportFacts, **found: object) -> ReportFacts:
    from dataclasses import replace

    return replace(facts, **found)  # type: ignore[arg-type]


def _size(side: str, table: TransactionTable) -> Size:
    return Size(side, len(table), table.num_subjects, table.num_verbs, table.num_objects)


def _also_buy(real: TransactionTable, synthetic: TransactionTable) -> AlsoBuyFacts:
    return strongest_pairs(LinkGraph.from_table(real), LinkGraph.from_table(synthetic))


def standing_counts(real: TransactionTable, synthetic: TransactionTable) -> dict[str, int]:
    """How many of the pairs that either table claims are confirmed, changed and undecided."""
    aligned = Aligned.of(real, synthetic)
    first, second = (Book(edges, (), ()) for edges in aligned.edges)
    labels = claimed_labels(first, second)
    return {name: int(getattr(labels, name).sum()) for name in ("confirmed", "changed", "undecided")}


def _floor(sides: Sides) -> str:
    sizes = f"{sides.synthetic.num_subjects:,} subjects against {sides.reference.num_subjects:,} real ones"
    if sides.floor is None:
        return sizes
    return f"{sizes}; the floor is {'the held-out part' if sides.heldout else 'the other half of the real table'}"


def _privacy(edges: dict[str, Edges], rng: np.random.Generator, seed: int) -> tuple[Figure, ...]:
    train, heldout, synthetic = (cut(edges[side], MAX_SUBJECTS, rng) for side in (REAL, HELDOUT, SYNTHETIC))
    return privacy_figures(train, heldout, synthetic, rng, seed=seed)
