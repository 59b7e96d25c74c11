"""Figures of a stand-in: 0 or 1 for the table itself, and worse with more noise."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark.differential_privacy.__main__ import main
from assoc_synth.benchmark.differential_privacy.utility import NAMES, Left, figures_of, measure_utility, stored
from assoc_synth.benchmark.work import Work

pytest.importorskip("opendp")


def test_a_table_is_like_itself() -> None:
    table = datasets.toy_shop(subjects=400)
    found = figures_of(table, table)
    assert set(found) == set(NAMES)
    for name in ("item_l1", "pair_l1", "amounts", "hours", "days"):
        assert found[name] == 0.0
    for name in ("named", "lift_r", "rule_f1", "also_buy", "prices"):
        assert found[name] == pytest.approx(1.0)


def test_less_noise_leaves_more() -> None:
    halves = datasets.halves(datasets.toy_shop(subjects=3_000))
    floor, noisy, clear = measure_utility(Work("toy-shop", *halves), [8.0, math.inf], [0])
    assert floor.epsilon is None
    assert noisy.objects <= clear.objects <= floor.objects
    assert noisy.figures["pair_l1"] > clear.figures["pair_l1"]
    assert clear.figures["lift_r"] > 0.5


def test_a_page_is_written_from_what_was_measured(tmp_path: Path) -> None:
    kept, page = tmp_path / "left.jsonl", tmp_path / "page.md"
    stored([Left("toy-shop", 3.0, 0, 10, 5, False, dict.fromkeys(NAMES, 0.5))], kept)
    main(["toy-shop", "--json", str(kept), "--page", str(page), "--trials", "12"])
    assert "| named objects | 5 |" in page.read_text("utf-8")
    assert "## Audit" in page.read_text("utf-8")
    assert np.isfinite(json.loads(kept.read_text("utf-8"))["figures"]["lift_r"])
