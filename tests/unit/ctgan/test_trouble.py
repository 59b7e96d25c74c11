"""Losses that are no numbers, and what says that memory is short."""

import math

import pytest
import torch

from assoc_synth.ctgan.trouble import NotANumber, checked, is_out_of_memory


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_names_its_stage(loss: float) -> None:
    assert checked(1.5, "edges") == 1.5
    with pytest.raises(NotANumber, match="the loss of the edges is no longer a number"):
        checked(loss, "edges")


@pytest.mark.parametrize(
    ("error", "is_short"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_what_says_that_memory_is_short(error: BaseException, is_short: bool) -> None:
    assert is_out_of_memory(error) is is_short
