"""Memory and time of every export: `python -m assoc_synth.benchmark.export_peaks --links 1000000`.

Each format is written by a process of its own, forked from one that holds the table: what it takes on top of the table
is what the export takes. With `--plain` the rows have no extra columns; two runs with other `--links` and the same
`--subjects` say what grows with the links; `--part-rows` measures the formats that are written in parts.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import multiprocessing as mp
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from assoc_synth.exports import FORMATS, export
from assoc_synth.transactions.table import TransactionTable

MEGABYTE = 2**20
SUFFIXES = {"rules": ".csv", "associations": ".parquet", "sentences": ".txt"}


@dataclass(frozen=True)
class Peak:
    """What one export took.

    Attributes:
        format: its name.
        seconds: of the processor.
        extra: peak of the memory on top of the table, in MB.
        size: of what was written, in MB.
    """

    format: str
    seconds: float
    extra: float
    size: float


def made_table(
    links: int, rng: np.random.Generator, *, plain: bool = False, subjects: int | None = None
) -> TransactionTable:
    """Rows with times, amounts, baskets and extra columns, some missing.

    Args:
        links: how many rows.
        plain: without the extra columns.
        subjects: how many; None for a tenth of the rows.

    Example:
        >>> table = made_table(50, np.random.default_rng(0))
        >>> len(table), table.num_verbs
        (50, 3)
    """
    subject, object = rng.integers(0, subjects or max(links // 10, 1), links), rng.zipf(1.3, links) % 5_000
    frame = pd.DataFrame(
        {
            "subject": np.char.add("customer ", subject.astype(str)),
            "verb": np.array(["bought", "viewed", "returned"])[rng.integers(0, 3, links)],
            "object": np.char.add("product ", object.astype(str)),
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 30_000_000, links), unit="s"),
            "amount": rng.integers(1, 10_000, links) / 100,
            "basket": np.char.add("b", (subject * 3 + rng.integers(0, 3, links)).astype(str)),
            "store": np.array(["north", "south", "west"])[rng.integers(0, 3, links)],
            "units": rng.integers(1, 9, links),
        }
    )
    frame.loc[rng.random(links) < 0.1, "time"] = pd.NaT
    frame.loc[rng.random(links) < 0.1, "amount"] = np.nan
    frame.loc[rng.random(links) < 0.1, "store"] = None
    return TransactionTable.from_frame(frame.drop(columns=["store", "units"]) if plain else frame, layout="rows")


def peak_of(format: str, table: TransactionTable, part_rows: int | None = None) -> Peak:
    """Write one format in a process of its own.

    Args:
        format: its name.
        table: the rows.
        part_rows: rows of a file; None for what the format does otherwise.

    Raises:
        RuntimeError: it failed.
    """
    context = mp.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_written, args=(format, table, part_rows, sender))
    process.start()
    sender.close()
    try:
        found: Peak = receiver.recv()
    except EOFError:
        raise RuntimeError(f"{format} failed") from None
    finally:
        process.join()
    return found


def _written(format: str, table: TransactionTable, part_rows: int | None, sender: Connection) -> None:
    # The peak of a forked process begins at what its parent had: what it holds now is taken off.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{SUFFIXES.get(format, '')}"
        options: dict[str, object] = {"verb": "bought"} if format in ("lenskit", "rectools") else {}
        if part_rows is not None:
            options["part_rows"] = part_rows
        if format == "croissant":
            options = {"beside": path.with_name("rows.csv")}
            export(table.take_rows(np.arange(9)), "csv", path.with_name("rows.csv"))
        _give_back()
        before, started = _resident(), time.process_time()
        _forget_peak()
        export(table, format, path, **options)
        seconds, peak = time.process_time() - started, _peak()
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        size = sum(one.stat().st_size for one in files)
    sender.send(Peak(format, seconds, (peak - before) / MEGABYTE, size / MEGABYTE))


def _give_back() -> None:
    """Return memory that is no longer used to the system, lest the export is seen to need none."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line per format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--format", action="append", choices=sorted(FORMATS))
    parser.add_argument("--plain", action="store_true", help="rows without extra columns")
    parser.add_argument("--subjects", type=int, help="default a tenth of the links")
    parser.add_argument("--part-rows", type=int, metavar="N", help="formats in files of N rows alone")
    given = parser.parse_args(arguments)
    table = made_table(given.links, np.random.default_rng(0), plain=given.plain, subjects=given.subjects)
    formats = given.format or [
        name for name in FORMATS if not given.part_rows or "part_rows" in FORMATS[name].options()
    ]
    out = sys.stdout
    out.write(f"{given.links:,} links; this process holds {_resident() / MEGABYTE:,.0f} MB\n")
    out.write(f"{'format':<14}{'CPU s':>8}{'MB on top':>12}{'MB written':>12}\n")
    for format in formats:
        peak = peak_of(format, table, given.part_rows)
        out.write(f"{format:<14}{peak.seconds:>8.1f}{peak.extra:>12.0f}{peak.size:>12.1f}\n")
        out.flush()


if __name__ == "__main__":
    main()
