"""The keywords of `sample_to`, and which samples are written chunk by chunk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scale.asking import is_streamed, write_sample


def test_folders_engines_and_large_samples_are_streamed(small_model: FittedModel, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    assert not is_streamed(small_model, file, 100, None, None)
    assert is_streamed(small_model, file, 10**9, None, None)
    assert is_streamed(small_model, file, None, 10**9, None)
    assert is_streamed(small_model, file, 100, None, "ray")
    assert is_streamed(small_model, tmp_path, 100, None, None)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rows": 3}, TypeError, "sample_to.. got an unexpected keyword argument 'rows'"),
        ({"num_rows": 3, "num_subjects": 3}, InputError, "cannot go together"),
        ({"verbs": "sold"}, InputError, "sold"),
        ({"seed": -1}, InputError, "seed must be a whole number"),
    ],
)
def test_wrong_arguments_are_refused(
    small_model: FittedModel, tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    subjects = options.pop("num_subjects", None)
    with pytest.raises(error, match=message):
        write_sample(small_model, tmp_path / "rows.csv", subjects, {"seed": 0, **options})
    with pytest.raises(InputError, match=r"the kind of 'rows\.xlsx' is unknown"):
        write_sample(small_model, tmp_path / "rows.xlsx", 3, {"seed": 0})
