"""Dates inside of identifiers: found where every text has one, drawn as valid ones from the first to the last."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.date_fields import DateField, find_dates
from assoc_synth.transactions.columns.shapes import Shape

RNG = np.random.default_rng(0)
DAYS = pd.Timestamp("2023-11-04") + pd.to_timedelta(np.sort(RNG.integers(0, 400 * 86_400, 600)), unit="s")
BORN = pd.Timestamp("1938-01-01") + pd.to_timedelta(RNG.integers(0, 68 * 365, 600), unit="D")
CASES = {
    "apart": ([f"{day:%Y-%m-%d}-{at % 97:04d}" for at, day in enumerate(DAYS)], slice(0, 10), "%Y-%m-%d"),
    "joined": ([f"INV{day:%Y%m%d}{at % 89:04d}" for at, day in enumerate(DAYS)], slice(3, 11), "%Y%m%d"),
    "digits alone": ([f"{day:%Y%m%d}{at % 89:04d}" for at, day in enumerate(DAYS)], slice(0, 8), "%Y%m%d"),
    "day first": ([f"{day:%d.%m.%Y}/{at}" for at, day in enumerate(DAYS, 100)], slice(0, 10), "%d.%m.%Y"),
    "month first": ([f"X{day:%m%d%Y}-{at}" for at, day in enumerate(DAYS, 100)], slice(1, 9), "%m%d%Y"),
    "two digits": ([f"B{day:%y%m%d}-{at}" for at, day in enumerate(DAYS, 100)], slice(1, 7), "%y%m%d"),
    "at the end": ([f"{at:05d}-{day:%Y%m%d}" for at, day in enumerate(DAYS)], slice(6, 14), "%Y%m%d"),
    "months": ([f"M-{day:%Y-%m}-{at}" for at, day in enumerate(DAYS, 100)], slice(2, 9), "%Y-%m"),
    "months joined": ([f"RE{day:%y%m}{at}" for at, day in enumerate(DAYS, 100)], slice(2, 6), "%y%m"),
    "with a time": ([f"T{day:%Y%m%d%H%M%S}" for day in DAYS], slice(1, 15), "%Y%m%d%H%M%S"),
    "born": ([f"{day:%y%m%d}-{at:04d}" for at, day in enumerate(BORN)], slice(0, 6), "%y%m%d"),
}


@pytest.mark.parametrize("name", CASES)
def test_dates_are_valid_within_the_range_that_was_seen(name: str) -> None:
    texts, where, pattern = CASES[name]
    found = Shape.of(list(dict.fromkeys(texts)))
    assert found is not None
    shape = Shape.from_dict(json.loads(json.dumps(found.to_dict())))
    made = shape.make(2_000, np.random.default_rng(1))
    assert len(set(made)) == 2_000
    assert not set(made) & set(texts)
    cut = pd.Series([text[where] for text in made])
    dates = pd.to_datetime(cut, format=pattern)  # raises where one is impossible
    if name != "born":
        real = pd.to_datetime(pd.Series([text[where] for text in texts]), format=pattern)
        assert real.min().normalize() <= dates.min() <= dates.max() < real.max() + pd.Timedelta("1D")
        assert dates.dt.to_period("M").nunique() >= 12
    else:
        assert set(cut.str[:2].astype(int)) <= {*range(38, 100), *range(6)}
    assert "a date" in shape.shown()


@pytest.mark.parametrize(
    "texts",
    [
        [f"{number:06d}" for number in RNG.choice(10**6, 300, replace=False)],
        [f"A-{number:08d}" for number in RNG.choice(10**8, 300, replace=False)],
        [f"{number:04d}" for number in range(1, 400)],
        [f"2024{number:04d}" for number in range(1, 300)],
        [f"10{number:04d}" for number in range(100, 140)],
        [f"{number}-12" for number in range(1_900, 1_910)],
    ],
    ids=lambda texts: texts[0],
)
def test_numbers_that_are_no_dates_are_not_taken_for_such(texts: list[str]) -> None:
    kinds = "".join("9" if one.isdecimal() else one for one in texts[0])
    assert find_dates(texts, kinds) == ()


def test_numbers_of_a_day_stay_as_low_as_they_are() -> None:
    texts, _, _ = CASES["joined"]
    shape = Shape.of(list(dict.fromkeys(texts)))
    assert shape is not None
    assert max(int(text[-4:]) for text in shape.make(1_000, np.random.default_rng(2))) < 100


def test_two_dates_are_found() -> None:
    texts = [f"{one:%Y%m%d}_{two:%Y%m%d}" for one, two in zip(DAYS, DAYS[::-1], strict=True)]
    assert [field.places for field in find_dates(texts, "99999999_99999999")] == [tuple(range(8)), tuple(range(9, 17))]


def test_the_last_of_february_is_drawn_in_leap_years_alone() -> None:
    field = DateField(tuple(range(6)), "yymmdd", -1_000, 20_000)
    made = pd.Series(["".join(map(chr, one)) for one in field.draw(20_000, np.random.default_rng(0))])
    leap = made[made.str[2:] == "0229"].str[:2].astype(int)
    assert len(leap) > 0
    assert (leap % 4 == 0).all()
    assert field.moved(2).places == (0, 1, 2, 4, 5, 6)


@pytest.mark.parametrize(
    "damage",
    [{"pattern": "mm"}, {"places": [0]}, {"low": 9, "high": 1}, {"clock": [1, 2]}, {"places": [-1, 0, 1, 2, 3, 4]}],
    ids=str,
)
def test_damaged_ones_are_refused(damage: dict[str, object]) -> None:
    field = DateField(tuple(range(6)), "yymmdd", 0, 10)
    with pytest.raises(InputError, match="damaged"):
        DateField.from_dict({**field.to_dict(), **damage})


@pytest.mark.parametrize(("days", "texts"), [(300, 300), (40, 300), (2_000, 300)])
def test_a_range_ends_on_no_day_of_a_few_texts(days: int, texts: int) -> None:
    rng = np.random.default_rng(days)
    day = np.datetime64("2021-03-01") + rng.permutation(np.resize(np.arange(days), max(days, texts)))[:texts]
    written = [str(one).replace("-", "") for one in day]
    field = DateField.of(np.array([list(map(ord, text)) for text in written]), tuple(range(8)), "YYYYmmdd")
    assert field is not None
    own, count = np.unique(day.astype("datetime64[D]").astype(np.int64), return_counts=True)
    assert not set(own[count < 5].tolist()) & {field.low, field.high}
    assert day.astype(np.int64).min() - 7 <= field.low <= field.high <= day.astype(np.int64).max() + 7
