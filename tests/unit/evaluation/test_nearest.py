"""Nearest cosines that can be worked out by hand."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.evaluation import nearest
from assoc_synth.evaluation.nearest import nearest_cosine
from assoc_synth.link_graph.edges import Incidence


def matrix(rows: list[str], columns: int = 8) -> Incidence:
    dense = np.zeros((len(rows), columns), np.float32)
    for row, letters in enumerate(rows):
        dense[row, [ord(letter) - ord("a") for letter in letters]] = 1
    return sp.csr_matrix(dense)


def test_cosines_by_hand() -> None:
    records, others = matrix(["ab", "abcd", "h", ""]), matrix(["ab", "cdef", ""])
    expected = [1.0, max(2 / np.sqrt(4 * 2), 2 / np.sqrt(4 * 4)), 0.0, 0.0]
    assert nearest_cosine(records, others) == pytest.approx(expected)


def test_nobody_is_near_or_asked() -> None:
    assert nearest_cosine(matrix([]), matrix(["ab"])).shape == (0,)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    records, others = (sp.csr_matrix((rng.random((size, 8)) < 0.4).astype(np.float32)) for size in (30, 20))
    whole = nearest_cosine(records, others)
    dense = records.toarray() @ others.toarray().T
    lengths = np.sqrt(np.outer(records.sum(axis=1), others.sum(axis=1)))
    assert whole == pytest.approx((dense / np.maximum(lengths, 1)).max(axis=1))
    monkeypatch.setattr(nearest, "_CHUNK_CELLS", 50)
    assert nearest_cosine(records, others).tolist() == whole.tolist()


def test_the_row_that_is_nearest_is_named() -> None:
    records, others = matrix(["ab", "cde", "h"]), matrix(["cdef", "ab", "a"])
    cosine, row = nearest.nearest(records, others)
    assert row.tolist() == [1, 0, 0]
    assert cosine == pytest.approx(nearest_cosine(records, others))
