"""Rows of the calendar: what is added to the embeddings of visits."""

import numpy as np
import torch

from assoc_synth.ctgan.assignment.calendar_terms import CLASSES, ERAS, UNDATED, CalendarTerms, calendar_classes
from assoc_synth.ctgan.interface import Horizon, Visits


def test_classes_of_the_first_and_the_last_day() -> None:
    zero = np.zeros(3, np.int64)
    visits = Visits(zero, np.array([0, 364, -1]), zero, zero + 1)
    found = calendar_classes(visits, Horizon(0, 364))  # 1970
    assert found[0].tolist() == [0, 31, 43, 67]
    assert found[1].tolist() == [30, 31 + 11, 43, 67 + ERAS - 1]
    assert found[2].tolist() == [UNDATED] * 4


def test_rows_are_summed_and_undated_visits_have_none() -> None:
    terms = CalendarTerms(3)
    assert not terms(torch.tensor([[0, 31, 43, 67]])).any()
    with torch.no_grad():
        terms.weight.copy_(torch.arange(3.0 * CLASSES).view(CLASSES, 3))
    first, undated = terms(torch.tensor([[0, 31, 43, 67], [UNDATED] * 4]))
    assert torch.equal(first, terms.weight[[0, 31, 43, 67]].sum(0))
    assert not undated.any()
