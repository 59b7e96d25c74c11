"""A competitor's process: what it hands in, how it is stopped, and what is told when it fails."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark.peers.process import (
    PeerFailedError,
    PeerSkippedError,
    PeerStoppedError,
    coded,
    in_own_process,
)
from assoc_synth.benchmark.peers.registry import MOSTLYAI_PYTHON, PEERS, peers_named
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

HANDS_IN = """
import json, sys, pandas as pd
folder = sys.argv[1]
train = pd.read_parquet(folder + "/train.parquet")
fitted = {"fit_seconds": 1.0, "fit_links_per_second": 2.0, "library": "x 1", "notes": ["fit"]}
result = {"sample_seconds": 3.0, "peak_memory_bytes": 4, "model_bytes": None, "verdict": None, "notes": ["sampled"]}
"""
WRITES = """
json.dump(fitted, open(folder + "/fitted.json", "w"))
train.to_parquet(folder + "/synthetic.parquet")
json.dump(result, open(folder + "/result.json", "w"))
"""


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_what_is_handed_in_comes_back_by_the_codes_of_the_training_table(small: TransactionTable) -> None:
    done = in_own_process(script(HANDS_IN + WRITES), small, seed=1, seconds=60)
    edges = LinkGraph.from_table(small).edges
    np.testing.assert_array_equal(done.edges.object, edges.object)
    np.testing.assert_array_equal(done.edges.verb, edges.verb)
    np.testing.assert_array_equal(done.edges.count, edges.count)
    assert done.num_rows == len(small)
    assert done.facts["notes"] == ("fit", "sampled")
    assert done.baskets is None


def test_a_row_of_unknown_names_is_left_out_and_told(small: TransactionTable) -> None:
    spoil = 'train.loc[:1, "object"] = "_RARE_"; train.loc[2, "verb"] = None\n'
    done = in_own_process(script(HANDS_IN + spoil + WRITES), small, seed=1, seconds=60)
    assert done.edges.num_links == len(small) - 3
    assert done.facts["notes"][-1].startswith(f"3 of {len(small):,} sampled links")


def test_codes() -> None:
    train = TransactionTable.from_frame(pd.DataFrame({"subject": ["a"], "verb": ["v"], "object": [7]}))
    rows = pd.DataFrame(
        {
            "subject": ["q", "q", None, "p"],
            "verb": ["v"] * 4,
            "object": ["7", "8", "7", "7"],
            "basket": ["k"] * 4,
        }
    )
    edges, unknown = coded(rows, train)
    assert (edges.num_subjects, edges.num_links, unknown) == (2, 2, 2)
    baskets, _ = coded(rows, train, by="basket")
    assert (baskets.num_subjects, len(baskets), baskets.num_links) == (1, 1, 3)


ONLY_FITS = 'import sys, time; open(sys.argv[1] + "/fitted.json", "w").write("{}"); time.sleep(60)'


@pytest.mark.usefixtures("no_margin")
@pytest.mark.parametrize(("text", "phase"), [("import time; time.sleep(60)", "fit"), (ONLY_FITS, "sampling")])
def test_who_overruns_is_stopped(small: TransactionTable, text: str, phase: str) -> None:
    began = time.monotonic()
    with pytest.raises(PeerStoppedError, match=f"its {phase} was not over after"):
        in_own_process(script(text), small, seed=1, seconds=2.0)
    assert time.monotonic() - began < 20


@pytest.mark.usefixtures("no_margin")
def test_what_a_competitor_started_is_stopped_with_it(small: TransactionTable, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    text = (
        "import subprocess, sys, time\n"
        'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\n'
        f'open({str(note)!r}, "w").write(str(child.pid))\n'
        "time.sleep(60)"
    )
    with pytest.raises(PeerStoppedError):
        in_own_process(script(text), small, seed=1, seconds=3.0)
    assert not alive(int(note.read_text()))


def test_a_competitor_does_not_outlive_its_benchmark(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = (
        "import os, time; from assoc_synth.benchmark.competitors.main import end_with_parent\n"
        f"open({str(note)!r}, 'w').write(str(os.getpid())); end_with_parent(os.getppid())"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        while not (note.exists() and note.read_text()):
            time.sleep(0.1)
        process.kill()
    assert not alive(int(note.read_text()))


def alive(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def test_a_crash_is_told_in_one_line(small: TransactionTable) -> None:
    with pytest.raises(PeerFailedError, match=r"^its process ended with code 1: ValueError: no good$"):
        in_own_process(script("raise ValueError('no good')"), small, seed=1, seconds=60)
    with pytest.raises(PeerFailedError, match="killed by SIGKILL, maybe for want of memory"):
        in_own_process(script(f"import os; os.kill(os.getpid(), {signal.SIGKILL})"), small, seed=1, seconds=60)
    with pytest.raises(PeerFailedError, match="ended with code 0: it said nothing"):
        in_own_process(script(""), small, seed=1, seconds=None)


def test_an_error_that_was_written_down_carries_the_verdict(small: TransactionTable) -> None:
    text = HANDS_IN + 'json.dump({"error": "GateRejected: no", "verdict": "FAIL"}, open(folder + "/error.json", "w"))'
    with pytest.raises(PeerFailedError, match="GateRejected: no") as caught:
        in_own_process(script(text), small, seed=1, seconds=60)
    assert caught.value.verdict == "FAIL"


def test_nothing_known_is_no_table(small: TransactionTable) -> None:
    with pytest.raises(PeerFailedError, match="no link of a known verb and object"):
        in_own_process(script(HANDS_IN + 'train["object"] = "?"\n' + WRITES), small, seed=1, seconds=60)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_memory_is_the_childs_own(small: TransactionTable) -> None:
    ballast = np.ones(60_000_000)
    done = PEERS["independent"]().run(small, seed=0, max_minutes=1)
    assert ballast.nbytes > 450e6
    assert done.cost.peak_memory_bytes is not None
    assert 50e6 < done.cost.peak_memory_bytes < 400e6


def test_the_engine_is_skipped_where_there_is_none(small: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    (peer,) = peers_named(["mostlyai-argn"])
    monkeypatch.delenv(MOSTLYAI_PYTHON, raising=False)
    with pytest.raises(PeerSkippedError, match=f"set {MOSTLYAI_PYTHON}"):
        peer.run(small, seed=0, max_minutes=1)
    monkeypatch.setenv(MOSTLYAI_PYTHON, os.path.join(os.sep, "no", "python"))
    with pytest.raises(PeerSkippedError, match="which is no file"):
        peer.run(small, seed=0, max_minutes=1)
