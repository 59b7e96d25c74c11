"""The numbers of occurrences, settled: how often edges of each verb occur is compared with the training subjects.

Training stops by the likelihood of single edges, and drawn edges are not quite the training subjects' own; a share of
rare high counts that is a little off moves the number of rows of a verb by per cents.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from assoc_synth.coded import Occurrences
from assoc_synth.ctgan.occurrence_sampling import OccurrenceSampler
from assoc_synth.ctgan.occurrences import OccurrenceGenerator
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.graph import Edges

Floats = npt.NDArray[np.float64]
ROUNDS, STEP = 4, 0.8
PRIOR = 5.0
"""Pseudo-counts that shrink the log ratios of rare classes towards 0."""


def settle_counts(
    generator: OccurrenceGenerator, sampler: OccurrenceSampler, data: Occurrences, pilot: Edges
) -> list[float]:
    """Move the counts' log-odds by verb until drawn edges occur as often as the training subjects' do.

    Args:
        generator: the one that `sampler` draws from.
        data: the training subjects' occurrences.
        pilot: edges drawn by stage 1.

    Returns:
        Σ|p_real − p_drawn| over the classes, mean over the verbs by their edges, before each round's correction.
    """
    verbs, classes = generator.num_verbs, data.count.spec.classes
    real = _histogram(data.edges.verb, data.count.code, verbs, classes)
    weight = real.sum(1) / max(real.sum(), 1.0)
    drifts = []
    for _ in range(ROUNDS):
        drawn = _histogram(pilot.verb, sampler.count_classes(pilot), verbs, classes)
        scale = np.minimum(real.sum(1), drawn.sum(1))[:, None]
        first, second = (scale * part / np.maximum(part.sum(1, keepdims=True), 1.0) for part in (real, drawn))
        drifts.append(float(weight @ (np.abs(first - second).sum(1) / np.maximum(scale[:, 0], 1.0))))
        shift = STEP * log_ratio(first, second, PRIOR)
        with torch.no_grad():
            generator.count_shift.add_(torch.from_numpy(shift).to(generator.count_shift))
    return drifts


def _histogram(verb: npt.NDArray[np.integer], code: npt.NDArray[np.int64], verbs: int, classes: int) -> Floats:
    """Edges by verb and class: (V, classes)."""
    found = np.bincount(verb.astype(np.int64) * classes + code, minlength=verbs * classes)
    return found.reshape(verbs, classes).astype(np.float64)
