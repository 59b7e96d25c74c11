"""Stand-ins for packages of others, which have environments of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

MBI = '''
"""Does what mbi is asked for: every model is the rows themselves."""
import itertools, json, os, sys, types
import numpy as np
class Domain(tuple):
    def __new__(cls, names, sizes):
        assert set(sizes) == {2}
        return super().__new__(cls, names)
class Counts:
    def __init__(self, cells): self.cells = cells
    def datavector(self):
        code = self.cells @ (2 ** np.arange(self.cells.shape[1])[::-1])
        return np.bincount(code, minlength=2 ** self.cells.shape[1]).astype(float)
class Dataset:
    def __init__(self, cells, domain):
        self.cells, self.domain = cells, domain
    def project(self, clique): return Counts(np.column_stack([self.cells[one] for one in clique]))
    @property
    def total(self): return float(len(next(iter(self.cells.values()))))
    @property
    def potentials(self): return self
    @property
    def marginals(self): return self
    @property
    def cliques(self): return [self.domain]
    def synthetic_data(self, rows):
        assert rows == len(next(iter(self.cells.values())))
        return types.SimpleNamespace(to_dict=lambda: self.cells)
class LinearMeasurement:
    def __init__(self, noisy, clique, stddev):
        self.noisy, self.clique, self.stddev = noisy, clique, stddev
        LOG.append((clique, stddev, noisy))
class MirrorDescent:
    def estimate(self, domain, measurements, *, iters, warm_start):
        return KEPT[0]
LOG, KEPT = [], []
_new = Dataset.__init__
def _kept(self, cells, domain):
    _new(self, cells, domain); KEPT.append(self)
Dataset.__init__ = _kept
sys.modules["mbi.marginal_oracles"] = types.SimpleNamespace(
    calculate_many_marginals=lambda potentials, cliques, total: {one: potentials.project(one) for one in cliques}
)
estimation = types.SimpleNamespace(MirrorDescent=MirrorDescent)
junction_tree = types.SimpleNamespace(hypothetical_model_size=lambda domain, cliques: len(cliques) / 1e3)
'''
ENGINE = '''
"""Does what mostlyai.engine is asked for, by repeating its rows."""
import os
import pandas as pd
__version__ = "0"
kept = {}
def set_random_state(seed): kept["seed"] = seed
def split(rows, *, workspace_dir):
    assert set(rows.to_numpy().ravel()) == {"0", "1"}
    kept["rows"] = rows
def analyze(*, value_protection, workspace_dir): assert value_protection is False
def encode(*, workspace_dir): pass
def train(*, max_training_time, differential_privacy, workspace_dir):
    assert (differential_privacy.max_epsilon, differential_privacy.delta) == (3.0, 1e-06)
    assert max_training_time == 0.5
    for name in ("ModelStore/model-data", "SyntheticData"):
        os.makedirs(os.path.join(workspace_dir, name))
    log = pd.DataFrame({"epoch": [1.0, 2.5, 3.0], "is_checkpoint": [1, 1, 0], "dp_eps": [1.0, 2.75, 3.25]})
    log.to_csv(os.path.join(workspace_dir, "ModelStore/model-data/progress-messages.csv"), index=False)
def generate(*, sample_size, workspace_dir):
    assert sample_size == len(kept["rows"])
    kept["rows"].to_parquet(os.path.join(workspace_dir, "SyntheticData", "part.parquet"))
'''
CONFIG = """
import dataclasses
@dataclasses.dataclass
class DifferentialPrivacyConfig:
    max_epsilon: float
    delta: float
"""
JAX = "import types\nconfig = types.SimpleNamespace(update=lambda name, value: None)\n"


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with packages that do what the scripts ask for, for their processes to find."""
    files = {"jax": JAX, "mbi": MBI, "mostlyai/engine": ENGINE}
    for name, text in files.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text(text)
    (tmp_path / "mostlyai" / "engine" / "domain.py").write_text(CONFIG)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path
