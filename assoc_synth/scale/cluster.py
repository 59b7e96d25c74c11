"""The engine of a Ray cluster: a task draws each chunk, another one names and writes it. Ray is the extra `ray`."""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Chunk, Drawn, Recipe
from assoc_synth.scale.encoding import Encoded
from assoc_synth.scale.finish import Finish
from assoc_synth.transactions.table import TransactionTable

RETRIES = 5
"""Times that a task whose worker died is run again, on whatever worker there is."""
AHEAD = 2
"""Chunks in work for each worker: one that is drawn and one that waits, so that memory does not grow."""


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The module of Ray, connected to a cluster; a connection that is there is used and left as it is.

    Args:
        address: "ray://HOST:PORT" of a cluster; None for this machine.
    """
    ray = importlib.import_module("ray")
    mine = not ray.is_initialized()
    if mine:
        ray.init(address, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        yield ray
    finally:
        if mine:
            ray.shutdown()


@contextmanager
def ray_engine(address: str | None) -> Iterator[RayEngine]:
    """The engine of a cluster, see `connected`."""
    with connected(address) as ray:
        yield RayEngine(ray)


class RayEngine:
    """Draws and finishes chunks by tasks; those of workers that died are run again, with the same rows.

    Args:
        ray: the module, connected.
    """

    def __init__(self, ray: Any) -> None:
        self.ray = ray
        self.workers = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self._draw = ray.remote(_draw).options(num_cpus=1, num_returns=2, max_retries=RETRIES)
        self._finish = ray.remote(_finish).options(num_cpus=1, max_retries=RETRIES)
        self._model: tuple[FittedModel, Any] | None = None
        self._finishing: deque[Any] = deque()

    def draws(self, model: FittedModel, recipe: Recipe, chunks: Iterable[Chunk]) -> Iterator[Drawn]:
        """As `Engine`; of all chunks, `AHEAD` for each worker are in work."""
        self._forget()
        shared, left, waiting = self._shared(model), iter(chunks), deque[tuple[Any, Any]]()
        try:
            while True:
                for chunk in islice(left, AHEAD * self.workers - len(waiting)):
                    waiting.append(tuple(self._draw.remote(shared, recipe, chunk)))
                if not waiting:
                    return
                facts, table = waiting.popleft()
                yield replace(self.ray.get(facts), table=table)
        finally:
            for facts, _ in waiting:
                self.ray.cancel(facts)

    def finished(self, model: FittedModel, drawn: Drawn, finish: Finish) -> list[Encoded | int]:
        """As `Engine`; the first chunk is here already."""
        if isinstance(drawn.table, TransactionTable):
            return [*self.rest(), finish.run(model, drawn.table)]
        self._finishing.append(self._finish.remote(self._shared(model), drawn.table, finish))
        done = []
        while len(self._finishing) > AHEAD * self.workers:
            done.append(self.ray.get(self._finishing.popleft()))
        return done

    def rest(self) -> list[Encoded | int]:
        """As `Engine`."""
        done = [self.ray.get(one) for one in self._finishing]
        self._finishing.clear()
        return done

    def _forget(self) -> None:
        """Wait for what an earlier attempt is writing: its files are thrown away."""
        self.rest()

    def _shared(self, model: FittedModel) -> Any:
        if self._model is None or self._model[0] is not model:
            self._model = model, self.ray.put(model)
        return self._model[1]


def _draw(model: FittedModel, recipe: Recipe, chunk: Chunk) -> tuple[Drawn, object]:
    """What is known of a chunk, and its rows, which stay where they are."""
    _one_thread()
    drawn = recipe.draw(model, chunk)
    return replace(drawn, table=None), drawn.table


def _finish(model: FittedModel, table: TransactionTable, finish: Finish) -> Encoded | int:
    return finish.run(model, table)


def _one_thread() -> None:
    """As many threads as a task has cores: sums in another order would be other numbers."""
    import torch

    torch.set_num_threads(1)
