"""The page of the verdicts."""

from __future__ import annotations

from assoc_synth.benchmark.verdicts.judged import Judged, Scope
from assoc_synth.benchmark.verdicts.page import page_of

SCOPES = (
    Scope("links", "PASS", 0.0, 0.1, 1.0),
    Scope("visits", "UNDERPOWERED", None, None, None),
    Scope("order", "NOT_JUDGED", None, None, None),
)


def judged(table: str, source: str = "", dataset: str = "shop", **more: object) -> Judged:
    return Judged(dataset, 500, 0, table, source, "PASS", 0.5, 200, 300, SCOPES, **more)  # type: ignore[arg-type]


def rows_of(page: str, section: str) -> list[str]:
    own = page.split(f"## {section}\n")[1].split("\n## ")[0]
    return [line for line in own.splitlines() if line.startswith("| ")][1:]


def test_each_scope_has_its_verdict_and_its_bounds() -> None:
    (row,) = rows_of(page_of([judged("held-out half", differs=("links.a|b", "c"))]), "shop")
    expected = "| held-out half | PASS | .500 | 200 | PASS [.00, .10] | UNDERPOWERED | – | – | `links.a/b`, `c` |"
    assert row == expected


def test_tables_are_ordered_and_only_the_last_own_one_is_shown() -> None:
    found = [
        judged("sdv-par", "1 min", notes=("few epochs",)),
        judged("assoc-synth", "old 1"),
        judged("links: 10 % destroyed"),
        judged("held-out half"),
        judged("assoc-synth", "new 2"),
        judged("held-out half", dataset="other"),
    ]
    page = page_of(found)
    names = [row.split(" | ")[0].removeprefix("| ") for row in rows_of(page, "shop")]
    assert names == ["assoc-synth (new 2)", "held-out half", "links: 10 % destroyed", "sdv-par (1 min)"]
    assert len(rows_of(page, "other")) == 1
    assert "- sdv-par (1 min): few epochs." in page
    assert "500 training subjects, 300 of the gate's own, seed 0" in page
