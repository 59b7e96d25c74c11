"""A competitor's process: what it hands in, how it is stopped, and what is said of a failure."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark.peers.process import PeerFailedError, PeerStoppedError, coded, in_own_process
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
    assert done.notes == ("fit", "sampled")
    assert (done.fitted["library"], done.result["peak_memory_bytes"]) == ("x 1", 4)
    assert done.baskets is None


def test_a_row_of_unknown_names_is_left_out_with_a_note(small: TransactionTable) -> None:
    spoil = 'train.loc[:1, "object"] = "_RARE_"; train.loc[2, "verb"] = None\n'
    done = in_own_process(script(HANDS_IN + spoil + WRITES), small, seed=1, seconds=60)
    assert done.edges.num_links == len(small) - 3
    assert done.notes[-1].startswith(f"3 of {len(small):,} sampled links")


def test_files_that_lack_a_figure_are_a_failure(small: TransactionTable) -> None:
    with pytest.raises(PeerFailedError, match=r"not those of a job: fitted.json has no library, notes$"):
        in_own_process(
            script(HANDS_IN + 'del fitted["notes"], fitted["library"]\n' + WRITES), small, seed=1, seconds=60
        )


def test_times_and_baskets_come_back_as_a_table(small: TransactionTable) -> None:
    adds = 'train["basket"] = train["subject"] + "/" + train["verb"]\n'
    done = in_own_process(script(HANDS_IN + adds + WRITES), small, seed=1, seconds=60)
    assert done.table is not None
    assert done.table.time is not None
    assert done.baskets is not None
    assert done.baskets.num_subjects == len(small.to_frame().groupby(["customer", "action"]))
    links = in_own_process(script(HANDS_IN + "train = train.iloc[:, :3]\n" + WRITES), small, seed=1, seconds=60)
    assert links.table is None
    assert links.baskets is None


def test_missing_names_match_nothing() -> None:
    train = TransactionTable.from_frame(pd.DataFrame({"subject": ["a"], "verb": ["v"], "object": ["None"]}))
    rows = pd.DataFrame({"subject": ["q"] * 3, "verb": ["v"] * 3, "object": ["None", None, float("nan")]})
    edges, unknown = coded(rows, train)
    assert (edges.num_links, unknown) == (1, 2)


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
def test_a_competitor_that_overruns_is_stopped(
    small: TransactionTable, tmp_path: Path, alive: Callable[[int], bool], text: str, phase: str
) -> None:
    note = tmp_path / "pid"
    text = f"import os; open({str(note)!r}, 'w').write(str(os.getpid()))\n{text}"
    with pytest.raises(PeerStoppedError, match=f"its {phase} was not over after"):
        in_own_process(script(text), small, seed=1, seconds=2.0)
    assert not alive(int(note.read_text())), "it would have slept for a minute"


@pytest.mark.usefixtures("no_margin")
def test_what_a_competitor_started_is_stopped_with_it(
    small: TransactionTable, tmp_path: Path, alive: Callable[[int], bool]
) -> None:
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


def test_a_crash_has_one_line(small: TransactionTable) -> None:
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
