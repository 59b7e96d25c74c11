"""Gauges: where things are, and in which colour."""

from __future__ import annotations

import re

import pytest

from assoc_synth.gate.verdict import BlockResult
from assoc_synth.report.gauges import gauge, gauge_key


def places(picture: str) -> dict[str, float]:
    """Where the dot, the mark of the floor and the mark of the destroyed table are."""
    dot = re.search(r'cx="([\d.]+)"', picture)
    marks = re.findall(r'<line x1="([\d.]+)"[^>]*class="mark( loose)?"', picture)
    assert dot is not None
    return {"dot": float(dot[1])} | {"destroyed" if loose else "floor": float(x) for x, loose in marks}


def test_a_block_is_where_its_numbers_are() -> None:
    at = places(gauge(BlockResult("pairs_within", 0.2, 0.3, 0.1, 0.4, 0.5), "Pairs"))
    unit = (at["destroyed"] - 8) / 0.4
    assert at["dot"] == pytest.approx(8 + 0.2 * unit, abs=0.2)
    assert at["floor"] == pytest.approx(8 + 0.1 * unit, abs=0.2)


def test_beyond_the_limit_is_red_and_on_it_is_not() -> None:
    assert 'class="dot bad"' in gauge(BlockResult("degrees", 0.31, 0.3, 0.1, 0.4, 0.01), "Degrees")
    assert 'class="dot synth"' in gauge(BlockResult("degrees", 0.3, 0.3, 0.1, 0.4, 0.06), "Degrees")


def test_more_association_than_real_is_drawn_as_no_loss() -> None:
    assert places(gauge(BlockResult("association_loss", -0.2, 0.1, 0.0, 0.9, 0.9), "Loss"))["dot"] == 8.0


def test_the_key_names_every_part() -> None:
    key = gauge_key()
    for words in ("identical", "this table", "real data on average", "limit of real data", "destroyed"):
        assert f"{words}<" in key
