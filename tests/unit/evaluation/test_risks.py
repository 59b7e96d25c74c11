"""Singling out, linkability and inference: of copies, of strangers, and by hand."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.evaluation.labels import Score
from assoc_synth.evaluation.risks import inference, linkability, risk, singling_out, unique_predicates


def people(seed: int, size: int = 300) -> sp.csr_matrix:
    dense = np.random.default_rng(seed).random((size, 60)) < 0.15
    return sp.csr_matrix(dense[dense.sum(axis=1) >= 4], dtype=np.float32)


TRAIN, HELDOUT, FRESH = (people(seed) for seed in range(3))


def codes(first: sp.csr_matrix, second: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(first.shape[0]), first.shape[0] + np.arange(second.shape[0])


def test_predicates_hold_of_one_emitted_subject_alone() -> None:
    found = unique_predicates(TRAIN, np.random.default_rng(0))
    assert found.shape[0] > 200
    assert set(np.diff(found.indptr)) <= {2, 3, 4}
    holds = (found @ TRAIN.T).toarray() >= np.diff(found.indptr)[:, None]
    assert (holds.sum(axis=1) == 1).all()


def test_a_copied_table_singles_out_and_an_honest_one_does_not() -> None:
    rng = np.random.default_rng(0)
    _, copied = singling_out(TRAIN, HELDOUT, unique_predicates(TRAIN, rng), codes(TRAIN, HELDOUT))
    score, honest = singling_out(TRAIN, HELDOUT, unique_predicates(FRESH, rng), codes(TRAIN, HELDOUT))
    assert copied.train == 1.0
    assert copied.low > 0.9
    assert honest.low < 0 < honest.high
    assert len(score.members) == TRAIN.shape[0]


@pytest.mark.parametrize("attack", [linkability, inference])
def test_copies_are_linked_and_inferred(attack) -> None:
    def excess(emitted: sp.csr_matrix):
        sides = (attack(side, emitted, np.random.default_rng(0)) for side in (TRAIN, HELDOUT))
        return risk(Score("x", *sides, *codes(TRAIN, HELDOUT)))

    assert excess(TRAIN).low > 0.3
    honest = excess(FRESH)
    assert honest.low < 0 < honest.high


def test_inference_by_hand() -> None:
    """The nearest has the hidden link and one more: a guess among two. Of the second nobody has anything in common."""
    records = sp.csr_matrix(np.array([[1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1]], np.float32))
    emitted = sp.csr_matrix(np.array([[1, 1, 1, 0, 0, 0]], np.float32))
    assert inference(records, emitted, np.random.default_rng(0)).tolist() == [0.5, 0.0]


def test_the_risk_is_what_others_do_not_have() -> None:
    members, others = np.r_[np.ones(60), np.zeros(40)], np.r_[np.ones(20), np.zeros(80)]
    found = risk(Score("x", members, others, np.arange(100), 100 + np.arange(100)))
    assert (found.train, found.heldout) == (0.6, 0.2)
    assert found.value == pytest.approx(0.5)
    assert found.low < 0.5 < found.high
    nobody = np.zeros(0, int)
    assert np.isnan(risk(Score("x", np.zeros(0), np.zeros(0), nobody, nobody)).value)
