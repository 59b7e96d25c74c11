"""Claimed pairs compared: on tables whose right answer is planted."""

from __future__ import annotations

from assoc_synth.datasets import ToyShopTruth
from assoc_synth.report.facts import ReportFacts


def test_real_data_lie_in_the_band_and_independent_data_do_not(good: ReportFacts, bad: ReportFacts) -> None:
    assert good.scatter is not None
    assert bad.scatter is not None
    assert good.scatter.inside is not None
    assert good.scatter.inside > 0.85
    assert bad.scatter.inside is not None
    assert bad.scatter.inside < 0.6
    assert (good.scatter.floor, bad.scatter.floor) == ("two halves of the real table", "the held-out part")


def test_what_was_lost_is_told(good: ReportFacts, bad: ReportFacts) -> None:
    assert good.standing is not None
    assert bad.standing is not None
    assert good.standing.changed <= 0.05 * (good.standing.changed + good.standing.undecided)
    assert bad.standing.num_lost > 50
    assert all(pair.synthetic_lift < pair.real_lift for pair in bad.standing.lost)
    assert bad.standing.num_added == 0


def test_planted_pairs_are_drawn(good: ReportFacts) -> None:
    assert good.drawing is not None
    assert good.drawing.verb == "bought"
    drawn = {frozenset((link.left, link.right)) for link in good.drawing.links}
    planted = {frozenset((pair.object, pair.other_object)) for pair in ToyShopTruth().within if pair.verb == "bought"}
    assert len(drawn & planted) >= 10
