"""The competitors by name."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.process import PeerFailedError, PeerSkippedError
from assoc_synth.benchmark.peers.registry import MOSTLYAI_PYTHON, PEERS, WITHOUT, Spawned, peers_named
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable


def test_peers_come_in_the_order_of_their_names() -> None:
    assert [peer.name for peer in peers_named(["sdv-par", "copy", "assoc-synth/no-critic"])] == [
        "sdv-par",
        "copy",
        "assoc-synth/no-critic",
    ]
    assert {name: PEERS[name]().name for name in PEERS} == {name: name for name in PEERS}


def test_an_unknown_peer_is_named_beside_the_known_ones() -> None:
    with pytest.raises(InputError, match=f"unknown peer 'nobody'; there are: {', '.join(PEERS)}, assoc-synth/no-"):
        peers_named(["copy", "nobody"])


def test_each_part_can_be_left_out_but_only_by_name() -> None:
    assert set(WITHOUT) == {f"assoc-synth/{part}" for part in ABLATIONS}
    assert not set(WITHOUT) & set(PEERS)


def test_cost_and_notes_are_those_of_the_process(small: TransactionTable) -> None:
    code = (
        "import json, sys, pandas as pd; folder = sys.argv[1]; train = pd.read_parquet(folder + '/train.parquet')\n"
        "fitted = dict(fit_seconds=4.0, fit_links_per_second=None, library='x 1', notes=['n'])\n"
        "result = dict(sample_seconds=2.0, peak_memory_bytes=5, model_bytes=6, verdict='FAIL', notes=[])\n"
        "json.dump(fitted, open(folder + '/fitted.json', 'w')); train.to_parquet(folder + '/synthetic.parquet')\n"
        "json.dump(result, open(folder + '/result.json', 'w'))\n"
    )
    done = Spawned("x", lambda: [sys.executable, "-c", code]).run(small, seed=0, max_minutes=1)
    cost = done.cost
    assert (cost.fit_seconds, cost.fit_links_per_second, cost.sample_seconds) == (4.0, None, 2.0)
    assert (cost.peak_memory_bytes, cost.model_bytes) == (5, 6)
    assert cost.sample_links_per_second == len(small) / 2
    assert (done.verdict, done.library, done.notes) == ("FAIL", "x 1", ("n",))


def test_a_competitor_that_does_not_exist_fails_in_its_process(small: TransactionTable) -> None:
    peer = PEERS["copy"]()
    assert isinstance(peer, Spawned)
    command = [*peer.command()[:-1], "nobody"]
    with pytest.raises(PeerFailedError, match="KeyError: 'nobody'"):
        Spawned("nobody", lambda: command).run(small, seed=0, max_minutes=1)


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
    with pytest.raises(PeerSkippedError, match="which is not a file"):
        peer.run(small, seed=0, max_minutes=1)
