"""How often rows have values of too few real subjects."""

import numpy as np

from assoc_synth import TransactionTable
from assoc_synth.benchmark.disclosure.emitted import shares_of_rare


def test_a_copy_has_all_values_and_others_have_none_of_the_names(table: TransactionTable) -> None:
    half = table.take_subjects(np.arange(60))
    found = {one.column: one for one in shares_of_rare(half, half, table.take_subjects(np.arange(60, 120)), 5)}
    job = found["job"]
    assert (job.values, job.different) == (1, 4)
    assert job.emitted == job.real > 0
    assert job.other > 0.0
    assert found["customer"].emitted == 1.0
    assert found["weight"].other > 0.0  # one decimal: others have such weights by chance
    assert "action" not in found
