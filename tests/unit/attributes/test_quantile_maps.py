"""Numbers drawn in the shape of the whole column come back in that of their verb or object."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.quantile_maps import Numbers, QuantileMap


@pytest.fixture(scope="module")
def sides() -> tuple[NumberCode, Numbers, Numbers]:
    """Two verbs: salaries, and payments for two objects of which the second is dear; drawn, payments are too wide."""
    rng = np.random.default_rng(0)
    verb, object = rng.integers(0, 2, 4_000), rng.integers(0, 2, 4_000)
    paid = -np.round(rng.lognormal(3 + object, 0.5), 2)
    real = Numbers(np.where(verb == 0, np.round(rng.lognormal(8, 0.3, 4_000), 2), paid), verb, object)
    drawn = Numbers(np.where(verb == 0, real.values, -np.round(np.abs(rng.normal(40, 25, 4_000)), 2)), verb, object)
    return NumberCode.learn("amount", real.values, rng), real, drawn


def test_numbers_of_a_verb_and_object_have_their_own_shape(sides: tuple[NumberCode, Numbers, Numbers]) -> None:
    code, real, drawn = sides
    mapped = QuantileMap.learn(code, real, drawn, 2).applied(code, drawn)
    for object in range(2):
        own = (real.verb == 1) & (real.object == object)
        assert ks_2samp(real.values[own], drawn.values[own]).statistic > 0.2
        assert ks_2samp(real.values[own], mapped[own]).statistic < 0.03
    assert (np.round(mapped, 2) == mapped).all()


def test_the_order_of_numbers_stays_and_single_values_do(sides: tuple[NumberCode, Numbers, Numbers]) -> None:
    code, real, drawn = sides
    with_atom = NumberCode(**{**vars(code), "atoms": np.array([-9.99])})
    values = drawn.values.copy()
    values[::50], values[1::50] = -9.99, np.nan
    mapped = QuantileMap.learn(with_atom, real, drawn, 2).applied(with_atom, Numbers(values, drawn.verb, drawn.object))
    assert (mapped[::50] == -9.99).all()
    assert np.isnan(mapped[1::50]).all()
    own = np.flatnonzero((drawn.verb == 1) & (drawn.object == 0) & (np.arange(4_000) % 50 > 1))
    order = np.argsort(values[own], kind="stable")
    assert (np.diff(mapped[own][order]) >= -0.011).all()


def test_a_small_verb_has_no_map_and_a_stored_map_is_the_same(sides: tuple[NumberCode, Numbers, Numbers]) -> None:
    code, real, drawn = sides
    few = Numbers(real.values[:60], real.verb[:60], real.object[:60])
    assert not len(QuantileMap.learn(code, few, drawn, 2).keys)
    made = QuantileMap.learn(code, real, drawn, 2)
    again = QuantileMap.from_dict(made.to_dict())
    assert (again.applied(code, drawn) == made.applied(code, drawn)).all()
    with pytest.raises(ValueError, match="fit together"):
        QuantileMap.from_dict(made.to_dict() | {"real": [1.0]})
