"""What is said about rows that are published, once for every format that says it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from assoc_synth.exports.source import Source

UNKNOWN = "unknown"
Own = ParamSpec("Own")
AnyAbout = TypeVar("AnyAbout", bound="About")


@dataclass(frozen=True)
class About:
    """What is said about the rows.

    Attributes:
        licence: an SPDX name such as "cc-by-4.0", or an address; "unknown" where None.
        citation: how to cite the data.
        verdict: what the gate said of the rows.
        seed: that the rows were drawn with.
    """

    licence: str | None = None
    citation: str | None = None
    verdict: str | None = None
    seed: int | None = None


def flattened(
    kind: Callable[Own, AnyAbout],
) -> Callable[[Callable[[Source, Path, AnyAbout], None]], Callable[Concatenate[Source, Path, Own], None]]:
    """Makes of a writer that takes such an object one that has an option for each of its fields.

    Args:
        kind: `About`, or a dataclass that extends it.

    Example:
        >>> @flattened(About)
        ... def write(source: Source, path: Path, about: About) -> None:
        ...     print(about.licence, about.seed)
        >>> from assoc_synth.datasets import toy_shop
        >>> write(toy_shop(subjects=2), Path("x"), licence="mit", seed=3)
        mit 3
        >>> list(inspect.signature(write).parameters)
        ['source', 'path', 'licence', 'citation', 'verdict', 'seed']
    """

    def changed(write: Callable[[Source, Path, AnyAbout], None]) -> Callable[Concatenate[Source, Path, Own], None]:
        @wraps(write)
        def written(source: Source, path: Path, /, *args: Own.args, **options: Own.kwargs) -> None:
            write(source, path, kind(*args, **options))

        first = list(inspect.signature(write).parameters.values())[:2]
        own = inspect.signature(kind).parameters.values()
        options = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
        written.__dict__["__signature__"] = inspect.Signature([*first, *options], return_annotation=None)
        return written

    return changed
