"""The verdict scope by scope."""

from __future__ import annotations

from dataclasses import replace

from assoc_synth.gate.verdict import BlockResult, ScopeVerdict, Status, Verdict
from assoc_synth.report.scopes import MOST_SHOWN, adjusted, differs, scope_parts


def block(number: int, p_value: float) -> BlockResult:
    return BlockResult(f"pairs_within[v{number}]", 0.1, 0.2, 0.1, 0.9, p_value)


def test_few_blocks_are_all_shown() -> None:
    verdict = Verdict(Status.PASS, 0.5, 1.0, 0.0, 0.1, tuple(block(i, 0.5) for i in range(MOST_SHOWN + 2)))
    (part,) = scope_parts(verdict)
    assert (len(part.shown), part.folded) == (MOST_SHOWN + 2, ())
    assert (part.name, part.heading, part.colour, part.status) == ("links", "Links", "pass", "pass")


def test_of_many_those_that_differ_are_shown() -> None:
    blocks = tuple(block(i, 0.01 if i >= 20 else 0.5) for i in range(40))
    (part,) = scope_parts(Verdict(Status.FAIL, 0.01, 1.0, 0.5, 0.9, blocks))
    assert all(map(differs, part.shown))
    assert len(part.shown) == 20
    assert not any(map(differs, part.folded))


def test_a_verdict_about_nothing_has_no_scope() -> None:
    assert scope_parts(Verdict(Status.UNDERPOWERED)) == ()


def test_scopes_have_their_own_verdicts_and_blocks() -> None:
    scopes = (
        ScopeVerdict("links", Status.PASS, 1.0, 0.0, 0.1, 0.6, (("pairs_within", 40), ("triples", 0))),
        ScopeVerdict("order", Status.FAIL, 1.0, 0.4, 0.9, 0.01, (("transitions", 12),)),
        ScopeVerdict("rows", Status.NOT_JUDGED, note="not asked for"),
    )
    blocks = (block(0, 0.5), replace(block(1, 0.001), name="order.transitions", scope="order", adjusted_p=0.01))
    links, order, rows = scope_parts(Verdict(Status.FAIL, 0.01, blocks=blocks, scopes=scopes))
    assert (links.watched, order.watched) == ("40 pairs within verbs", "12 transitions")
    assert [one.name for one in order.shown] == ["order.transitions"]
    assert (order.colour, order.tau_low, rows.status, rows.note) == ("fail", 0.4, "not judged", "not asked for")
    assert rows.shown == ()


def test_the_p_of_a_block() -> None:
    assert adjusted(block(0, 0.25)) == 0.25, "an older verdict has no other"
    assert adjusted(replace(block(0, 0.25), adjusted_p=0.9)) == 0.9
