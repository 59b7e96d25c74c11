"""Continue: given histories and the links that they do not have yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.continuing import KEPT, Continued, _after, more_links
from assoc_synth.transactions.table import TransactionTable

HISTORY = pd.DataFrame(
    {
        "customer": ["ann", "ann", "bob"],
        "action": ["bought", "viewed", "bought"],
        "product": ["apron", "apron", "belt"],
        "date": ["2024-03-01", "2024-04-01", "2024-03-15"],
    }
)


def degrees_of(*subjects: tuple[int, int]) -> Degrees:
    """Of subjects with so many links of verb 0 and of verb 1."""
    subject = np.repeat(np.arange(len(subjects)), [a + b for a, b in subjects])
    verb = np.concatenate([np.repeat([0, 1], pair) for pair in subjects])
    object = np.concatenate([np.r_[np.arange(a), np.arange(b)] for a, b in subjects])
    return Degrees.learn(
        Edges.from_links(subject, verb, object, num_subjects=len(subjects), num_verbs=2, num_objects=9)
    )


def test_histories_in_the_models_codes(small_model: FittedModel) -> None:
    plan = Continued.of(small_model, HISTORY, False)
    assert plan.given.num_subjects == 2
    assert plan.given.token.tolist() == [0 * 72 + 0, 4 * 72 + 0, 0 * 72 + 2]
    assert plan.last is not None
    assert plan.last.tolist() == [pd.Timestamp("2024-04-01").value, pd.Timestamp("2024-03-15").value]
    assert plan.names is None


def test_histories_without_times(small_model: FittedModel) -> None:
    assert Continued.of(small_model, HISTORY.drop(columns="date"), False).last is None


def test_other_columns_play_no_part(small_model: FittedModel) -> None:
    wide = HISTORY.assign(price="much", colour="red")
    assert Continued.of(small_model, wide, False).given.num_subjects == 2


def test_a_table_is_taken_as_it_is(small_model: FittedModel) -> None:
    table = TransactionTable.from_frame(HISTORY.rename(columns={"action": "verb"}))
    assert Continued.of(small_model, table, True).given.num_subjects == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"product": "unicorn"},
            "row 1 of the seed subjects has an object in column 'product' that the model does not",
        ),
        ({"action": ["bought", "stole", "bought"]}, "row 2 of the seed subjects has a verb in column 'action'"),
    ],
)
def test_names_that_the_model_does_not_know(small_model: FittedModel, change: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Continued.of(small_model, HISTORY.assign(**change), False)


def test_what_is_no_table(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match=r"seed_subjects: a pandas, polars .* not a list"):
        Continued.of(small_model, [1], False)


def test_a_history_as_long_as_the_longest_that_was_seen(small_model: FittedModel) -> None:
    objects = list(small_model.objects)
    rows = [("ann", verb, name) for verb in ("bought", "viewed") for name in objects]
    frame = pd.DataFrame(rows, columns=["customer", "action", "product"])
    with pytest.raises(InputError, match="1 of the seed subjects cannot be continued, with 74 links or more"):
        Continued.of(small_model, frame, False)


def test_more_links_up_to_what_a_like_subject_has() -> None:
    more = more_links(degrees_of((3, 2)), np.array([[1, 1]] * 5), 9, np.random.default_rng(0))
    assert more.tolist() == [[2, 1]] * 5


def test_who_has_more_of_one_verb_than_anybody_still_gets_a_link() -> None:
    more = more_links(degrees_of((3, 2)), np.array([[7, 0]]), 9, np.random.default_rng(0))
    assert more.sum() >= 1
    assert (more >= 0).all()
    assert more[0, 0] <= 9 - 7


def test_who_has_every_link_is_refused() -> None:
    with pytest.raises(InputError, match="a seed subject has every link there is"):
        more_links(degrees_of((3, 2)), np.array([[2, 2]]), 2, np.random.default_rng(0))


def test_new_rows_are_moved_by_whole_weeks_past_the_history() -> None:
    time = np.array(["2024-01-01", "2024-01-05", "2024-01-03", "NaT"], "datetime64[ns]")
    last = np.array([pd.Timestamp("2024-01-20").value, np.iinfo(np.int64).min])
    moved = _after(time, np.array([0, 0, 1, 0], np.int32), np.arange(4), last)
    # The first subject's rows move by three weeks, the second has no last time and stays.
    expected = np.array(["2024-01-22", "2024-01-26", "2024-01-03", "NaT"], "datetime64[ns]")
    np.testing.assert_array_equal(moved, expected)


def test_rows_that_are_late_enough_stay() -> None:
    time = np.array(["2024-01-21"], "datetime64[ns]")
    last = np.array([pd.Timestamp("2024-01-20").value])
    np.testing.assert_array_equal(_after(time, np.array([0], np.int32), np.arange(1), last), time)


def test_continued_rows_are_new_links_after_the_history(small_model: FittedModel) -> None:
    plan = Continued.of(small_model, HISTORY, True)
    with pytest.warns(UserWarning, match="they are about real people"):
        made = plan.make(small_model, Seeds.of(2))
    frame = made.table.to_frame(typed=True)
    assert set(frame["customer"]) == {"ann", "bob"}
    links = ["customer", "action", "product"]
    assert frame[links].merge(HISTORY[links]).empty
    assert (frame[frame["customer"] == "ann"]["date"].dropna() >= "2024-04-01").all()
    assert made.outcomes[0].obtained == 2
    assert KEPT in made.notes


def test_new_names_by_default_and_no_warning(small_model: FittedModel, recwarn: pytest.WarningsRecorder) -> None:
    made = Continued.of(small_model, HISTORY, False).make(small_model, Seeds.of(2))
    assert not set(made.table.to_frame()["customer"]) & {"ann", "bob"}
    assert [w for w in recwarn if issubclass(w.category, UserWarning) and "real people" in str(w.message)] == []


def test_what_histories_say_of_themselves(small_model: FittedModel) -> None:
    plan = Continued.of(small_model, HISTORY, False)
    assert (plan.name, plan.is_judged) == ("seed_subjects", False)
    assert "it refused a plain draw" in plan.what_is_judged(2)
