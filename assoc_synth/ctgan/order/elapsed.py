"""Terms of how long a visit has lasted: no time is drawn that makes a visit longer than visits are.

Where visits end after half an hour, whatever they hold, the time to the next link has to fit into what is left. The
logits of the classes of a time change by u(d) + n · w(d), where d is how long the visit lasts then, n how many links
are still to come, and u and w are piecewise linear.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.link_graph.column_classes import coarse
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles

LEVELS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.92, 0.96, 0.98, 0.99)
BEYOND = (1.1, 1.5, 3.0)
"""Quantiles of durations between which the terms are linear, and multiples of the last one."""
KNOTS = 1 + len(LEVELS) + len(BEYOND)
MOST_LEFT = 6
"""Links still to come that count."""


class ElapsedTerms(nn.Module):
    """Terms of durations.

    Args:
        gaps: classes of the time between two links.

    Shape:
        seconds: (gaps,) that each class stands for; knots: (`KNOTS`,) ascending seconds; weight: (2, `KNOTS`).
    """

    seconds: Tensor
    knots: Tensor

    def __init__(self, gaps: int) -> None:
        super().__init__()
        self.register_buffer("seconds", torch.zeros(gaps))
        self.register_buffer("knots", torch.tensor(range(KNOTS), dtype=torch.float32))
        self.weight = nn.Parameter(torch.zeros(2, KNOTS))

    @torch.no_grad()
    def start_at(self, level: Singles, code: Ints, follows: Bools) -> None:
        """Take the log seconds of the classes, (gaps,), and knots from a table's times.

        Args:
            code: (N,) class of the time before each link; follows: (N,) which links come after another one.
        """
        seconds = np.expm1(level.astype(np.float64))
        last = elapsed_before(seconds, code, follows) + np.where(follows, seconds[code], 0.0)
        ends = np.append(~follows[1:], True)
        lasting = last[ends & (last > 0)]
        inside: Floats = coarse(np.quantile(lasting, LEVELS)) if len(lasting) else np.arange(1.0, len(LEVELS) + 1)
        knots = np.concatenate([[0.0], inside, max(inside[-1], 1.0) * np.array(BEYOND)])
        self.seconds.copy_(torch.from_numpy(seconds))
        self.knots.copy_(torch.from_numpy(np.maximum.accumulate(knots) + 0.01 * np.arange(KNOTS)))

    def is_sound(self) -> bool:
        """Whether the knots, as read from a file, ascend."""
        return bool((self.knots.diff() > 0).all())

    def add_to(self, logits: Tensor, elapsed: Tensor, left: Tensor) -> Tensor:
        """Logits, (m, gaps), with what `forward` gives added; without gradients."""
        if logits.device.type != "cpu":
            found: Tensor = logits + self(elapsed, left)
            return found
        parts = (elapsed, left, self.seconds, self.knots, self.weight)
        added = logits.contiguous()
        add_terms(added.numpy(), *(part.detach().contiguous().numpy() for part in parts))
        return added

    def forward(self, elapsed: Tensor, left: Tensor) -> Tensor:
        """What is added to the logits of each class: (m,) seconds so far, (m,) links still to come → (m, gaps)."""
        reached = elapsed.unsqueeze(1) + self.seconds
        at = torch.bucketize(reached, self.knots[1:-1])
        width = self.knots.diff()
        share = ((reached - self.knots[at]) / width[at]).clamp(0.0, 1.0)
        table = self.weight[0] + left.clamp(max=MOST_LEFT).unsqueeze(1) * self.weight[1]
        found: Tensor = table.gather(1, at) * (1.0 - share) + table.gather(1, at + 1) * share
        return found


@compiled
def add_terms(
    logits: Singles, elapsed: Singles, left: Singles, seconds: Singles, knots: Singles, weight: Singles
) -> None:
    """Add what `ElapsedTerms` adds to logits, (m, gaps), in one pass: as arrays of classes this is slow.

    Args:
        elapsed, left: (m,) as in `ElapsedTerms.forward`; the others as in `ElapsedTerms`.
    """
    last = len(knots) - 2
    for row in range(len(logits)):
        more = min(left[row], np.float32(MOST_LEFT))
        for gap in range(len(seconds)):
            reached, at = elapsed[row] + seconds[gap], 0
            while at < last and knots[at + 1] < reached:
                at += 1
            share = min(max((reached - knots[at]) / (knots[at + 1] - knots[at]), np.float32(0.0)), np.float32(1.0))
            begin, end = weight[0, at] + more * weight[1, at], weight[0, at + 1] + more * weight[1, at + 1]
            logits[row, gap] += begin * (np.float32(1.0) - share) + end * share


def elapsed_before(seconds: Floats, code: Ints, follows: Bools) -> Floats:
    """Seconds from a visit's first link to the one before each link, 0 for the first two: (N,).

    Args:
        seconds: (gaps,) of each class; code, follows: (N,) as in `ElapsedTerms.start_at`.

    Example:
        >>> elapsed_before(np.array([0.0, 5.0]), np.array([0, 1, 1, 0]), np.array([False, True, True, False])).tolist()
        [0.0, 0.0, 5.0, 0.0]
    """
    own = np.where(follows, seconds[code], 0.0)
    before = np.cumsum(own) - own
    first = np.flatnonzero(~follows)
    size = np.diff(np.append(first, len(own)))
    result: Floats = np.where(follows, before - np.repeat(before[first], size), 0.0)
    return result
