"""The noise is as large as was paid for, and no more is released than was paid for."""

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.privacy.mechanism import LEAST_DELTA, LEAST_EPSILON, MOST_EPSILON, Account, Wanted, epsilon_of, rho_of

pytest.importorskip("opendp")


@pytest.mark.parametrize("epsilon", [0.5, 3.0, 8.0])
def test_the_account_and_the_promise_agree(epsilon: float) -> None:
    rho = rho_of(epsilon, 1e-6)
    assert epsilon_of(rho, 1e-6) == pytest.approx(epsilon, rel=1e-6)
    # Bun and Steinke's conversion is an upper bound of the exact one.
    assert epsilon <= rho + 2 * np.sqrt(rho * np.log(1e6))


def test_noise_has_the_deviation_that_the_release_states() -> None:
    account = Account(rho=1.0, delta=1e-6)
    noisy = account.counts("counts", np.full((50, 100), 1_000), norm=30.0, share=0.5, unit=10.0)
    assert noisy.shape == (50, 100)
    assert noisy.mean() == pytest.approx(1_000, abs=2.5)
    assert noisy.std() == pytest.approx(30.0, rel=0.05)
    assert account.spent[0].noise == pytest.approx(3.0)


def test_names_of_few_subjects_are_not_released() -> None:
    found = [
        Account(rho=1.0, delta=1e-6).names("names", {"tea": 500, "rare": 1, "seldom": 3}, 2, 0.5, 1e-6)
        for _ in range(20)
    ]
    assert all(names == ["tea"] for names in found)


def test_more_than_is_there_cannot_be_spent() -> None:
    account = Account(rho=1.0, delta=0.0)
    account.counts("first", np.zeros(3, np.int64), 1.0, 0.7)
    with pytest.raises(AssertionError, match="more privacy than is left"):
        account.counts("second", np.zeros(3, np.int64), 1.0, 0.7)


@pytest.mark.parametrize(("epsilon", "delta"), [(LEAST_EPSILON, LEAST_DELTA), (MOST_EPSILON, 0.0099)])
def test_all_that_may_be_asked_has_an_account(epsilon: float, delta: float) -> None:
    wanted = Wanted.of(epsilon, delta)
    assert wanted is not None
    assert epsilon_of(rho_of(wanted.epsilon, wanted.delta), wanted.delta) == pytest.approx(epsilon, rel=1e-3)


@pytest.mark.parametrize(
    ("epsilon", "delta"),
    [
        (0, 1e-6),
        (-1, 1e-6),
        (float("nan"), 1e-6),
        (1, 0),
        (1, 0.5),
        (1e6, None),
        (1e-9, None),
        (1, 1e-300),
        ("3", None),
        (True, None),
        (None, 1e-6),
    ],
)
def test_promises_that_are_none_are_refused(epsilon: object, delta: object) -> None:
    with pytest.raises(InputError):
        Wanted.of(epsilon, delta)


def test_without_an_epsilon_nothing_is_wanted() -> None:
    assert Wanted.of(None) is None
