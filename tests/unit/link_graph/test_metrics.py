"""Every measure of a rule worked out by hand, and the identities between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assoc_synth.link_graph.metrics import MEASURES, OWN, rule_measures, share_interval


def test_share_interval_is_wilsons() -> None:
    low, high = share_interval(8, 10)
    assert (float(low), float(high)) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_every_measure_by_hand() -> None:
    """Of 100 subjects 40 have A, 50 have C, 30 have both."""
    found = {name: float(values[0]) for name, values in rule_measures([30], [40], [50], 100).items()}
    assert list(found) == [*MEASURES, *OWN]
    assert found["antecedent support"] == 0.4
    assert found["consequent support"] == 0.5
    assert found["support"] == 0.3
    assert found["confidence"] == 0.75
    assert found["lift"] == 1.5
    assert found["leverage"] == pytest.approx(0.3 - 0.4 * 0.5)
    assert found["conviction"] == pytest.approx((1 - 0.5) / (1 - 0.75))
    assert found["zhangs_metric"] == pytest.approx(0.1 / max(0.3 * 0.6, 0.4 * (0.5 - 0.3)))
    assert found["jaccard"] == pytest.approx(0.3 / 0.6)
    assert found["certainty"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert found["kulczynski"] == pytest.approx((0.75 + 0.6) / 2)
    assert found["count"] == 30
    assert found["support_low"] == pytest.approx(0.2189, abs=1e-4)
    assert found["support_high"] == pytest.approx(0.3958, abs=1e-4)
    spread = np.exp(1.959964 * np.sqrt(1 / 30 - 1 / 40 - 1 / 50 + (2 * 1.5 - 1) / 100))
    assert (found["lift_low"], found["lift_high"]) == pytest.approx((1.5 / spread, 1.5 * spread), rel=1e-6)


def test_measures_at_their_edges() -> None:
    """A always has C (49 of 49, where shares round badly); C is had by everybody; A and C exclude each other."""
    found = rule_measures([49, 20, 0], [49, 20, 30], [60, 100, 40], 100)
    assert found["conviction"].tolist() == [np.inf, np.inf, pytest.approx(0.6)]
    assert found["certainty"].tolist() == [1.0, 0.0, pytest.approx(-0.4 / 0.6)]
    assert found["zhangs_metric"].tolist() == [pytest.approx(0.4 / 0.51), 0.0, pytest.approx(-1.0)]
    assert found["lift"].tolist() == [pytest.approx(1 / 0.6), 1.0, 0.0]


@given(st.integers(2, 400), st.data())
def test_the_measures_agree_with_each_other(n: int, data: st.DataObject) -> None:
    a, b = (data.draw(st.integers(1, n)) for _ in range(2))
    c = data.draw(st.integers(max(0, a + b - n), min(a, b)))
    found = {name: float(values[0]) for name, values in rule_measures([c], [a], [b], n).items()}
    s_a, s_c, s = found["antecedent support"], found["consequent support"], found["support"]
    assert found["leverage"] == pytest.approx(s - s_a * s_c)
    assert found["confidence"] == pytest.approx(s / s_a)
    assert found["lift"] == pytest.approx(found["confidence"] / s_c)
    assert -1 - 1e-9 <= found["zhangs_metric"] <= 1 + 1e-9
    assert found["jaccard"] <= min(found["confidence"], s / s_c) + 1e-9
    assert found["support_low"] <= s <= found["support_high"]
    assert found["lift_low"] <= found["lift"] * (1 + 1e-9)
    assert found["lift"] <= found["lift_high"] * (1 + 1e-9)
    back = {name: float(values[0]) for name, values in rule_measures([c], [b], [a], n).items()}
    for symmetric in ("support", "lift", "leverage", "jaccard", "kulczynski"):
        assert found[symmetric] == pytest.approx(back[symmetric]), symmetric
    if 0 < c < a and b < n:
        assert found["certainty"] == pytest.approx(1 - 1 / found["conviction"])
