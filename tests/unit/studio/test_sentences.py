"""Errors as sentences."""

from __future__ import annotations

from assoc_synth.errors import InputError
from assoc_synth.studio.sentences import sentence_of


def test_cells_of_foreign_errors_stay_out() -> None:
    assert sentence_of(InputError("no\nobject 'x'")) == "No object 'x'."
    assert "secret" not in sentence_of(ValueError("secret"))
    assert sentence_of(OSError(28, "No space left")) == "No space left: nothing was changed."


def test_options_of_the_command_line_are_fields_of_the_page() -> None:
    said = "name it with --verb-name, or name its column with --verb ('what')"
    fields = "Name it with the field “Verb of every row”, or name its column with “the verb” ('what')."
    assert sentence_of(InputError(said)) == fields
    assert "--" not in sentence_of(InputError("too short: raise --max-minutes (in Python max_minutes)"))
