"""SDV's PARSynthesizer as a competitor."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.benchmark import Outcome
from assoc_synth.benchmark.peers.competitors.sdv_par import largest_padded
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.slow
def test_it_says_how_many_subjects_it_saw(small: TransactionTable, outcome: Callable[[str, float], Outcome]) -> None:
    done = outcome("sdv-par", 1.5)
    assert done.notes[0].startswith("trained on ")
    assert done.notes[0].endswith(f" of {small.num_subjects} subjects")
    assert 0 < done.edges.num_subjects <= small.num_subjects


def test_the_longest_sequence_decides_how_many_fit() -> None:
    lengths = np.array([8, 8, 98, 8])
    # 40 bytes a cell, ten columns, and two steps more than the sequence has.
    assert largest_padded(lengths, 10, 40 * 10 * 10 * 2) == 2
    assert largest_padded(lengths, 10, 40 * 10 * 100 * 3 - 1) == 2
    assert largest_padded(lengths, 10, 40 * 10 * 100 * 3) == 3
    assert largest_padded(lengths, 10, 1) == 1
