"""`validate` on tables by name, and `judge_tables` on graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import random_svo, toy_shop
from assoc_synth.errors import InputError
from assoc_synth.gate.validate import judge_tables, validate
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


def test_real_against_real_and_against_an_independent_table(draw: Any) -> None:
    real = draw(2_000, 1)
    fresh = validate(_frame(real), _frame(draw(2_000, 2)), seed=1)  # one split in twenty refuses by design
    assert fresh.passed, fresh.sentence
    assert fresh.seed == 1
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


def test_the_same_rows_as_numbers_and_as_text_get_the_same_verdict(draw: Any) -> None:
    """The names 7 and "7" are one: to the digit, whichever table has which."""

    def numbers(edges: Edges) -> pd.DataFrame:
        return pd.DataFrame({"subject": edges.subject, "verb": edges.verb, "object": edges.object})

    real, synthetic, holdout = (numbers(draw(size, seed)) for size, seed in ((600, 1), (500, 2), (200, 3)))
    expected = validate(real, synthetic)
    assert expected.passed, expected.sentence
    for first, second in ((real, synthetic.astype(str)), (real.astype(str), synthetic)):
        assert validate(first, second) == expected
    assert validate(real.astype(str), synthetic.astype(str)) == expected
    assert validate(real, real.astype(str)).passed
    beside = validate(real, synthetic, holdout)
    assert validate(real.astype(str), synthetic, holdout.astype(str)) == beside


def test_tables_that_share_no_name_are_refused_in_a_sentence(draw: Any) -> None:
    real, other = _frame(draw(100, 1)), _frame(draw(100, 2), objects="other")
    with pytest.raises(
        InputError, match=r"the real table and the synthetic table share no object: one has 'thing \d+', "
    ):
        validate(real, other)
    with pytest.raises(InputError, match="the real table and the held-out table share no object"):
        validate(real, real, other)
    with pytest.raises(InputError, match=r"share no verb: one has '(buys|returns)', the other 'kauft'"):
        validate(real, real.assign(verb="kauft"))


def test_some_unknown_names_are_no_error(draw: Any) -> None:
    """Half of the synthetic rows are of objects that the real table does not have."""
    real, synthetic = _frame(draw(1_000, 1)), _frame(draw(1_000, 2))
    odd = np.arange(len(synthetic)) % 2 == 1
    synthetic["object"] = synthetic["object"].where(~odd, "other " + synthetic["object"])
    assert validate(real, synthetic).status is Status.FAIL


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
                "verb": ["a", *rng.choice(["a", "b"], rows - 1)],
                "object": ["0", *rng.integers(0, 6, rows - 1).astype(str)],
            }
        )

    assert validate(table(), table(), table() if holdout else None).status is Status.UNDERPOWERED


@pytest.mark.parametrize("single", ["subject", "verb", "object", "all"])
def test_a_single_subject_verb_or_object(single: str) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({name: rng.integers(0, 50, 200).astype(str) for name in ("subject", "verb", "object")})
    table[[single] if single != "all" else list(table.columns)] = "the one"
    assert validate(table, table).status is Status.UNDERPOWERED


def test_judging_tables_with_the_rows_at_hand(draw: Any) -> None:
    training, held_out = draw(1_600, 1), draw(400, 2)
    rng = np.random.default_rng(0)
    fresh = judge_tables(training, held_out, draw(600, 7), rng, permutations=199, replicates=100)
    assert fresh.passed
    assert fresh.num_subjects == 400
    drawn = judge_tables(training, held_out, independent_draw(training, rng), rng, permutations=199, replicates=100)
    assert drawn.status is Status.FAIL
    smaller = judge_tables(training, held_out, draw(150, 7), rng, permutations=99, replicates=50)
    assert smaller.num_subjects == 150


@pytest.mark.parametrize(("training", "held_out", "synthetic"), [(0, 0, 0), (1, 0, 1), (1, 1, 0), (0, 1, 1), (2, 1, 1)])
def test_hardly_any_subject(draw: Any, training: int, held_out: int, synthetic: int) -> None:
    tables = (draw(training, 1), draw(held_out, 2), draw(synthetic, 3))
    verdict = judge_tables(*tables, np.random.default_rng(0), permutations=19, replicates=20)
    assert verdict.status is Status.UNDERPOWERED


def test_roles_name_the_columns_of_frames(draw: Any) -> None:
    real, other = _frame(draw(600, 1)), _frame(draw(600, 2))
    names = {"subject": "who", "verb": "does", "object": "what"}
    verdict = validate(real.rename(columns=names), other.rename(columns=names), **names)
    assert verdict.to_dict() == validate(real, other).to_dict()
    with pytest.raises(InputError, match="there is no role 'customer'"):
        validate(real, other, customer="subject")  # type: ignore[call-arg]


def test_a_column_that_was_left_empty_is_not_compared_and_that_is_said() -> None:
    real = toy_shop(subjects=400).to_frame(typed=True)
    real["note"] = np.where(np.arange(len(real)) % 2, "kind", "rude")
    known = real["customer"].isin(np.random.default_rng(0).permutation(real["customer"].unique())[:200])
    emptied = real[~known].assign(note=None)
    found = validate(real[known], emptied)
    assert found.status is not Status.FAIL
    assert "ot compared, since not every table has it or a value in it: note" in found.sentence
