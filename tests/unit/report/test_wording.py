"""Words for every name that the page can meet."""

from __future__ import annotations

from assoc_synth.evaluation.directions import DIRECTIONS
from assoc_synth.report.wording import MEASURES, SCOPES, block_words, measure_words


def test_every_measure_of_the_page_has_words() -> None:
    elsewhere = {"c2st", "ndcg@10", "implications_kept", "order_share"}
    unnamed = {name for name in DIRECTIONS if name not in MEASURES and not name.startswith(("sdv", "column", "pair_t"))}
    assert unnamed <= elsewhere


def test_scopes_are_the_gates() -> None:
    assert list(SCOPES) == ["links", "visits", "order", "rows"]


def test_names_without_words_are_readable() -> None:
    assert block_words("visits.something_new[a_b]") == "Something new, a_b"
    assert measure_words("own_measure: x") == "own_measure: x"
