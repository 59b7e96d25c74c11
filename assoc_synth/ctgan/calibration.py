"""Margin steering inside the generator: its biases are moved until what it draws has the training subjects' margins.

Sampling link after link lets small errors of the conditionals add up over a history. A pilot sample shows the drift of each
(verb, object) margin, and the drift is taken out of that object's bias; the association paths are left alone.
"""

from __future__ import annotations

import numpy as np
import torch

from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import sample_edges
from assoc_synth.graph import Edges


def calibrate_margins(
    generator: EdgeGenerator, edges: Edges, degrees: Degrees, *, seed: int, rounds: int = 3, pilot_links: int | None = None,
    prior: float = 10.0,
) -> list[float]:
    """Move `object_bias` and `verb_bias` by the log ratio of real to drawn margins, damped, a few rounds.

    Args:
        edges: training subjects, whose margins are the target.
        pilot_links: about how many links each round draws; None takes as many as the table has, between 100,000 and 400,000.
        prior: pseudo-counts, on the scale of the smaller of table and pilot, that shrink the ratio of rare objects towards 1.

    Returns:
        Σ|p_real − p_drawn| / Σ p_real over (verb, object) before each round.
    """
    rng = np.random.default_rng(seed)
    tokens = edges.num_verbs * edges.num_objects
    real = np.bincount(edges.token, minlength=tokens).astype(np.float64)
    pilot_links = pilot_links or int(np.clip(len(edges), 100_000, 400_000))
    mean_size = len(edges) / max(int((np.diff(edges.offsets) > 0).sum()), 1)
    subjects = max(int(np.ceil(pilot_links / mean_size)), 50)
    drifts = []
    for round_ in range(rounds):
        drawn_edges = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        drawn = np.bincount(drawn_edges.token, minlength=tokens).astype(np.float64)
        scale = min(real.sum(), drawn.sum())
        target, drawn = real * (scale / real.sum()), drawn * (scale / drawn.sum())
        drifts.append(float(np.abs(target - drawn).sum() / scale))
        step = 1.0 / (1 + 0.5 * round_)
        shift = step * np.log((target + prior) / (drawn + prior)).reshape(edges.num_verbs, edges.num_objects)
        by_verb = [counts.reshape(edges.num_verbs, -1).sum(1) + prior for counts in (target, drawn)]
        with torch.no_grad():
            generator.object_bias += torch.from_numpy(shift).to(generator.object_bias)
            generator.verb_bias += torch.from_numpy(step * np.log(by_verb[0] / by_verb[1])).to(generator.verb_bias)
    return drifts
