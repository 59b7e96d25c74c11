"""Roles are found, named and refused as the user would expect."""

import json

import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.schema import KEYWORDS, ROLES, Roles, Schema, check_roles, listed, resolve_schema


def test_roles_in_order_without_the_absent_ones() -> None:
    schema = Schema("who", "does", "what", amount="paid", extras=("store",))
    assert schema.roles() == {"subject": "who", "verb": "does", "object": "what", "amount": "paid"}
    assert list(schema.roles()) == ["subject", "verb", "object", "amount"]


def test_round_trip_through_json() -> None:
    schema = Schema("who", "does", "what", time="when", basket="trip", extras=("a", "b"))
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


@pytest.mark.parametrize("values", [{}, {"subject": "a", "verb": "b", "object": "c", "colour": "d"}, {"subject": "a"}])
def test_damaged_dict_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(SchemaError):
        Schema.from_dict(values)


def test_one_column_plays_one_role() -> None:
    with pytest.raises(SchemaError, match="'a' is given as both subject and object"):
        Schema("a", "b", "a")
    with pytest.raises(SchemaError, match="'b'"):
        Schema("a", "b", "c", extras=("b",))
    with pytest.raises(SchemaError, match="'id'"):
        resolve_schema(["id", "verb", "object"], subject="id", object="id")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["Subject", "VERB", "object"], ("Subject", "VERB", "object", None, None, None)),
        (["Customer ID", "event-type", "product_id"], ("Customer ID", "event-type", "product_id", None, None, None)),
        (
            ["household_id", "basket_id", "product_type", "action", "transaction_timestamp", "sales_value"],
            ("household_id", "action", "product_type", "transaction_timestamp", "sales_value", "basket_id"),
        ),
    ],
)
def test_obvious_names_are_detected(columns: list[str], expected: tuple[str | None, ...]) -> None:
    schema, notes = resolve_schema(columns)
    assert (
        tuple(schema.roles().get(role) for role in ("subject", "verb", "object", "time", "amount", "basket"))
        == expected
    )
    assert notes[0] == f"reading column {expected[0]!r} as subject"
    assert len(notes) == len(schema.roles())


def test_first_preference_wins_whatever_the_order_of_columns() -> None:
    for columns in (["client", "customer", "verb", "item"], ["customer", "item", "verb", "client"]):
        schema, _ = resolve_schema(columns)
        assert schema.subject == "customer"
        assert schema.extras == ("client",)


def test_a_name_given_wins_and_frees_the_obvious_one() -> None:
    schema, notes = resolve_schema(["customer", "verb", "item", "mate"], subject="mate")
    assert schema.subject == "mate"
    assert schema.extras == ("customer",)
    assert not any("as subject" in note for note in notes)


def test_a_column_given_to_one_role_is_not_detected_for_another() -> None:
    schema, _ = resolve_schema(["customer", "verb", "product", "item"], subject="customer", object="item")
    assert schema.extras == ("product",)


def test_empty_name_switches_detection_off() -> None:
    columns = ["subject", "verb", "object", "date", "value"]
    schema, _ = resolve_schema(columns, amount="", time="")
    assert schema.extras == ("date", "value")
    with pytest.raises(SchemaError, match="--verb"):
        resolve_schema(columns, verb="")


def test_missing_role_names_the_flag_and_lists_the_columns() -> None:
    with pytest.raises(SchemaError, match=r"verb.*--verb.*'customer', 'product'"):
        resolve_schema(["customer", "product"])


def test_absent_column_lists_what_is_there() -> None:
    with pytest.raises(SchemaError, match=r"'colour' for --object.*'customer', 'verb', 'product'"):
        resolve_schema(["customer", "verb", "product"], object="colour")


def test_duplicate_names_are_refused() -> None:
    with pytest.raises(SchemaError, match=r"duplicate.*'verb'"):
        resolve_schema(["subject", "verb", "object", "verb"])


def test_names_that_are_no_text_are_refused() -> None:
    with pytest.raises(SchemaError, match="text"):
        resolve_schema([0, 1, 2])  # type: ignore[list-item]


def test_messages_are_one_short_line() -> None:
    with pytest.raises(SchemaError) as caught:
        resolve_schema([f"column {number} " + "x" * 500 for number in range(500)])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 2000
    assert "480 more" in str(caught.value)


def test_roles_are_keywords_of_one_type() -> None:
    assert tuple(Roles.__annotations__) == KEYWORDS
    roles = Roles(subject="mate", time="")
    schema, _ = resolve_schema(["customer", "verb", "item", "mate", "date"], **roles)
    assert (schema.subject, schema.time, schema.extras) == ("mate", None, ("customer", "date"))
    assert resolve_schema(["customer", "verb", "item"], **dict.fromkeys(ROLES))[0].subject == "customer"


def test_an_unknown_keyword_lists_the_roles() -> None:
    with pytest.raises(InputError, match="there is no role 'customer': the roles are subject, verb, object, time"):
        resolve_schema(["customer", "verb", "item"], customer="customer")  # type: ignore[call-arg]


@pytest.mark.parametrize("column", [0, 3, ["customer"], b"customer"], ids=str)
def test_a_role_is_named_by_text(column: object) -> None:
    with pytest.raises(SchemaError, match="the column of role 'subject' must be named by text, not by a"):
        check_roles({"subject": column})


def test_a_schema_needs_its_mandatory_roles() -> None:
    with pytest.raises(SchemaError, match="no column plays the role 'verb': name it with --verb"):
        Schema("who", "", "what")


def test_a_list_of_columns_is_bounded() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed(["a", "b", "c"], at_most=2) == "'a', 'b' and 1 more"
    assert listed(["x" * 61]) == "'" + "x" * 57 + "...'"
