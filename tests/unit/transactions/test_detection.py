"""Roles are found, named and refused as the user would expect."""

import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.detection import MissingRoles, resolve_schema
from assoc_synth.transactions.schema import ROLES, Roles


def test_one_column_plays_one_role() -> None:
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
    schema, notes = resolve_schema(columns, verb="")
    assert (schema.verb_name, schema.verb, schema.columns().get("verb")) == ("did", "verb_", None)
    assert schema.extras == ("verb",)
    assert "name its column with --verb ('verb')" in notes[-1]


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


def test_roles_that_are_none_are_detected() -> None:
    roles = Roles(subject="mate", time="")
    schema, _ = resolve_schema(["customer", "verb", "item", "mate", "date"], **roles)
    assert (schema.subject, schema.time, schema.extras) == ("mate", None, ("customer", "date"))
    assert resolve_schema(["customer", "verb", "item"], **dict.fromkeys(ROLES))[0].subject == "customer"


def test_an_unknown_keyword_lists_the_roles() -> None:
    with pytest.raises(InputError, match="there is no role 'customer': the roles are subject, verb, object, time"):
        resolve_schema(["customer", "verb", "item"], customer="customer")  # type: ignore[call-arg]


READ = {
    # columns: subject, verb or the constant, object, time, amount, basket
    "user_id,event,timestamp": "user_id did! event timestamp - -",
    "user_id,event,timestamp,country": "user_id did! event timestamp - -",
    "user_id,event,page,ts": "user_id event page ts - -",
    "user,track,datetime": "user did! track datetime - -",
    "customer,product": "customer did! product - - -",
    "customer,thing_nobody_knows,date": "customer did! thing_nobody_knows date - -",
    "customer,action,thing_nobody_knows,date": "customer action thing_nobody_knows date - -",
    "customer,action,date": "customer did! action date - -",
    "customer,order,date": "customer did! order date - -",
    "head,relation,tail": "head relation tail - - -",
    "source,predicate,target": "source predicate target - - -",
    "src_id,dst_id": "src_id did! dst_id - - -",
    "s,p,o": "s p o - - -",
    "customer,source,action,item": "customer action item - - -",
    "basket_id,verb,product_type,transaction_timestamp,sales_value": (
        "basket_id verb product_type transaction_timestamp sales_value -"
    ),
    "patient_id,visit_id,visit_date,diagnosis_code,cost": "patient_id did! diagnosis_code visit_date cost visit_id",
    "visit_id,code,ts": "visit_id did! code ts - -",
    "session_id,page_url,when": "session_id did! page_url when - -",
    "invoice,sku,quantity": "invoice did! sku - quantity -",
    "Member_number,Date,itemDescription": "Member_number did! itemDescription Date - -",
    "userId,movieId,rating,timestamp": "userId did! movieId timestamp rating -",
    "PatientNo,admissionDate,birthDate,ICD10": "PatientNo did! ICD10 admissionDate - -",
    "customer,item,birth_date": "customer did! item - - -",
    "customer,item,created_at,spent": "customer did! item created_at spent -",
    "Kunde,Aktion,Artikel,Datum,Betrag": "Kunde Aktion Artikel Datum Betrag -",
    "Kundennummer,Artikelnummer,Bestelldatum,Menge,Bestellnummer": (
        "Kundennummer did! Artikelnummer Bestelldatum Menge Bestellnummer"
    ),
    "Käufer,Ereignis,Zeitpunkt": "Käufer did! Ereignis Zeitpunkt - -",
    "id_client,produit,date_achat,montant": "id_client did! produit date_achat montant -",
    "Usuario,Acción,Producto,Fecha,Importe": "Usuario Acción Producto Fecha Importe -",
    "case:concept:name,concept:name,time:timestamp": "case:concept:name did! concept:name time:timestamp - -",
    "Date,Time,Transaction,Item": "Transaction did! Item Date - -",
    "t_dat,customer_id,article_id,price": "customer_id did! article_id t_dat price -",
    "subject_id,hadm_id,icd_code,charttime": "subject_id did! icd_code charttime - hadm_id",
    "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION": "PATIENT did! CODE START - ENCOUNTER",
    "user-id,game-title,behavior-name,value": "user-id behavior-name game-title - value -",
    "anonymousId,event,timestamp": "anonymousId did! event timestamp - -",
    "Invoice,StockCode,Description,InvoiceDate,Price,Customer ID": (
        "Customer ID did! StockCode InvoiceDate Price Invoice"
    ),
    "event_time,event_type,product_id,brand,price,user_id,user_session": (
        "user_id event_type product_id event_time price user_session"
    ),
}


@pytest.mark.parametrize("columns", READ)
def test_what_people_call_things(columns: str) -> None:
    schema, notes = resolve_schema(columns.split(","))
    found = [schema.columns().get(role, "-") for role in ROLES]
    if schema.verb_name is not None:
        found[1] = f"{schema.verb_name}!"
    assert " ".join(found) == READ[columns]
    assert all(any(column in note for note in notes) for column in schema.columns().values())


def test_the_constant_verb_is_told_and_can_be_named() -> None:
    _, notes = resolve_schema(["user_id", "event", "timestamp"])
    assert notes[-2:] == (
        "reading column 'event' as object: no other column is the object",
        "no column is a verb: every row has the verb 'did'; name it with --verb-name",
    )
    named, notes = resolve_schema(["user_id", "event", "timestamp", "country"], verb_name="bought")
    assert (named.verb_name, named.object) == ("bought", "event")
    assert not any("no column is a verb" in note for note in notes)
    with pytest.raises(InputError, match="--verb names a column and --verb-name the verb of all rows"):
        resolve_schema(["a", "b", "c"], verb="b", verb_name="bought")
    with pytest.raises(InputError, match="--verb-name is blank"):
        resolve_schema(["customer", "item"], verb_name=" ")


def test_all_missing_roles_are_in_one_message() -> None:
    with pytest.raises(MissingRoles) as caught:
        resolve_schema(["a", "b", "c", "date"])
    assert str(caught.value) == (
        "no column was found for the subject and the object; the columns left are 'a', 'b', 'c'; "
        "name them with --subject WHO --object WHAT"
    )
    with pytest.raises(MissingRoles, match="--object WHAT"):
        resolve_schema(["customer"])
    with pytest.raises(MissingRoles, match="for the object; the columns left are 'a', 'b'; name it with --object WHAT"):
        resolve_schema(["customer", "a", "b"])


def test_a_column_that_says_verb_is_not_the_one_thing_beside_a_named_verb() -> None:
    with pytest.raises(MissingRoles, match="for the object; the columns left are 'action'"):
        resolve_schema(["customer", "action", "product", "date"], verb="product")


def test_names_are_quoted_as_a_shell_needs_them() -> None:
    with pytest.raises(MissingRoles, match="--object 'my thing'"):
        resolve_schema(["customer", "date", "my thing"], verb="date", object="")


def test_a_role_that_is_switched_off_is_not_taken_again() -> None:
    schema, _ = resolve_schema(["basket_id", "verb", "item", "customer"], basket="", subject="customer")
    assert schema.extras == ("basket_id",)
    schema, _ = resolve_schema(["customer", "item", "date"], time="")
    assert schema.extras == ("date",)
