"""Thresholds as a user gives them."""

from typing import Any

import pytest

from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.errors import InputError


def test_thresholds_survive_json_and_old_models_have_the_defaults() -> None:
    made = Thresholds.of(3, 8, "words")
    assert Thresholds.from_dict(made.to_dict()) == made
    assert Thresholds.from_dict({}) == Thresholds(5, None, None)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ((0, None, None), "min_subjects must be a whole number of subjects of at least 1, not '0'"),
        ((True, None, None), "min_subjects must be"),
        ((2.5, None, None), "not '2.5'"),
        ((5, -1, None), "min_subjects_objects must be"),
        ((5, None, "yes"), "text must be 'words', which writes free text from shared words, or None, not 'yes'"),
    ],
)
def test_wrong_thresholds_are_refused(wrong: tuple[Any, Any, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Thresholds.of(*wrong)
