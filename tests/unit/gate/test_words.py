"""The gate in words."""

from __future__ import annotations

from assoc_synth.gate.results import ScopeVerdict, Status
from assoc_synth.gate.words import against, claim, not_judged, refusal, watched_words


def test_what_is_watched_in_words() -> None:
    sizes = (("pairs_within", 1), ("pairs_across", 1_200), ("triples", 0))
    assert watched_words(sizes) == "1 watched pair within a verb and 1,200 watched pairs across verbs"
    assert watched_words((("triples", 3),)) == "3 watched triples"
    assert watched_words((("interactions", 1), ("visit pairs", 4))) == "1 three-way interaction and 4 visit pairs"
    assert watched_words(()) == "nothing"


def test_sizes_in_words() -> None:
    assert against(1, 2_000) == "1 synthetic subject against 2,000 real ones"


def test_links_without_power_do_not_speak_for_the_table() -> None:
    links = ScopeVerdict("links", Status.UNDERPOWERED, None, None, None, 0.5)
    rows = ScopeVerdict("rows", Status.PASS, 1.0, 0.0, 0.1, 0.5)
    said = claim(Status.PASS, [links, rows], "5 against 5", ())
    assert said.startswith("PASS: nothing is claimed about associations")
    assert "Rows: kept, at most 10 % destroyed." in said


def test_a_difference_where_nothing_is_watched_is_refused() -> None:
    links = ScopeVerdict("links", Status.FAIL, None, None, None, 0.001)
    said = refusal([links], [], [], "5 against 5")
    assert said == (
        "FAIL: the links differ from the real ones by more than chance (p = 0.001; 5 against 5): all of them together. "
        "Nothing is vouched for."
    )


def test_what_was_not_judged_has_its_reason() -> None:
    scopes = [ScopeVerdict(name, Status.NOT_JUDGED, note="why") for name in ("order", "rows")]
    assert not_judged(scopes) == " Not judged: order and rows (why)."
    assert not_judged([ScopeVerdict("links", Status.PASS)]) == ""
