"""What more subjects would tell: the size that decides each pair which is undecided."""

from __future__ import annotations

import numpy as np

from assoc_synth.evaluation.pair_labels import PairLabels
from assoc_synth.link_graph.sample_size import decided_by, subjects_to_confirm
from assoc_synth.report.facts import Reach
from assoc_synth.transactions.arrays import Floats

SIZES = tuple(step * 10**power for power in range(2, 8) for step in (1, 2, 5))
"""100, 200, 500, 1,000 … subjects."""
MOST_SIZES = 4


def needed_sizes(labels: PairLabels) -> Floats:
    """Subjects that each table needs to confirm a pair as frequent as this one, if it is kept: shape (pairs,).

    Shares are those of both tables together; infinite where nobody has the pair.
    """
    total = max(labels.real.num_subjects + labels.synthetic.num_subjects, 1)
    shares = (
        (getattr(labels.real, name) + getattr(labels.synthetic, name)) / total for name in ("count", "left", "right")
    )
    return subjects_to_confirm(*shares)


def reach(labels: PairLabels) -> tuple[Reach, ...]:
    """Of the undecided pairs, how many larger tables would decide: up to four sizes that decide more and more."""
    needed = needed_sizes(labels)[labels.undecided]
    here = min(labels.real.num_subjects, labels.synthetic.num_subjects)
    sizes = [size for size in SIZES if size > here]
    found: list[Reach] = []
    for size, decided in zip(sizes, decided_by(needed, np.array(sizes)).tolist(), strict=True):
        if decided > (found[-1].decided if found else 0):
            found.append(Reach(size, decided))
        if len(found) == MOST_SIZES:
            break
    return tuple(found)
