"""Words of an interrupt, and signals that would be lost; `functional/test_signals` has processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from assoc_synth.cli import signals


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_every_signal_has_its_words_and_code() -> None:
    assert signals.words(KeyboardInterrupt()) == (f"interrupted: {signals.STOPPED}", 130)
    assert signals.words(signals.Terminated()) == (f"terminated: {signals.STOPPED}", 143)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_raises_unless_it_is_ignored(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr("sys.unraisablehook", None)
    signal.signal(number, signal.SIG_DFL)
    signals.hear()
    with pytest.raises(signals.Terminated):
        os.kill(os.getpid(), number)
    signal.signal(number, signal.SIG_IGN)
    signals.hear()
    os.kill(os.getpid(), number)
    signals.over()
    assert signal.getsignal(number) == signal.SIG_IGN


def test_after_the_end_a_signal_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.unraisablehook", None)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background has it ignored
    signals.hear()
    signals.over()
    assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL


class Freed:
    """Sends a signal while it is freed, where Python drops what is raised."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(100):
            pass


def test_a_signal_that_python_drops_is_sent_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.unraisablehook", None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signals.hear()
    freed = Freed()
    del freed
    with pytest.raises(signals.Terminated):
        signal.pause()
