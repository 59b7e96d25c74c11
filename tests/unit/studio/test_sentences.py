"""Errors as sentences."""

from __future__ import annotations

from assoc_synth.errors import InputError
from assoc_synth.studio.sentences import sentence_of


def test_cells_of_foreign_errors_stay_out() -> None:
    assert sentence_of(InputError("no\nobject 'x'")) == "No object 'x'."
    assert "secret" not in sentence_of(ValueError("secret"))
    assert sentence_of(OSError(28, "No space left")) == "No space left: nothing was changed."
