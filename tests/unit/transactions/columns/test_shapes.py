"""Shapes of identifiers: what is fixed stays, what varies varies in kind, and no new one is real."""

import ipaddress
import json
import random
import re
import uuid

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.shapes import DIGITS, Shape, longer
from assoc_synth.transactions.columns.templates import Template

R = random.Random(0)


def some(make: object, count: int = 400) -> list[str]:
    return list(dict.fromkeys(make() for _ in range(count)))  # type: ignore[operator]


def digits(count: int) -> str:
    return "".join(R.choice("0123456789") for _ in range(count))


def letters(low: int, high: int) -> str:
    return "".join(R.choice("abcdefghijklmnoprstuvw") for _ in range(R.randint(low, high)))


def vehicle() -> str:
    return f"{R.choice(['ULM', 'MÜ', 'B'])}-{R.choice('ABC')}{R.choice('XYZ')} {R.randint(1, 9999)}"


CASES = {
    "ssn": (some(lambda: f"{R.randint(100, 899)}-{digits(2)}-{digits(4)}"), r"[1-8]\d\d-\d\d-\d{4}"),
    "mail": (
        some(lambda: f"{letters(3, 9)}.{letters(3, 9)}@{R.choice(['gmail.com', 'gmx.de', 'mail.example'])}", 2_000),
        r"[a-z]{3,9}\.[a-z]{3,9}@(gmail\.com|gmx\.de|mail\.example)",
    ),
    "iban": (some(lambda: f"{R.choice(['DE', 'FR'])}{digits(20)}"), r"(DE|FR)\d{20}"),
    "iban with blanks": (some(lambda: f"DE{digits(2)} 1001 {digits(4)} {digits(4)}"), r"DE\d\d 1001 \d{4} \d{4}"),
    "phone": (some(lambda: f"+49 30 {R.randint(1_000_000, 9_999_999)}"), r"\+49 30 [1-9]\d{6}"),
    "nhs": (some(lambda: f"4{digits(2)} {digits(3)} {digits(4)}"), r"4\d\d \d{3} \d{4}"),
    "plate": (some(vehicle, 900), r"(ULM|MÜ|B)-[ABC][XYZ] [1-9]\d{0,3}"),
    "record": (some(lambda: str(R.randint(10_000_000, 99_999_999))), r"[1-9]\d{7}"),
    "19 digits": (some(lambda: str(R.randint(10**18, 9 * 10**18))), r"[1-9]\d{18}"),
    "leading zeros": ([f"{number:06d}" for number in range(2_000)], r"\d{6}"),
    "order": ([f"ORDER-{number:06d}" for number in range(1_276)], r"ORDER-\d{6}"),
    "hash": (some(lambda: f"{R.getrandbits(64):016x}"), r"[0-9a-f]{16}"),
    "upper hash": (some(lambda: f"{R.getrandbits(32):08X}"), r"[0-9A-F]{8}"),
    "mac": (some(lambda: ":".join(f"{R.getrandbits(8):02x}" for _ in range(6))), r"([0-9a-f]{2}:){5}[0-9a-f]{2}"),
    "code": (some(lambda: "".join(R.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(8))), r"[A-Z0-9]{8}"),
    "month": (some(lambda: f"{R.randint(1, 12):02d}/{digits(5)}"), r"(0[1-9]|1[0-2])/\d{5}"),
}


@pytest.mark.parametrize("name", CASES)
def test_new_ones_have_the_shape_are_different_and_none_is_real(name: str) -> None:
    texts, pattern = CASES[name]
    assert all(re.fullmatch(pattern, text) for text in texts)
    found = Shape.of(texts)
    assert found is not None
    shape = Shape.from_dict(json.loads(json.dumps(found.to_dict())))
    assert shape == found
    made = shape.make(1_000, np.random.default_rng(0))
    assert len(set(made)) == 1_000
    assert not set(made) & set(texts)
    assert all(re.fullmatch(pattern, text) for text in made)
    assert not any(text in json.dumps(shape.to_dict()) for text in texts)


@pytest.mark.parametrize("count", [30, 500])
@pytest.mark.parametrize("version", [1, 4, 5])
def test_new_uuids_are_uuids_of_the_same_version(count: int, version: int) -> None:
    texts = [str(uuid.UUID(int=R.getrandbits(128), version=version)) for _ in range(count)]
    shape = Shape.of(texts)
    assert shape is not None
    made = [uuid.UUID(text) for text in shape.make(500, np.random.default_rng(1))]
    assert {one.version for one in made} == {version}


@pytest.mark.parametrize("prefix", ["", "10.", "192.168."])
def test_new_internet_addresses_are_such(prefix: str) -> None:
    parts = 4 - prefix.count(".")
    texts = some(lambda: prefix + ".".join(str(R.randint(0, 255)) for _ in range(parts)), 500)
    shape = Shape.of(texts)
    assert shape is not None
    made = shape.make(500, np.random.default_rng(2))
    assert all(ipaddress.ip_address(text) for text in made)
    assert all(text.startswith(prefix) for text in made)
    assert not set(made) & set(texts)


def test_lengths_are_as_frequent_as_they_were() -> None:
    texts = [f"K{digits(4)}" for _ in range(300)] + [f"K{digits(7)}" for _ in range(900)]
    shape = Shape.of(sorted(set(texts)))
    assert shape is not None
    assert shape.lengths == (5, 8)
    made = shape.make(2_000, np.random.default_rng(3))
    assert np.mean([len(text) == 8 for text in made]) == pytest.approx(0.75, abs=0.06)


def test_where_there_is_no_room_new_ones_are_longer() -> None:
    texts = [f"{number:02d}" for number in range(100)]
    shape = Shape.of(texts)
    assert shape is not None
    made = shape.make(3_000, np.random.default_rng(4))
    assert len(set(made)) == 3_000
    assert not set(made) & set(texts)
    assert all(re.fullmatch(r"\d{3,5}", text) for text in made)


def test_others_that_are_taken_do_not_come() -> None:
    shape = Shape.of([f"A{number:02d}" for number in range(50)])
    assert shape is not None
    first = shape.make(40, np.random.default_rng(0))
    assert not set(shape.make(40, np.random.default_rng(0), set(first))) & set(first)


def test_texts_without_a_common_shape_have_none() -> None:
    odd = ["".join(R.choice("ab1 ,;-/()") for _ in range(R.randint(1, 30))) for _ in range(300)]
    assert Shape.of(sorted(set(odd))) is None
    assert Shape.of([]) is None


@pytest.mark.parametrize("damage", [{"templates": []}, {"spare": {}}, {"templates": [{"places": 3}]}, {"spare": None}])
def test_damaged_shapes_are_refused(damage: dict[str, object]) -> None:
    shape = Shape.of(CASES["order"][0])
    assert shape is not None
    with pytest.raises(InputError):
        Shape.from_dict({**shape.to_dict(), **damage})


def test_many_characters_at_once_are_those_one_after_the_other() -> None:
    form = Template(("A", "-", DIGITS, DIGITS, "x"), 1)
    one_by_one = form
    for _ in range(5):
        one_by_one = longer(one_by_one)
    assert longer(form, 5).places == one_by_one.places
    assert longer(form, 0).places == form.places
    fixed = longer(longer(Template(("a", "b"), 1)))
    assert longer(Template(("a", "b"), 1), 2).places == fixed.places
