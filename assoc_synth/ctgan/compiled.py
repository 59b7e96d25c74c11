"""Compiling loops: Numba's code is kept on disk where there is a folder for it.

Loops let other Python threads run beside them, so that several can work on parts of one array. Numba keeps a loop's
code until the file of the loop changes, even if a function or a constant of another file that is compiled into it has
changed. Here what is kept has a fingerprint of all these files in its name, so that no old code is ever found.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from filelock import FileLock
from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.event import Event, Listener, register

Loop = TypeVar("Loop", bound=Callable[..., Any])

ROOT = Path(__file__).parents[2]
LONGEST_WAIT = 10.0
"""Seconds for which another process may be writing; after them the code is not kept."""
MARK, IMPORT = "@compiled", re.compile(r"^from (assoc_synth[\w.]*) import", re.MULTILINE)
"""What files with loops have in them, and how they take names from others."""


def compiled(loop: Loop) -> Loop:
    """The function, compiled when it is first called; later processes find it where it was kept.

    Example:
        >>> @compiled
        ... def total(count: int) -> int:
        ...     return sum(range(count))
        >>> total(4)
        6
    """
    made: Any = njit(nogil=True, no_cfunc_wrapper=True)(loop)  # type: ignore[call-overload]  # its types lack the option
    with contextlib.suppress(RuntimeError):  # no folder can be written to, or the source is no file: it is not kept
        made._cache = _Kept(loop)  # type: ignore[no-untyped-call]
    return cast(Loop, made)


def compile_seconds() -> float:
    """Seconds in which this process has compiled so far, rather than found what was kept.

    Example:
        >>> compile_seconds() <= compile_seconds()
        True
    """
    return _STOPWATCH.seconds


def fingerprint(path: str | Path, root: Path = ROOT) -> str:
    """Of the contents of a file with loops, and of what it and those of its imports that have loops import.

    Args:
        root: the folder of the package's folder.
    """
    todo, found = [Path(path)], dict[str, bytes]()
    while todo:
        file = todo.pop()
        text = _contents(file)
        if str(file) in found:
            continue
        found[str(file)] = text.encode()
        if file == Path(path) or MARK in text:
            todo += [root / f"{name.replace('.', '/')}.py" for name in IMPORT.findall(text)]
    parts = [hashlib.sha256(found[name]).digest() for name in sorted(found)]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


@functools.cache
def _contents(file: Path) -> str:
    """A file as it was when it was first looked at, as its module was loaded; "" where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


class _Named(CompileResultCacheImpl):
    """What is kept, under a name with the fingerprint."""

    def __init__(self, loop: Callable[..., Any]) -> None:
        self.mark = fingerprint(loop.__code__.co_filename)
        super().__init__(loop)  # type: ignore[no-untyped-call]

    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        self.older = f"{fullname.replace('<', '').replace('>', '')}-*.py{sys.version_info[0]}{sys.version_info[1]}*"
        base = super().get_filename_base(fullname, abiflags)  # type: ignore[no-untyped-call]
        return f"{base}.{self.mark}"


class _Kept(FunctionCache):
    """The code of a loop on disk; where it is torn or cannot be written, the loop is compiled as if there was none."""

    _impl_class = _Named

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:  # whatever unpickling a torn file, or one that something else wrote, may raise
            with contextlib.suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        # Two processes that number their files at once would each find the other's code under its own signature.
        lock = FileLock(Path(self.cache_path) / ".compiled.lock", timeout=LONGEST_WAIT)
        with contextlib.suppress(OSError, NotImplementedError), lock:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
            for file in Path(self.cache_path).glob(self._impl.older):
                if not file.name.startswith(self._impl.filename_base):
                    file.unlink(missing_ok=True)


class _Stopwatch(Listener):
    """Adds up how long was compiled; a loop that compiles those that it calls counts once."""

    def __init__(self) -> None:
        self.seconds, self.began, self.depth = 0.0, 0.0, 0

    def on_start(self, event: Event) -> None:
        if self.depth == 0:
            self.began = time.perf_counter()
        self.depth += 1

    def on_end(self, event: Event) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.seconds += time.perf_counter() - self.began


_STOPWATCH = _Stopwatch()
register("numba:compile", _STOPWATCH)  # type: ignore[no-untyped-call]
