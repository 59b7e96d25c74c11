"""What the two SDV peers share."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark.peers.competitors import sdv_common
from assoc_synth.benchmark.peers.competitors.sdv_common import (
    TABLE,
    Epochs,
    columns_of,
    library,
    memory_limit,
    metadata,
    seed_everything,
    within,
)


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


def test_the_progress_bar_comes_back_after_an_error() -> None:
    module = SimpleNamespace(tqdm="bar")
    with pytest.raises(TypeError, match="not iterable"), within(module, 1.0):
        list(module.tqdm(None))
    assert module.tqdm == "bar"


def test_columns_are_the_links_with_time_and_amount() -> None:
    rows = pd.DataFrame({"basket": ["1"], "amount": [np.nan], "object": ["x"], "subject": ["a"], "verb": ["v"]})
    assert list(columns_of(rows)) == ["subject", "verb", "object"], "without baskets and without empty columns"


def test_metadata_say_what_each_column_is() -> None:
    rows = pd.DataFrame({"subject": ["a"], "verb": ["v"], "time": pd.to_datetime(["2024-01-01"]), "amount": [1.0]})
    table = metadata(rows, subject="id", sequence_key="subject").to_dict()["tables"][TABLE]
    assert {name: column["sdtype"] for name, column in table["columns"].items()} == {
        "subject": "id",
        "verb": "categorical",
        "time": "datetime",
        "amount": "numerical",
    }
    assert table["sequence_key"] == "subject"


def test_a_seed_seeds_both_global_generators() -> None:
    import torch

    def drawn(seed: int) -> tuple[float, float]:
        seed_everything(seed)
        return float(np.random.random()), float(torch.rand(()))  # noqa: NPY002

    assert drawn(3) == drawn(3)
    assert drawn(3)[0] != drawn(4)[0]
    assert drawn(3)[1] != drawn(4)[1]
    assert drawn(2**32 + 3)[0] == drawn(3)[0], "NumPy's global generator takes 32 bits"


def test_half_of_the_free_memory_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdv_common.Path, "read_text", lambda *_, **__: "MemTotal: 9 kB\nMemAvailable:    4 kB\n")
    assert memory_limit() == 2048.0


def test_the_library_has_its_version() -> None:
    assert library().startswith("sdv ")
    assert library()[4].isdigit()
