"""A judged table, to a line of JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assoc_synth.benchmark.verdicts.judged import MOST_DIFFERING, Judged, Scope, read
from assoc_synth.gate.results import BlockResult, ScopeVerdict, Status
from assoc_synth.gate.verdict import Verdict

KEY = ("shop", 500, 0, "held-out half", "")


def block(name: str, observed: float, adjusted: float) -> BlockResult:
    return BlockResult(name, observed, 1.0, 0.5, 2.0, 0.01, adjusted_p=adjusted)


def verdict() -> Verdict:
    scopes = (
        ScopeVerdict("links", Status.FAIL, 1.0, 0.123456, 0.5),
        ScopeVerdict("visits", Status.NOT_JUDGED, note="none"),
    )
    blocks = (block("near", 1.1, 0.001), block("kept", 0.4, 0.9), block("far", 9.0, 0.001))
    return Verdict(Status.FAIL, 0.001, 1.0, 0.1, 0.5, blocks, 200, 300, scopes=scopes)


def test_a_line_holds_the_verdict_and_comes_back(tmp_path: Path) -> None:
    judged = Judged.of(KEY, verdict(), ("a note",))
    assert judged.key == KEY
    assert judged.not_judged == ("visits",)
    assert judged.differs == ("far", "near"), "the farthest one first, and none that does not differ"
    assert judged.scopes == (Scope("links", "FAIL", 0.1235, 0.5, 1.0), Scope("visits", "NOT_JUDGED", None, None, None))
    assert (judged.status, judged.num_subjects, judged.num_reference) == ("FAIL", 200, 300)
    log = tmp_path / "lines.jsonl"
    log.write_text(json.dumps(judged.to_dict()) + "\n")
    assert read(log) == [judged]


def test_few_blocks_are_named() -> None:
    many = replace(verdict(), blocks=tuple(block(f"b{k}", 2.0 + k, 0.001) for k in range(20)))
    assert Judged.of(KEY, many).differs == tuple(f"b{k}" for k in range(19, 19 - MOST_DIFFERING, -1))


def test_the_last_line_of_a_key_counts_and_what_is_no_line_does_not(tmp_path: Path) -> None:
    first = Judged.of(KEY, verdict())
    second = replace(first, status="PASS")
    log = tmp_path / "lines.jsonl"
    other = first.to_dict() | {"format_version": 0}
    lines = [json.dumps(one) for one in (first.to_dict(), other, second.to_dict(), [1], {"format_version": 1})]
    log.write_text("\n".join([*lines, lines[0][:40]]))
    assert read(log) == [second]
    assert read(tmp_path / "none.jsonl") == []
