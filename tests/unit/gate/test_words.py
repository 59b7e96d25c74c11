"""The gate in words."""

from __future__ import annotations

from assoc_synth.gate.results import BlockResult, PairDifference, ScopeVerdict, Status
from assoc_synth.gate.words import against, block_phrase, block_words, claim, not_judged, refusal, watched_words


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
    assert said.startswith(
        "PASS: this is about rows alone; nothing is claimed about associations, of which there is too"
    )
    assert "Rows (amounts, times, extra columns, attributes): kept, at most 10 % destroyed." in said
    weak = claim(Status.PASS, [links, rows], "20 against 20", (("pairs_within", 12),))
    assert "nothing is claimed about 12 watched pairs within verbs, of which there is too little (20 against" in weak


def test_a_difference_where_nothing_is_watched_is_refused() -> None:
    links = ScopeVerdict("links", Status.FAIL, None, None, None, 0.001)
    said = refusal([links], [], [], "5 against 5")
    assert said == (
        "FAIL: the links differ from the real ones by more than chance (p = 0.001; 5 against 5): all of it together. "
        "Nothing is vouched for."
    )


def test_what_was_not_judged_has_its_reason() -> None:
    scopes = [ScopeVerdict(name, Status.NOT_JUDGED, note="why") for name in ("order", "rows")]
    assert not_judged(scopes) == " Not judged: order and rows (why)."
    assert not_judged([ScopeVerdict("links", Status.PASS)]) == ""


def failed(name: str, tau: float | None, *watched: tuple[str, int]) -> ScopeVerdict:
    return ScopeVerdict(name, Status.FAIL, 1.0, 0.0, tau, 0.002, watched)


def differing(name: str, scope: str) -> BlockResult:
    return BlockResult(name, 0.9, 0.1, 0.05, 0.8, 0.001, scope=scope, adjusted_p=0.001)


def test_a_refusal_is_grammatical_and_names_blocks_in_words() -> None:
    blocks = [differing("order.steps[bought]", "order"), differing("new_rules", "links")]
    pairs = [PairDifference("a", "b", 0.1, 0.2)]
    assert refusal([failed("order", 0.5)], blocks, pairs, "5 against 5") == (
        "FAIL: the order differs from the real one by more than chance, as much as if up to 50 % of the subjects were "
        "randomised (p = 0.002; 5 against 5): steps inside visits (bought). Nothing is vouched for."
    )
    assert refusal([failed("order", 0.1)], blocks, pairs, "5 against 5").startswith(
        "FAIL: the order is nearly as in the real table, but there is a difference beyond chance in steps inside visits"
    )
    one = refusal([failed("links", 0.1, ("triples", 1))], blocks, pairs, "5 against 5")
    assert "1 watched triple is nearly as strong as in the real table, but there is a difference" in one
    assert "invented rules (p = 0.002; 5 against 5). The pairs that differ most: a & b" in one


def test_several_refused_scopes_share_a_sentence() -> None:
    blocks = [differing("rows.amounts", "rows"), differing("new_rules", "links")]
    said = refusal([failed("links", 0.5, ("triples", 3)), failed("rows", 0.1)], blocks, [], "5 against 5")
    assert said == (
        "FAIL: associations and rows differ from the real ones by more than chance (5 against 5). Associations "
        "(p = 0.002, as much as if up to 50 % of the subjects were randomised): invented rules. Rows (p = 0.002): "
        "amounts. Nothing is vouched for."
    )


def test_block_names_in_words() -> None:
    assert block_words("visits.pairs[bought]") == "Pairs in one visit, bought"
    assert block_phrase("pairs_within [bought]") == "pairs within a verb (bought)"
    assert block_phrase("order.something_new") == "something new"
