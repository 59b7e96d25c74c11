"""The page of the calibration."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration.page import page_of, required, share_of
from assoc_synth.benchmark.gate_calibration.trials import CLAIMED, PERFECT, Outcome

CONTAMINATED = "50 % of the subjects without their order"


def outcome(kind: str, size: int, emitted: str, high: float = 0.1) -> Outcome:
    status = emitted or "FAIL"
    tau = {"order": (0.0, high)}
    return Outcome(size, kind, status, not emitted, (), tau, {"order": 1.0}, emitted, 1, tau if emitted else {})


def test_what_is_required_and_not_met_is_bold() -> None:
    found = [outcome(CONTAMINATED, 500, "" if number else "PASS", 0.6) for number in range(4)]
    found += [outcome(PERFECT, 500, "PASS") for _ in range(4)]
    page = page_of(found, (500,), 4, 0)
    assert f"| {CONTAMINATED} | **3 of 4 (19.4–99.4 %)** | ≥ 95 % from 500 on |" in page
    assert f"| {PERFECT} | 0 of 4 (0.0–60.2 %) | ≤ 7.8 % |" in page
    assert f"| {CONTAMINATED} | 4 of 4 (39.8–100.0 %) |" in page.split("τ_U is not below")[1]
    assert "| order | τ_U 10 %, PASS 100 % |" in page


def test_claimed_rules_of_random_tables_are_counted() -> None:
    claims = [Outcome(200, CLAIMED, "", number == 0, (), {}, {}, "", 1, {}) for number in range(3)]
    page = page_of([*claims, outcome("random-svo", 200, "UNDERPOWERED"), outcome(PERFECT, 150, "PASS")], (150,), 1, 3)
    assert "a rule was claimed in 1 of 3 runs" in page
    assert "| random-svo | 0 of 1 (0.0–97.5 %) | ≤ 7.8 % |" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("perfect sampler", "≤ 7.8 %"),
        ("bootstrap of the training subjects", "–"),
        ("independent draws", "≥ 100 % from 500 on"),
        ("10 % of the subjects without their rows", "–"),
        ("50 % of the subjects without their rows", "≥ 95 % from 500 on"),
        ("30 invented rare pairs", "≥ 90 % from 2,000 on"),
        ("random-svo, half of the links gone", "≥ 90 %"),
    ],
)
def test_requirements(kind: str, words: str) -> None:
    assert required(kind).words() == words


def test_a_requirement_holds_from_its_size_on() -> None:
    rule = required("rows doubled")
    assert rule.holds(0.0, 500)
    assert not rule.holds(0.89, 2_000)
    assert rule.holds(0.9, 2_000)


def test_a_share_has_its_interval() -> None:
    # Clopper–Pearson of 12 of 400, and the exact ends of none and of all.
    assert share_of(np.arange(400) < 12) == "12 of 400 (1.6–5.2 %)"
    assert share_of(np.zeros(10, bool)) == "0 of 10 (0.0–30.8 %)"
    assert share_of(np.ones(10, bool)) == "10 of 10 (69.2–100.0 %)"
    assert share_of(np.zeros(0, bool)) == "–"
