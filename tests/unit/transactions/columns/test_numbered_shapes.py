"""The identifier of each number: no two are the same, none is real, and each part can be made by itself."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest

from assoc_synth.transactions.columns.numbered_shapes import BLOCK, SLACK, numbered
from assoc_synth.transactions.columns.shapes import Shape
from assoc_synth.transactions.columns.templates import Template

RNG = np.random.default_rng(0)
REAL = {
    "hash": [str(UUID(int=int.from_bytes(RNG.bytes(16), "big"))) for _ in range(500)],
    "address": [".".join(map(str, RNG.integers(1, 255, 4))) for _ in range(2_000)],
    "date": [f"2024{1 + n % 12:02d}{1 + n % 28:02d}-{RNG.integers(9_999):04d}" for n in range(2_000)],
    "time": [f"24{1 + n % 12:02d}{1 + n % 28:02d}{n % 24:02d}{n % 60:02d}-{n % 10}" for n in range(2_000)],
    "eight digits": [str(RNG.integers(10**7, 10**8)) for _ in range(3_000)],
    "as wide as an integer": [str(RNG.integers(10**18, 2**63 - 1)) for _ in range(2_000)],
    "two areas": [f"{'DE' if n % 3 else 'FR'}-{RNG.integers(100, 999)}" for n in range(400)],
    "no room": [f"{n:03d}" for n in range(0, 1_000, 2)],
}


@pytest.mark.parametrize("name", REAL)
def test_no_two_numbers_share_an_identifier_and_none_is_real(name: str) -> None:
    real = list(dict.fromkeys(REAL[name]))
    shape = Shape.of(real)
    assert shape is not None
    made = numbered(shape, 0, 12 * BLOCK)
    assert len(set(made)) == 12 * BLOCK
    assert not set(made) & set(real)
    for first, count in ((0, 3), (BLOCK - 1, 2), (5_000, 2 * BLOCK)):
        assert numbered(shape, first, count) == made[first : first + count]
    far = numbered(shape, 10**9, 100)
    assert len(set(far)) == 100
    assert not set(far) & {*made, *real}
    assert numbered(shape, 7, 0) == []


def test_the_forms_keep_their_shares() -> None:
    shape = Shape.of(list(dict.fromkeys(REAL["two areas"])))
    assert shape is not None
    areas = [text[:2] for text in numbered(shape, 0, BLOCK) if len(text) == 6]
    assert {area: round(areas.count(area) / len(areas), 1) for area in set(areas)} == {"DE": 0.7, "FR": 0.3}


def test_a_text_of_two_forms_is_made_once_and_one_beyond_a_limit_never() -> None:
    digits = "0123456789"
    narrow = Template(("A", digits, digits), 1)
    wide = Template(("AB", digits, digits), 1)
    limited = Template((digits,) * 2, 1, limits=((0, 2, 1, 12),))
    shape = Shape((narrow, wide, limited), Template(("A", *[digits] * 3), 1))
    made = numbered(shape, 0, SLACK * BLOCK)
    assert len(set(made)) == len(made)
    assert {text for text in made if text[0] == "A" and len(text) == 3} == {f"A{n:02d}" for n in range(100)}
    assert {text for text in made if len(text) == 2} == {f"{n:02d}" for n in range(1, 13)}
    assert {len(text) for text in made} == {2, 3, 4, 5}


def test_a_spare_form_that_is_the_only_one() -> None:
    only = Template(("A", "0123456789"), 1)
    made = numbered(Shape((only,), only), 0, 2 * BLOCK)
    assert len(set(made)) == 2 * BLOCK
    assert {f"A{digit}" for digit in range(10)} <= set(made)
