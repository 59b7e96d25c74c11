"""One comparison for all tests: held-out rows, an independent table, and the real rows themselves."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.evaluation.c2st import TREES
from assoc_synth.link_graph.independent_table import independent_table
from assoc_synth.report.comparison import Comparison, compare

NASTY = "<b>a_copy</b> & 50 %"


@pytest.fixture(scope="package")
def comparison() -> Comparison:
    real, rest = datasets.halves(datasets.toy_shop(subjects=300, seed=1))
    unseen, other = datasets.halves(rest)
    shuffled = independent_table(real, np.random.default_rng(0))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assoc_synth.evaluation.c2st.TREES", TREES)  # scores are looked at
        return compare(real, {"other": other, "shuffled": shuffled, NASTY: real}, unseen)
