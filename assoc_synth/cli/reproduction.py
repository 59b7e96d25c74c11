"""The call that was made, as a line that a shell runs again."""

from __future__ import annotations

import shlex
from typing import Any

import typer

import assoc_synth

PROGRAM = "assoc-synth"


def command_line(context: typer.Context, **effective: object) -> str:
    """The command with every option that was given, quoted for a POSIX shell; defaults are left out.

    Args:
        context: of the running command.
        effective: values that are written out whatever was given, by the parameter's name: the seed that was used.

    Returns:
        One line, such as `assoc-synth sample model -o rows.csv --rows 300 --verb bought --seed 4`.
    """
    arguments: list[str] = []
    options: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        value = effective.get(name, context.params.get(name))
        if name not in effective and value == parameter.get_default(context):
            continue
        if value is None or value is False or value in ([], ()):
            continue
        if parameter.param_type_name == "argument":
            arguments += [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        else:
            options += _option(parameter.opts[0], value)
    words = [PROGRAM, context.info_name or ""]
    # After `--` nothing is an option, whatever it begins with.
    dashed = any(argument.startswith("-") for argument in arguments)
    words += [*options, "--", *arguments] if dashed else [*arguments, *options]
    return shlex.join(words)


def reproduction(command: str, seed: int) -> dict[str, Any]:
    """What a JSON file says of how it was made: `version`, `seed` and `command`."""
    return {"version": assoc_synth.__version__, "seed": seed, "command": command}


def folded(command: str, width: int) -> str:
    """The command on lines of at most `width` characters where its words allow it, joined for the shell by `\\`.

    Example:
        >>> print(folded("assoc-synth sample model -o rows.csv --seed 4", 32))
        assoc-synth sample model \\
            -o rows.csv --seed 4
    """
    lines: list[str] = []
    for part in _parts(shlex.split(command)):
        # A line that goes on needs room for ` \`.
        if lines and len(lines[-1]) + 1 + len(part) + 2 <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(f"    {part}" if lines else part)
    return " \\\n".join(lines)


def _parts(words: list[str]) -> list[str]:
    """Quoted words, an option and its value as one part, and so the program and its command."""
    parts: list[list[str]] = []
    for at, word in enumerate(words):
        follows_option = at > 1 and words[at - 1].startswith("-") and not word.startswith("-")
        if parts and (at == 1 or follows_option):
            parts[-1].append(word)
        else:
            parts.append([word])
    return [shlex.join(part) for part in parts]


def _option(name: str, value: object) -> list[str]:
    if value is True:
        return [name]
    values = value if isinstance(value, list | tuple) else [value]
    return [word for one in values for word in (name, str(one))]
