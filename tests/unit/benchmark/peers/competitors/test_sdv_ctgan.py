"""SDV's CTGANSynthesizer as a competitor."""

from collections.abc import Callable

import pandas as pd
import pytest

from assoc_synth.benchmark import Outcome
from assoc_synth.benchmark.peers.competitors import sdv_ctgan
from assoc_synth.benchmark.peers.competitors.sdv_common import columns_of
from assoc_synth.benchmark.peers.competitors.sdv_ctgan import SdvCtgan, encoded_columns, random_rows, width
from assoc_synth.benchmark.peers.job import role_frame
from assoc_synth.transactions.table import TransactionTable


def test_it_samples_as_many_rows_as_there_were(
    small: TransactionTable, outcome: Callable[[str, float], Outcome]
) -> None:
    done = outcome("sdv-ctgan", 2)
    assert done.edges.num_links == len(small)
    assert done.edges.num_subjects <= small.num_subjects
    assert any("of its 300 epochs" in note for note in done.notes)
    assert done.library.startswith("sdv ")
    assert done.cost.model_bytes


def test_it_is_given_rows_that_fit(small: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = columns_of(role_frame(small))
    counts = rows["subject"].nunique(), rows["verb"].nunique(), rows["object"].nunique()
    assert width(rows, encoded_columns(rows)) == sum(counts) + 22
    monkeypatch.setattr(sdv_ctgan, "MAX_CATEGORIES", 20)
    assert encoded_columns(rows) == ["subject", "object"]
    assert width(rows, encoded_columns(rows)) == 11 + counts[1] + 11 + 22
    assert len(random_rows(rows, len(rows), 0)) == len(rows)
    fewer = random_rows(rows, 600, 0)
    assert len(fewer) == 600
    assert fewer["time"].notna().any()


def test_a_part_is_at_least_one_batch_and_drops_empty_columns() -> None:
    rows = pd.DataFrame({"subject": [str(number) for number in range(1_000)], "amount": [1.0] + [None] * 999})
    parts = [random_rows(rows, 3, seed) for seed in range(5)]
    assert {len(part) for part in parts} == {500}
    assert {tuple(part) for part in parts} == {("subject", "amount"), ("subject",)}
    for part in parts:
        assert part["subject"].astype(int).is_monotonic_increasing


@pytest.mark.filterwarnings("ignore:Replacing the default transformer")
def test_many_subjects_are_encoded(small: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
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
