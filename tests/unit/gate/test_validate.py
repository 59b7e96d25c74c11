"""`validate` on tables by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import random_svo
from assoc_synth.gate.split import split_subjects
from assoc_synth.gate.validate import validate
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw


def _frame(edges: Edges, objects: str = "thing") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": [f"s{code}" for code in edges.subject],
            "verb": np.array(["buys", "returns"])[edges.verb],
            "object": [f"{objects} {code}" for code in edges.object],
        }
    )


def test_split_is_disjoint_complete_and_capped() -> None:
    for size, held in ((0, 0), (1, 0), (2, 1), (9, 1), (10, 2), (100, 20), (60_000, 5_000)):
        training, held_out = split_subjects(size, np.random.default_rng(0))
        assert len(held_out) == held
        assert np.array_equal(np.sort(np.concatenate([training, held_out])), np.arange(size))


def test_real_against_real_and_against_an_independent_table(draw: Any) -> None:
    real = draw(2_000, 1)
    fresh = validate(_frame(real), _frame(draw(2_000, 2)))
    assert fresh.passed, fresh.sentence
    assert fresh.seed == 0
    drawn = validate(_frame(real), _frame(independent_draw(real, np.random.default_rng(0))))
    assert drawn.status is Status.FAIL, drawn.sentence


def test_with_a_holdout(draw: Any) -> None:
    real, holdout = _frame(draw(1_600, 1)), _frame(draw(400, 2))
    assert validate(real, _frame(draw(400, 3)), holdout).passed
    drawn = independent_draw(draw(1_600, 1), np.random.default_rng(0))
    assert validate(real, _frame(drawn), holdout).status is Status.FAIL


def test_neither_row_order_nor_subject_names_matter(draw: Any) -> None:
    real, synthetic = _frame(draw(600, 1)), _frame(draw(600, 2))
    shuffled = synthetic.sample(frac=1, random_state=1)
    assert validate(real, synthetic) == validate(real.sample(frac=1, random_state=2), shuffled)


def test_unknown_names_are_no_error(draw: Any) -> None:
    verdict = validate(_frame(draw(1_000, 1)), _frame(draw(1_000, 2), objects="other"))
    assert verdict.status is Status.FAIL


def test_random_table_is_underpowered() -> None:
    verdict = validate(random_svo(seed=0), random_svo(seed=1))
    assert verdict.status is Status.UNDERPOWERED
    assert "nothing is claimed" in verdict.sentence


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 100, 300])
@pytest.mark.parametrize("holdout", [False, True])
def test_small_tables_are_underpowered(rows: int, holdout: bool) -> None:
    rng = np.random.default_rng(rows)

    def table() -> pd.DataFrame:
        return pd.DataFrame(
            {
                "subject": rng.integers(0, max(rows // 3, 1), rows).astype(str),
                "verb": rng.choice(["a", "b"], rows),
                "object": rng.integers(0, 6, rows).astype(str),
            }
        )

    assert validate(table(), table(), table() if holdout else None).status is Status.UNDERPOWERED


@pytest.mark.parametrize("single", ["subject", "verb", "object", "all"])
def test_a_single_subject_verb_or_object(single: str) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({name: rng.integers(0, 50, 200).astype(str) for name in ("subject", "verb", "object")})
    table[[single] if single != "all" else list(table.columns)] = "the one"
    assert validate(table, table).status is Status.UNDERPOWERED
