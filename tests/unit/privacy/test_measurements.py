"""Measurements: what one subject can move, and what noise must not make."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.privacy.domains import NUMBER_STARTS
from assoc_synth.privacy.measurements import measure
from assoc_synth.privacy.mechanism import Account
from assoc_synth.transactions.table import TransactionTable

pytest.importorskip("opendp")


def _table(subjects: int, objects: int = 6, verbs: int = 1, seed: int = 0) -> TransactionTable:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(subjects), 4)
    frame = pd.DataFrame(
        {
            "who": who,
            "did": [f"verb{code}" for code in rng.integers(0, verbs, len(who))],
            "what": [f"thing{code}" for code in rng.integers(0, objects, len(who))],
        }
    )
    return TransactionTable.from_frame(frame, subject="who", verb="did", object="what", time="", amount="")


def test_counts_are_near_the_true_ones_where_much_is_spent() -> None:
    table = _table(2_000)
    found = measure(table, Account(rho=1_000.0, delta=1e-6), np.random.default_rng(0))
    assert found.objects == [f"thing{code}" for code in range(6)]
    degrees = pd.Series(table.object).groupby(table.subject).nunique()
    for number, subjects in degrees.value_counts().items():
        assert found.links[int(number) - 1] == pytest.approx(subjects, abs=2)
    linked = pd.DataFrame({"who": table.subject, "what": table.object}).drop_duplicates()["what"].value_counts()
    assert found.objects_of == pytest.approx(linked.sort_index().to_numpy(), rel=0.01)
    assert found.days is None
    assert found.amounts is None


def test_a_long_history_does_not_come_out_of_noise() -> None:
    for seed in range(5):
        found = measure(_table(400, seed=seed), Account(rho=0.2, delta=1e-6), np.random.default_rng(seed))
        assert NUMBER_STARTS[np.flatnonzero(found.links)].max() <= 40


def test_too_many_verbs_and_too_few_names_are_refused() -> None:
    with pytest.raises(InputError, match="up to 5 verbs"):
        measure(_table(4_000, verbs=6), Account(rho=100.0, delta=1e-6), np.random.default_rng(0))
    with pytest.raises(InputError, match="objects that enough subjects have"):
        measure(_table(400, objects=400), Account(rho=0.3, delta=1e-6), np.random.default_rng(0))


@pytest.mark.parametrize("public", [False, True])
def test_hardly_any_subject_gives_a_sentence(public: bool) -> None:
    for subjects in (1, 3, 12):
        with pytest.raises(InputError, match="more subjects"):
            measure(_table(subjects), Account(rho=0.02, delta=1e-6), np.random.default_rng(0), public_names=public)


def test_a_table_without_short_histories_keeps_its_long_ones() -> None:
    who, what = np.repeat(np.arange(300), 30), np.tile(np.arange(30), 300)
    frame = pd.DataFrame({"who": who, "what": [f"thing{code}" for code in what]})
    table = TransactionTable.from_frame(frame, subject="who", verb_name="did", object="what", time="", amount="")
    found = measure(table, Account(rho=2.0, delta=1e-6), np.random.default_rng(0))
    assert found.links[29] == pytest.approx(300, abs=20)
    assert np.count_nonzero(found.links) == 1
