"""What never fails: planted rules are found, and a table that breaks them is told from one that does not."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.destroyed import without_order, without_visits
from assoc_synth.evaluation.implications import Candidates, implication_distances
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def clinic(seed: int, *, subjects: int = 1_000, broken: float = 0.0) -> pd.DataFrame:
    """A drug after its diagnosis; a procedure with childbirth, in the same visit; childbirth of women alone.

    `broken` is the share of patients whose drug comes first, whose childbirth has no procedure, who are men.
    """
    rng = np.random.default_rng(seed)
    made = []
    for patient in range(subjects):
        wrong = rng.random() < broken
        sex = "FM"[patient % 2]
        day = np.sort(rng.permutation(300)[:3])
        rows = [("diagnosed", "flu", day[0], 0.0), ("prescribed", "drug", day[1], -1.0)]
        if rng.random() < 0.5:
            rows = [("diagnosed", "cold", day[0], 0.0)]
        elif wrong:
            rows[1] = ("prescribed", "drug", day[0] - 1, 1.0)
        if rng.random() < 0.2 and (sex == "F" or wrong):
            rows.append(("diagnosed", "birth", day[2], 0.0))
            if not wrong:
                rows.append(("performed", "59400", day[2], 5.0))
        for verb, thing, at, amount in rows:
            made.append((f"p{patient:05d}", verb, thing, at, amount or np.nan, sex))
    frame = pd.DataFrame(made, columns=["subject", "verb", "object", "day", "amount", "sex"])
    frame["time"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.pop("day").astype(int), unit="D")
    return frame


def figures(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, float]:
    return implication_distances(*coded_rows(*(TransactionTable.from_frame(frame) for frame in (first, second))))


def test_other_subjects_keep_what_was_planted() -> None:
    found = figures(clinic(0), clinic(1))
    assert found == {
        "implications_kept": 1.0,
        "implications_kept: after": 1.0,
        "implications_kept: with": 1.0,
        "implications_kept: never": 1.0,
        "implications_kept: amount": 1.0,
        "implication_error": 0.0,
    }


def test_a_table_that_breaks_a_tenth_is_found_out() -> None:
    found = figures(clinic(0), clinic(1, broken=0.1))
    assert found["implications_kept"] < 0.7
    assert 0.01 < found["implication_error"] < 0.2
    assert found["implications_kept: after"] < 1.0
    assert found["implications_kept: never"] < 1.0


def test_what_is_not_kept_in_the_reference_is_no_implication() -> None:
    kept = figures(clinic(0), clinic(1, broken=0.1))
    loose = figures(clinic(0, broken=0.1), clinic(1, broken=0.1))
    assert loose["implications_kept"] > kept["implications_kept"]
    assert loose["implication_error"] < kept["implication_error"]


def test_each_destroyed_table_breaks_its_own() -> None:
    rng = np.random.default_rng(0)
    x, y = coded_rows(*(TransactionTable.from_frame(clinic(seed)) for seed in (0, 1)))
    order, visits = (implication_distances(x, destroy(y, rng)) for destroy in (without_order, without_visits))
    assert order["implications_kept: after"] < 1.0
    assert order["implications_kept: never"] == 1.0, "who has what stays"
    assert visits["implications_kept: never"] < 1.0
    assert visits["implication_error"] > 0.1


def test_few_subjects_show_nothing() -> None:
    assert figures(clinic(0, subjects=60), clinic(1, subjects=60)) == {}


def test_noise_has_no_implications_but_those_of_amounts() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "subject": rng.integers(0, 500, 4_000),
            "verb": "did",
            "object": rng.integers(0, 30, 4_000),
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 5_000, 4_000), unit="h"),
        }
    )
    assert figures(frame, frame) == {}
    assert set(figures(frame.assign(amount=2.0), frame.assign(amount=2.0))) == {
        "implications_kept",
        "implications_kept: amount",
        "implication_error",
    }


def counted(subjects: float, broken: float, *, chance: float = -1.0, of: int = 1_000) -> Candidates:
    return Candidates(np.array([subjects]), np.array([broken]), np.array([chance]), of)


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (counted(100, 0), True),
        (counted(29, 0), False),
        (counted(100, 2), False),
        (counted(100, 0, of=200), False),
        (counted(100, 0, chance=0.5), True),
        (counted(100, 0, chance=0.99), False),
        (counted(100, 0, chance=1.0), False),
    ],
)
def test_the_bounds_of_what_is_found(case: Candidates, found: bool) -> None:
    assert case.found.tolist() == [found]


@pytest.mark.parametrize(
    ("subjects", "broken", "refuted"),
    [(100, 0, False), (100, 1, False), (100, 10, True), (5, 5, True), (4_000, 30, False), (4_000, 400, True)],
)
def test_the_bounds_of_what_is_refuted(subjects: int, broken: int, refuted: bool) -> None:
    assert counted(subjects, broken).refutes(counted(100, 0)).tolist() == [refuted]
