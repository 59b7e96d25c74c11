"""Commands whose options are the fields of dataclasses: what belongs together is declared together."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def flattened(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameters of dataclass type are replaced by one option per field.

    Typer builds a command from a function's signature. The function that is returned has the fields in the signature;
    called with them, it makes the instances and calls `command`.

    Example:
        >>> from assoc_synth.cli.options import SizeOptions
        >>> @flattened
        ... def show(size: SizeOptions) -> None:
        ...     print(size.rows, size.verb)
        >>> list(inspect.signature(show).parameters)
        ['subjects', 'rows', 'verb']
        >>> show(subjects=None, rows=3, verb=["bought"])
        3 ['bought']

    Raises:
        TypeError: two options of the command have one name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if isinstance(kind, type) and is_dataclass(kind)}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name]))
    names = [parameter.name for parameter in parameters]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TypeError(f"{command.__name__} has two options of the name {repeated[0]!r}")

    @wraps(command)
    def called(**values: Any) -> None:
        made = {
            name: kind(**{field.name: values.pop(field.name) for field in fields(kind)})
            for name, kind in groups.items()
        }
        command(**values, **made)

    called.__dict__["__signature__"] = inspect.Signature(parameters)
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def _options(kind: type[Any]) -> list[inspect.Parameter]:
    """A keyword parameter per field of a dataclass; those of the dataclass that it extends come last."""
    hints = get_type_hints(kind, include_extras=True)
    own = inspect.get_annotations(kind)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name]
        )
        for field in sorted(fields(kind), key=lambda field: field.name not in own)
    ]


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
