"""What the networks see of visits: their season, hour, weekday, size, and what came before."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.transactions.arrays import Floats, Ints, Singles
from assoc_synth.transactions.days import DAY

PHASES = 11
FEATURES = PHASES + 5
SIZE = PHASES
"""Which of a visit's features is its size."""
STEP_FEATURES = PHASES + 8


def visit_features(visits: Visits, horizon: Horizon) -> Singles:
    """Season, hour, weekday, size, whether dated, and how many of its subject's visits come before and after.

    Returns:
        (M, `FEATURES`); the last three are the share of the others that come before, the log of how many come before,
        and of how many come after.
    """
    counts = visits.per_subject
    rank = np.arange(len(visits)) - np.repeat(visits.first, counts)
    others = np.repeat(counts, counts) - 1
    share = rank / np.maximum(others, 1)
    more = np.stack(
        [np.log1p(visits.size), visits.day >= 0, share - 0.5, np.log1p(rank), np.log1p(others - rank)], axis=1
    )
    return np.concatenate([visit_phases(horizon, visits.day, visits.clock), more], axis=1).astype(np.float32)


def step_features(
    horizon: Horizon, *, visits: Ints, step: Ints, day: Ints, before: Ints, clock: Ints, size: Ints, links: Ints
) -> Tensor:
    """What is known before a subject's next visit is drawn: (G,) each → (G, `STEP_FEATURES`).

    Args:
        visits: of the subject; step: how many of them are made.
        day, clock, size: of the last one made; before: the day of the one before that, its own for the first.
        links: that are left for the visits to come.
    """
    left = np.maximum(visits - step, 1)
    days = np.maximum(horizon.last_day - np.maximum(day, 0), 0)
    gap, links_each = np.maximum(day - before, 0), np.maximum(links, left) / left
    counts = np.log1p(np.stack([visits, gap, days, days / left, links_each, size], axis=1))
    shares = np.stack([step / np.maximum(visits, 1), 4 * days / max(horizon.last_day, 1)], axis=1)
    features = np.concatenate([counts, shares, visit_phases(horizon, day, clock)], axis=1)
    return torch.from_numpy(features.astype(np.float32))


def left_per_visit(features: Tensor) -> tuple[Tensor, Tensor]:
    """Days and links that are left per visit that is still to come, out of `step_features`: (G, F) → (G,), (G,)."""
    return torch.expm1(features[:, 3]), torch.expm1(features[:, 4])


def visit_phases(horizon: Horizon, day: Ints, clock: Ints) -> Floats:
    """Season, time of day and weekday of visits: (n,), (n,) → (n, `PHASES`); all 0 where undated."""
    year = 2 * np.pi * (horizon.first_day + day) / 365.2425
    hour = 2 * np.pi * clock / DAY
    phases = np.concatenate(
        [np.stack([np.sin(year), np.cos(year), np.sin(hour), np.cos(hour)], axis=1), np.eye(7)[horizon.weekday(day)]],
        axis=1,
    )
    phases[day < 0] = 0.0
    return phases
