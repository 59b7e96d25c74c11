"""Compiling loops: Numba's code is kept on disk where there is a folder for it.

Loops let other Python threads run beside them, so that several can work on parts of one array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """The function, compiled when it is first called; later processes find it where it was kept.

    Example:
        >>> @compiled
        ... def total(count: int) -> int:
        ...     return sum(range(count))
        >>> total(4)
        6
    """
    try:
        return cast(Loop, njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # neither the package's folder nor the user's can be written to, or the source is no file
        return cast(Loop, njit(nogil=True)(loop))
