"""The rule of the gate, and what it makes of several scopes."""

from __future__ import annotations

import pytest

from assoc_synth.gate.results import BlockResult, ScopeVerdict, Status, decide, worst


@pytest.mark.parametrize(
    ("p", "certificate", "tau", "status"),
    [
        (0.50, 1.00, 0.20, Status.PASS),
        (0.01, 0.99, 0.20, Status.PASS),
        (0.50, 0.99, 0.21, Status.PASS_LIMITED),
        (0.05, 1.00, 0.21, Status.FAIL),
        (0.05, 0.50, 0.21, Status.FAIL),
        (0.50, 0.98, 0.10, Status.UNDERPOWERED),
        (0.50, 0.98, 0.90, Status.UNDERPOWERED),
        (0.01, None, None, Status.FAIL),
        (0.01, 0.50, 0.10, Status.FAIL),
        (0.06, None, None, Status.UNDERPOWERED),
        (None, None, None, Status.UNDERPOWERED),
    ],
)
def test_the_table_of_the_gate(p: float | None, certificate: float | None, tau: float | None, status: Status) -> None:
    assert decide(p, certificate, tau) is status


def test_a_difference_beyond_tau_is_no_pass() -> None:
    assert decide(0.01, 1.0, 0.1, beyond=True) is Status.FAIL
    assert decide(0.06, 1.0, 0.1, beyond=True) is Status.PASS


def test_the_worst_scope_decides() -> None:
    def of(*statuses: Status) -> Status:
        return worst(tuple(ScopeVerdict("links", status) for status in statuses))

    assert of(Status.PASS, Status.FAIL, Status.UNDERPOWERED) is Status.FAIL
    assert of(Status.PASS, Status.PASS_LIMITED) is Status.PASS_LIMITED
    assert of(Status.UNDERPOWERED, Status.UNDERPOWERED) is Status.UNDERPOWERED
    assert of(Status.PASS, Status.NOT_JUDGED) is Status.PASS
    assert of() is Status.UNDERPOWERED


def test_a_block_differs_beyond_its_limit() -> None:
    block = BlockResult("shares", 0.5, 0.4, 0.2, 0.3, 0.01)
    assert not block.differs
    assert BlockResult(**{**vars(block), "adjusted_p": 0.05}).differs
