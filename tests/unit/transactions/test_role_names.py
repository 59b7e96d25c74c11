"""What people call columns."""

import pytest

from assoc_synth.transactions.role_names import (
    GENERIC,
    OBVIOUS_NAMES,
    THINGS,
    WEAK_NAMES,
    Spelling,
    is_weak_amount,
    obvious,
    says_event,
    triple,
)


def test_names_are_written_as_they_are_compared() -> None:
    for table in (OBVIOUS_NAMES, WEAK_NAMES):
        for role, names in table.items():
            assert len(set(names)) == len(names), role
            assert all(Spelling.of(name).plain == name for name in names), role
    assert all(Spelling.of(name).plain == name for name in (*GENERIC, *THINGS))


@pytest.mark.parametrize(
    ("column", "plain", "core"),
    [
        ("Customer ID", "customerid", "customer"),
        ("CUSTOMERID", "customerid", "customer"),
        ("customerId", "customerid", "customer"),
        ("customer.number", "customernumber", "customer"),
        ("Kundennummer", "kundennummer", "kunden"),
        ("Käufer-Nr.", "kaufernr", "kaufer"),
        ("ID_Cliente", "idcliente", "cliente"),
        ("code", "code", "code"),
        ("Straße", "strasse", "strasse"),
        ("***", "", ""),
    ],
)
def test_spelling(column: str, plain: str, core: str) -> None:
    made = Spelling.of(column)
    assert (made.plain, made.core) == (plain, core)


@pytest.mark.parametrize(
    ("role", "columns", "expected"),
    [
        ("subject", ["crm_customer", "customer_key", "x"], "customer_key"),
        ("object", ["items"], "items"),
        ("object", ["item_price", "item_count"], None),
        ("object", ["product_description", "product_price"], "product_description"),
        ("object", ["code", "product_code"], "product_code"),
        ("time", ["update", "candidate", "mandate"], None),
        ("time", ["response_time", "dwell_time"], None),
        ("time", ["signup_date", "checkin_ts"], "checkin_ts"),
        ("amount", ["total_id"], None),
        ("basket", ["Kassenbon-Nr"], "Kassenbon-Nr"),
    ],
)
def test_the_clearest_name_wins(role: str, columns: list[str], expected: str | None) -> None:
    assert obvious(role, columns) == expected


def test_names_of_triples_mean_it_only_together() -> None:
    assert triple(["tail", "head"]) == {"subject": "head", "object": "tail"}
    assert triple(["from", "rel", "to"]) == {"subject": "from", "verb": "rel", "object": "to"}
    assert triple(["Source_ID", "Target_ID"]) == {"subject": "Source_ID", "object": "Target_ID"}
    for columns in (["source", "medium"], ["head", "foot"], ["to"], []):
        assert triple(columns) == {}


def test_events_are_verbs_or_objects() -> None:
    assert says_event("Event")
    assert says_event("event_name")
    assert not says_event("action")


def test_weak_names_of_amounts_can_mean_something_else() -> None:
    assert all(map(is_weak_amount, ("rating", "Payment", "Total", "qty")))
    assert not any(map(is_weak_amount, ("price", "amount", "Unit Price", "betrag")))
