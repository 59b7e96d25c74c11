"""Drawing many rows a chunk at a time, by threads beside each other."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from assoc_synth.ctgan.threads import in_threads, threads_for

CHUNK, GPU_CHUNK = 1 << 13, 1 << 16
"""Rows whose columns are drawn together: on a processor so few that they stay near it."""
Drawn = list[tuple[Tensor, Tensor]]
"""Classes and numbers, (n,) each, of each column."""


def in_chunks(
    total: int,
    draw: Callable[[slice, torch.Generator], Drawn],
    random: torch.Generator,
    *,
    threads: int | None = None,
) -> Drawn:
    """What is drawn of `total` rows, a chunk at a time, each by random numbers of its own.

    Args:
        random: gives the chunks' seeds; the rows are drawn on its device.
        threads: that draw chunks beside each other; None for as many as there are.

    Example:
        >>> def numbers(part, random):
        ...     rows = torch.arange(part.start, part.stop)
        ...     return [(rows, rows.float())]
        >>> len(in_chunks(20_000, numbers, torch.Generator())[0][0])
        20000
    """
    chunk = CHUNK if random.device.type == "cpu" else GPU_CHUNK
    begins = range(0, max(total, 1), chunk)
    seeds = torch.randint(2**62, (len(begins),), generator=random, device=random.device).tolist()
    parts: dict[int, Drawn] = {}

    def work(begin: int) -> None:
        own = torch.Generator(device=random.device).manual_seed(seeds[begin // chunk])
        with torch.inference_mode():
            parts[begin] = draw(slice(begin, min(begin + chunk, total)), own)

    in_threads(work, begins, threads or threads_for(random.device))
    columns = zip(*(parts[begin] for begin in begins), strict=True)
    return [(torch.cat([c for c, _ in column]), torch.cat([v for _, v in column])) for column in columns]
