"""Curves of losses as the path of an SVG element: 300 wide and 60 high, as the page draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WIDTH, HEIGHT = 300.0, 60.0
_PAD = 3.0


def curve(losses: Sequence[float]) -> str:
    """The path of a curve that fills the whole height: its lowest loss is at the bottom.

    Args:
        losses: from the first to the last; what is no number is left out.

    Returns:
        "" where there are not two to draw a line between.

    Example:
        >>> curve([3.0, 2.0, 1.0]), curve([1.0])
        ('M0 3L150 30L300 57', '')
    """
    values = np.asarray(losses, np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return ""
    low, high = float(values.min()), float(values.max())
    x = np.linspace(0.0, WIDTH, len(values))
    y = HEIGHT - _PAD - (values - low) / max(high - low, 1e-12) * (HEIGHT - 2 * _PAD)
    return "M" + "L".join(f"{a:.4g} {b:.4g}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
