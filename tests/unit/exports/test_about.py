"""An object's fields as options of a writer."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.exports.about import About, flattened
from assoc_synth.exports.registry import FORMATS
from assoc_synth.exports.source import Source


def test_the_writer_gets_the_object_and_has_its_fields_as_options() -> None:
    found: list[object] = []

    @flattened(About)
    def write(source: Source, path: Path, about: About) -> None:
        """Writes."""
        found.append((path, about))

    write(toy_shop(subjects=2), Path("x"), seed=3)
    assert found == [(Path("x"), About(seed=3))]
    assert write.__doc__ == "Writes."
    options = list(inspect.signature(write).parameters.values())[2:]
    assert [(one.name, one.default) for one in options] == [
        (name, None) for name in ("licence", "citation", "verdict", "seed")
    ]
    assert all(one.kind is one.KEYWORD_ONLY for one in options)
    with pytest.raises(TypeError, match="colour"):
        write(toy_shop(subjects=2), Path("x"), colour="red")  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        found[0][1].seed = 4  # type: ignore[index]


def test_both_formats_share_them() -> None:
    hub, croissant = FORMATS["hub"].options(), FORMATS["croissant"].options()
    both = ["licence", "citation", "verdict", "seed"]
    assert (croissant, hub) == ([*both, "beside"], [*both, "part_rows"])
