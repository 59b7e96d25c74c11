"""Engines: what draws and writes the chunks. One process, or a cluster; all give the same rows."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Chunk, Drawn, OneProcess, Recipe
from assoc_synth.scale.encoding import Encoded
from assoc_synth.scale.finish import Finish
from assoc_synth.transactions.table import TransactionTable

T = TypeVar("T")


class Engine(Protocol):
    """Draws and finishes chunks."""

    @property
    def workers(self) -> int:
        """How many processes work."""
        ...

    def draws(self, model: FittedModel, recipe: Recipe, chunks: Iterable[Chunk]) -> Iterator[Drawn]:
        """The chunks in their order: a sequence of those that are all wanted, or as many as are taken."""
        ...

    def finished(self, model: FittedModel, drawn: Drawn, finish: Finish) -> list[Encoded | int]:
        """Finish a chunk; what is finished by now, in order."""
        ...

    def rest(self) -> list[Encoded | int]:
        """What is not finished yet, in order."""
        ...


class Local(OneProcess):
    """One process: a chunk is drawn, written, and forgotten; the next ones may be drawn meanwhile, see `OneProcess`."""

    @property
    def workers(self) -> int:
        """One."""
        return 1

    def finished(self, model: FittedModel, drawn: Drawn, finish: Finish) -> list[Encoded | int]:
        """As `Engine`."""
        assert isinstance(drawn.table, TransactionTable), "it is drawn here"
        return [finish.run(model, drawn.table)]

    def rest(self) -> list[Encoded | int]:
        """Nothing."""
        return []


def check_engine(name: str | None) -> None:
    """Refuse an engine that is none, or that is not installed; it is not started.

    Raises:
        InputError, MissingExtraError: as `engine_of`.
    """
    if name is None:
        return
    if name != "ray" and not name.startswith("ray://"):
        raise InputError(f"the engine must be ray or ray://HOST:PORT, not {name[:60]!r}")
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError("the engine is Ray, which", "ray")


@contextmanager
def engine_of(name: str | None) -> Iterator[Engine]:
    """An engine by its name: None for one process, "ray" for a cluster on this machine, "ray://HOST:PORT" for another.

    Raises:
        InputError: there is no such engine.
        MissingExtraError: Ray is not installed.
    """
    check_engine(name)
    if name is None:
        yield Local()
        return
    from assoc_synth.scale.cluster import ray_engine

    with ray_engine(None if name == "ray" else name) as engine:
        yield engine


def side_by_side(engine: str | None, works: Sequence[Callable[[], T]]) -> Iterator[T]:
    """What pieces of work give, in their order: one after the other here, or at once by the tasks of a cluster.

    Raises:
        InputError, MissingExtraError: as `engine_of`.

    Example:
        >>> list(side_by_side(None, [lambda: 1, lambda: 2]))
        [1, 2]
    """
    check_engine(engine)
    if engine is None:
        yield from (work() for work in works)
        return
    from assoc_synth.scale.cluster import RETRIES, connected

    with connected(None if engine == "ray" else engine) as ray:
        done = ray.remote(_done).options(num_cpus=1, max_retries=RETRIES)
        yield from map(ray.get, [done.remote(work) for work in works])


def _done(work: Callable[[], T]) -> T:
    return work()
