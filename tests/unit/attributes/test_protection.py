"""The table that a model is fitted to has no value of too few training subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.plan import plan_columns
from assoc_synth.attributes.protection import protected, without_rare_objects
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 80
EVERYONE = np.arange(SUBJECTS)


def table(**columns: object) -> TransactionTable:
    """Four rows of each of 80 subjects; a column is given by subject, or by row."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"who": np.repeat(EVERYONE, 4), "did": "buy", "what": rng.choice(["tea", "mug", "pot"], 320)})
    for name, values in columns.items():
        cells = pd.Series(values)
        rows[name] = cells.to_numpy() if len(cells) == len(rows) else np.repeat(cells.to_numpy(), 4)
    return TransactionTable.from_frame(rows, subject="who", verb="did", object="what", time="when" * ("when" in rows))


def test_a_category_of_one_subject_is_merged_and_told() -> None:
    job = ["cook", "maid", "smith", "clerk"] * 20
    job[7] = "archbishop"
    own = table(job=job)
    made = protected(own, plan_columns(own), EVERYONE, Thresholds())
    assert "archbishop" not in set(made.table.extras["job"].dropna())
    assert made.notes == ("column 'job': 1 value of fewer than 5 training subjects: 1 become missing (--min-subjects)",)
    assert protected(own, plan_columns(own), EVERYONE, Thresholds(1)).table.extras.equals(own.extras)


def test_subjects_who_do_not_train_do_not_count() -> None:
    own = table(job=["cook", "maid"] * 36 + ["smith"] * 8)
    training = np.flatnonzero(own.subjects.to_numpy() < 75)
    made = protected(own, plan_columns(own), training, Thresholds())
    assert set(made.table.extras["job"].dropna()) == {"cook", "maid"}


def test_a_column_that_too_few_have_stays_empty() -> None:
    own = table(size=[1.5, 2.5, 3.5] + [np.nan] * 77)
    made = protected(own, plan_columns(own), EVERYONE, Thresholds())
    assert made.plan["size"].kind == "empty"
    assert made.plan["size"].notes == ("column 'size' has no value of 5 training subjects and stays empty",)


def test_amounts_of_too_few_subjects_are_told() -> None:
    own = table(price=[9.5, 7.25, 3.0] + [np.nan] * 77)
    assert own.amount is not None
    made = protected(own, plan_columns(own), EVERYONE, Thresholds())
    assert made.plan["price"].notes == ("column 'price' has no value of 5 training subjects and stays empty",)


def test_codes_of_few_subjects_each_are_made_anew_in_their_shape() -> None:
    own = table(zip=[f"{8_000 + number // 2:05d}" for number in range(80)])
    planned = plan_columns(own, {"zip": "category"})
    made = protected(own, planned, EVERYONE, Thresholds())
    assert (made.plan["zip"].kind, made.plan["zip"].of) == ("identifier", "subject")
    assert made.plan["zip"].format == "##### (# a digit)"


def test_free_text_stays_empty_unless_it_is_asked_for() -> None:
    rng = np.random.default_rng(1)
    words = ["please", "call", "me", "soon", "after", "lunch", "today", "not", "again", "late"]
    note = [" ".join(rng.choice(words, 7)) + f" x{number}" for number in range(320)]
    own = table(note=note)
    planned = plan_columns(own)
    assert planned["note"].kind == "text"
    made = protected(own, planned, EVERYONE, Thresholds())
    assert made.plan["note"].stays_empty
    assert made.table.extras["note"].isna().all()
    assert "--text words" in made.plan["note"].notes[0]
    for wanted in (plan_columns(own, thresholds=Thresholds(text="words")), plan_columns(own, {"note": "text"})):
        made = protected(own, wanted, EVERYONE, Thresholds())
        assert not made.plan["note"].stays_empty
        assert made.table.extras["note"].notna().all()


def test_what_an_object_has_is_shared_by_enough_subjects() -> None:
    frame = table().to_frame()
    frame.loc[:1, "what"] = "crown"
    price, part = {"tea": 2.5, "mug": 6.0, "pot": 9.0, "crown": 81_234.5}, {"crown": "treasury"}
    frame["weight"], frame["part"] = frame["what"].map(price), frame["what"].map(part).fillna("kitchen")
    own = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    made = protected(own, plan_columns(own), EVERYONE, Thresholds())
    assert set(made.table.extras["weight"].dropna()) == {2.5, 6.0, 9.0}
    is_crown = own.to_frame()["what"].eq("crown").to_numpy()
    assert (made.table.extras[["weight", "part"]].isna().to_numpy() == is_crown[:, None]).all()  # never another one's
    assert set(made.table.extras["part"].dropna()) == {"kitchen"}
    assert made.notes[-1].startswith("1 object is linked by fewer than 5 training subjects: it can point at a person; ")


@pytest.mark.parametrize("rare", ["kitchens", 7])
def test_what_another_column_decides_is_withheld(rare: str | int) -> None:
    rooms = ["kitchen", "bath"] if isinstance(rare, str) else [6, 9]
    code = np.random.default_rng(0).choice([3, 4, 5], 320)
    code[:2] = 8
    room = pd.Series([rooms[one % 2] for one in code])
    room[:2] = rare
    own = table(code=code.astype(str), room=room)
    planned = plan_columns(own)
    assert planned["room"].source == "code"
    made = protected(own, planned, EVERYONE, Thresholds()).table.extras["room"]
    assert made.isna().tolist() == [True] * 2 + [False] * 318
    assert set(made.dropna()) == set(rooms)


def test_times_of_the_most_extreme_subjects_are_moved_inside() -> None:
    when = pd.Series(pd.date_range("2024-01-01", periods=320, freq="7h"))
    when.iloc[5] = pd.Timestamp("1901-02-03 04:05:06")
    own = table(when=when)
    made = protected(own, plan_columns(own), EVERYONE, Thresholds())
    assert made.table.time is not None
    assert made.table.time.min() >= np.datetime64("2024-01-01")
    days = made.table.time.astype("datetime64[D]")
    first = days == days.min()
    assert len(np.unique(made.table.subject[first])) >= 5


def test_dates_move_with_the_time_of_their_row() -> None:
    when = pd.Series(pd.date_range("2024-01-01", periods=320, freq="7h"))
    when.iloc[5] = pd.Timestamp("1901-02-03 04:05:06")
    due = when.dt.normalize() + pd.Timedelta(days=3)
    own = table(when=when, due=due)
    made = protected(own, plan_columns(own), EVERYONE, Thresholds()).table
    assert made.time is not None
    assert (made.extras["due"].dt.normalize() - pd.Series(made.time).dt.normalize()).dt.days.unique().tolist() == [3]
    assert made.extras["due"].min() >= pd.Timestamp("2024-01-04")


def test_objects_of_too_few_training_subjects_are_left_out() -> None:
    frame = table().to_frame()
    frame.loc[:3, "what"] = "crown"
    own = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    made, kept = without_rare_objects(own, EVERYONE, 5)
    assert (made.objects.tolist(), kept.tolist()) == (["mug", "pot", "tea"], EVERYONE[1:].tolist())
    assert made.notes[-1] == (
        "1 object linked by fewer than 5 training subjects and their 4 rows are left out (--min-subjects-objects)"
    )
    assert without_rare_objects(own, EVERYONE, None)[0] is own
    with pytest.raises(InputError, match="no object is linked by 81 training subjects: lower --min-subjects-objects"):
        without_rare_objects(own, EVERYONE, 81)
