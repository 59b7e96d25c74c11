"""The rule and the words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assoc_synth.gate.verdict import BlockResult, Status, Verdict, decide, watched_words

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


@pytest.mark.parametrize(
    ("p", "certificate", "tau", "status"),
    [
        (0.50, 1.00, 0.20, Status.PASS),
        (0.01, 0.99, 0.20, Status.PASS),
        (0.50, 0.99, 0.21, Status.PASS_LIMITED),
        (0.05, 1.00, 0.21, Status.FAIL),
        (0.05, 0.50, 0.21, Status.FAIL),
        (0.50, 0.98, 0.10, Status.UNDERPOWERED),
        (0.50, 0.98, 0.90, Status.UNDERPOWERED),
        (0.01, None, None, Status.UNDERPOWERED),
        (None, None, None, Status.UNDERPOWERED),
    ],
)
def test_the_table_of_the_gate(p: float | None, certificate: float | None, tau: float | None, status: Status) -> None:
    assert decide(p, certificate, tau) is status


def test_a_difference_beyond_tau_is_no_pass() -> None:
    assert decide(0.01, 1.0, 0.1, beyond=True) is Status.FAIL
    assert decide(0.06, 1.0, 0.1, beyond=True) is Status.PASS


@pytest.mark.parametrize("status", list(Status))
def test_the_sentence_names_its_claim(status: Status) -> None:
    sentence = replace(GOOD, status=status).sentence
    assert sentence.startswith(f"{status}: ")
    assert "30 watched pairs within verbs and 7 watched pairs across verbs" in sentence
    assert ("12 %" in sentence) == (status in ("PASS", "PASS_LIMITED"))
    assert ("links per subject differ" in sentence) == (status is Status.FAIL)
    assert replace(GOOD, status=status).passed == (status in ("PASS", "PASS_LIMITED"))


def test_a_failed_sentence_names_the_randomised_share() -> None:
    assert "up to 50 % of the subjects were randomised" in replace(GOOD, status=Status.FAIL, tau_high=0.5).sentence


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


def test_what_is_watched_in_words() -> None:
    sizes = (("pairs_within", 1), ("pairs_across", 1_200), ("triples", 0))
    assert watched_words(sizes) == "1 watched pair within a verb and 1,200 watched pairs across verbs"
    assert watched_words((("triples", 3),)) == "3 watched triples"


def test_round_trip() -> None:
    assert Verdict.from_dict(json.loads(json.dumps(GOOD.to_dict()))) == GOOD
    with pytest.raises((KeyError, ValueError)):
        Verdict.from_dict(GOOD.to_dict() | {"status": "MAYBE"})
