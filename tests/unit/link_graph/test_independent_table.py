"""A whole table without associations."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent_table import independent_table


def test_the_independent_table_keeps_columns_and_no_association() -> None:
    real = datasets.toy_shop(subjects=600)
    made = independent_table(real, np.random.default_rng(0))
    assert made.schema == real.schema
    assert made.num_subjects == real.num_subjects
    assert not set(made.subjects) & set(real.subjects)
    share = [np.bincount(table.verb, minlength=table.num_verbs) / len(table) for table in (real, made)]
    assert share[0] == pytest.approx(share[1], abs=0.02)
    assert made.amount is not None
    assert real.amount is not None
    assert set(made.amount[~np.isnan(made.amount)]) <= set(real.amount)
    claims = [len(rules(LinkGraph.from_table(table).edges, scope="within")) for table in (real, made)]
    assert claims[0] > 10
    assert claims[1] <= 1
