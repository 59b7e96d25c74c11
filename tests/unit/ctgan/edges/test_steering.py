"""The steering path on disk: what is 0 is left out, and what is wrong is refused."""

import pytest
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.steering import ROWS, SIGNS, SOURCE, TARGET, compact, spread


@pytest.fixture
def full() -> dict[str, Tensor]:
    source, target = torch.zeros(6, 2), torch.zeros(2, 3, 2)
    source[1], source[4, 0], target[1, 2, 1] = 3.0, 1.0, -2.0
    return {SOURCE: source, TARGET: target, "other": torch.ones(3)}


def test_rows_of_either_factor_are_kept_and_all_comes_back(full: dict[str, Tensor]) -> None:
    stored = compact(full)
    assert stored[ROWS].tolist() == [1, 4, 5]
    assert stored[SOURCE].shape == stored[TARGET].shape == (3, 2)
    found = spread(stored, 2, 3)
    assert found.keys() == full.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in full.items())


def test_nothing_steered_and_no_rank_come_back(full: dict[str, Tensor]) -> None:
    for rank in (2, 0):
        empty = {SOURCE: torch.zeros(6, rank), TARGET: torch.zeros(2, 3, rank)}
        found = spread(compact(empty), 2, 3)
        assert (found[SOURCE].shape, found[TARGET].shape) == (empty[SOURCE].shape, empty[TARGET].shape)


def test_weights_of_before_stay_as_they_are(full: dict[str, Tensor]) -> None:
    assert spread(full, 2, 3) == full


@pytest.mark.parametrize("rows", [[-1, 4, 5], [1, 4, 6], [1, 1, 5], [4, 1, 5], [1, 4]])
def test_rows_that_are_no_tokens_are_refused(full: dict[str, Tensor], rows: list[int]) -> None:
    with pytest.raises(ValueError, match="steering path"):
        spread(compact(full) | {ROWS: torch.tensor(rows)}, 2, 3)


def test_factors_that_differ_by_signs_are_stored_once() -> None:
    source = torch.randn(6, 2, generator=torch.Generator().manual_seed(0))
    source[[1, 4]] = 0
    full = {SOURCE: source, TARGET: (source * torch.tensor([1.0, -1.0])).view(2, 3, 2)}
    stored = compact(full)
    assert sorted(stored) == sorted([SOURCE, ROWS, SIGNS])
    assert stored[SIGNS].tolist() == [1.0, -1.0]
    found = spread(stored, 2, 3)
    assert all(torch.equal(found[name], tensor) for name, tensor in full.items())


@pytest.mark.parametrize("signs", [torch.ones(3), torch.ones(1), torch.ones(4, 2), torch.tensor(1.0)])
def test_signs_that_do_not_fit_are_refused_before_anything_is_made(signs: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="signs that do not fit"):
        spread({SOURCE: torch.ones(4, 2), SIGNS: signs, ROWS: torch.arange(4)}, 2, 3)
