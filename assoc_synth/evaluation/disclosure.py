"""Privacy figures of emitted rows, each beside a second real sample's and a table's without associations.

    closer_to_train     share of emitted subjects that are nearer to a training than to a held-out subject
    exact_copies        share of emitted subjects, of four links or more, that have exactly a training subject's links
    near_copies         the same, but one link may be added, removed or replaced
    row_copies          share of emitted subjects that have exactly a training subject's links, times and amounts
    duplicates          share of emitted subjects, of four links or more, that equal another emitted one
    most_emitted        how many emitted subjects are the same training subject, at most
    dcr, nndr           distance to the closest training record (1 − cosine), and its ratio to that of the second
                        closest, at the 5th percentile (Zhao et al. 2021)
    membership_auc, tpr@1%, tpr@0.1%            of each attack of `membership`
    singling_out, linkability, inference        the risks of `risks`

Which figures give somebody away is decided for all of them at once: `p_value` is how often any of them is as bad where
nobody is given away, and one of `FLAG` or less flags a figure. Three kinds of evidence count, each at a third of the
level: what an attacker scores is higher of training subjects than of held-out ones (`labels`); so many people are not
copied by chance, however few they are; and nobody is emitted so often by chance (`coincidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from scipy.stats import binom

from assoc_synth.evaluation.attacks import Attacks, Likelihood, Target
from assoc_synth.evaluation.cells import cells, has_cells
from assoc_synth.evaluation.coincidence import beyond_chance, repeated_beyond_chance, smallest_p
from assoc_synth.evaluation.comparison import halved
from assoc_synth.evaluation.copies import Copies, Sets, duplicates, most_emitted
from assoc_synth.evaluation.figures import Figure, known
from assoc_synth.evaluation.labels import Score, adjusted_p
from assoc_synth.evaluation.membership import FALSE_ALARMS
from assoc_synth.evaluation.nearest import nearest_two
from assoc_synth.evaluation.privacy import closer_to_train
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.rows import UNDATED, Rows, coded_rows, rows_of_edges
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.table import TransactionTable

FLAG = 0.01
"""A figure with such a p-value or a smaller one is flagged: in one honest table of a hundred at most."""
MAX_SUBJECTS = 10_000
"""Subjects of each side whose nearest neighbours are looked for; copies are looked for in whole tables."""
QUANTILE = 0.05
GUESSING = {"membership_auc": 0.5, "closer_to_train": 0.5, **FALSE_ALARMS}
"""What figures are worth that tell nothing."""
BINS = 50
_ALL_KINDS = 3


def privacy_figures(
    train: Rows,
    heldout: Rows,
    synthetic: Rows,
    rng: np.random.Generator,
    *,
    clusters: tuple[Ints | None, Ints | None] = (None, None),
    likelihood: Likelihood | None = None,
) -> tuple[Figure, ...]:
    """Every figure; those that nothing is known about are left out.

    The floor is the held-out part in the emitted table's place. Where a figure needs both an emitted table and held-out
    subjects, one half of it is the one and the other half the other; where that is too small, or the attacker has the
    model, the floor is what guessing scores. Beside it what a table without associations scores: the independent
    generator's, which was trained on the training part as well, and is no copy of anybody.

    Args:
        train, heldout, synthetic: over one vocabulary.
        rng: of everything drawn.
        clusters: of training and held-out subjects, (subjects,) codes each; a cluster is on one side.
        likelihood: of the training and the held-out subjects, where the attacker has the model.

    Example:
        >>> from assoc_synth import datasets
        >>> from assoc_synth.link_graph.rows import coded_rows
        >>> train, heldout = coded_rows(*datasets.halves(datasets.toy_shop(subjects=300)))
        >>> copied = privacy_figures(train, heldout, train, np.random.default_rng(0))
        >>> "exact_copies" in flagged(copied)
        True
    """
    target = Target.of(train, heldout, clusters, likelihood)
    found = Attacks.on(target, synthetic, rng)
    figures = _of_table(target, synthetic, rng) | _closer(target, synthetic, rng) | found.figures
    floors = _of_table(target, heldout, rng) | _second_sample(target, rng)
    drawn, plain = independent_rows(train, rng, synthetic.num_subjects), replace(target, likelihood=None)
    beside = _of_table(plain, drawn, rng) | _closer(plain, drawn, rng) | Attacks.on(plain, drawn, rng).figures
    p_values = _p_values(target, synthetic, found, rng)
    return tuple(
        replace(
            figure,
            floor=_value(floors, name, GUESSING.get(name.partition(":")[0])),
            independent=_value(beside, name),
            p_value=p_values.get(name),
        )
        for name, figure in figures.items()
        if figure.value is not None or figure.why
    )


def disclosure_of(
    real: TransactionTable,
    synthetic: TransactionTable,
    heldout: TransactionTable,
    *,
    seed: int = 0,
    likelihood: Likelihood | None = None,
) -> tuple[Figure, ...]:
    """`privacy_figures` of tables: verbs and objects are matched by the text of their names.

    Args:
        real: what the generator was trained on; heldout: other real subjects. Clusters are those of their own columns.
        seed: of everything drawn.
        likelihood: as `privacy_figures` takes it, such as `model.likelihood.surprise_saved` of both tables.
    """
    train, emitted, unseen = coded_rows(real, synthetic, heldout)
    rng, clusters = np.random.default_rng(seed), (real.clusters, heldout.clusters)
    return privacy_figures(train, unseen, emitted, rng, clusters=clusters, likelihood=likelihood)


def flagged(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The figures that give somebody away, by name.

    Example:
        >>> flagged([Figure("near_copies", 0.1, p_value=0.002), Figure("dcr", 0.1), Figure("tpr@1%", 0, p_value=0.4)])
        ('near_copies',)
    """
    return tuple(figure.name for figure in figures if figure.p_value is not None and figure.p_value <= FLAG)


def _second_sample(target: Target, rng: np.random.Generator) -> dict[str, Figure]:
    """What attacks score of one half of the held-out subjects as emitted ones, the other half held out."""
    kept, rest = halved(target.heldout.num_subjects, target.clusters[1], rng)
    second = Target(target.train, target.heldout.take(rest), (target.clusters[0], target.clusters[1][rest]))
    sample = target.heldout.take(kept)
    return _closer(second, sample, rng) | Attacks.on(second, sample, rng).figures


def independent_rows(train: Rows, rng: np.random.Generator, num_subjects: int) -> Rows:
    """Rows without any association: links as `independent_draw`, times and amounts each from a histogram.

    Of the training rows' values fifty quantiles are known, so that no drawn value is a subject's own.
    """
    rows = rows_of_edges(independent_draw(train.edges, rng, num_subjects=num_subjects))
    if not len(train):
        return rows
    time, amount = train.time, train.amount
    drawn = None if amount is None else _from_bins(amount, ~np.isnan(amount), len(rows), rng)
    dated = None if time is None else _from_bins(time, train.dated, len(rows), rng)
    return replace(
        rows,
        time=None if dated is None else np.where(np.isnan(dated), UNDATED, np.nan_to_num(dated)).astype(np.int64),
        amount=drawn,
    )


def _from_bins(values: Floats | Ints, known: Bools, number: int, rng: np.random.Generator) -> Floats:
    """Numbers between neighbouring quantiles of the known values, NaN as often as one is not known: (number,)."""
    if not known.any():
        return np.full(number, np.nan)
    level = np.linspace(0, 1, BINS + 1)
    drawn = np.interp(rng.random(number), level, np.quantile(values[known].astype(np.float64), level))
    return np.where(rng.random(number) < known.mean(), drawn, np.nan)


def _of_table(target: Target, emitted: Rows, rng: np.random.Generator) -> dict[str, Figure]:
    """What is said of one emitted table without guessing about anybody."""
    train, new = target.train.edges, emitted.edges
    mine, sets = Sets.of(train.tokens()), Sets.of(new.tokens())
    shares = {
        "exact_copies": Copies.among(sets.equal_to(mine) > 0),
        "near_copies": Copies.among(sets.near_to(mine) > 0),
        "duplicates": duplicates(sets),
    }
    if has_cells(target.train, emitted):
        first, second = (Sets.of(side, 1) for side in cells(target.train, emitted))
        shares["row_copies"] = Copies.among(second.equal_to(first) > 0)
    found = [Figure(name, known(one.share), one.low, one.high) for name, one in shares.items()]
    if len(sets):
        found.append(Figure("most_emitted", float(most_emitted(mine, sets))))
    return {figure.name: figure for figure in (*found, *_distances(train, new, rng))}


def _closer(target: Target, emitted: Rows, rng: np.random.Generator) -> dict[str, Figure]:
    train, heldout, new = (_cut(rows.edges, rng) for rows in (target.train, target.heldout, emitted))
    if not min(train.num_subjects, heldout.num_subjects):
        return {}
    near = closer_to_train(train, heldout, new, seed=int(rng.integers(2**32)))
    name = "closer_to_train"
    return {name: Figure(name, known(near.share), known(near.low), known(near.high))}


def _distances(train: Edges, emitted: Edges, rng: np.random.Generator) -> list[Figure]:
    """Distances to the closest training record, at a low quantile: of subjects with four links or more."""
    sides = []
    for edges in (emitted, train):
        matrix = _cut(edges, rng).tokens()
        sides.append(matrix[np.flatnonzero(np.diff(matrix.indptr) >= 4)])
    if not sides[0].shape[0] or sides[1].shape[0] < 2:
        return []
    best, second, _ = nearest_two(*sides)
    closest, next_closest = (np.asarray(np.round(np.maximum(1 - side, 0.0), 9), np.float64) for side in (best, second))
    ratio = np.asarray(np.where(next_closest > 0, closest / np.maximum(next_closest, 1e-9), 1.0), np.float64)
    return [_low_quantile("dcr", closest), _low_quantile("nndr", ratio)]


def _low_quantile(name: str, values: Floats) -> Figure:
    """A quantile with its 95 % interval by order statistics, exact."""
    ordered, total = np.sort(values), len(values)
    low, high = (int(binom.ppf(level, total, QUANTILE)) for level in (0.025, 0.975))
    least, most = (float(ordered[min(max(place, 0), total - 1)]) for place in (low - 1, high))
    return Figure(name, float(np.quantile(values, QUANTILE, method="inverted_cdf")), least, most)


def _p_values(target: Target, emitted: Rows, attacks: Attacks, rng: np.random.Generator) -> dict[str, float]:
    """Of every figure that has a test, adjusted for all of them."""
    tests = (*attacks.tests, *_copied(target, emitted.edges))
    found = {test.name: min(1.0, _ALL_KINDS * p) for test, p in zip(tests, adjusted_p(tests, rng), strict=True)}
    matrices = {"near_copies": tuple(rows.edges.tokens() for rows in (target.train, target.heldout, emitted))}
    if has_cells(target.train, target.heldout, emitted):
        matrices["row_copies"] = cells(target.train, target.heldout, emitted)
    for name, (train, heldout, new) in matrices.items():
        least = 1 if name == "row_copies" else 4
        p = smallest_p(beyond_chance(train, heldout, new, rng, least)) * _ALL_KINDS * len(matrices)
        found[name] = min(1.0, p, found.get(name, 1.0))
    sets = (Sets.of(rows.edges.tokens()) for rows in (target.train, target.heldout, emitted))
    found["most_emitted"] = min(1.0, repeated_beyond_chance(*sets) * _ALL_KINDS)
    return found


def _copied(target: Target, emitted: Edges) -> tuple[Score, ...]:
    """Who is emitted: 1 for a real subject that nobody else of both sides is near to, less for one of many."""
    sides = [Sets.of(rows.edges.tokens()) for rows in (target.train, target.heldout)]
    new = Sets.of(emitted.tokens())
    # A set is equal or near to itself.
    others = [sum(side.near_to(other) for other in sides) for side in sides]
    codes = [own[side.record] for side, own in zip(sides, target.clusters, strict=True)]
    exact, near = (
        [(found > 0) / np.maximum(number, 1) for found, number in zip(hits, others, strict=True)]
        for hits in ([side.equal_to(new) for side in sides], [side.near_to(new) for side in sides])
    )
    if not min(len(side) for side in sides):
        return ()
    first, second = codes
    return tuple(
        Score(name, found[0], found[1], first, second)
        for name, found in (("exact_copies", exact), ("near_copies", near))
    )


def _cut(edges: Edges, rng: np.random.Generator) -> Edges:
    if edges.num_subjects <= MAX_SUBJECTS:
        return edges
    return edges.take(np.sort(rng.permutation(edges.num_subjects)[:MAX_SUBJECTS]))


def _value(figures: Mapping[str, Figure], name: str, otherwise: float | None = None) -> float | None:
    found = figures[name].value if name in figures else None
    return otherwise if found is None else found
