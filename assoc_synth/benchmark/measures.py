"""All measures of one table, in every scope, and their ratios to the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from assoc_synth.benchmark.work import Work
from assoc_synth.evaluation import (
    Fidelity,
    Proximity,
    Rows,
    Utility,
    c2st_figures,
    coded_rows,
    destroyed_distances,
    fidelity,
    fidelity_across_verbs,
    flagged,
    privacy_figures,
    repeat_share,
    row_distances,
    rows_of_edges,
    sdv_quality,
    verb_shares,
)
from assoc_synth.evaluation.comparison import halved
from assoc_synth.evaluation.destroyed import without_visits
from assoc_synth.evaluation.own_measures import own_distances
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

ALL = "all verbs"
ACROSS = "across verbs"
BASKETS = "baskets"
FIDELITIES = tuple(measure.name for measure in fields(Fidelity))


@dataclass(frozen=True)
class Measures:
    """Everything that is measured of one table.

    Attributes:
        fidelity: by scope: `ALL`, `ACROSS`, `BASKETS` where both tables have baskets, and "verb: NAME" for each verb.
        utility: of a recommender trained on it and tested on the real held-out table.
        proximity: closeness to the training subjects; None for the floor, which is what it is compared with.
        verb_shares: share of the links by verb.
        repeat_share: share of the links that repeat a (subject, object) pair.
        gate: the verdict of a gate whose subjects no competitor has seen, on the links and, where there are rows, on
            every scope that they have columns for; None in results of earlier versions.
        rows: order, times, visits, amounts and attributes by name, see `evaluation.row_figures`, whether a classifier
            recognises its subjects, and registered measures; of links alone only the classifier's.
        sdv: SDV's quality report of the rows by name, see `evaluation.sdv_reports`; empty for links alone.
        privacy: what training subjects have to fear by name, see `evaluation.disclosure`; empty in results of earlier
            versions.
        given_away_by: the names of those that give somebody away.
    """

    fidelity: Mapping[str, Fidelity]
    utility: Utility
    proximity: Proximity | None
    verb_shares: Mapping[str, float]
    repeat_share: float
    gate: Verdict | None = None
    rows: Mapping[str, float] = field(default_factory=dict)
    sdv: Mapping[str, float] = field(default_factory=dict)
    privacy: Mapping[str, float] = field(default_factory=dict)
    given_away_by: tuple[str, ...] = ()


def measure(work: Work, edges: Edges, baskets: Edges | None = None, table: TransactionTable | None = None) -> Measures:
    """Measure a synthetic table against the training half.

    Args:
        work: the two real halves.
        edges: the table under test, by the codes of the training half.
        baskets: the same with the basket in the subject's place, where the table has baskets.
        table: its rows, where it has more columns than subject, verb and object.
    """
    gate = work.gates.judge(edges, table)
    found = _measured(work, edges, baskets, work.recommending.judge(edges), work.proximity(edges), gate)
    if table is None:
        train, heldout = coded_rows(work.train, work.heldout)
        emitted = rows_of_edges(edges)
        found = replace(found, rows=_recognised(work, heldout, emitted))
        return _with_privacy(found, work, (train, heldout, emitted), (work.train.clusters, work.heldout.clusters))
    return _with_rows(found, work, table)


def measure_floor(work: Work) -> Measures:
    """The held-out half in the synthetic table's place: what a perfect sampler scores.

    A recommender trained on the held-out half has seen its own test: the floor's utility is cross-fitted, see
    `evaluation.utility`.
    """
    real, gate = work.recommending.judge_floor(), work.gates.judge(work.unseen, work.unseen_rows)
    found = _measured(work, work.heldout_edges, work.heldout_baskets, real, None, gate)
    train, heldout = coded_rows(work.train, work.heldout)
    rows = row_distances(train, heldout) | _recognised(work, heldout, train) | _own(work.train, work.heldout)
    found = replace(found, rows=rows, sdv=sdv_quality(work.train, work.heldout))
    # One half of the held-out subjects is emitted, the other half is held out.
    emitted, rest = halved(heldout.num_subjects, work.heldout.clusters, np.random.default_rng(work.seed))
    clusters = None if work.heldout.clusters is None else work.heldout.clusters[rest]
    sides = train, heldout.take(rest), heldout.take(emitted)
    return _with_privacy(found, work, sides, (work.train.clusters, clusters))


def measure_destroyed(work: Work) -> Measures:
    """What each measure of rows says of held-out rows that have lost what it looks at; nothing else is measured.

    See `evaluation.destroyed`; the classifier's figures are those of training rows without associations.
    """
    train, heldout = coded_rows(work.train, work.heldout)
    rng = np.random.default_rng(work.seed)
    rows = destroyed_distances(train, heldout, rng) | _recognised(work, heldout, without_visits(train, rng))
    unknown = Utility(float("nan"), float("nan"), float("nan"))
    return Measures({}, unknown, None, {}, float("nan"), rows=rows)


def measure_contaminated(work: Work) -> Measures:
    """The held-out half with a tenth replaced; its utility is NaN: a recommender trained on it has seen its test."""
    task = work.recommending
    unknown = Utility(float("nan"), task.real, task.popularity)
    gate = work.gates.judge(work.contaminated(work.unseen))
    return _measured(work, work.contaminated(work.heldout_edges), None, unknown, None, gate)


def ratios_to_floor(measured: Fidelity, floor: Fidelity) -> dict[str, float]:
    """Figure / floor of each measure; the aim is 1.00. NaN where the floor is 0 or unknown."""
    figures = {name: (getattr(measured, name), getattr(floor, name)) for name in FIDELITIES}
    return {name: figure / least if least else float("nan") for name, (figure, least) in figures.items()}


def _with_rows(found: Measures, work: Work, table: TransactionTable) -> Measures:
    train, rows, heldout = coded_rows(work.train, table, work.heldout)
    distances = row_distances(train, rows) | _recognised(work, heldout, rows) | _own(work.train, table)
    found = replace(found, rows=distances, sdv=sdv_quality(work.train, table))
    return _with_privacy(found, work, (train, heldout, rows), (work.train.clusters, work.heldout.clusters))


def _with_privacy(
    found: Measures, work: Work, sides: tuple[Rows, Rows, Rows], clusters: tuple[Ints | None, Ints | None]
) -> Measures:
    """With the privacy figures of training, held-out and emitted rows."""
    figures = privacy_figures(*sides, np.random.default_rng(work.seed), clusters=clusters)
    values = {figure.name: figure.value for figure in figures if figure.value is not None}
    return replace(found, privacy=values, given_away_by=flagged(figures))


def _recognised(work: Work, heldout: Rows, rows: Rows) -> dict[str, float]:
    """The classifier's figures by name: it has to tell a table's subjects from held-out real ones."""
    figures = c2st_figures(heldout, rows, np.random.default_rng(work.seed))
    return {figure.name: figure.value for figure in figures if figure.value is not None}


def _own(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    """The registered measures by name; one that gives no number is left out."""
    return {name: value for name, value in own_distances(real, other).items() if np.isfinite(value)}


def _measured(
    work: Work, edges: Edges, baskets: Edges | None, utility: Utility, proximity: Proximity | None, gate: Verdict
) -> Measures:
    train = work.train_edges
    found = {ALL: fidelity(train, edges), ACROSS: fidelity_across_verbs(train, edges)}
    for code, verb in enumerate(work.verbs):
        found[f"verb: {verb}"] = fidelity(train, edges, verb=code)
    if baskets is not None and baskets.num_subjects and work.train_baskets is not None:
        found[BASKETS] = fidelity(work.train_baskets, baskets)
    shares = dict(zip(work.verbs, verb_shares(edges).tolist(), strict=True))
    return Measures(found, utility, proximity, shares, repeat_share(edges), gate)
