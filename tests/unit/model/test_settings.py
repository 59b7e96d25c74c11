"""Settings: what is stored comes back as it was, None as None."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError
from assoc_synth.model.settings import Settings


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(5, 0.25, CTGANConfig(epochs=3, noise_dim=4)), Settings(1, None, CTGANConfig())]
)
def test_settings_come_back_from_json(settings: Settings) -> None:
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_what_a_user_gives_is_checked_and_plain() -> None:
    settings = Settings.of(np.int64(3), np.float32(0.5), None)
    assert settings == Settings(3, 0.5, None)
    assert type(settings.random_state) is int


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ((-1, None, None), "random_state"),
        ((1.5, None, None), "random_state"),
        ((True, None, None), "random_state"),
        ((None, None, None), "random_state"),
        ((0, "5", None), "max_minutes"),
        ((0, None, {}), "config"),
    ],
)
def test_the_wrong_argument_is_named(wrong: tuple[object, object, object], named: str) -> None:
    with pytest.raises(InputError, match=f"^{named} must be "):
        Settings.of(*wrong)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"random_state": "x"},
        {"random_state": 0, "config": [1]},
        {"random_state": 0, "config": {"layers": 3}},
        {"random_state": 0, "max_minutes": "long"},
    ],
)
def test_damaged_settings(state: dict[str, Any]) -> None:
    with pytest.raises((InputError, KeyError, TypeError)):
        Settings.from_dict(state)
