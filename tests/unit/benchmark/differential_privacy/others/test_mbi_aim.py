"""AIM's choices and budget, with a stand-in for mbi."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark.differential_privacy.others import mbi_aim


def test_cells_say_who_has_what() -> None:
    rows = pd.DataFrame({"subject": ["x", "x", "y"], "object": ["b", "a", "b"]})
    names, cells = mbi_aim.one_hot(rows)
    assert (names.tolist(), cells.tolist()) == (["a", "b"], [[1, 1], [0, 1]])


def test_all_of_the_budget_is_spent_and_no_more(others: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(others))
    mbi = importlib.import_module("mbi")
    rng = np.random.default_rng(0)
    cells = {str(at): rng.integers(0, 2, 300) for at in range(6)}
    spent = []
    choose = mbi_aim.choose
    monkeypatch.setattr(mbi_aim, "choose", lambda *given: spent.append((given[4][1], made := choose(*given))) or made)
    data = mbi.Dataset(cells, mbi.Domain(list(cells), [2] * 6))
    _, measured = mbi_aim.aim(mbi, data, 0.5, rng)
    assert measured == len(mbi.LOG) > 6
    of_measures = sum(1 / (2 * stddev**2) for _, stddev, _ in mbi.LOG)
    of_choices = sum(len(chosen) * epsilon**2 / 8 for epsilon, chosen in spent)
    assert of_measures + of_choices <= 0.5 + 1e-9
    assert of_measures > 0.05
    sys.modules.pop("mbi")


def test_the_pair_that_is_most_off_is_chosen(others: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(others))
    mbi = importlib.import_module("mbi")
    cells = {str(at): np.arange(400) // (at + 1) % 2 for at in range(3)}
    model = mbi.Dataset(cells, mbi.Domain(list(cells), [2] * 3))
    exact = {pair: model.project(pair).datavector() for pair in (("0", "1"), ("0", "2"), ("1", "2"))}
    exact["0", "2"] = exact["0", "2"] + 200
    chosen = mbi_aim.choose(mbi, model, exact, [], (1.0, 1.0), 1, np.random.default_rng(0))
    assert chosen == [("0", "2")]
    sys.modules.pop("mbi")


def test_what_nothing_connects_is_independent(others: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(others))
    mbi = importlib.import_module("mbi")
    cells = {str(at): np.arange(400) // (at + 1) % 3 // 2 for at in range(3)}
    monkeypatch.setattr(mbi.Dataset, "cliques", [("0", "1"), ("2",)])
    model = mbi.Dataset(cells, mbi.Domain(list(cells), [2] * 3))
    found = mbi_aim.marginals(mbi, model, [("0", "1"), ("0", "2")])
    assert found["0", "1"].tolist() == model.project(("0", "1")).datavector().tolist()
    assert found["0", "2"].reshape(2, 2).sum(axis=1) == pytest.approx(model.project(("0",)).datavector())
    expected = np.outer(model.project(("0",)).datavector(), model.project(("2",)).datavector()) / 400
    assert found["0", "2"] == pytest.approx(expected.ravel())
    sys.modules.pop("mbi")
