"""How a command ends: exit codes, and one line for people when something went wrong."""

from __future__ import annotations

import typer

from assoc_synth.cli.signals import EXIT_INTERRUPT, EXIT_TERMINATED, STOPPED, Terminated, words
from assoc_synth.errors import AssocSynthError, GateRejected, InputError, MissingExtraError, ModelFileError

__all__ = ["EXIT_INTERRUPT", "EXIT_TERMINATED", "STOPPED", "Terminated", "complain", "explain"]
EXIT_OTHER, EXIT_INPUT, EXIT_GATE = 1, 2, 3
DEBUG = "ASSOC_SYNTH_DEBUG"
"""Set this environment variable to see the traceback of an error."""


def explain(error: BaseException) -> tuple[str, int]:
    """One line for people, and the exit code.

    The message of an error that this package does not raise may hold cells of the data: its class alone is named.
    """
    if isinstance(error, Terminated | KeyboardInterrupt):
        return words(error)
    if isinstance(error, typer.Abort):
        return words(KeyboardInterrupt())
    if isinstance(error, GateRejected):
        return str(error), EXIT_GATE
    if isinstance(error, InputError | ModelFileError | MissingExtraError):
        return str(error), EXIT_INPUT
    if isinstance(error, AssocSynthError):
        return str(error), EXIT_OTHER
    if hasattr(error, "format_message"):  # wrong use, in click's words
        return str(error.format_message()), EXIT_INPUT
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: nothing was changed", EXIT_OTHER
    if isinstance(error, MemoryError):
        return "out of memory: take fewer subjects or rows", EXIT_OTHER
    return f"unexpected {type(error).__name__}: please report it; {DEBUG}=1 shows the traceback", EXIT_OTHER


def complain(message: str) -> None:
    """Write the line to standard error."""
    from assoc_synth.cli.consoles import PlainConsole

    line = message if message.startswith("Usage:") else f"error: {' '.join(message.split())}"
    PlainConsole(stderr=True, highlight=False).print(line, markup=False, soft_wrap=True)
