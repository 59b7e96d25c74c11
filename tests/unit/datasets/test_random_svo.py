"""Pure noise: uniform, independent, with the promised gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import random_svo
from assoc_synth.errors import InputError


def test_random_svo_is_uniform_and_without_association() -> None:
    rows = random_svo().to_frame()
    assert len(rows) == 20_000
    assert rows["date"].isna().mean() == pytest.approx(0.2, abs=0.01)
    assert rows["amount"].isna().mean() == pytest.approx(0.3, abs=0.01)
    amount = rows.dropna(subset="amount")
    assert ((amount["amount"] < 0) == (amount["verb"] == "returned")).all()
    assert rows["verb"].value_counts(normalize=True).between(0.23, 0.27).all()
    linked = pd.crosstab(rows["subject"], rows["object"]).clip(upper=1).to_numpy()
    together = np.triu(linked.T @ linked, 1).sum() / len(linked)
    share = linked.mean(axis=0)
    assert together == pytest.approx(np.triu(np.outer(share, share), 1).sum(), rel=0.05)


def test_it_repeats_itself_for_one_seed_only() -> None:
    pd.testing.assert_frame_equal(random_svo(rows=300, seed=3).to_frame(), random_svo(rows=300, seed=3).to_frame())
    assert not random_svo(rows=300, seed=3).to_frame().equals(random_svo(rows=300, seed=4).to_frame())


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size: int) -> None:
    for name in ("rows", "subjects", "objects"):
        with pytest.raises(InputError, match=f"{name} must be at least 1"):
            random_svo(**{name: size})


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        random_svo(rows=10, seed=-1)
