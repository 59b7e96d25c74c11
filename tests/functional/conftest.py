"""The command line run in this process, and one small fitted model for all tests."""

from __future__ import annotations

import functools
import io
import os
import re
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pandas as pd
import pytest

from assoc_synth import benchmark, cli
from assoc_synth.benchmark import Row
from assoc_synth.benchmark.work import Work
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.gate.verdict import Status
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.table import TransactionTable

BRIEF = CTGANConfig(epochs=1, calibration_rounds=1, count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1)
"""An epoch of each stage: enough for the form of the rows, not for their associations."""

STORED_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line of an error."""
        lines = [line for line in self.err.splitlines() if not line.startswith("note: ")]
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: ")
        assert "Traceback" not in self.err
        return lines[0]


Run = Callable[..., Done]


def run_here(*arguments: object) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run_command([str(argument) for argument in arguments])
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def real_gate() -> None:
    """For tests that look at verdicts: `lenient` leaves the gate to them."""


@pytest.fixture(autouse=True)
def lenient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of one epoch pass: their rows are looked at for their form. `REAL_GATE` keeps a module's gate."""
    if not (getattr(request.module, "REAL_GATE", False) or "real_gate" in request.fixturenames):
        monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)


@pytest.fixture(scope="module", autouse=True)
def hardly_moved(request: pytest.FixtureRequest) -> None:
    """Fits of this process are brief wherever rows are looked at for their form."""
    if not getattr(request.module, "REAL_GATE", False):
        request.getfixturevalue("few_moves")


@pytest.fixture
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit without a configuration, as on the command line, has that of `BRIEF`: no time is spent on trials."""
    monkeypatch.setattr("assoc_synth.model.fitting.CTGANConfig", lambda: BRIEF)


@pytest.fixture
def roughly_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A boosted pair's lift is read from a fifth of the subjects: for calls whose figures nobody looks at."""
    monkeypatch.setattr("assoc_synth.scenarios.candidates.BLOCK", 1_000)


@pytest.fixture
def run() -> Run:
    return run_here


@pytest.fixture(scope="session")
def shop() -> pd.DataFrame:
    """150 customers: too few for the gate to claim anything."""
    return toy_shop(subjects=150, seed=3).to_frame()


@pytest.fixture(scope="session")
def shop_csv(shop: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "shop.csv"
    shop.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def fitted(
    shop_csv: Path, tmp_path_factory: pytest.TempPathFactory, moving_little: Callable[[], AbstractContextManager[None]]
) -> Path:
    """A model directory; the table is gone when it is used. Do not change it: copy it."""
    folder = tmp_path_factory.mktemp("fitted")
    table = folder / "shop.csv"
    shutil.copy(shop_csv, table)
    with moving_little():
        AssociativeSynthesizer(config=BRIEF).fit(TransactionTable.read(str(table))).save(str(folder / "model"))
    os.remove(table)
    return folder / "model"


@pytest.fixture(scope="session")
def stored_shop() -> AssociativeSynthesizer:
    """The model of the toy shop that comes with the repository. Do not change it."""
    return AssociativeSynthesizer.load(STORED_SHOP)


@pytest.fixture(scope="session")
def compared() -> dict[str, list[Row]]:
    """What the benchmark found, by its arguments."""
    return {}


@pytest.fixture
def benchmark_once(compared: dict[str, list[Row]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comparison is carried out once, of 200 subjects a side; each further command shows what it found."""
    carried_out = benchmark.run
    monkeypatch.setattr(Work, "load", functools.partial(Work.load, subjects=200))

    def run(*arguments: Any, progress: Callable[[str], None], **options: Any) -> list[Row]:
        asked = repr((arguments, sorted(options.items())))
        if asked not in compared:
            compared[asked] = carried_out(*arguments, progress=progress, **options)
        return compared[asked]

    monkeypatch.setattr(benchmark, "run", run)


@pytest.fixture(scope="session")
def brief() -> CTGANConfig:
    """A short training that nothing cuts short."""
    return BRIEF


@pytest.fixture
def model(fitted: Path, tmp_path: Path) -> Path:
    """A copy of the fitted model that a test may damage."""
    return Path(shutil.copytree(fitted, tmp_path / "copy"))


UNHEARD = 30
"""Seconds of the processor after which what does not hear of its limit is ended."""


class Hang(BaseException):
    """What runs took too long. No `except Exception` or `except OSError` takes it for something else."""


@dataclass
class Taken:
    """What a block took: seconds of the processor, and bytes beyond those that the process had."""

    seconds: float = 0.0
    bytes: int = 0


@contextmanager
def _bounded(seconds: float, most: int) -> Iterator[Taken]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory begins anew
    held, taken, began = _resident("VmRSS"), Taken(), time.process_time()
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    # A compiled loop that does not end hears no Python: the system ends the process.
    free = resource.getrlimit(resource.RLIMIT_CPU)
    last = int(began + seconds) + UNHEARD
    resource.setrlimit(resource.RLIMIT_CPU, (last if free[1] < 0 else min(last, free[1]), free[1]))
    try:
        yield taken
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, free)
        signal.signal(signal.SIGPROF, before)
        taken.seconds, taken.bytes = time.process_time() - began, _resident("VmHWM") - held
    if taken.bytes > most:
        raise MemoryError(f"{taken.bytes / 2**20:.0f} MB")


def _resident(what: str) -> int:
    """Bytes of this process in memory, now or at most."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


Bounded = Callable[[float, int], AbstractContextManager[Taken]]


@pytest.fixture(scope="session")
def bounded() -> Bounded:
    """Makes blocks that may take so many seconds of the processor, else `Hang`, and bytes, else `MemoryError`."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("measures by Linux")
    return _bounded
