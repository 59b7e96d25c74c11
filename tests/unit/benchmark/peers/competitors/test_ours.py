"""This package as a competitor."""

from collections.abc import Callable

import pytest

from assoc_synth.benchmark import Outcome
from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.competitors.ours import Ours, fit_rate
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.slow
def test_it_says_its_verdict_and_its_size(small: TransactionTable, outcome: Callable[[str, float], Outcome]) -> None:
    done = outcome("assoc-synth", 1)
    assert done.verdict in ("PASS", "PASS_LIMITED", "UNDERPOWERED")
    assert done.edges.num_subjects == small.num_subjects
    assert done.cost.model_bytes
    assert done.cost.fit_links_per_second
    assert done.library.startswith("assoc-synth ")


def test_the_part_that_is_left_out_decides_the_config() -> None:
    for part, config in ABLATIONS.items():
        assert Ours(part).config is config
    assert Ours().config is None


def test_an_unknown_part_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-brakes"):
        Ours("no-brakes")


def test_an_epoch_goes_through_every_stage() -> None:
    # A link takes 1/100 s in one stage and 1/300 s in the other.
    assert fit_rate({"edges": {"links_per_second": 100.0}, "rows": {"links_per_second": 300.0}}) == pytest.approx(75.0)
    assert fit_rate({"edges": {"links_per_second": 100.0}, "rows": {}}) == pytest.approx(100.0)
    assert fit_rate({"edges": {}}) is None
