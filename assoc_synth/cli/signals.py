"""Ctrl-C and SIGTERM end a command in words from its first moment on, before anything heavy is imported."""

from __future__ import annotations

import os
import signal
import sys
from threading import Timer
from types import FrameType

EXIT_INTERRUPT, EXIT_TERMINATED = 130, 143
STOPPED = "what was written before is whole, and nothing else was changed"
_AGAIN = 0.05
"""Seconds after which a signal that was lost is sent once more."""


class Terminated(SystemExit):
    """SIGTERM, or a terminal that is closed, which ends a command as an interrupt does."""


def hear() -> None:
    """Make SIGTERM and SIGHUP raise `Terminated`, where nobody wants them ignored, as `nohup` does.

    Python drops what is raised while it frees an object or calls back from C: such a signal is sent once more.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)
    sys.unraisablehook = _heard_again


def over() -> None:
    """The command has said how it ends: a signal from now on ends the process without a word."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def words(stop: KeyboardInterrupt | Terminated) -> tuple[str, int]:
    """One line for people, and the exit code.

    Example:
        >>> words(Terminated())[1], words(KeyboardInterrupt())[1]
        (143, 130)
    """
    if isinstance(stop, Terminated):
        return f"terminated: {STOPPED}", EXIT_TERMINATED
    return f"interrupted: {STOPPED}", EXIT_INTERRUPT


def _stop(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _heard_again(lost: sys.UnraisableHookArgs) -> None:
    if lost.exc_type is not None and issubclass(lost.exc_type, KeyboardInterrupt | Terminated):
        number = signal.SIGINT if issubclass(lost.exc_type, KeyboardInterrupt) else signal.SIGTERM
        once_more = Timer(_AGAIN, os.kill, (os.getpid(), number))
        once_more.daemon = True
        once_more.start()
        return
    sys.__unraisablehook__(lost)
