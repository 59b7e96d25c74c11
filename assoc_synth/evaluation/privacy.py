"""Does the synthetic table stand closer to the subjects it was trained on than to others like them?

For a synthetic subject with objects s and a real one with objects r the cosine is |s ∩ r| / √(|s|·|r|). A generator
that has learned the population and not the people is as close to held-out subjects as to training subjects: a share
of one half.

Synthetic subjects whose nearest real subject is the same one stand or fall together: had it been held out instead of
trained on, the outcome of all of them would be another. The interval is therefore over real subjects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import mean_interval
from assoc_synth.evaluation.nearest import nearest
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.transactions.arrays import Ints

MIN_OBJECTS = 3
# Cosines are square roots of fractions: different ones differ by more than this, equal ones by rounding only.
_TIE = 1e-11


@dataclass(frozen=True)
class Proximity:
    """The share of synthetic subjects whose nearest real subject is a training one; ties count half.

    Attributes:
        share: 0.5 is the aim, 1 is a copy of the training table; NaN when no subject could be evaluated.
        low, high: 95 % interval over the real subjects that are nearest to a synthetic one; 0 and 1 where it is a
            single one.
        num_subjects: synthetic subjects that were evaluated.
        ties: the share of them equally close to both sides.
        independent: the share of a table without associations, where it was asked for; else NaN.
    """

    share: float
    low: float
    high: float
    num_subjects: int
    ties: float
    independent: float = float("nan")


def closer_to_train(train: Edges, heldout: Edges, synthetic: Edges, *, seed: int = 0) -> Proximity:
    """Compare the distances of synthetic subjects to training and to held-out subjects.

    Args:
        train, heldout: real graphs. The larger is cut to the size of the smaller by a draw from the seed, since a
            larger crowd has a nearer neighbour.
        synthetic: the graph under test; its subjects with fewer than 3 objects are left out.
        seed: decides which subjects of the larger side stay.

    Raises:
        InputError: the vocabularies differ or a real side has no subject.
    """
    if not train.num_objects == heldout.num_objects == synthetic.num_objects:
        raise InputError(
            f"the tables must share their objects: num_objects is {train.num_objects}, {heldout.num_objects} "
            f"and {synthetic.num_objects}"
        )
    size = min(train.num_subjects, heldout.num_subjects)
    if not size:
        raise InputError("both the training and the held-out table need a subject")
    rng = np.random.default_rng(seed)
    sides = [_truncated(edges.incidence(), size, rng) for edges in (train, heldout)]
    evaluated = synthetic.incidence()
    evaluated = evaluated[np.diff(evaluated.indptr) >= MIN_OBJECTS]
    total = int(evaluated.shape[0])
    if not total:
        return Proximity(float("nan"), float("nan"), float("nan"), 0, float("nan"))
    rows, place = _distinct(evaluated)
    (near, of_train), (far, of_heldout) = (nearest(rows, _distinct(side)[0]) for side in sides)
    tie = np.abs(near - far) <= _TIE * np.maximum(near, far)
    outcome = np.where(tie, 0.5, (near > far).astype(np.float64))
    neighbour = np.where(near > far, of_train, size + of_heldout)
    # Of two equally near ones neither decides: such a subject is on its own.
    own = np.where(tie[place], 2 * size + np.arange(total), neighbour[place])
    share, low, high = mean_interval(outcome[place], own)
    low, high = (0.0, 1.0) if np.isnan(low) else (low, high)
    return Proximity(share, low, high, total, float(tie[place].mean()))


def _truncated(matrix: Incidence, size: int, rng: np.random.Generator) -> Incidence:
    if matrix.shape[0] == size:
        return matrix
    return matrix[np.sort(rng.permutation(matrix.shape[0])[:size])]


def _distinct(matrix: Incidence) -> tuple[Incidence, Ints]:
    """Each set of objects once, and which of them each row is: equal subjects have equal neighbours."""
    ends = matrix.indptr
    first: dict[bytes, int] = {}
    place = np.zeros(matrix.shape[0], np.int64)
    for row in range(matrix.shape[0]):
        place[row] = first.setdefault(matrix.indices[ends[row] : ends[row + 1]].tobytes(), row)
    rows, place = np.unique(place, return_inverse=True)
    return matrix[rows], place.astype(np.int64)
