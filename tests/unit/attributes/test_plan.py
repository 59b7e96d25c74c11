"""The plan: a line for every column, which `ExtraColumns.learn` follows and the user may overrule."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.column_plan import CODES, FREQUENT
from assoc_synth.attributes.plan import Plan, plan_columns
from assoc_synth.attributes.storable import shared_values
from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

ROWS, SUBJECTS = 1_200, 150
ROLES: Any = {"subject": "who", "verb": "did", "object": "what"}
RNG = np.random.default_rng(0)
SUBJECT = RNG.integers(0, SUBJECTS, ROWS)
OBJECT = RNG.integers(0, 12, ROWS)
WORDS = np.array(["please", "leave", "it", "here", "thanks", "call", "me", "gift"])


def column_of(values: Any, at: Any) -> Any:
    return np.asarray(values, dtype=object)[at]


FRAME = pd.DataFrame(
    {
        "who": [f"user{one:04d}" for one in SUBJECT],
        "did": "bought",
        "what": [f"thing {one}" for one in OBJECT],
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 300, ROWS), unit="h"),
        "paid": RNG.uniform(1, 90, ROWS).round(2),
        "same": "x",
        "never": None,
        "aisle": column_of([f"aisle {one % 5}" for one in range(12)], OBJECT),
        "born": column_of(RNG.integers(1940, 2005, SUBJECTS), SUBJECT),
        "salary": column_of(RNG.choice(np.arange(25_000, 90_000), SUBJECTS, replace=False), SUBJECT),
        "ssn": column_of(
            [f"{one * 5 + 101}-{one % 90 + 10}-{one * 37 % 9000 + 1000}" for one in range(SUBJECTS)], SUBJECT
        ),
        "line": np.arange(ROWS),
        "due": pd.Timestamp("2024-02-01") + pd.to_timedelta(RNG.integers(0, 300, ROWS), unit="D"),
        "city": column_of([f"Town {one % 60}" for one in range(SUBJECTS)], SUBJECT),
        "post": column_of(RNG.choice(RNG.integers(10_000, 99_999, 60), SUBJECTS), SUBJECT),
        "weight": RNG.normal(70, 9, ROWS).round(2),
        "note": [" ".join([*RNG.choice(WORDS, 4), str(at)]) for at in range(ROWS)],
    }
)
TABLE = TransactionTable.from_frame(FRAME, subject="who", verb="did", object="what", time="when", amount="paid")
KINDS = {
    "same": ("constant", "row", ()),
    "never": ("empty", "row", ()),
    "aisle": ("category", "object", ("object",)),
    "born": ("number", "subject", ("subject",)),
    "salary": ("number", "subject", ("subject",)),
    "ssn": ("identifier", "subject", ()),
    "line": ("identifier", "row", ()),
    "due": ("date", "row", ()),
    "city": ("category", "subject", ("subject",)),
    "post": ("category", "subject", ("subject",)),
    "weight": ("number", "row", ()),
    "note": ("text", "row", ()),
}

EVERY_VALUE = Thresholds(1, text="words")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_columns(TABLE, thresholds=EVERY_VALUE)


def test_every_column_has_a_line_in_the_tables_order(plan: Plan) -> None:
    assert [line.name for line in plan] == list(FRAME.columns)
    assert [line.role for line in plan][:5] == ["subject", "verb", "object", "time", "amount"]
    assert {line.name: (line.kind, line.of, line.on) for line in plan if line.role == "extra"} == KINDS


def test_lines_say_how_columns_are_written_and_what_will_be_done(plan: Plan) -> None:
    assert plan["ssn"].format == "###-##-#### (# a digit)"
    assert plan["ssn"].done == "made anew for each subject: no real one occurs"
    assert plan["post"].format == CODES
    assert plan["city"].format == "60 values"
    assert plan["city"].done == "drawn for each subject"
    assert plan["aisle"].done == "kept: each object has its own"
    assert plan["who"].done == "invented: no real one occurs"
    with pytest.raises(KeyError):
        plan["shoe"]


def test_notes_tell_what_is_not_as_it_seems(plan: Plan) -> None:
    assert "column 'never' has no value and stays empty" in plan.notes
    assert "column 'ssn' identifies each subject: regenerated in its format, no real value occurs" in plan.notes
    assert f"column 'post': {CODES}" in plan.notes
    assert "column 'aisle' depends on the object: kept exactly" in plan.notes


def test_a_plan_is_a_frame_a_page_and_json(plan: Plan) -> None:
    frame = plan.to_frame()
    assert list(frame.columns) == ["column", "role", "kind", "format", "depends_on", "done"]
    assert len(frame) == len(plan) == len(FRAME.columns)
    assert repr(plan).startswith("<Plan: 17 columns; extra columns: ")
    assert len(repr(plan)) < 500
    assert "<table" in plan._repr_html_()
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
    text = json.dumps(plan.to_dict())
    assert not any(ssn in text for ssn in FRAME["ssn"])


def encoder_of(table: TransactionTable, columns: Mapping[str, str] | None = None) -> AttributeEncoder:
    graph = LinkGraph.from_table(table)
    return AttributeEncoder.learn(graph, RNG, plan=plan_columns(graph, columns, thresholds=EVERY_VALUE))


def test_what_is_learned_is_what_is_planned() -> None:
    extras = encoder_of(TABLE).extras
    assert [code.name for code in extras.categories] == ["same"]
    assert [code.name for code in extras.numbers] == ["due", "weight"]
    assert [code.name for code in extras.subject.codes] == ["born", "salary", "city", "post"]
    assert list(extras.dates) == ["due"]
    assert {made.name: made.of for made in extras.regenerated} == {"ssn": "subject", "line": "row", "note": "row"}
    assert extras.left_out == ("never",)
    assert [lookup.name for lookup in extras.lookups] == ["aisle"]


@pytest.mark.parametrize(
    ("column", "kind", "where"),
    [
        ("born", "category", "subject"),
        ("salary", "identifier", "regenerated"),
        ("line", "number", "numbers"),
        ("post", "number", "subject"),
        ("aisle", "identifier", "regenerated"),
        ("city", "identifier", "regenerated"),
    ],
)
def test_each_line_can_be_overruled(column: str, kind: str, where: str) -> None:
    extras = encoder_of(TABLE, {column: kind}).extras
    assert column in [made.name for made in (extras.subject.codes if where == "subject" else getattr(extras, where))]
    assert extras.plan[column].asked


def test_a_column_can_be_dropped() -> None:
    extras = encoder_of(TABLE, {"ssn": "drop"}).extras
    assert extras.left_out == ("never", "ssn")
    assert "column 'ssn' is left out, as asked, and stays empty" in extras.notes


def test_one_persons_rows_make_no_value_frequent() -> None:
    salary = next(code for code in encoder_of(TABLE).extras.subject.codes if code.name == "salary")
    assert isinstance(salary, BinnedNumbers)
    assert not len(salary.atoms)


def test_what_cannot_be_modelled_keeps_the_values_of_many() -> None:
    odd = [chr(33 + at % 60) * (at % 23 + 1) + " " + chr(40 + at % 37) * (at % 19 + 1) + "abcd" for at in range(ROWS)]
    odd[:200] = ["same"] * 200
    table = TransactionTable.from_frame(FRAME.assign(odd=odd), subject="who", verb="did", object="what")
    line = plan_columns(table)["odd"]
    assert (line.kind, line.format) == ("category", FREQUENT)
    code = next(code for code in encoder_of(table).extras.categories if code.name == "odd")
    assert code.values == ("same",)
    assert shared_values(table.extras["odd"], table.subject).tolist() == ["same"]


def test_a_dependency_that_is_demanded_is_in_the_plan() -> None:
    assert plan_columns(TABLE, dependencies={"city": None})["city"].on == ()
    with pytest.raises(InputError, match="contradict it"):
        plan_columns(TABLE, dependencies={"weight": "object"})


def test_identifiers_without_a_common_shape_are_told() -> None:
    rng = np.random.default_rng(5)
    odd = ["".join(map(chr, rng.integers(33, 120, rng.integers(2, 20)))) for _ in range(SUBJECTS)]
    table = TransactionTable.from_frame(
        FRAME.assign(odd=column_of(odd, SUBJECT)), subject="who", verb="did", object="what"
    )
    line = plan_columns(table)["odd"]
    assert line.kind == "identifier"
    assert line.notes == (f"column 'odd': real ones have {line.format}",)
    assert line.format.startswith("no common shape: new ones are like S")
    named = TransactionTable.from_frame(
        FRAME.assign(who=column_of(odd, SUBJECT)), subject="who", verb="did", object="what"
    )
    assert plan_columns(named).notes[0].startswith("column 'who': real ones have no common shape: new ones are like S")


def test_a_function_of_another_column_is_kept_exactly() -> None:
    country = column_of(np.random.default_rng(6).choice(["US", "DE", "FR"], SUBJECTS), SUBJECT)
    money = pd.Series(country).map({"US": "USD", "DE": "EUR", "FR": "EUR"})
    table = TransactionTable.from_frame(FRAME.assign(country=country, money=money), **ROLES)
    line = plan_columns(table)["money"]
    assert (line.source, line.on, line.done) == ("country", (), "kept: a function of column 'country'")
    extras = encoder_of(table).extras
    assert [made.name for made in extras.functions] == ["money"]
    assert "money" not in [code.name for code in extras.categories]
    assert type(extras).from_dict(json.loads(json.dumps(extras.to_dict()))).to_dict() == extras.to_dict()
    assert plan_columns(table, dependencies={"money": None})["money"].source == ""


def test_addresses_keep_their_words_and_change_their_numbers() -> None:
    rng = np.random.default_rng(7)
    streets = [f"{rng.integers(1, 99)} {rng.choice(['Main', 'Oak', 'Hill'])} Street" for _ in range(SUBJECTS)]
    table = TransactionTable.from_frame(FRAME.assign(home=column_of(streets, SUBJECT)), **ROLES)
    line = plan_columns(table)["home"]
    assert (line.kind, line.of) == ("identifier", "subject")
    rule = next(made for made in encoder_of(table).extras.regenerated if made.name == "home").rule
    made = rule.make(100, np.random.default_rng(0))
    assert pd.Series(made).str.fullmatch(r"\d+ (Main|Oak|Hill) Street").all()
    assert not set(made) & set(streets)


def test_a_flag_with_one_value_belongs_to_the_subject() -> None:
    flag = column_of(np.where(np.random.default_rng(8).random(SUBJECTS) < 0.3, None, "Y"), SUBJECT)
    line = plan_columns(TransactionTable.from_frame(FRAME.assign(flag=flag), **ROLES))["flag"]
    assert (line.kind, line.on) == ("category", ("subject",))


def test_subjects_with_several_devices_have_several_new_ones() -> None:
    device = [f"dev-{one * 3 + at % 3:06x}" for at, one in enumerate(SUBJECT)]
    extras = encoder_of(TransactionTable.from_frame(FRAME.assign(device=device), **ROLES)).extras
    made = next(made for made in extras.regenerated if made.name == "device")
    assert (made.of, made.several) == ("subject", 3)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.45])
def test_postal_codes_that_repeat_over_subjects_are_categories(share: float) -> None:
    rng = np.random.default_rng(9)
    few = int(SUBJECTS * share)
    codes = rng.choice(np.arange(10_000, 99_999), SUBJECTS - few, replace=False)
    own = rng.permutation(np.append(codes, codes[:few]))
    for codes in (own, [f"0{code}" for code in own]):
        frame = FRAME.assign(zip=column_of(codes, SUBJECT))
        line = plan_columns(TransactionTable.from_frame(frame, **ROLES), thresholds=EVERY_VALUE)["zip"]
        assert (line.kind, line.on, line.source) == ("category", ("subject",), "")


def test_a_code_that_each_subject_has_alone_is_made_anew() -> None:
    codes = np.random.default_rng(10).choice(np.arange(10_000, 99_999), SUBJECTS, replace=False)
    frame = FRAME.assign(zip=column_of(codes, SUBJECT))
    line = plan_columns(TransactionTable.from_frame(frame, **ROLES))["zip"]
    assert (line.kind, line.of) == ("identifier", "subject")


@pytest.mark.parametrize(
    ("names", "kind", "done"),
    [
        (np.arange(SUBJECTS) % 30 + 100, "identifier", "invented: no real one occurs"),
        ([f"home {one % 30:02d}" for one in range(SUBJECTS)], "identifier", "invented: no real one occurs"),
        (np.arange(SUBJECTS) % 30 / 7, "empty", "stays empty"),
    ],
    ids=["numbers", "text", "fractions"],
)
def test_the_column_of_clusters_is_made_anew_for_each_subject(names: Any, kind: str, done: str) -> None:
    frame = FRAME[["who", "did", "what"]].assign(home=column_of(names, SUBJECT)).infer_objects()
    line = plan_columns(TransactionTable.from_frame(frame, **ROLES, cluster="home"))["home"]
    assert (line.role, line.kind, line.done) == ("cluster", kind, done)
    assert len(line.notes) == 1
    assert "cluster" in line.notes[0]
    dropped = plan_columns(TransactionTable.from_frame(frame, **ROLES, cluster="home"), {"home": "drop"})["home"]
    assert dropped.kind == "empty"
