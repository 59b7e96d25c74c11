"""What tests of every folder may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

MOVES = {"training.SMALL_SWEEPS": 6, "calibration.FIRST_SWEEPS": 6, "training.EPOCH": 20}
"""A tenth, a fifth and a fifth of what a fit makes."""
FEW_TREES = 20
"""Of a hundred: enough to tell a destroyed table from a real one, which is what tests look at beside `test_c2st`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no process is left with one of them when the others have nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("statistical") is None)


@contextmanager
def _few_moves() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for name, number in MOVES.items():
            patched.setattr(f"assoc_synth.ctgan.assignment.{name}", number)
        yield


@pytest.fixture(scope="module")
def few_moves() -> Iterator[None]:
    """Links are seldom moved between visits, which is half of a small fit: for what has nothing to do with good rows.

    A fixture that fits has to ask for it by its name, else it may come first.
    """
    with _few_moves():
        yield


@pytest.fixture(scope="session")
def moving_little() -> object:
    """The same for a block, as a fixture of the session needs it: it makes a context."""
    return _few_moves


@pytest.fixture(scope="session", autouse=True)
def few_trees() -> Iterator[None]:
    """The classifier that tells tables apart is three quarters of a comparison."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assoc_synth.evaluation.c2st.TREES", FEW_TREES)
        yield
