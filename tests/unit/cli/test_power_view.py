"""What `power` shows, on a terminal of a known width."""

from __future__ import annotations

import pytest

from assoc_synth.cli import terminal
from assoc_synth.cli.power_view import show_power
from assoc_synth.gate.pair_power import PairBand, PairPower
from assoc_synth.gate.power import Power
from assoc_synth.gate.scope_power import ScopeAtSize, ScopePower

SIZES = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
CONFIRMED = (0, 0, 0, 11, 88, 304, 665, 751, 751)
LINKS = ScopePower(
    "links", (("pairs_within", 1_203),), (ScopeAtSize(400, 1.0, 0.84), ScopeAtSize(50, 0.9, 0.0)), 300, 1_000
)
ORDER = ScopePower(
    "order", (("transitions", 3),), (ScopeAtSize(400, 0.4, None), ScopeAtSize(50, None, None)), None, None
)
EMPTY = ScopePower("rows", (), (), None, None)


@pytest.fixture(autouse=True, params=[60, 80])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(terminal.out, "_width", request.param)
    return int(request.param)


def shown(capture: pytest.CaptureFixture[str], width: int, power: Power) -> str:
    show_power(power)
    text = capture.readouterr().out
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    return text


def test_claims_scopes_and_pairs(capsys: pytest.CaptureFixture[str], width: int) -> None:
    bands = (PairBand(0.1, 1.0, 2.0, 4.0, 51, CONFIRMED), PairBand(0.0, 0.003, 8.0, None, 700, CONFIRMED))
    power = Power(2_000, 400, PairPower(SIZES, 751, CONFIRMED, 15_000, bands), (LINKS, ORDER, EMPTY))
    text = shown(capsys, width, power)
    lines = [line.split() for line in text.splitlines()]
    assert "the gate can vouch for links, the table is too small for order." in " ".join(text.split())
    assert ["links", "400", "100", "%", "84", "%"] in lines
    assert ["order", "400", "40", "%", "–"] in lines
    assert ["≥", "10", "%", "2–4", "51", "2,000", "5,000"][:5] in [line[:5] for line in lines]
    assert ["all", "751", "11", "88", "304", "665"] in lines, "from the table's own size on"
    assert "rows: the table has nothing of it" in text
    assert "≈ 1,000   yes" in text
    assert "–   no" in text


def test_a_table_without_pairs(capsys: pytest.CaptureFixture[str], width: int) -> None:
    text = shown(capsys, width, Power(30, 6, PairPower(SIZES, 0, (0,) * 9, None, ()), (EMPTY,)))
    assert "the gate can vouch for nothing" in " ".join(text.split())
    assert "No pair is associated clearly enough" in " ".join(text.split())


def test_a_table_whose_pairs_are_all_confirmed(capsys: pytest.CaptureFixture[str], width: int) -> None:
    pairs = PairPower(SIZES, 2, (2,) * 9, 100, (PairBand(0.1, 1.0, 4.0, 8.0, 2, (2,) * 9),))
    lines = [line.split() for line in shown(capsys, width, Power(9_000, 1_800, pairs, (LINKS,))).splitlines()]
    assert ["all", "2", "2"] in lines, "one size is enough"
