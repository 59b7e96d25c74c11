"""Conditions: which rows satisfy one, what it asks of the model, and what no row can satisfy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.conditions import Condition, Conditions
from assoc_synth.transactions.frames import give
from assoc_synth.transactions.table import TransactionTable

TABLE = TransactionTable.from_frame(
    pd.DataFrame(
        {
            "customer": ["a", "a", "b", "c"],
            "verb": ["bought", "viewed", "bought", "bought"],
            "object": ["cup", "cup", "tea", "tea"],
            "date": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03", None]),
            "price": [5.0, np.nan, 7.0, 9.0],
            "shop": ["north", "south", "north", None],
            "points": [1.5, 2.5, 3.5, 4.5],
        }
    ),
    amount="price",
)


def day(text: str) -> int:
    return pd.Timestamp(text).value


def condition(**parts: Any) -> Condition:
    return Condition(**{"rows": 1, "verb": None, "objects": None, "windows": (), "values": (), "name": "x"} | parts)


@pytest.mark.parametrize(
    ("parts", "holds"),
    [
        ({}, [True, True, True, True]),
        ({"verb": 0}, [True, False, True, True]),
        ({"objects": (1,)}, [False, False, True, True]),
        ({"objects": ()}, [False, False, False, False]),
        ({"windows": (("time", day("2024-01-02"), day("2024-01-03")),)}, [False, True, True, False]),
        ({"windows": (("amount", 5.0, 9.0),)}, [True, False, True, True]),
        ({"windows": (("points", 2.5, 4.0),)}, [False, True, True, False]),
        ({"values": (("shop", "north"),)}, [True, False, True, False]),
        ({"values": (("shop", "nan"),)}, [False, False, False, False]),
        ({"verb": 0, "objects": (1,), "values": (("shop", "north"),)}, [False, False, True, False]),
    ],
)
def test_which_rows_satisfy_it(parts: dict[str, Any], holds: list[bool]) -> None:
    assert condition(**parts).holds(TABLE).tolist() == holds


def test_a_condition_in_the_models_codes(small_model: FittedModel) -> None:
    asked = {"action": "bought", "object": "apron", "channel": "web", "price": (5, 50), "num_rows": 4}
    (one,) = Conditions.of(small_model, asked, None).each
    assert (one.rows, one.verb, one.objects) == (4, 0, (0,))
    assert one.windows == (("amount", 5.0, 50.0),)
    assert one.values == (("channel", "web"),)
    assert one.name == "verb 'bought', object 'apron', channel 'web', amount in a window"


def test_a_function_of_the_object_names_the_objects(small_model: FittedModel) -> None:
    (lookup,) = small_model.encoder.extras.lookups
    value = lookup.values[0]
    (one,) = Conditions.of(small_model, {"category": value, "num_rows": 4}, None).each
    assert one.objects == tuple(at for at, own in enumerate(lookup.values) if str(own) == str(value))


def test_times_are_nanoseconds_in_utc(small_model: FittedModel) -> None:
    start = pd.Timestamp(small_model.encoder.calendar.start)
    end = start + pd.Timedelta("30D")
    zoned = start.tz_localize("UTC").tz_convert("Asia/Tokyo")
    (one,) = Conditions.of(small_model, {"date": (zoned, end), "num_rows": 1}, None).each
    assert one.windows == (("time", start.as_unit("ns").value, end.as_unit("ns").value),)


def test_shares_are_of_the_calls_rows(small_model: FittedModel) -> None:
    asked = [{"verb": "bought", "share": 0.25}, {"verb": "viewed", "num_rows": 5}]
    wanted = Conditions.of(small_model, asked, 40)
    assert [one.rows for one in wanted.each] == [10, 5]
    assert wanted.rows == 40


def test_without_a_total_the_conditions_are_all(small_model: FittedModel) -> None:
    assert Conditions.of(small_model, [{"verb": "bought", "num_rows": 3}] * 2, None).rows == 6


def test_conditions_in_the_shape_of_sdvs(small_model: FittedModel) -> None:
    frame = pd.DataFrame({"action": ["viewed", "viewed", "bought"], "product": ["apron", "apron", "belt"]})
    asked = [SimpleNamespace(column_values={"action": "bought"}, num_rows=7), SimpleNamespace(dataframe=frame)]
    found = [(one.verb, one.objects, one.rows) for one in Conditions.of(small_model, asked, None).each]
    assert found == [(0, None, 7), (4, (0,), 2), (0, (2,), 1)]


@pytest.mark.parametrize("kind", ["pandas", "arrow", "polars"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_table_of_any_library_is_a_row_for_each(small_model: FittedModel, kind: str, wrapped: bool) -> None:
    rows = pd.DataFrame({"action": ["bought", "viewed", "bought"], "product": ["belt", "belt", "belt"]})
    table = give(rows, kind)
    asked = SimpleNamespace(dataframe=table) if wrapped else table
    found = [(one.verb, one.objects, one.rows) for one in Conditions.of(small_model, asked, None).each]
    assert found == [(0, (2,), 2), (4, (2,), 1)]
    counted = give(pd.DataFrame({"action": ["bought", "viewed"], "num_rows": [3, 1]}), kind)
    assert [(one.verb, one.rows) for one in Conditions.of(small_model, counted, None).each] == [(0, 3), (4, 1)]


HOW_MANY = 'a condition says how many: by "num_rows", by "share" or by "num_subjects", one of them'
BAD: list[tuple[Any, str]] = [
    ([], "there are no conditions"),
    ("bought", "a condition is a dict, a table or one of SDV's conditions, not a str"),
    ({"num_rows": 3}, "a condition names no column"),
    ({"verb": "bought"}, HOW_MANY),
    ({"verb": "bought", "num_rows": 1, "share": 0.5}, HOW_MANY),
    ({"verb": "bought", "num_rows": 1, "num_subjects": 5}, HOW_MANY),
    ({"verb": "bought", "num_subjects": 0}, "num_subjects of a condition must be a whole number of at least 1, not 0"),
    ({"verb": "bought", "num_subjects": 5}, "num_subjects of a condition goes with columns of subjects alone, and not"),
    ({"channel": "web", "num_subjects": 5}, "columns of subjects alone, and not with channel"),
    ({"verb": "bought", "num_rows": 0}, "num_rows of a condition must be a whole number of at least 1, not 0"),
    ({"verb": "bought", "num_rows": True}, "num_rows of a condition must be a whole number of at least 1, not True"),
    ({"verb": "bought", "share": 2}, "the share of a condition must be above 0 and at most 1, not 2"),
    ({"verb": "bought", "share": 0.5}, "Give num_rows as well"),
    ({"verb": "bought", "action": "viewed", "num_rows": 1}, "a condition names the verb twice"),
    ({"verb": "stole", "num_rows": 1}, "no verb 'stole'"),
    ({"object": "unicorn", "num_rows": 1}, "no object 'unicorn'"),
    ({"verb": "claimed_warranty", "object": "apron", "num_rows": 1}, "no training subject has the link"),
    ({"colour": "red", "num_rows": 1}, "no column 'colour'"),
    ({"customer": "S1", "num_rows": 1}, "a condition cannot name a subject"),
    ({"order": "O1", "num_rows": 1}, "a condition cannot name a basket"),
    ({"channel": "moon", "num_rows": 1}, "column 'channel' never has the value 'moon'"),
    ({"channel": (1, 2), "num_rows": 1}, "column 'channel' is not a column of numbers that the model draws"),
    ({"category": "nonsense", "num_rows": 1}, "column 'category' never has the value"),
    ({"date": "yesterday", "num_rows": 1}, r"takes \(from, to\), not a str"),
    ({"date": ("soon", "later"), "num_rows": 1}, "the ends of the window of 'time' cannot be read"),
    ({"date": ("2024-03-01", "2024-02-01"), "num_rows": 1}, "the window of 'time' is empty"),
    ({"date": ("1990-01-01", "1991-01-01"), "num_rows": 1}, "outside of what was observed"),
    ({"price": (5, 4), "num_rows": 1}, "the window of 'amount' is empty"),
    ({"price": (5_000, 6_000), "num_rows": 1}, "no row has a 'price' from 5,000 to 6,000: it lies between "),
    ({"price": (-9_000, -8_000), "num_rows": 1}, "no row has a 'price' from -9,000 to -8,000: it lies between "),
    ({"price": (float("nan"), 1), "num_rows": 1}, "the window of 'amount' is empty"),
    (SimpleNamespace(dataframe=pd.DataFrame({"action": ["bought", None]})), "has missing cells or no rows"),
]


@pytest.mark.parametrize(("asked", "reason"), BAD)
def test_what_no_row_can_satisfy(small_model: FittedModel, asked: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Conditions.of(small_model, asked, None)


def test_whole_subjects_are_no_part_of_a_number_of_rows(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match="num_subjects of a condition and num_rows cannot go together"):
        Conditions.of(small_model, {"channel": "web", "num_subjects": 5}, 100)


def test_whole_subjects_are_counted_as_such() -> None:
    """Subjects a and b have a row of the north."""
    own = condition(rows=2, values=(("shop", "north"),), whole=True, name="shop 'north'")
    outcome = own.outcome(TABLE)
    assert (outcome.name, outcome.asked, outcome.obtained) == ("subjects with shop 'north'", 2, 2)


def test_more_rows_than_the_call_asks_for(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match="the conditions ask for 9 rows, num_rows for 5 in all"):
        Conditions.of(small_model, {"verb": "bought", "num_rows": 9}, 5)
    with pytest.raises(InputError, match=r"a share of 0\.01 of 10 rows is less than one row"):
        Conditions.of(small_model, {"verb": "bought", "share": 0.01}, 10)


def test_subjects_have_one_of_the_links_that_fit(small_model: FittedModel) -> None:
    (one,) = Conditions.of(small_model, {"object": "belt", "num_rows": 1}, None).each
    edges = one.edges(small_model, 20, Seeds.of(1))
    assert edges.num_subjects == 20
    assert len(np.unique(edges.subject[edges.object == 2])) == 20


def test_a_row_of_each_subject_comes_before_a_second_of_any(small_model: FittedModel) -> None:
    table = emit_rows(small_model, generate_edges(small_model, 6, seeds=Seeds.of(2)), seeds=Seeds.of(2))
    chosen = condition(rows=6)._chosen(table, Seeds.of(1))
    assert sorted(chosen.subject.tolist()) == [0, 1, 2, 3, 4, 5]
    assert len(condition(rows=9)._chosen(table, Seeds.of(1))) == 9


def test_rows_come_in_the_order_of_the_conditions(small_model: FittedModel) -> None:
    asked = [{"verb": "viewed", "num_rows": 3}, {"verb": "bought", "object": "belt", "num_rows": 2}]
    made = Conditions.of(small_model, asked, 8).make(small_model, Seeds.of(4))
    frame = made.table.to_frame()
    assert frame["action"].tolist()[:5] == ["viewed"] * 3 + ["bought"] * 2
    assert frame["product"].tolist()[3:5] == ["belt"] * 2
    rest = frame[5:]
    assert len(rest) == 3
    assert not ((rest["action"] == "viewed") | ((rest["action"] == "bought") & (rest["product"] == "belt"))).any()
    assert [(outcome.asked, outcome.obtained) for outcome in made.outcomes] == [(3, 3), (2, 2)]
    assert made.judged is None


def test_what_conditions_say_of_themselves() -> None:
    plan = Conditions((), 0)
    assert (plan.name, plan.is_judged) == ("conditions", False)
    assert plan.what_is_judged(1).startswith("a draw of this model without the change")
