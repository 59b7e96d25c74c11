"""Fields of a form: numbers and choices."""

from __future__ import annotations

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.forms import Form


def test_what_is_no_number_is_said_in_words() -> None:
    form = Form([("rows", "many"), ("half", "1.5"), ("kind", "x")])
    with pytest.raises(InputError, match="the rows must be a number"):
        form.whole("rows", "the rows")
    with pytest.raises(InputError, match="whole number"):
        form.whole("half", "the half")
    with pytest.raises(InputError, match="one of a, b"):
        form.choice("kind", "the kind", ("a", "b"))
    assert form.choice("nothing", "it", ("a", "b")) == "a"
