"""What a model stores as JSON values becomes dataclasses again: their annotations are the schema, pydantic applies it.

A class that is stored inherits from `Stored` and is described once, by its fields: their types, their bounds
(`annotated_types`), and what `__post_init__` checks of several fields together. Types are strict: a text is no number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar, cast

from annotated_types import Ge, Le

from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from typing import Self

    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

DEEPEST, WIDEST = 40, 10**300
"""Levels of values within values, and the first whole number that is too large: identifiers may pass 64 bits."""
_WORDS = 120
"""Of a place or a reason in a message."""

_DAMAGE = (KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
Kind = TypeVar("Kind")


class _Cell:
    """The schema of a cell's value: text, a finite number, a boolean or none."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def read(self, value: object) -> object:
        """The value.

        Raises:
            ValueError: it is something else.
        """
        if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
            return value
        raise ValueError("input should be a text, a number, a boolean or null")


Cell: TypeAlias = Annotated[Any, _Cell()]
"""A value of a column as JSON has it."""
Count: TypeAlias = Annotated[int, Ge(0), Le(2**62)]
"""A whole number that is not negative, and of which an array holds twice as much."""
Whole: TypeAlias = Annotated[int, Ge(-(2**62)), Le(2**62)]
"""A whole number that an array holds, and the sum of two."""


class Stored:
    """A dataclass that is stored as a mapping of its fields; what has a default may be absent."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {
        "strict": True,
        "extra": "forbid",
        "allow_inf_nan": False,
        "arbitrary_types_allowed": True,
    }

    @classmethod
    def from_dict(cls, state: object) -> Self:
        """Inverse of `to_dict`.

        Raises:
            InputError: a field is missing, unknown or holds something else; the message says where.
        """
        return read(cls, state)

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """The fields by name, of classes that are stored otherwise or were so by earlier versions.

        Args:
            state: what is stored, with tuples for lists.

        Raises:
            KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError: it is something else.
        """
        return state

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        named = handler(source)
        # What is behind the name changes: a second field of this class is made of the name alone.
        known = cast(dict[str, Any], handler.resolve_ref_schema(named))
        if known["type"] == "dataclass":
            own: Any = {name: part for name, part in known.items() if name != "ref"}
            own["strict"] = False  # else only an instance is one
            before = core_schema.no_info_before_validator_function(_guarded(cls), own, ref=known.get("ref"))
            known.clear()
            known.update(before)
        return named


def read(kind: type[Kind], state: object) -> Kind:
    """A value of a type from JSON values.

    Args:
        kind: a `Stored` class, or a type made of such classes.

    Raises:
        InputError: it is something else; the message says where, and holds no value.

    Example:
        >>> read(dict[str, tuple[int, ...]], {"tea": [1, 2]})
        {'tea': (1, 2)}
        >>> read(dict[str, int], {"tea": "1"})
        Traceback (most recent call last):
        assoc_synth.errors.InputError: tea: input should be a valid integer
    """
    from pydantic import ValidationError

    try:
        return cast(Kind, _adapter(cast(Any, kind)).validate_python(_with_tuples(state)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        steps = [str(step) for step in first["loc"] if not str(step).startswith("function-")]
        reason = first["msg"].removeprefix("Value error, ")
        place = ".".join(steps)[:_WORDS]
        raise InputError(f"{place}: {reason[0].lower()}{reason[1 : 2 * _WORDS]}" if place else reason) from None
    except RecursionError:
        raise InputError("values lie in values without end") from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import ConfigDict, TypeAdapter

    of_class = isinstance(kind, type) and hasattr(kind, "__pydantic_config__")
    return TypeAdapter(kind, config=None if of_class else cast(ConfigDict, Stored.__pydantic_config__))


def _guarded(kind: type[Stored]) -> Callable[[Any], Any]:
    """Its `fields_of`, which may stumble over anything."""

    def fields(state: Any) -> Any:
        try:
            return state if isinstance(state, kind) else kind.fields_of(state)
        except _DAMAGE as error:
            raise ValueError(f"no {kind.__name__} ({type(error).__name__})") from None

    return fields


def _with_tuples(value: object, depth: int = 0) -> object:
    """JSON values whose lists are tuples, as frozen dataclasses have them."""
    if isinstance(value, int):
        if not -WIDEST <= value < WIDEST:
            raise InputError("a whole number has too many digits")
        return value
    if isinstance(value, str) or value is None:
        return value
    if depth > DEEPEST:
        raise InputError("values lie in values too deep")
    if isinstance(value, list | tuple):
        return tuple([_with_tuples(one, depth + 1) for one in value])
    if isinstance(value, Mapping):
        return {key: _with_tuples(one, depth + 1) for key, one in value.items()}
    return value
