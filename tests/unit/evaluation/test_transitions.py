"""Transitions counted by hand: inside visits, among ties, and between visits."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.destroyed import without_order
from assoc_synth.evaluation.transitions import transition_distances
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable

START = pd.Timestamp("2026-01-01 10:00")


def table(visits: list[str], *, step: float = 60.0, verbs: str | None = None) -> TransactionTable:
    """One subject per visit and a letter per event, `step` seconds apart; two visits of a subject are split by a |."""
    made = []
    for subject, text in enumerate(visits):
        for number, events in enumerate(text.split("|")):
            for place, event in enumerate(events):
                time = START + pd.Timedelta(days=number, seconds=step * place)
                made.append((f"s{subject:03d}", verbs or "did", event, time, f"{subject}-{number}"))
    return TransactionTable.from_frame(pd.DataFrame(made, columns=["subject", "verb", "object", "time", "basket"]))


def figures(first: list[str], second: list[str], *, step: float = 60.0) -> dict[str, float]:
    return transition_distances(*coded_rows(table(first, step=step), table(second, step=step)))


def test_equal_tables_have_no_distance() -> None:
    found = figures(["abc", "ab|c"], ["abc", "ab|c"])
    assert set(found) == {
        "transition_tv",
        "transition_tv: verbs",
        "visit_transition_tv",
        "visit_transition_tv: verbs",
    }
    assert set(found.values()) == {0.0}


def test_transitions_in_a_visit() -> None:
    # ab, bc against ab, ac: half of the transitions differ.
    assert figures(["abc"], ["ab", "ac"])["transition_tv"] == 0.5
    assert figures(["ab"], ["ba"])["transition_tv"] == 1.0
    assert figures(["ab"], ["ba"])["transition_tv: verbs"] == 0.0, "one verb"
    assert figures(["ab"], ["a", "b"])["transition_tv"] == 1.0, "no transition at all"


def test_rows_at_one_time_are_apart() -> None:
    found = figures(["ab"], ["ba"], step=0.0)
    assert (found["tie_transition_tv"], "transition_tv" in found) == (1.0, False)
    assert figures(["ab"], ["ab"], step=0.0)["tie_transition_tv"] == 0.0


def test_rows_are_sorted_by_time_and_ties_by_the_file() -> None:
    frame = table(["abc"]).to_frame()
    backwards = TransactionTable.from_frame(frame.iloc[::-1])
    assert transition_distances(*coded_rows(table(["abc"]), backwards))["transition_tv"] == 0.0
    tied = table(["abc"], step=0.0)
    turned = TransactionTable.from_frame(tied.to_frame().iloc[::-1])
    assert transition_distances(*coded_rows(tied, turned))["tie_transition_tv"] == 1.0


def test_baskets_without_times_have_the_order_of_the_file() -> None:
    first, second = (
        TransactionTable.from_frame(table([text]).to_frame().drop(columns="time")) for text in ("ab", "ba")
    )
    found = transition_distances(*coded_rows(first, second))
    assert found == {"tie_transition_tv": 1.0, "tie_transition_tv: verbs": 0.0}


def test_an_undated_row_has_no_place_in_its_visit() -> None:
    frame = table(["abc"]).to_frame()
    frame.loc[1, "time"] = None
    found = transition_distances(*coded_rows(table(["ac"]), TransactionTable.from_frame(frame)))
    assert found["transition_tv"] == 0.0


def test_transitions_between_visits() -> None:
    # {a, b} then {c}: a→c and b→c, half each.
    assert figures(["ab|c"], ["a|c"])["visit_transition_tv"] == 0.5
    assert figures(["a|c"], ["c|a"])["visit_transition_tv"] == 1.0
    # Each pair of visits weighs 1, however many events it has.
    assert figures(["ab|c", "d|d"], ["d|d"])["visit_transition_tv"] == 0.5
    assert "visit_transition_tv" not in figures(["abc"], ["a|bc"]), "none in the reference"


def test_blocks_of_events_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ["ab|cd", "cd|ab|a"], ["ac|bd", "d|a|b"]
    whole = figures(first, second)["visit_transition_tv"]
    monkeypatch.setattr("assoc_synth.evaluation.transitions._BLOCK_CELLS", 1)
    assert figures(first, second)["visit_transition_tv"] == pytest.approx(whole)


def test_random_order_is_far_and_other_subjects_are_near() -> None:
    rng = np.random.default_rng(0)
    # A visit begins anywhere in the cycle and follows it.
    visits = ["|".join(("abcdef" * 2)[at : at + 5] for at in rng.integers(0, 6, 3)) for _ in range(200)]
    x, y = coded_rows(table(visits[:100]), table(visits[100:]))
    near, far = transition_distances(x, y), transition_distances(x, without_order(y, rng))
    assert near["transition_tv"] < 0.1 < 0.5 < far["transition_tv"]


def test_visits_of_another_kind_are_not_compared() -> None:
    unbasketed = TransactionTable.from_frame(table(["abc"]).to_frame().drop(columns="basket"))
    assert transition_distances(*coded_rows(table(["abc"]), unbasketed)) == {}
    assert set(transition_distances(*coded_rows(unbasketed, unbasketed))) == {"transition_tv", "transition_tv: verbs"}
    # Days apart, each timestamp is a visit: what follows what is between visits then.
    slow = TransactionTable.from_frame(table(["abc"], step=86_400.0).to_frame().drop(columns="basket"))
    found = transition_distances(*coded_rows(slow, slow))
    assert set(found) == {"visit_transition_tv", "visit_transition_tv: verbs"}
