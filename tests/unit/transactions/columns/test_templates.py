"""Templates: places, marks that no real identifier has, limits of numbers."""

import json

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.templates import Template

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
    [(("A", "-", "0123"), "A-9"), (("ABC", "abc", "01ab"), "Aax"), (("1", "2"), "12")],
)
def test_it_is_shown_by_classes(places: tuple[str, ...], shown: str) -> None:
    assert Template(places, 1).shown() == shown


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
    ],
    ids=str,
)
def test_damaged_ones_are_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError, match="a form of identifiers is damaged"):
        Template.from_dict({**Template((DIGITS, "A"), 1).to_dict(), **damage})
