"""The rule and the words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assoc_synth.gate.results import PairDifference, ScopeVerdict
from assoc_synth.gate.verdict import BlockResult, Status, Verdict

BLOCK = BlockResult("pairs_within", 0.3, 0.4, 0.35, 0.9, 0.8, 0.0, 0.1)
GOOD = Verdict(
    Status.PASS,
    0.5,
    1.0,
    0.0,
    0.123,
    (BLOCK,),
    500,
    400,
    (("pairs_within", 30), ("pairs_across", 7)),
    seed=3,
)


@pytest.mark.parametrize("status", list(Status))
def test_the_sentence_names_its_claim(status: Status) -> None:
    sentence = replace(GOOD, status=status).sentence
    assert sentence.startswith(f"{status}: ")
    judged = status is not Status.NOT_JUDGED
    assert ("30 watched pairs within verbs and 7 watched pairs across verbs" in sentence) == judged
    assert ("12 %" in sentence) == (status in ("PASS", "PASS_LIMITED"))
    assert ("nearly as strong as in the real table, but" in sentence) == (status is Status.FAIL)
    assert replace(GOOD, status=status).passed == (status in ("PASS", "PASS_LIMITED"))


def test_a_failed_sentence_names_the_randomised_share() -> None:
    assert "up to 50 % of the subjects were randomised" in replace(GOOD, status=Status.FAIL, tau_high=0.5).sentence


SCOPES = (
    ScopeVerdict("links", Status.PASS, 1.0, 0.0, 0.1, 0.5, (("pairs_within", 30),)),
    ScopeVerdict("visits", Status.PASS_LIMITED, 1.0, 0.0, 0.3, 0.4, (("visit pairs", 4),)),
    ScopeVerdict("order", Status.UNDERPOWERED, 0.5, 0.0, 0.9, 0.4),
    ScopeVerdict("rows", Status.NOT_JUDGED, note="not asked for"),
)


def test_a_verdict_is_made_of_its_scopes() -> None:
    made = Verdict.of_scopes(SCOPES, (BLOCK,), (500, 400), (PairDifference("a", "b", 0.1, 0.2),))
    assert made.status is Status.PASS_LIMITED
    assert (made.p_value, made.certificate, made.tau_high) == (0.4, 1.0, 0.1)
    assert made.watched == (("pairs_within", 30),)
    assert made.pairs == (), "only a FAIL names them"
    assert made.scope("order") == SCOPES[2]
    assert made.scope("privacy") is None
    sentence = made.sentence
    assert sentence.startswith("PASS_LIMITED: 30 watched pairs within verbs are kept")
    assert "Visits: no difference was found, but up to 30 % destroyed could hide." in sentence
    assert "Order: no difference was found; nothing is claimed, this gate would stop only 50 %" in sentence
    assert "Not judged: rows (not asked for)." in sentence


def test_a_scope_without_power_drags_nothing_down_and_a_failed_one_does() -> None:
    kept = (SCOPES[0], SCOPES[2])
    assert Verdict.of_scopes(kept, (), (5, 5)).status is Status.PASS
    failed = ScopeVerdict("order", Status.FAIL, 1.0, 0.5, 0.9, 0.001)
    block = BlockResult("order.steps", 0.9, 0.1, 0.05, 0.8, 0.001, scope="order", adjusted_p=0.001)
    verdict = Verdict.of_scopes((SCOPES[0], failed), (block,), (5, 5), (PairDifference("a", "b", 0.1, 0.2),))
    assert verdict.status is Status.FAIL
    assert "the order differs from the real one" in verdict.sentence
    assert "steps inside visits" in verdict.sentence
    assert "The pairs that differ most" not in verdict.sentence, "pairs are of the links"
    assert "30 watched pairs" not in verdict.sentence


def test_rows_without_a_reference_are_not_judged() -> None:
    bare = Verdict(Status.NOT_JUDGED)
    assert bare.sentence == "NOT_JUDGED: these rows have no reference, so nothing is claimed about them."
    assert not bare.passed
    said = replace(bare, about="rows of conditions have no reference").sentence
    assert said == "NOT_JUDGED: Rows of conditions have no reference."


def test_attempts_and_copies_are_said() -> None:
    assert "It is attempt 2: the gate refused those before it." in replace(GOOD, attempts=2).sentence
    copied = replace(GOOD, status=Status.FAIL, copies="9 of the 9 subjects are copies").sentence
    assert copied.startswith("FAIL: 9 of the 9 subjects are copies (500 synthetic")


def test_advice_ends_the_sentence_of_a_fail_alone() -> None:
    advised = replace(GOOD, advice="training was cut short: raise --max-minutes")
    assert advised.sentence == GOOD.sentence
    failed = replace(advised, status=Status.FAIL, tau_high=0.5)
    assert failed.sentence.endswith(". Nothing is vouched for. Training was cut short: raise --max-minutes.")
    assert Verdict.from_dict(json.loads(json.dumps(failed.to_dict()))).advice == advised.advice
    before = {name: value for name, value in failed.to_dict().items() if name != "advice"}
    assert Verdict.from_dict(before).advice == ""


def test_without_watched_pairs_nothing_is_claimed() -> None:
    sentence = Verdict(Status.UNDERPOWERED, num_subjects=3).sentence
    assert "nothing is claimed about associations" in sentence


def test_to_dict_is_json_with_stable_keys() -> None:
    told = json.loads(json.dumps(GOOD.to_dict(), allow_nan=False))
    assert list(told) == [
        "status",
        "sentence",
        "p_value",
        "certificate",
        "tau_low",
        "tau_high",
        "num_subjects",
        "num_reference",
        "watched",
        "attempts",
        "seed",
        "advice",
        "scopes",
        "pairs",
        "about",
        "copies",
        "blocks",
    ]
    assert told["status"] == "PASS"
    assert told["watched"] == {"pairs_within": 30, "pairs_across": 7}
    assert told["blocks"][0] == {
        "name": "pairs_within",
        "observed": 0.3,
        "limit": 0.4,
        "floor": 0.35,
        "independent": 0.9,
        "p_value": 0.8,
        "tau_low": 0.0,
        "tau_high": 0.1,
        "scope": "links",
        "adjusted_p": None,
    }
    assert json.dumps(Verdict(Status.UNDERPOWERED).to_dict(), allow_nan=False)


def test_it_shows_itself_in_short() -> None:
    shown = "p_value=0.5, certificate=1, tau_low=0, tau_high=0.123, 500 synthetic subjects against 400 real ones"
    assert repr(GOOD) == f"Verdict(PASS, {shown})"
    assert repr(Verdict(Status.UNDERPOWERED)) == "Verdict(UNDERPOWERED, 0 synthetic subjects against 0 real ones)"
    assert len(repr(replace(GOOD, blocks=(BLOCK,) * 9))) < 500


def test_a_notebook_gets_every_block_and_escaped_text() -> None:
    shown = replace(GOOD, blocks=(replace(BLOCK, name="<b>"),) * 9)._repr_html_()
    assert shown.count("&lt;b&gt;") == 9
    assert "<b>" not in shown.replace("<p><b>", "")
    assert "30 watched pairs within verbs" in shown
    assert "PASS" in Verdict(Status.PASS)._repr_html_()


def test_round_trip() -> None:
    assert Verdict.from_dict(json.loads(json.dumps(GOOD.to_dict()))) == GOOD
    whole = replace(GOOD, scopes=SCOPES, pairs=(PairDifference("a", "b", 0.25, 0.5),), about="about it", copies="many")
    assert Verdict.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole
    earlier = {name: value for name, value in GOOD.to_dict().items() if name not in ("scopes", "pairs", "about")}
    assert Verdict.from_dict(earlier) == GOOD
    with pytest.raises((KeyError, ValueError)):
        Verdict.from_dict(GOOD.to_dict() | {"status": "MAYBE"})
