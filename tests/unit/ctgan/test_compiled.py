"""Loops are compiled with or without a folder to keep them in."""

import numba
import pytest

from assoc_synth.ctgan import compiled as module
from assoc_synth.ctgan.compiled import compiled


def add(one: int, other: int) -> int:
    return one + other


def test_loops_are_compiled_and_kept() -> None:
    loop = compiled(add)
    assert isinstance(loop, numba.core.registry.CPUDispatcher)
    assert loop(1, 2) == 3
    assert loop.stats.cache_path


def test_without_a_folder_they_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, cache: bool = False, **options: bool) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(*given, **options)

    monkeypatch.setattr(module, "njit", refuse)
    assert compiled(add)(1, 2) == 3
