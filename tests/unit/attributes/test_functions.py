"""Functions of another column: found where the rows say so, kept exactly, missing values too."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.functions import ColumnFunction, find_sources

RNG = np.random.default_rng(0)
CITY = pd.Series(RNG.choice([f"town {n}" for n in range(30)], 900))
STATE = CITY.map({f"town {n}": f"state {n % 7}" for n in range(30)})
COUNTRY = STATE.map({f"state {n}": "DE" if n < 4 else "FR" for n in range(7)})
CURRENCY = COUNTRY.map({"DE": "M", "FR": "F"})
PEOPLE = CITY.map({f"town {n}": 1_000.0 + n for n in range(30)})
FREE = pd.Series(RNG.choice(["a", "b", "c"], 900))


def found(**columns: pd.Series) -> dict[str, str]:
    return find_sources(columns, list(columns), [name for name in columns if name != "people"])


def test_the_one_with_the_most_values_is_the_source() -> None:
    columns = {"country": COUNTRY, "city": CITY, "state": STATE, "people": PEOPLE, "free": FREE}
    assert found(**columns) == {"country": "city", "state": "city", "people": "city"}


def test_of_two_that_are_the_same_the_first_is_the_source() -> None:
    assert found(country=COUNTRY, currency=CURRENCY) == {"currency": "country"}
    assert found(currency=CURRENCY, country=COUNTRY) == {"country": "currency"}


def test_what_varies_is_none() -> None:
    noisy = STATE.where(RNG.random(900) > 0.05, "state 0")
    assert found(city=CITY, state=noisy, free=FREE) == {}
    assert found(city=CITY[:10], free=FREE[:10]) == {}  # too few rows to tell
    assert found(city=pd.Series(["x"] * 900), free=FREE) == {}


def test_missing_is_a_value() -> None:
    state = STATE.mask(CITY == "town 3", None)
    assert found(city=CITY, state=state) == {"state": "city"}
    assert found(city=CITY, state=STATE.mask(RNG.random(900) < 0.2, None)) == {}
    city = CITY.mask(RNG.random(900) < 0.2, None)
    assert found(city=city, state=STATE) == {}
    assert found(city=city, state=STATE.where(city.notna(), "unknown")) == {"state": "city"}


@pytest.mark.parametrize("values", [STATE, PEOPLE, COUNTRY == "DE"], ids=["text", "number", "truth"])
def test_values_are_kept_exactly(values: pd.Series) -> None:
    city = CITY.mask(CITY == "town 5", None)
    cells = values.astype(object).mask(CITY == "town 7", None).to_numpy()
    code = CategoryCode.learn("city", city)
    made = ColumnFunction.learn("x", cells, code, city)
    again = ColumnFunction.from_dict(json.loads(json.dumps(made.to_dict())))
    decoded = again.decode(code, city.to_numpy(dtype=object))
    assert pd.Series(decoded, dtype=object).equals(pd.Series(cells, dtype=object))


def test_what_one_subject_alone_has_determines_nothing() -> None:
    rng = np.random.default_rng(4)
    subject = np.repeat(np.arange(150), 6)
    post, plan = rng.choice(90_000, 150, replace=False)[subject], rng.choice(["a", "b", "c"], 150)[subject]
    columns = {"post": pd.Series(post), "plan": pd.Series(plan)}
    assert find_sources(columns, ["plan"], ["post"], subject) == {}
    assert find_sources(columns, ["plan"], ["post"]) == {"plan": "post"}  # nobody says whose the rows are
    shared = {"post": pd.Series(subject % 20), "plan": pd.Series(subject % 20 % 3)}
    assert find_sources(shared, ["plan"], ["post"], subject) == {"plan": "post"}
