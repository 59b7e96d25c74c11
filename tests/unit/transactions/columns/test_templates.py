"""Templates: places, marks that no real identifier has, limits of numbers."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.date_fields import DateField
from assoc_synth.transactions.columns.templates import Template, common_places

DIGITS = "0123456789"


def points(texts: list[str]) -> np.ndarray:
    return np.array([[ord(character) for character in text] for text in texts])


def test_marks_keep_new_ones_apart_from_all_real_ones() -> None:
    real = [f"A{number:03d}" for number in range(0, 1_000, 3)]
    template = Template(("A", DIGITS, DIGITS, DIGITS), 5).beside(points(real))
    assert template is not None
    made = template.make(5_000, np.random.default_rng(0))
    assert not set(made) & set(real)
    assert len(set(made)) > 300
    assert template.room <= 666
    assert Template.from_dict(json.loads(json.dumps(template.to_dict()))) == template


def test_a_form_that_no_real_one_has_needs_no_marks() -> None:
    template = Template(("A", DIGITS), 1)
    assert template.beside(None) == template
    assert template.beside(points(["B1", "C2"])) == template


def test_a_form_without_room_is_none() -> None:
    assert Template(("A", DIGITS), 1).beside(points([f"A{number}" for number in range(10)])) is None


def test_the_last_free_one_is_found() -> None:
    template = Template((DIGITS, DIGITS), 1).beside(points([f"{number:02d}" for number in range(100) if number != 42]))
    assert template is not None
    assert template.room == 1
    assert set(template.make(20, np.random.default_rng(0))) == {"42"}


def test_numbers_stay_within_their_limits() -> None:
    template = Template((DIGITS, DIGITS, "/", DIGITS), 1, limits=((0, 2, 1, 12),))
    made = [text for text in template.make(2_000, np.random.default_rng(0)) if text is not None]
    assert {int(text[:2]) for text in made} == set(range(1, 13))


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        (("A", "-", "0123"), "A-# (# a digit)"),
        (("ABC", "abc", "01ab"), "Aa* (A a capital, a a small letter, * a letter or digit)"),
        (("1", "2"), "12"),
        (("9", "0", "01", "#"), "90?# (? a digit)"),
        (("A", "X", "BC", "a", "bc"), "AXQax (Q a capital, x a small letter)"),
    ],
)
def test_it_is_shown_by_classes(places: tuple[str, ...], shown: str) -> None:
    assert Template(places, 1).shown() == shown


DATED = DateField((1, 2, 3, 4, 5, 6), "yymmdd", 19_000, 19_029)


def test_dates_are_valid_and_marks_leave_them_alone() -> None:
    real = [f"A{one:%y%m%d}{number}" for number, one in enumerate(pd.date_range("2022-01-08", "2022-01-15"))]
    template = Template(("A", *[DIGITS] * 7), 1, dates=(DATED,)).beside(points(real))
    assert template is not None
    assert template.marked == (7,)
    made = [str(text) for text in template.make(500, np.random.default_rng(0))]
    days = pd.to_datetime([text[1:7] for text in made], format="%y%m%d")
    assert (days.min(), days.max()) == (pd.Timestamp("2022-01-08"), pd.Timestamp("2022-02-06"))
    assert not set(made) & set(real)
    assert template.room == 30 * 2
    assert template.shown() == "AYYMMDD# (# a digit, YYMMDD a date)"
    assert Template.from_dict(json.loads(json.dumps(template.to_dict()))) == template


def test_where_all_else_is_taken_marks_hold_dates() -> None:
    real = [f"A{one:%y%m%d}{at % 10}" for at, one in enumerate(pd.date_range("2022-01-08", "2022-02-05"))]
    template = Template(("A", *[DIGITS] * 7), 1, dates=(DATED,)).beside(points(real))
    assert template is not None
    made = {str(text) for text in template.make(2_000, np.random.default_rng(0))}
    assert not made & set(real)
    assert len(made) == template.room > 100
    assert pd.to_datetime(pd.Series(sorted(made)).str[1:7], format="%y%m%d").notna().all()


@pytest.mark.parametrize(
    "damage",
    [
        {"places": []},
        {"places": [""]},
        {"weight": -1},
        {"marked": [0]},
        {"marked": [7], "marks": ["1"]},
        {"marked": [0], "marks": ["12"]},
        {"limits": [[0, 9, 1, 2]]},
        {"dates": [{"places": [0, 1, 2, 3], "pattern": "yymm", "low": 0, "high": 9, "clock": []}]},
    ],
    ids=str,
)
def test_damaged_ones_are_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError, match="a form of identifiers is damaged"):
        Template.from_dict({**Template((DIGITS, "A"), 1).to_dict(), **damage})


def forms(*texts: str, weight: int = 10) -> list[Template]:
    return [Template(tuple(DIGITS if one == "#" else one for one in text), weight) for text in texts]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["lukas.nadelmann##@mail.example", "anna.ivanov##@mail.example"], "qqqqq.qqqqqqqqq##@mail.example"),
        (["+49 30 ###", "+49 221 ###", "+49 40 ###"], "+49 ## ###"),
        (["P####", "P###"], "P####"),
        (["DE-##", "AT-##"], "AA-##"),
        (["http://shop.example/anna/#", "http://shop.example/bo/#"], "http://shop.example/qqqq/#"),
        (["Miss Ivanov #", "Mr Petrov #"], "Aaaa Aaaaaa #"),
        (["anna#@one.example", "anna#@two.example"], "anna#@qqq.example"),
    ],
)
def test_a_word_is_shown_where_all_have_it(texts: list[str], shown: str) -> None:
    made = forms(*texts)
    assert made[0].shown(common_places(made, 0.95)).split(" (")[0] == shown


def test_what_nearly_all_have_is_shown_and_what_fewer_have_is_not() -> None:
    often, rare = forms("DE-##", weight=97), forms("AT-##", weight=3)
    assert often[0].shown(common_places(often + rare, 0.95)).startswith("DE-##")
    assert often[0].shown(common_places(often + rare, 0.98)).startswith("AA-##")
