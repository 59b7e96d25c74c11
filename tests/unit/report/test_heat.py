"""Heat maps and their difference, of halves of the toy shop and of an independent table."""

from __future__ import annotations

import pytest

from assoc_synth.report.facts import ReportFacts


def test_planted_pairs_are_hot_in_both_tables(good: ReportFacts) -> None:
    real, synthetic = good.heat_maps
    assert (real.side, synthetic.side) == ("real", "synthetic")
    assert real.objects == synthetic.objects
    assert len(real.objects) == 20
    i, j = real.objects.index("hammer"), real.objects.index("nails")
    assert real.values[i][i] is None
    assert min(real.values[i][j], synthetic.values[i][j]) > 2  # type: ignore[type-var]


def test_the_difference_is_synthetic_less_real(bad: ReportFacts) -> None:
    real, synthetic = bad.heat_maps
    found = bad.difference
    assert found is not None
    i, j = found.objects.index("hammer"), found.objects.index("nails")
    assert found.values[i][j] == pytest.approx((synthetic.values[i][j] or 0) - (real.values[i][j] or 0))
    assert found.values[i][i] is None
    assert (found.values[i][j] or 0) < -1, "an independent table has lost the pair"
    assert found.changed[i][j]
    assert found.changed[j][i]


def test_what_has_changed_is_counted_once_for_each_pair(good: ReportFacts, bad: ReportFacts) -> None:
    assert bad.difference is not None
    assert good.difference is not None
    assert bad.difference.num_pairs == 20 * 19 // 2
    assert bad.difference.num_changed == sum(map(sum, bad.difference.changed)) // 2
    assert bad.difference.num_changed > 10
    assert good.difference.num_changed <= 2, "a false discovery rate of 5 % on halves of one table"
