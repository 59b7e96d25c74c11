"""Names of a scenario as codes of a model; a name that the model does not know raises InputError."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.model.fitted import FittedModel
from assoc_synth.transactions.schema import listed

Token: TypeAlias = tuple[int, int]
"""A (verb, object) by code."""
Name: TypeAlias = str | int | bool
LinkName: TypeAlias = Name | tuple[Name, Name]
"""A (verb, object) by name, or an object alone."""


def verb_code(model: FittedModel, name: object) -> int:
    """Code of a verb that occurs.

    Raises:
        InputError: the model has no such verb.
    """
    codes = model.verb_codes([name])
    assert codes is not None
    if not model.margins[codes[0]].any():
        raise InputError(f"no training subject has the verb {str(name)[:40]!r}: it cannot be drawn")
    return codes[0]


def object_code(model: FittedModel, name: object) -> int:
    """Code of an object.

    Raises:
        InputError: the model has no such object.
    """
    code = Vocabulary(model.objects).code(name)
    if code < 0:
        raise InputError(f"no object {str(name)[:40]!r}; the model has {len(model.objects):,} others")
    return code


def token(model: FittedModel, key: object) -> Token:
    """A link by (verb, object), or by its object alone: then with the verb by which most subjects have it.

    Raises:
        InputError: one of the names is unknown, or the two never occur together.
    """
    if not isinstance(key, tuple | list):
        code = object_code(model, key)
        verb = int(model.margins[:, code].argmax())
    elif len(key) == 2:
        verb, code = verb_code(model, key[0]), object_code(model, key[1])
    else:
        raise InputError(f"a link is named by (verb, object), not by {len(key)} names")
    if not model.margins[verb, code]:
        said = f"{model.verbs[verb]} {model.objects[code]}"[:80]
        raise InputError(f"no training subject has the link {said!r}: there is nothing to draw it from")
    return verb, code


def token_name(model: FittedModel, of: Token) -> str:
    """A link in the user's words: verb and object."""
    return f"{model.verbs[of[0]]} {model.objects[of[1]]}"


def role_of(model: FittedModel, column: object) -> str:
    """The role that a key names, by the role's or by the column's own name; an extra column's name as it is.

    Raises:
        InputError: the model has no such column.
    """
    schema = model.format.schema
    roles = schema.roles()
    for role, own in roles.items():
        if column == own:
            return role
    if column in schema.extras or column in roles:
        return str(column)
    raise InputError(f"no column {str(column)[:40]!r} in this model; it has {listed(list(model.format.columns))}")


def number_above_zero(name: str, value: object) -> float:
    """A factor.

    Raises:
        InputError: it is no finite number above 0.

    Example:
        >>> number_above_zero("a factor", 2)
        2.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < float(value) < np.inf:
        raise InputError(f"{name} must be a number above 0, not {repr(value)[:40]}")
    return float(value)
