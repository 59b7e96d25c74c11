"""The step Take away: what a form asks for, and what is wrong with it in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.attributes import plan_columns
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Session
from assoc_synth.studio.sources import built_in
from assoc_synth.studio.steps import take_away


@pytest.fixture
def session(tmp_path: Path) -> Session:
    table = toy_shop(subjects=60)
    data = Data(built_in("toy-shop"), graph=LinkGraph.from_table(table), plan=plan_columns(table))
    return Session(tmp_path, data=data)


def test_without_a_table_it_says_what_is_missing(tmp_path: Path) -> None:
    assert take_away.view(Session(tmp_path))["shares"] == []
    with pytest.raises(InputError, match="choose a table first"):
        take_away.preview(Session(tmp_path), Form())


def test_without_a_model_nothing_is_drawn(session: Session) -> None:
    with pytest.raises(InputError, match="no model yet"):
        take_away.draw(session, Form())
    assert {"date", "price"} <= set(take_away.view(session)["conditional"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subjects": "7"}, "Exactly 7 subjects."),
        ({"change": "only", "only": "bought", "rows": "8"}, "Every row has one of the verbs bought."),
        ({"change": "shares", "share-bought": "1", "share-viewed": "1", "rows": "9"}, "5 of bought, 4 of viewed"),
        ({"change": "boost", "boost_verb-2": "bought", "boost_object-2": "laptop", "factor-2": "0.5"}, "bought laptop"),
        (
            {"change": "condition", "condition_rows-1": "4", "condition_column-1": "price", "condition_from-1": "1"}
            | {"condition_to-1": "30", "rows": "5"},
            "Exactly 4 rows with price 1 to 30. And 1 rows",
        ),
    ],
)
def test_what_is_asked_for_is_promised_in_words(session: Session, fields: dict[str, str], said: str) -> None:
    assert said in " ".join(take_away.preview(session, Form(list(fields.items()))))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rows": "7", "subjects": "7"}, "give one of them"),
        ({"subjects": "7", "change": "shares", "share-bought": "1"}, "this change counts rows"),
        ({"change": "only"}, "tick the verbs"),
        ({"change": "shares", "share-bought": "x"}, "the share of bought must be a number from 0 to 100"),
        ({"change": "shares"}, "one of them is above 0"),
        ({"change": "boost"}, "say which object"),
        ({"change": "boost", "boost_verb-1": "bought", "boost_object-1": "tee"}, "no object 'tee'"),
        ({"change": "condition"}, "say which rows"),
        ({"change": "condition", "condition_verb-1": "bought"}, "say how many rows"),
        ({"change": "condition", "condition_column-1": "price", "condition_rows-1": "3"}, "say what price is"),
        ({"change": "everything"}, "what changes is one of"),
        ({"format": "pickle"}, "the format is one of"),
        ({"seed": "-1"}, "the seed must be a number"),
    ],
)
def test_what_cannot_be_is_one_sentence(session: Session, fields: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        take_away.preview(session, Form(list(fields.items())))


def test_a_link_is_boosted_once(session: Session) -> None:
    twice = [(f"boost_{name}-{at}", value) for at in (1, 2) for name, value in (("verb", "bought"), ("object", "tea"))]
    with pytest.raises(InputError, match="bought tea is there twice"):
        take_away.preview(session, Form([("change", "boost"), *twice]))


def test_roles_that_a_file_of_rows_does_not_say(session: Session) -> None:
    assert session.data is not None
    session.data.columns = ["customer", "action", "product", "date", "price"]
    known = {"subject": "customer", "object": "product", "time": "date", "amount": "price", "basket": ""}
    assert take_away.roles_of(session.data) == known | {"verb": "action"}
    session.data.columns.remove("action")
    assert set(take_away.roles_of(session.data)) == {*known, "verb_name"}
