"""The command line: parse, call, print."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: runs a command and leaves with its exit code."""
    from assoc_synth.cli import commands, consoles

    consoles.never_fail()
    commands.main(arguments)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run a command in this process; an error becomes one line on standard error. Returns the exit code."""
    from assoc_synth.cli import commands

    return commands.run_command(arguments)
