"""Factors that many pairs share are found in a noise in which no single pair can be seen."""

import numpy as np
import pytest

from assoc_synth.privacy.denoising import denoise
from assoc_synth.privacy.measurements import Measured

OBJECTS, GROUPS, NOISE = 120, 6, 8.0


def _measured(seed: int) -> tuple[Measured, np.ndarray]:
    """Objects in groups: pairs inside a group are three times as frequent as by chance."""
    rng = np.random.default_rng(seed)
    group = np.arange(OBJECTS) % GROUPS
    lift = np.where(group[:, None] == group[None, :], 3.0, 0.6)
    truth = np.full((OBJECTS, OBJECTS), 8.0) * lift
    np.fill_diagonal(truth, 0.0)
    noise = np.triu(rng.normal(0, NOISE, truth.shape), 1)
    empty = np.zeros((1, 1))
    measured = Measured(
        ["did"],
        [str(code) for code in range(OBJECTS)],
        10,
        links=np.ones(1),
        objects_of=np.full(OBJECTS, 200.0),
        pairs=truth + noise + noise.T,
        pair_noise=NOISE,
        verbs_of=empty,
        rows=empty,
        days_of=None,
        days=None,
        hours=None,
        amounts=None,
        amounts_of=None,
    )
    return measured, truth


def test_planted_groups_are_found() -> None:
    measured, truth = _measured(0)
    found = denoise(measured)
    upper = np.triu_indices(OBJECTS, 1)
    raw = np.corrcoef(measured.pairs[upper], truth[upper])[0, 1]
    own = np.corrcoef(found.pairs[upper], truth[upper])[0, 1]
    assert own > 0.9 > 0.75 > raw
    assert found.pairs.sum() == pytest.approx(truth.sum(), rel=0.03)


def test_the_result_is_symmetric_and_has_no_pair_with_itself() -> None:
    found = denoise(_measured(1)[0])
    assert np.allclose(found.pairs, found.pairs.T, rtol=1e-5)
    assert not np.diag(found.pairs).any()
    assert not np.diag(found.log_lift).any()
