"""The script for mostlyai-engine: the real engine has an environment of its own, here a stand-in takes its calls."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark import Outcome
from assoc_synth.benchmark.peers.competitors import mostlyai_argn
from assoc_synth.benchmark.peers.registry import MOSTLYAI_PYTHON
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

ENGINE = '''
"""Does what mostlyai.engine is asked for, by repeating its rows."""
import os
import pandas as pd
__version__ = "0"
kept = {}
def set_random_state(seed):
    kept["seed"] = seed
def split(rows, *, ctx_data, ctx_primary_key, tgt_context_key, workspace_dir):
    assert set(rows[tgt_context_key]) == set(ctx_data[ctx_primary_key])
    assert rows.groupby("subject")["time"].is_monotonic_increasing.all() or rows["time"].isna().any()
    kept["rows"] = rows
def analyze(*, value_protection, workspace_dir):
    assert value_protection is False
def encode(*, workspace_dir):
    pass
def train(*, max_training_time, workspace_dir):
    assert 0 < max_training_time <= 0.5
    for name in ("model-data", "tgt-stats", "../SyntheticData"):
        os.makedirs(os.path.join(workspace_dir, "ModelStore", name))
    log = pd.DataFrame({"epoch": [1.0, 2.5], "samples": [10, 25], "total_time": [1.0, 2.0]})
    log.to_csv(os.path.join(workspace_dir, "ModelStore/model-data/progress-messages.csv"), index=False)
    open(os.path.join(workspace_dir, "ModelStore/model-data/model-weights.pt"), "wb").write(b"x" * 1000)
    open(os.path.join(workspace_dir, "ModelStore/model-data/optimizer.pt"), "wb").write(b"x" * 5000)
def generate(*, sample_size, workspace_dir):
    assert sample_size == kept["rows"]["subject"].nunique()
    kept["rows"].to_parquet(os.path.join(workspace_dir, "SyntheticData", "part.parquet"))
'''


def test_it_keeps_to_the_contract_of_a_job(
    small: TransactionTable,
    outcome: Callable[[str, float], Outcome],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "mostlyai" / "engine").mkdir(parents=True)
    (tmp_path / "mostlyai" / "engine" / "__init__.py").write_text(ENGINE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(MOSTLYAI_PYTHON, sys.executable)
    done = outcome("mostlyai-argn", 30)
    real = LinkGraph.from_table(small).edges
    np.testing.assert_array_equal(done.edges.object, real.object)
    assert done.cost.model_bytes == 1000
    assert done.cost.fit_links_per_second == pytest.approx(25 * len(small) / small.num_subjects / 2.0)
    assert (done.library, done.notes) == ("mostlyai-engine 0", ("epochs: 2.5 of at most 100",))


@pytest.mark.parametrize(("seconds", "rate"), [(2.0, 50.0), (0.0, None)])
def test_the_last_line_of_its_log_is_read(tmp_path: Path, seconds: float, rate: float | None) -> None:
    (tmp_path / "ModelStore" / "model-data").mkdir(parents=True)
    log = pd.DataFrame({"epoch": [1.0, 7.25], "samples": [1, 25], "total_time": [9.0, seconds]})
    log.to_csv(tmp_path / "ModelStore" / "model-data" / "progress-messages.csv")
    assert mostlyai_argn.progress(tmp_path, 4.0) == (rate, "epochs: 7.25 of at most 100")


def test_without_the_engine_the_job_gets_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mostlyai_argn, "end_with_parent", lambda parent: None)
    mostlyai_argn.main(tmp_path)
    failure = json.loads((tmp_path / "error.json").read_text())
    assert failure["error"].startswith("ModuleNotFoundError: ")
    assert failure["verdict"] is None


def test_files_are_written_whole(tmp_path: Path) -> None:
    mostlyai_argn.write(tmp_path, "fitted", {"notes": ["a"]})
    assert os.listdir(tmp_path) == ["fitted.json"]
    assert json.loads((tmp_path / "fitted.json").read_text()) == {"notes": ["a"]}
