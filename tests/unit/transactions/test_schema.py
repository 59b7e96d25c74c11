"""A schema names each role's column once; keywords are checked."""

import json

import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.schema import FILE_KEYWORDS, KEYWORDS, FileRoles, Roles, Schema, check_roles, listed


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


@pytest.mark.parametrize("column", [0, 3, ["customer"], b"customer"], ids=str)
def test_a_role_is_named_by_text(column: object) -> None:
    with pytest.raises(SchemaError, match="the column of role 'subject' must be named by text, not by a"):
        check_roles({"subject": column})


def test_roles_are_keywords_of_one_type() -> None:
    assert tuple(Roles.__annotations__) == KEYWORDS
    assert {*FileRoles.__annotations__} == {*FILE_KEYWORDS}


def test_one_column_plays_one_role() -> None:
    with pytest.raises(SchemaError, match="'a' is given as both subject and object"):
        Schema("a", "b", "a")
    with pytest.raises(SchemaError, match="'b'"):
        Schema("a", "b", "c", extras=("b",))


def test_a_constant_verb_is_no_column() -> None:
    schema = Schema("who", "verb", "what", verb_name="bought")
    assert schema.roles() == {"subject": "who", "verb": "verb", "object": "what"}
    assert schema.columns() == {"subject": "who", "object": "what"}
    assert schema.described()["verb"] == "always 'bought'"
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema
    # A model of an older version has no such key.
    assert Schema.from_dict({"subject": "a", "verb": "b", "object": "c"}).verb_name is None


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"layout": "wide"}, "there is no layout 'wide': give rows, baskets, matrix"),
        ({"drop_incomplete": "yes"}, "drop_incomplete must be True or False"),
        ({"header": False}, "there is no role 'header'"),
        ({"verb": "v", "verb_name": "bought"}, "give one of them"),
    ],
)
def test_reading_options_are_checked(keywords: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_roles(keywords)


def test_a_schema_needs_its_mandatory_roles() -> None:
    with pytest.raises(SchemaError, match="no column plays the role 'verb': name it with --verb"):
        Schema("who", "", "what")


def test_a_list_of_columns_is_bounded() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed(["a", "b", "c"], at_most=2) == "'a', 'b' and 1 more"
    assert listed(["x" * 61]) == "'" + "x" * 57 + "...'"


def test_the_cluster_is_one_of_the_extra_columns() -> None:
    schema = Schema("who", "does", "what", extras=("home",), cluster="home")
    assert schema.described()["cluster"] == "home"
    assert "cluster" not in schema.roles()
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema
    # A model of an older version has no such key.
    assert Schema.from_dict({"subject": "a", "verb": "b", "object": "c"}).cluster is None
    with pytest.raises(SchemaError, match="column 'who' cannot be the cluster: it is the subject"):
        Schema("who", "does", "what", cluster="who")
    with pytest.raises(SchemaError, match="column 'home' cannot be the cluster: there is no such column"):
        Schema("who", "does", "what", cluster="home")
    with pytest.raises(SchemaError, match="column 'who' is given as both subject and cluster"):
        check_roles({"subject": "who", "cluster": "who"})
