"""Options as dataclasses, and what is read from their text."""

from __future__ import annotations

import pytest

from assoc_synth import AssociativeSynthesizer, datasets, exports
from assoc_synth.cli import exporting, options
from assoc_synth.cli.options import (
    CsvOptions,
    DrawOptions,
    FitOptions,
    LinkColumns,
    RoleOptions,
    SampleOutputs,
    ScenarioOptions,
    SizeOptions,
    ThresholdOptions,
    check_minutes,
    parse_boosts,
    parse_rebalance,
)
from assoc_synth.errors import InputError
from assoc_synth.transactions.schema import FILE_KEYWORDS


def test_what_help_lists_is_what_there_is() -> None:
    assert datasets.NAMES == options.BUILT_IN
    assert tuple(exports.FORMATS) == exporting.FORMATS


def test_roles_are_keywords_of_the_readers() -> None:
    roles = RoleOptions(subject="who", time="when").roles()
    assert {*roles} == {*FILE_KEYWORDS}
    assert (roles["subject"], roles["time"], roles["verb"]) == ("who", "when", None)
    link = LinkColumns(verb_column="did", no_header=True, drop_incomplete=True).roles()
    given = {name: value for name, value in link.items() if value is not None}
    assert given == {"verb": "did", "header": False, "drop_incomplete": True}


def test_sizes_are_keywords_of_sample() -> None:
    assert SizeOptions(rows=5, verb=[]).keywords() == {"num_subjects": None, "num_rows": 5, "verbs": None}
    assert SizeOptions(subjects=5, verb=["a"]).keywords() == {"num_subjects": 5, "num_rows": None, "verbs": ["a"]}
    with pytest.raises(InputError, match="give one of them"):
        SizeOptions(subjects=1, rows=1).keywords()


def test_thresholds_are_keywords_of_the_synthesizer() -> None:
    given = AssociativeSynthesizer().get_params()
    assert ThresholdOptions().keywords() == {name: given[name] for name in ThresholdOptions().keywords()}
    assert ThresholdOptions(2, 7, "words").keywords() == {
        "min_subjects": 2,
        "min_subjects_objects": 7,
        "text": "words",
        "epsilon": None,
        "delta": None,
        "public_names": False,
    }


def test_a_start_is_no_threshold() -> None:
    assert FitOptions().init is None
    assert FitOptions(init="toy-shop").keywords() == ThresholdOptions().keywords()


def test_scenarios_are_keywords_of_sample() -> None:
    assert ScenarioOptions().keywords() == {"rebalance": None, "boost": None}
    made = ScenarioOptions(rebalance="uniform", boost=["returned,laptop=5", "bought, a=b =0.5"]).keywords()
    assert made == {
        "rebalance": {"verb": "uniform"},
        "boost": {("returned", "laptop"): 5.0, ("bought", "a=b"): 0.5},
    }


def test_shares_are_read_to_the_last_sign_of_equality() -> None:
    assert parse_rebalance(None) is None
    assert parse_rebalance("a=b=0.25, c = 0.75") == {"verb": {"a=b": 0.25, "c": 0.75}}


@pytest.mark.parametrize("text", ["bought", "bought=", "bought=many"])
def test_a_share_that_is_not_a_number_is_named(text: str) -> None:
    with pytest.raises(InputError, match=r"--rebalance: .* is not a number; write NAME=NUMBER"):
        parse_rebalance(text)


@pytest.mark.parametrize(("text", "words"), [("tea=2", "VERB,OBJECT=FACTOR"), ("bought,tea=x", "'x' is not a number")])
def test_a_boost_that_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_boosts([text])


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("nan")])
def test_training_takes_time(minutes: float) -> None:
    check_minutes(None)
    check_minutes(0.01)
    with pytest.raises(InputError, match="--max-minutes must be above 0"):
        check_minutes(minutes)


def test_text_is_raw_unless_a_guard_is_asked_for() -> None:
    assert CsvOptions().keywords() == {}
    assert CsvOptions(safe_csv=True).keywords() == {"safe": True}
    assert SampleOutputs(raw=True).keywords_for("csv") == {"raw": True}
    assert SampleOutputs(raw=True).keywords_for("parquet") == {}
    with pytest.raises(InputError, match="--safe-csv is for CSV and TSV, the output is parquet"):
        SampleOutputs(safe_csv=True).keywords_for("parquet")
    with pytest.raises(InputError, match="say the opposite"):
        CsvOptions(safe_csv=True, raw=True).keywords()


def test_kinds_of_columns_are_read_to_the_last_sign_of_equality() -> None:
    assert options.ColumnOptions(["zip=category", "a=b = text"]).kinds() == {"zip": "category", "a=b": "text"}
    assert options.ColumnOptions().kinds() is None


@pytest.mark.parametrize(
    ("texts", "words"), [(["zip"], "--column takes NAME=KIND"), (["zip=text", "zip=drop"], "names 'zip' twice")]
)
def test_a_kind_of_a_column_that_cannot_be_read_is_named(texts: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        options.ColumnOptions(texts).kinds()


def test_kinds_of_columns_are_read_with_the_table() -> None:
    assert options.RoleOptions(column=["tags=drop"]).roles()["columns"] == {"tags": "drop"}
    assert options.LinkColumns(column=["tags=drop"]).roles()["columns"] == {"tags": "drop"}
    assert options.RoleOptions().roles()["columns"] is None


def test_scopes_of_the_gate_are_keywords_of_a_draw() -> None:
    asked = DrawOptions(gate="links,visits").keywords()
    assert asked == {"seed": None, "allow_undertrained": False, "gate": "links,visits"}
    assert DrawOptions().keywords()["gate"] is None
