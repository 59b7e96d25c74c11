"""What numbers begin at: nearly given by a number that is known, and shrunk where few rows tell."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.occurrences.size_logits import Known, SizeLogits

COLUMN = ColumnSpec("visits", 3, False)


def learned(known: list[float], code: list[int]) -> SizeLogits:
    logits = SizeLogits({"visits": COLUMN})
    column = CodedColumn(COLUMN, np.array(code), np.zeros(len(code), np.float32))
    logits.learn({"visits": Known(column, np.array(known))})
    return logits


def test_the_class_follows_from_the_number() -> None:
    logits = learned([2.0] * 100 + [64.0] * 100, [0] * 100 + [2] * 100)
    found = logits("visits", torch.tensor([2, 64]))
    assert found.argmax(1).tolist() == [0, 2]
    prior = torch.tensor([100.5, 0.5, 100.5]).log()
    assert torch.softmax(found + prior, 1).diagonal(0).tolist()[0] > 0.95


def test_where_no_row_tells_the_shares_of_all_remain() -> None:
    logits = learned([2.0] * 50, [0] * 25 + [1] * 25)
    assert logits("visits", torch.tensor([5_000.0])).abs().max().item() == pytest.approx(0.0, abs=1e-5)


def test_a_column_of_no_table_has_none() -> None:
    assert SizeLogits({})("visits", torch.tensor([3, 4])).tolist() == [[0.0], [0.0]]


def test_a_number_that_is_not_finite_is_in_the_last_bucket() -> None:
    assert SizeLogits.rows(torch.tensor([0.0, 3e38, float("inf")])).tolist() == [0, 63, 63]


def test_few_at_an_end_are_shrunk_to_their_neighbours_and_not_to_all() -> None:
    """Who has more has more; four subjects have most of all, three of them in a bucket beside that of the fourth."""
    logits = learned([4.0] * 300 + [16.0] * 300 + [64.0] * 3 + [80.0], [0] * 300 + [1] * 300 + [2] * 4)
    share = torch.softmax(logits("visits", torch.tensor([80.0])) + torch.tensor([300.5, 300.5, 4.5]).log(), 1)
    assert float(share[0, 2]) > 0.8
