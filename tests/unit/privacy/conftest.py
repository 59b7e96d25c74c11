"""Noisy counts as a measurement leaves them, of which a test gives those that it is about."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assoc_synth.privacy.domains import NUMBER_STARTS
from assoc_synth.privacy.measurements import Measured


def measured_of(number: int, /, **changes: Any) -> Measured:
    """One verb, objects that nothing is known of, and no times or amounts, but for the changes."""
    own: dict[str, Any] = {
        "verbs": ["did"],
        "objects": [f"thing{code}" for code in range(number)],
        "bound": 4,
        "links": np.zeros(len(NUMBER_STARTS)),
        "objects_of": np.ones(number),
        "pairs": np.zeros((number, number)),
        "pair_noise": 1.0,
        "verbs_of": np.zeros((number, 2)),
        "rows": np.zeros((1, len(NUMBER_STARTS))),
        "days_of": None,
        "days": None,
        "hours": None,
        "amounts": None,
        "amounts_of": None,
    }
    return Measured(**{**own, **changes})


@pytest.fixture(scope="session")
def make_measured() -> Callable[..., Measured]:
    return measured_of
