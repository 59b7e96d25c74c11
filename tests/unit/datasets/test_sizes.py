"""A size is a whole number from 1 on."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.datasets.sizes import check_size, is_whole
from assoc_synth.errors import InputError


@pytest.mark.parametrize("size", [0, -1, 2.0, 2.5, True, "5", None])
def test_other_sizes_are_refused(size: object) -> None:
    with pytest.raises(InputError, match=f"rows must be at least 1 and a whole number, not '{size}'"):
        check_size("rows", size)  # type: ignore[arg-type]


def test_whole_numbers_from_one_on_are_sizes() -> None:
    for size in (1, 2_000, np.int64(3)):
        check_size("rows", size)
        assert is_whole(size)
    assert not is_whole(3.0)
