"""Stacked tables: subjects and visits of each are other ones."""

import numpy as np

from assoc_synth import datasets
from assoc_synth.link_graph.row_stacking import stacked
from assoc_synth.link_graph.rows import coded_rows

FIRST, SECOND = coded_rows(*datasets.halves(datasets.toy_shop(subjects=60)))


def test_the_parts_come_back() -> None:
    both = stacked([FIRST, SECOND])
    again = both.take(np.arange(FIRST.num_subjects, both.num_subjects))
    assert again.num_subjects == SECOND.num_subjects
    for name in ("subject", "verb", "object", "time"):
        np.testing.assert_array_equal(getattr(again, name), getattr(SECOND, name))
    np.testing.assert_array_equal(again.attributes.has, SECOND.attributes.has)


def test_visits_stay_apart() -> None:
    both = stacked([FIRST, FIRST])
    assert len(both.visits) == 2 * len(FIRST.visits)
    np.testing.assert_array_equal(both.visits.sizes[: len(FIRST.visits)], FIRST.visits.sizes)
