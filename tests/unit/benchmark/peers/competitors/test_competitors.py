"""Every competitor once, at the smallest size, and what the two of SDV decide for themselves."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import Outcome, Work
from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.competitors import sdv_common, sdv_ctgan
from assoc_synth.benchmark.peers.competitors.bootstrap import Bootstrap
from assoc_synth.benchmark.peers.competitors.independent import Independent
from assoc_synth.benchmark.peers.competitors.ours import Ours, fit_rate
from assoc_synth.benchmark.peers.competitors.sdv_common import Epochs, columns_of, within
from assoc_synth.benchmark.peers.competitors.sdv_ctgan import SdvCtgan, coded_columns, random_rows, width
from assoc_synth.benchmark.peers.competitors.sdv_par import largest_padded
from assoc_synth.benchmark.peers.job import role_frame
from assoc_synth.benchmark.peers.registry import MOSTLYAI_PYTHON, WITHOUT, peers_named
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

SECOND = 1 / 60


def outcome(name: str, train: TransactionTable, seconds: float) -> Outcome:
    return peers_named([name])[0].run(train, seed=0, max_minutes=seconds * SECOND)


def test_independent_keeps_degrees(small: TransactionTable) -> None:
    done = outcome("independent", small, 30)
    real = LinkGraph.from_table(small).edges
    assert sorted(done.edges.degrees(1)) == sorted(real.degrees(1))
    assert done.edges.num_links == real.num_links
    assert done.cost.model_bytes is None


def test_copy_is_faithful_and_gives_itself_away(small: TransactionTable) -> None:
    done = outcome("copy", small, 30)
    assert done.edges.num_subjects == small.num_subjects
    assert done.cost.model_bytes
    work = Work("toy-shop", *datasets.halves(datasets.toy_shop(subjects=150, seed=1)))
    from assoc_synth.benchmark import measure

    found = measure(work, done.edges).proximity
    assert found is not None
    assert found.share > 0.9


@pytest.mark.slow
def test_ours_tells_its_verdict_and_its_size(small: TransactionTable) -> None:
    done = outcome("assoc-synth", small, 1)
    assert done.verdict in ("PASS", "PASS_LIMITED", "UNDERPOWERED")
    assert done.edges.num_subjects == small.num_subjects
    assert done.cost.model_bytes
    assert done.cost.fit_links_per_second
    assert done.library.startswith("assoc-synth ")


@pytest.mark.slow
def test_each_part_can_be_left_out() -> None:
    assert set(WITHOUT) == {f"assoc-synth/{part}" for part in ABLATIONS}
    defaults = CTGANConfig().to_dict()
    for part in ABLATIONS:
        assert Ours(part).config is ABLATIONS[part]
        assert ABLATIONS[part].to_dict() != defaults
    assert Ours().config is None


def test_ctgan_samples_as_many_rows_as_there_were(small: TransactionTable) -> None:
    done = outcome("sdv-ctgan", small, 2)
    assert done.edges.num_links == len(small)
    assert done.edges.num_subjects <= small.num_subjects
    assert any("of its 300 epochs" in note for note in done.notes)
    assert done.library.startswith("sdv ")
    assert done.cost.model_bytes


@pytest.mark.slow
def test_par_says_how_many_subjects_it_saw(small: TransactionTable) -> None:
    done = outcome("sdv-par", small, 1.5)
    assert done.notes[0].startswith("trained on ")
    assert done.notes[0].endswith(f" of {small.num_subjects} subjects")
    assert 0 < done.edges.num_subjects <= small.num_subjects


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


def test_the_script_for_the_engine_keeps_to_the_contract(
    small: TransactionTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real engine has an environment of its own: here a stand-in is asked for the same things."""
    (tmp_path / "mostlyai" / "engine").mkdir(parents=True)
    (tmp_path / "mostlyai" / "engine" / "__init__.py").write_text(ENGINE)
    import sys

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(MOSTLYAI_PYTHON, sys.executable)
    done = outcome("mostlyai-argn", small, 30)
    real = LinkGraph.from_table(small).edges
    np.testing.assert_array_equal(done.edges.object, real.object)
    assert done.cost.model_bytes == 1000
    assert done.cost.fit_links_per_second == pytest.approx(25 * len(small) / small.num_subjects / 2.0)
    assert (done.library, done.notes) == ("mostlyai-engine 0", ("epochs: 2.5 of at most 100",))


def with_baskets() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": ["a", "a", "a", "b"],
            "verb": ["v"] * 4,
            "object": ["x", "y", "x", "z"],
            "basket": ["1", "1", "2", None],
        }
    )


def test_a_subject_drawn_twice_has_its_baskets_twice() -> None:
    bootstrap = Bootstrap()
    bootstrap.fit(with_baskets(), seed=0, seconds=None)
    rows = bootstrap.sample(seconds=None).rows
    pairs = rows.dropna(subset=["basket"]).groupby("basket")["subject"].nunique()
    assert (pairs == 1).all()
    assert rows["subject"].nunique() == 2


def test_independent_draws_baskets_apart() -> None:
    competitor = Independent()
    competitor.fit(with_baskets(), seed=0, seconds=None)
    sample = competitor.sample(seconds=None)
    assert len(sample.rows) == 4
    assert sample.baskets is not None
    assert sorted(sample.baskets["subject"].value_counts()) == [1, 2]


def test_roles_become_columns_and_names_text() -> None:
    frame = pd.DataFrame({"who": [3, 1], "act": ["v", "v"], "what": [10, 20], "order": ["q", None], "hue": ["a", "b"]})
    table = TransactionTable.from_frame(frame, subject="who", verb="act", object="what", basket="order")
    rows = role_frame(table)
    assert rows.columns.tolist() == ["subject", "verb", "object", "basket"]
    assert rows["subject"].tolist() == ["3", "1"]
    assert rows["object"].tolist() == ["10", "20"]
    assert rows["basket"].tolist() == ["q", None]


def test_a_pass_goes_through_every_stage() -> None:
    # A link takes 1/100 s in one stage and 1/300 s in the other.
    assert fit_rate({"edges": {"links_per_second": 100.0}, "rows": {"links_per_second": 300.0}}) == pytest.approx(75.0)
    assert fit_rate({"edges": {}}) is None


def test_epochs_end_before_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(sdv_common, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def work_through(deadline: float) -> Epochs:
        module = SimpleNamespace(tqdm=None)
        now[0] = 0.0
        with within(module, deadline) as loops:
            for _ in module.tqdm(range(20), disable=True):
                now[0] += 10.0
        assert module.tqdm is None
        return loops[0]

    assert (work_through(35.0).done, work_through(35.0).seconds) == (3, 30.0)
    assert work_through(-1.0).done == 1, "one epoch there is always"
    assert work_through(float("inf")).done == 20


def test_the_longest_sequence_decides_how_many_fit() -> None:
    lengths = np.array([8, 8, 98, 8])
    # 40 bytes a cell, ten columns, and two steps more than the sequence has.
    assert largest_padded(lengths, 10, 40 * 10 * 10 * 2) == 2
    assert largest_padded(lengths, 10, 40 * 10 * 100 * 3 - 1) == 2
    assert largest_padded(lengths, 10, 40 * 10 * 100 * 3) == 3
    assert largest_padded(lengths, 10, 1) == 1


def test_ctgan_is_given_rows_that_fit(small: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = columns_of(role_frame(small))
    counts = rows["subject"].nunique(), rows["verb"].nunique(), rows["object"].nunique()
    assert width(rows, coded_columns(rows)) == sum(counts) + 22
    monkeypatch.setattr(sdv_ctgan, "MAX_CATEGORIES", 20)
    assert coded_columns(rows) == ["subject", "object"]
    assert width(rows, coded_columns(rows)) == 11 + counts[1] + 11 + 22
    assert len(random_rows(rows, len(rows), 0)) == len(rows)
    fewer = random_rows(rows, 600, 0)
    assert len(fewer) == 600
    assert fewer["time"].notna().any()


@pytest.mark.filterwarnings("ignore:Replacing the default transformer")
def test_ctgan_with_many_subjects_encodes_them(small: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdv_ctgan, "MAX_CATEGORIES", 70)
    monkeypatch.setattr(sdv_ctgan, "_TRIAL_ROWS", 500)
    train = role_frame(small)[["subject", "verb", "object"]]
    competitor = SdvCtgan()
    fit = competitor.fit(train, seed=0, seconds=0.1)
    assert "subject label-encoded: over 70 categories" in fit.notes
    rows = competitor.sample(seconds=10).rows
    assert len(rows) == len(train)
    assert set(rows["subject"]) <= set(train["subject"])
    assert rows["subject"].nunique() > 5
