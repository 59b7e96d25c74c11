"""What a fit and a draw take, by the links of a table: `python -m assoc_synth.benchmark.scale cost`.

Each size is measured in a process of its own. What lies beyond the sizes is extrapolated by a straight line in the
logarithms of links and seconds, and in links and memory.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from assoc_synth.model.quantities import size_text, time_text

LINKS_PER_OBJECT = 10


@dataclass(frozen=True)
class Cost:
    """What one size took.

    Attributes:
        links, objects, subjects: of the table.
        fit_seconds, fit_bytes: of the processor, and the peak of the process.
        draw_seconds: of the processor, for one chunk, encoded as Parquet, and the model read.
        rows: of the chunk.
        draw_bytes: the peak of the process that draws.
    """

    links: int
    objects: int
    subjects: int
    fit_seconds: float
    fit_bytes: int
    draw_seconds: float
    rows: int
    draw_bytes: int

    @property
    def line(self) -> str:
        """A row of a Markdown table."""
        fit, draw = f"{time_text(self.fit_seconds)} | {size_text(self.fit_bytes)}", size_text(self.draw_bytes)
        each = 1e6 * self.draw_seconds / max(self.rows, 1)
        return f"| {self.links:,} | {self.objects:,} | {self.subjects:,} | {fit} | {each:.0f} µs | {draw} |"


HEADER = """| links | objects | subjects | fit, CPU | fit, peak | draw, CPU for each row | draw, peak |
|---:|---:|---:|---:|---:|---:|---:|"""


def cost_of(links: int, *, max_minutes: float | None, seed: int) -> Cost:
    """Measure one size in processes of its own.

    Raises:
        RuntimeError: one of them failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        (rows, objects, subjects), fit, fit_peak = _apart(_fit, f"{folder}/model", links, max_minutes, seed)
        made, draw, draw_peak = _apart(_draw, f"{folder}/model", seed)
    return Cost(rows, objects, subjects, fit, fit_peak, draw, made, draw_peak)


def _apart(work: Callable[..., Any], *arguments: object) -> tuple[Any, float, int]:
    """What the work gives in a process of its own, its seconds, and the process's peak."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, arguments))
    process.start()
    sender.close()
    try:
        found: tuple[Any, float, int] = receiver.recv()
    except EOFError:
        raise RuntimeError("a measurement failed, see above") from None
    finally:
        process.join()
    return found


def _answer(sender: Connection, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    began = time.process_time()
    found = work(*arguments)
    seconds = time.process_time() - began
    sender.send((found, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def _fit(model: str, links: int, max_minutes: float | None, seed: int) -> tuple[int, int, int]:
    from assoc_synth.benchmark.scale.population import MEAN_LINKS, Population
    from assoc_synth.synthesizer import AssociativeSynthesizer

    rng, objects, subjects = np.random.default_rng(seed), max(links // LINKS_PER_OBJECT, 500), links // MEAN_LINKS
    table = Population.of(objects, pairs=2, both=min(40 / subjects, 0.1), rng=rng).table(subjects, rng)
    AssociativeSynthesizer(random_state=seed, max_minutes=max_minutes).fit(table).save(model)
    return len(table), table.num_objects, table.num_subjects


def _draw(model: str, seed: int) -> int:
    """Draw a chunk and encode it as Parquet; no gate is asked, which may refuse what was trained for a moment."""
    from assoc_synth.model.plain import chunk_of
    from assoc_synth.model.streaming import Chunk, Recipe
    from assoc_synth.randomness import Seeds
    from assoc_synth.scale.encoding import Manner
    from assoc_synth.synthesizer import AssociativeSynthesizer
    from assoc_synth.transactions.table import TransactionTable

    fitted = AssociativeSynthesizer.load(model).model_
    table = Recipe(Seeds.of(seed), 0, None).draw(fitted, Chunk(1, chunk_of(fitted))).table
    assert isinstance(table, TransactionTable), "it is drawn here"
    Manner.of(table, "parquet").encode(table, begins=True)
    return len(table)


def growth(costs: Sequence[Cost]) -> tuple[float, float, float]:
    """Exponent of the seconds in the links, and bytes for each link and of none, by least squares.

    Example:
        >>> made = [Cost(n, 9, 9, 2e-3 * n**0.5, 10**9 + 3_000 * n, 1.0, n, 9) for n in (10**4, 10**5, 10**6)]
        >>> exponent, each, base = growth(made)
        >>> round(exponent, 3), round(each), round(base / 1e9, 3)
        (0.5, 3000, 1.0)
    """
    links = np.array([cost.links for cost in costs], np.float64)
    exponent = np.polyfit(np.log(links), np.log([cost.fit_seconds for cost in costs]), 1)[0]
    each, base = np.polyfit(links, [cost.fit_bytes for cost in costs], 1)
    return float(exponent), float(each), float(base)


def show(links: Sequence[int], *, max_minutes: float | None, seed: int) -> None:
    """Print a line for each size, and what they grow like."""
    sys.stdout.write(HEADER + "\n")
    costs = []
    for size in links:
        costs.append(cost_of(size, max_minutes=max_minutes, seed=seed))
        sys.stdout.write(costs[-1].line + "\n")
        sys.stdout.flush()
    if len(costs) > 1:
        exponent, each, base = growth(costs)
        sys.stdout.write(
            f"\nCPU of a fit: links^{exponent:.2f}; its peak: {size_text(base)} + {each:,.0f} bytes · links\n"
        )
