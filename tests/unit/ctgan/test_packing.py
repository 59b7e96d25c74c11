"""Weights in fewer bytes: they come back, but for the rounding, and parts that do not fit are refused."""

import pytest
import torch
from torch import Tensor

from assoc_synth.ctgan.packing import packed, unpacked


def mostly(usual: float, shape: tuple[int, int] = (50, 37), others: int = 30) -> Tensor:
    """A table with one number in most of its places."""
    generator = torch.Generator().manual_seed(0)
    table = torch.full(shape, usual)
    table.view(-1)[torch.randperm(table.numel(), generator=generator)[:others]] = torch.arange(others) / 4
    return table


@pytest.mark.parametrize("columns", [1, 7, 8, 9, 37, 64])
def test_a_table_that_repeats_itself_is_packed_without_loss(columns: int) -> None:
    table = mostly(-24.0, (1_000, columns))
    found = packed({"a": table})
    assert sum(part.numel() * part.element_size() for part in found.values()) < 0.8 * 2 * table.numel() or columns == 1
    back = unpacked(found)["a"]
    assert back.dtype == torch.float32
    assert torch.equal(back, table)


def test_each_row_has_a_usual_number_of_its_own() -> None:
    table = mostly(-24.0) + 0.5 * torch.arange(50)[:, None]
    assert set(packed({"a": table})) == {"a:usual", "a:mask", "a:rest"}
    assert torch.equal(unpacked(packed({"a": table}))["a"], table)


def test_other_large_weights_are_rounded_to_eleven_digits() -> None:
    weights = torch.randn(60, 40, generator=torch.Generator().manual_seed(1))
    found = packed({"a": weights})
    assert {name: tensor.dtype for name, tensor in found.items()} == {"a": torch.float16}
    back = unpacked(found)["a"]
    assert back.dtype == torch.float32
    assert float(((back - weights) / weights).abs().max()) <= 2**-11
    assert not torch.equal(back, weights)


@pytest.mark.parametrize(
    "kept",
    [
        torch.randn(30, 30),
        torch.full((60, 40), -3e5),
        torch.cat([torch.zeros(1_999), torch.tensor([1e6])]),
        torch.full((1_000,), 2**15),
        torch.arange(1_000, dtype=torch.int32),
        torch.ones(1_000, dtype=torch.bool),
        torch.zeros(0, 3, dtype=torch.int64),
    ],
    ids=["small", "marks", "one mark", "large codes", "int32", "bool", "empty"],
)
def test_what_is_small_or_would_lose_stays_as_it_is(kept: Tensor) -> None:
    found = packed({"a": kept})
    assert found["a"].dtype == kept.dtype
    assert torch.equal(unpacked(found)["a"], kept)


def test_codes_are_exact_in_a_quarter_of_the_bytes() -> None:
    codes = torch.arange(-1, 2**15 - 1)
    found = packed({"a": codes})
    assert found["a"].dtype == torch.int16
    assert torch.equal(unpacked(found)["a"], codes)


def test_three_dimensional_weights_come_back() -> None:
    weights = torch.zeros(20, 20, 5)
    assert torch.equal(unpacked(packed({"a": weights}))["a"], weights)


@pytest.mark.parametrize(
    "part",
    [
        {"a:rest": torch.zeros(3, dtype=torch.float16)},
        {"a:mask": torch.zeros(3, dtype=torch.uint8)},
        {"a:mask": torch.zeros(0, dtype=torch.uint8)},
        {"a:mask": torch.zeros(50, 37, dtype=torch.uint8)},
        {"a:usual": torch.zeros(7, dtype=torch.float16)},
        {"a:usual": torch.zeros(50)},
        {"a:usual": torch.zeros(2_000_000, dtype=torch.float16)},
    ],
    ids=["too few others", "short mask", "no mask", "wide mask", "few rows", "another kind", "more rows than places"],
)
def test_parts_that_do_not_fit_are_refused(part: dict[str, Tensor]) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        unpacked(packed({"a": mostly(0.0)}) | part)


def test_a_missing_part_is_refused() -> None:
    found = packed({"a": mostly(0.0)})
    del found["a:mask"]
    with pytest.raises(KeyError):
        unpacked(found)
