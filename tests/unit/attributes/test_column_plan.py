"""A line of the plan: what is done with a column, and the note about it."""

from __future__ import annotations

import json

import pytest

from assoc_synth.attributes.column_plan import CODES, ColumnPlan


@pytest.mark.parametrize(
    ("line", "done", "empty"),
    [
        (ColumnPlan("x", "extra", "empty"), "stays empty", True),
        (ColumnPlan("x", "extra", "empty", asked=True), "left out: stays empty", True),
        (
            ColumnPlan("x", "extra", "text"),
            "stays empty, or with --text words written anew for each row from words that many subjects use",
            True,
        ),
        (
            ColumnPlan("x", "extra", "text", asked=True),
            "written anew for each row from words that many subjects use",
            False,
        ),
        (ColumnPlan("x", "extra", "category", on=("object",)), "kept: each object has its own", False),
        (ColumnPlan("x", "extra", "number", on=("subject",)), "drawn for each subject", False),
        (ColumnPlan("x", "extra", "category", source="y"), "kept: a function of column 'y'", False),
    ],
)
def test_what_is_done(line: ColumnPlan, done: str, empty: bool) -> None:
    assert (line.done, line.stays_empty) == (done, empty)
    assert ColumnPlan.from_dict(json.loads(json.dumps(line.to_dict()))) == line


def test_notes_tell_of_text_and_codes() -> None:
    text = ColumnPlan("x", "extra", "text")
    assert text.notes == (
        "column 'x' is free text (--text words writes it anew from words that many subjects use) and stays empty",
    )
    assert ColumnPlan("zip", "extra", "category", CODES).notes == (f"column 'zip': {CODES}",)
