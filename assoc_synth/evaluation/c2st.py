"""Whether a classifier can tell the subjects of two tables apart: a two-sample test (Lopez-Paz & Oquab 2017).

    c2st                 AUC of gradient-boosted trees that are given `subject_features`, cross-validated by subject
    c2st: objects only   the same, given the objects alone

.5 where nobody could tell, 1 where every subject is recognised. Compare with real subjects that the generator has not
seen: real against real is the floor. A table that holds a subject twice is recognised by that. The interval is that of
the corrected resampled t-test (Nadeau & Bengio 2003): the folds' training parts overlap, so their plain standard error
would be too small.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import t

from assoc_synth.evaluation.figures import Figure, interval
from assoc_synth.evaluation.subject_features import object_features, other_features
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints

MAX_SUBJECTS = 4_000
FEWEST = 20
"""Subjects of each table below which nothing can be learned."""
FOLDS, TREES = 5, 100


def c2st_figures(
    real: Rows, other: Rows, rng: np.random.Generator, *, max_subjects: int = MAX_SUBJECTS
) -> tuple[Figure, ...]:
    """The two figures with their intervals; none where a table has fewer than `FEWEST` subjects.

    Args:
        real, other: of one vocabulary; a subject without a row counts.
        rng: of the subjects that are drawn, the folds and the trees.
        max_subjects: of each table, as many of the one as of the other.
    """
    size = min(real.num_subjects, other.num_subjects, max_subjects)
    if size < FEWEST:
        return ()
    x, y = (side.take(np.sort(rng.permutation(side.num_subjects)[:size])) for side in (real, other))
    seed = int(rng.integers(2**31))
    objects = np.vstack(object_features(x, y, seed))
    everything = np.hstack([objects, np.vstack([other_features(x, y), other_features(y, x)])])
    label = np.repeat([0, 1], size)
    return tuple(
        _figure(name, features, label, seed)
        for name, features in (("c2st", everything), ("c2st: objects only", objects))
    )


def _figure(name: str, features: Floats, label: Ints, seed: int) -> Figure:
    aucs = _aucs(features, label, seed)
    overlap = 1 / len(aucs) + 1 / (len(aucs) - 1)
    half = float(t.ppf(0.975, len(aucs) - 1) * aucs.std(ddof=1) * np.sqrt(overlap))
    value = float(aucs.mean())
    return Figure(name, value, *interval(value, half, 1.0))


def _aucs(features: Floats, label: Ints, seed: int) -> Floats:
    """The AUC on each fold of a classifier of `TREES` trees that learned from all others: (`FOLDS`,)."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    found = []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, label):
        # The trees' bins need a number in every column that they are given.
        given = features[:, ~np.isnan(features[train]).all(axis=0)]
        trees = HistGradientBoostingClassifier(max_iter=TREES, early_stopping=False, random_state=seed)
        trees.fit(given[train], label[train])
        found.append(roc_auc_score(label[test], trees.predict_proba(given[test])[:, 1]))
    return np.array(found)
