"""Free memory goes back to the system where the process has grown, and only then."""

import pytest

from assoc_synth.ctgan import allocator


@pytest.fixture(autouse=True)
def trims(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []
    monkeypatch.setattr(allocator._Resident, "last", 0)
    monkeypatch.setattr(allocator, "_trim", lambda: made.append)
    return made


def test_it_waits_until_the_process_has_grown(trims: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([allocator.GROWN, allocator.GROWN // 2, allocator.GROWN, 3 * allocator.GROWN, 2 * allocator.GROWN])
    monkeypatch.setattr(allocator, "resident", lambda: next(now))
    assert allocator.give_back()  # grown by as much as that; half is left
    assert not allocator.give_back()
    assert allocator.give_back()
    assert trims == [0, 0]
    assert allocator._Resident.last == 2 * allocator.GROWN


def test_elsewhere_nothing_happens(trims: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "_trim", lambda: None)
    assert not allocator.give_back()


def test_a_process_has_memory() -> None:
    assert allocator.resident() >= 0
