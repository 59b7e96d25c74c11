import numpy as np
import pytest

from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.scopes.scope import Block


def test_scopes_have_an_order() -> None:
    assert NAMES == ("links", "visits", "order", "rows")


def test_a_block_is_frozen_and_measures_every_resample() -> None:
    block = Block("links.all", True, lambda s, n, r, m: np.abs(s / n - r / m).sum(axis=1))
    assert block.measure(np.ones((3, 2)), 2, np.ones((1, 2)), 4).tolist() == [0.5, 0.5, 0.5]
    with pytest.raises(AttributeError):
        block.name = "other"  # type: ignore[misc]
