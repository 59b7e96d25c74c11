"""The two halves of a data set."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark import Work
from assoc_synth.benchmark.work import CONTAMINATED, baskets_of
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable


def test_halves_of_different_names_are_refused(work: Work, with_baskets: pd.DataFrame) -> None:
    other = TransactionTable.from_frame(with_baskets)
    with pytest.raises(InputError, match="the two halves of mixed must share their verbs"):
        Work("mixed", work.train, other)


def test_a_named_data_set_is_halved_by_subject() -> None:
    halved = Work.load("toy-shop")
    assert not set(halved.train.subjects) & set(halved.heldout.subjects)
    assert abs(halved.train.num_subjects - halved.heldout.num_subjects) <= 1
    with pytest.raises(InputError, match="unknown data set"):
        Work.load("nothing")


def test_the_gate_has_half_of_the_held_out_subjects(work: Work) -> None:
    assert work.unseen.num_subjects == work.heldout_edges.num_subjects - work.heldout_edges.num_subjects // 2
    assert work.gates.judge(work.unseen).num_subjects == work.heldout_edges.num_subjects // 2
    assert work.unseen_rows.num_subjects == work.unseen.num_subjects


def test_a_tenth_is_replaced(work: Work) -> None:
    real = work.heldout_edges
    mixed = work.contaminated(real)
    assert mixed.num_subjects == real.num_subjects
    kept = real.num_subjects - round(CONTAMINATED * real.num_subjects)
    own = {tuple(real.take(np.array([who])).token) for who in range(real.num_subjects)}
    first = [tuple(mixed.take(np.array([who])).token) for who in range(kept)]
    assert set(first) <= own, "the kept subjects are whole"
    np.testing.assert_array_equal(mixed.token, work.contaminated(real).token)


def test_a_link_without_a_basket_is_in_none(with_baskets: pd.DataFrame) -> None:
    table = TransactionTable.from_frame(with_baskets, basket="basket")
    baskets = baskets_of(table)
    assert baskets is not None
    assert (baskets.num_subjects, baskets.num_links) == (2, 3)
    assert baskets_of(TransactionTable.from_frame(with_baskets, basket="")) is None


def test_a_part_of_each_half_is_enough() -> None:
    work = Work.load("toy-shop", subjects=120)
    assert (work.train.num_subjects, work.heldout.num_subjects) == (120, 120)
    whole = Work.load("toy-shop", subjects=10**6)
    assert set(work.train.subjects) < set(whole.train.subjects)
