"""How fast tables are read, beside pandas' and Arrow's own readers: `python -m assoc_synth.benchmark.reading [ROWS]`.

Each reader works in a process of its own: rows per second, and the memory that it takes beyond what its imports take.
Ours gives codes, times and amounts; the others give cells.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from rich.console import Console
from rich.table import Table

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import write_frame
from assoc_synth.transactions.table import TransactionTable

ROWS, FEW, SEED = 1_000_000, 100, 0
KINDS = ("csv", "parquet")
ARROW: dict[str, Callable[[str], Any]] = {"csv": pa.csv.read_csv, "parquet": pa.parquet.read_table}
PANDAS: dict[str, Callable[[str], Any]] = {"csv": pd.read_csv, "parquet": pd.read_parquet}
READERS: dict[str, Callable[[str, str], Any]] = {
    "assoc_synth": lambda path, kind: TransactionTable.read(path),
    "pandas": lambda path, kind: PANDAS[kind](path),
    "pyarrow": lambda path, kind: ARROW[kind](path),
}


@dataclass(frozen=True)
class Read:
    """One reading.

    Attributes:
        reader, kind: a key of `READERS`, one of `KINDS`.
        rows: how many.
        seconds: of the reading alone.
        megabytes: the most memory that it took, beyond what was taken before.
    """

    reader: str
    kind: str
    rows: int
    seconds: float
    megabytes: float

    @property
    def rows_per_second(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


def shop(rows: int) -> pd.DataFrame:
    """A table of `rows` rows: times to the second, prices, and two extra columns.

    Example:
        >>> shop(3).columns.tolist()
        ['customer', 'action', 'product', 'date', 'price', 'store', 'quantity']
    """
    rng = np.random.default_rng(SEED)
    customers = np.array([f"customer_{code:06d}" for code in range(rows // 16 + 1)], dtype=object)
    products = np.array([f"product {code}" for code in range(2_000)], dtype=object)
    seconds = rng.integers(0, 365 * 86_400, rows)
    return pd.DataFrame(
        {
            "customer": customers[np.sort(rng.integers(0, len(customers), rows))],
            "action": rng.choice(np.array(["viewed", "carted", "bought", "returned"], dtype=object), rows),
            "product": products[(len(products) * rng.random(rows) ** 2).astype(np.int64)],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(seconds, unit="s"),
            "price": np.round(rng.gamma(2, 20, rows), 2),
            "store": rng.choice(np.array(["north", "south", "east"], dtype=object), rows),
            "quantity": rng.integers(1, 9, rows),
        }
    )


def read_once(reader: str, path: str, kind: str) -> Read:
    """Read a file in this process and measure it, after a small one: it imports what is imported at first use.

    Raises:
        KeyError: no such reader.
    """
    read = READERS[reader]
    few = Path(path).with_name(f"few.{kind}")
    if few.exists():
        read(str(few), kind)
    before = _memory("VmRSS")
    started = time.perf_counter()
    found = read(path, kind)
    seconds = time.perf_counter() - started
    taken = max(_memory("VmHWM") - before, 0) / 1024
    return Read(reader, kind, int(getattr(found, "num_rows", len(found))), seconds, taken)


def _memory(line: str) -> int:
    """The memory of this process in kB, by Linux's name for it; elsewhere the peak since its start."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if line == "VmRSS":
        # 5 lets the peak begin anew: what imports took for a moment does not count.
        Path("/proc/self/clear_refs").write_text("5")
    return next(int(text.split()[1]) for text in status.read_text().splitlines() if text.startswith(line))


def measure(rows: int, folder: Path, readers: tuple[str, ...] = tuple(READERS)) -> list[Read]:
    """Write a table of each kind and read it with each reader, each in a process of its own.

    Args:
        rows: how many.
        folder: where the files are written.
        readers: keys of `READERS`.

    Raises:
        InputError: no rows, or a process failed.
    """
    if rows < 1:
        raise InputError(f"at least one row is read, not {rows}")
    frame, found = shop(rows), []
    for kind in KINDS:
        path = folder / f"shop.{kind}"
        write_frame(frame, path)
        write_frame(shop(FEW), folder / f"few.{kind}")
        for reader in readers:
            call = [sys.executable, "-m", "assoc_synth.benchmark.reading", reader, str(path), kind]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode:
                raise InputError(f"{reader} did not read {kind}: {done.stderr.strip()[-200:]}")
            found.append(Read(**json.loads(done.stdout)))
    return found


def render(found: list[Read]) -> Table:
    """The readings as a table for the terminal."""
    table = Table("file", "reader", "rows per second", "seconds", "memory in MB")
    for read in found:
        cells = (f"{read.rows_per_second:,.0f}", f"{read.seconds:.2f}", f"{read.megabytes:,.0f}")
        table.add_row(read.kind, read.reader, *cells)
    return table


def main(arguments: list[str]) -> None:
    """The command: a number of rows, or reader, path and kind of one reading, which is written as JSON."""
    if len(arguments) == 3:
        sys.stdout.write(json.dumps(asdict(read_once(*arguments))))
        return
    with tempfile.TemporaryDirectory() as folder:
        Console().print(render(measure(int(arguments[0]) if arguments else ROWS, Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1:])
