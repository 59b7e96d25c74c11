"""Words for every name that the page can meet."""

from __future__ import annotations

from assoc_synth.evaluation.directions import DIRECTIONS
from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.wording import MEASURES, SCOPES, block_words, disclosure_words, measure_words


def test_every_measure_of_the_page_has_words() -> None:
    elsewhere = {"c2st", "ndcg@10", "implications_kept", "order_share"}
    unnamed = {name for name in DIRECTIONS if name not in MEASURES and not name.startswith(("sdv", "column", "pair_t"))}
    assert unnamed <= elsewhere


def test_scopes_are_the_gates() -> None:
    assert list(SCOPES) == ["links", "visits", "order", "rows"]


def test_blocks_of_one_name_differ_by_their_scope() -> None:
    assert block_words("visits.pairs[bought]") == "Pairs in one visit, bought"
    assert block_words("order.loss") != block_words("rows.loss")
    assert block_words("pairs_within [bought]") == "Pairs within a verb, bought"


def test_names_without_words_are_readable() -> None:
    assert block_words("visits.something_new[a_b]") == "Something new, a_b"
    assert measure_words("own_measure: x") == "own_measure: x"


def test_who_is_given_away_in_a_sentence() -> None:
    quiet = [Figure("near_copies", 0.1, p_value=0.2), Figure("dcr", 0.1)]
    words = "None of 1 tests finds that a training subject is given away (smallest p 0.200, adjusted for their number)."
    assert disclosure_words(quiet) == words
    assert disclosure_words([*quiet, Figure("linkability", 0.1, p_value=0.01)]).endswith("linkability, risk (p 0.010).")
    assert disclosure_words([Figure("dcr", 0.1)]) == "Nothing is known: there are too few subjects to attack."
