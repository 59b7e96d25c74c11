"""docs/faults.md has a line for each of the 45 faults, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_every_fault_has_a_line_and_every_test_exists() -> None:
    page = (TOP / "docs" / "faults.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", page, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, 46))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)\(", tests, re.MULTILINE))
    for number, cell in lines:
        named = re.findall(r"`(test_\w+)`", cell)
        assert named, f"fault {number} names no test"
        assert not set(named) - there, f"fault {number}: {set(named) - there}"
