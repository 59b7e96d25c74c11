"""Fits of these tests are about their stages, files and limits, not about what is learned."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def hardly_moved(few_moves: None) -> None:
    """Before any fixture of a module that fits."""
