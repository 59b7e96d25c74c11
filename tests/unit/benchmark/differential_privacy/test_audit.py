"""The audit holds for what is kept, and finds noise that is too small, a forgotten bound, and names too many."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.benchmark.differential_privacy.audit import (
    CANARIES,
    Recorder,
    audit,
    epsilon_bounds,
    epsilon_of_distance,
    small_table,
)
from assoc_synth.privacy import Wanted, bounds, domains, measurements
from assoc_synth.privacy.mechanism import Account, epsilon_of
from assoc_synth.privacy.stand_in import account_of
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

pytest.importorskip("opendp")
WANTED = Wanted(3.0)


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return small_table(600, 5)


class Halved(Account):
    """Half the noise that it says it has."""

    def counts(self, what: str, values: Ints, norm: float, share: float, unit: float = 1.0) -> Ints:
        return super().counts(what, values, norm / 2, share, unit)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_kept_promise_holds(table: TransactionTable, canary: str) -> None:
    found = audit(WANTED, canary, 200, table=table, canaries=8)
    assert found.holds, found
    assert found.used <= 1
    assert found.norm[0] > 0.5  # it goes to the limit of something


def test_half_the_noise_is_found(table: TransactionTable) -> None:
    account = account_of(WANTED)
    found = audit(WANTED, "everything", 1_000, table=table, account=lambda _: Halved(account.rho, account.delta))
    assert found.norm[0] <= 1
    assert found.low_gaussian > WANTED.epsilon
    assert not found.holds


def test_a_column_whose_bound_is_forgotten_is_found(table: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(counts: sp.csr_matrix, bound: float) -> Ints:
        is_amounts = counts.shape[1] % domains.NUM_AMOUNTS == 0
        return bounds.bounded_sum(counts, 1e12 if is_amounts else bound)

    monkeypatch.setattr(measurements, "bounded_sum", forgetful)
    found = audit(WANTED, "one link, 5,000 rows", 40, table=table)
    assert found.norm[1] == "amounts"
    assert found.norm[0] > 10
    assert not found.holds


def test_a_subject_that_speaks_for_too_many_names_is_found(
    table: TransactionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names(self: Account, what: str, counts: dict[str, int], most_names: int, *rest: float) -> list[str]:
        return counted(self, what, counts, most_names // 2, *rest)

    counted = Recorder.names
    monkeypatch.setattr(Recorder, "names", names)
    found = audit(WANTED, "everything", 40, table=table)
    assert found.norm[1] == "names"
    assert not found.holds


def test_bounds_are_below_what_is_there() -> None:
    """Of a Gaussian mechanism whose ε is known, the bound is beyond it no more often than stated."""
    rng, distance, trials = np.random.default_rng(0), 1.0, 500
    truth, beyond = epsilon_of_distance(distance, 1e-5), 0
    for _ in range(200):
        hits, alarms = (int((rng.normal(mean, 1, trials) > 0.5).sum()) for mean in (distance, 0.0))
        low, gaussian = epsilon_bounds(hits, alarms, trials, 1e-5, 0.05)
        assert low < truth
        beyond += gaussian > truth
    assert beyond <= 12


@pytest.mark.parametrize("rho", [0.05, 0.5, 3.0])
def test_the_account_claims_no_less_than_a_gaussian_gives_away(rho: float) -> None:
    assert epsilon_of_distance(np.sqrt(2 * rho), 1e-6) <= epsilon_of(rho, 1e-6) + 1e-6
