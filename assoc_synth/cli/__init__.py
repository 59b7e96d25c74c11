"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from assoc_synth.cli import signals


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: runs a command and leaves with its exit code."""
    try:
        signals.hear()
        from assoc_synth.cli import commands, consoles

        consoles.never_fail()
        code = commands.main(arguments)
    except (KeyboardInterrupt, signals.Terminated) as stop:  # before a command could say so, or while it did
        line, code = signals.words(stop)
        sys.stderr.write(f"error: {line}\n")
    signals.over()
    sys.exit(code)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run a command in this process; an error becomes one line on standard error. Returns the exit code."""
    from assoc_synth.cli import commands

    return commands.run_command(arguments)
