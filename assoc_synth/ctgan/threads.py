"""Work on independent parts of one job in several threads, each of which multiplies matrices alone."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

import torch

from assoc_synth.randomness import Seeds

Part = TypeVar("Part")
Made = TypeVar("Made")
ALONE = threading.RLock()
"""Held by what draws from PyTorch's global generators: two trainings of one process take turns."""


def threads_for(device: torch.device) -> int:
    """As many as PyTorch may use, on the processor; one that feeds any other device."""
    return torch.get_num_threads() if device.type == "cpu" else 1


def in_threads(work: Callable[[Part], None], parts: Iterable[Part], threads: int) -> None:
    """Do the work on every part; what a part raises first is raised, and the parts after it are left undone.

    PyTorch divides every operation among its threads and waits for them, which small operations do not repay.

    Example:
        >>> found = []
        >>> in_threads(found.append, [3, 1, 2], threads=2)
        >>> sorted(found)
        [1, 2, 3]
    """
    if threads == 1:
        for part in parts:
            work(part)
        return
    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            try:
                for done in [pool.submit(work, part) for part in parts]:
                    done.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        torch.set_num_threads(before)


def ahead(work: Callable[[Part], Made], parts: Iterable[Part], threads: int) -> Iterator[Made]:
    """What the work makes of every part, in order: while one is used, as many as there are threads are made.

    As in `in_threads`, each thread multiplies matrices alone. What is not taken any more is not begun.

    Example:
        >>> list(ahead(abs, [-3, 1, -2], threads=2))
        [3, 1, 2]
    """
    if threads == 1:
        yield from map(work, parts)
        return
    left, before = iter(parts), torch.get_num_threads()
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        waiting = deque(pool.submit(work, part) for part in islice(left, threads))
        try:
            while waiting:
                made = waiting.popleft().result()
                waiting.extend(pool.submit(work, part) for part in islice(left, 1))
                yield made
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(before)


@contextmanager
def forked_random(seeds: Seeds, device: torch.device) -> Iterator[None]:
    """PyTorch's global random numbers begin at a seed inside, and go on as before afterwards.

    Initial weights and dropout draw from the global generators only; trainings in other threads wait until it ends.
    """
    with ALONE, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seeds.integer())
        yield
