"""New identifiers have the format of the real ones, and none of them is one."""

import json
import uuid

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.identifiers import NewIdentifiers


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        (pd.Series(range(1, 2001)), r"\d{4}"),
        (pd.Series(range(1, 31), dtype="Int64"), r"\d{2,4}"),
        (pd.Series([f"ORDER-{number:06d}" for number in range(1276)]), r"ORDER-\d{6}"),
        (pd.Series([str(uuid.uuid5(uuid.NAMESPACE_DNS, str(number))) for number in range(500)]), r"[0-9a-f-]{36}"),
        (pd.Series([f"{chr(65 + number % 26)}{number}" for number in range(60)]), r"\S+"),
    ],
)
def test_they_look_alike_and_are_new(column: pd.Series, pattern: str) -> None:
    rule = NewIdentifiers.beside(column)
    made = rule.make(300, np.random.default_rng(0))
    assert len(set(made)) == 300
    assert not set(made) & set(column)
    assert pd.Series(made).astype(str).str.fullmatch(pattern).all()
    assert NewIdentifiers.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


def test_no_name_of_a_person_is_shown() -> None:
    rng = np.random.default_rng(0)
    first, last = ["lukas", "anna", "georg", "frida"], ["nadelmann", "ivanov", "quandt"]
    texts = [f"{rng.choice(first)}.{rng.choice(last)}{number}@mail.example" for number in range(900)]
    shown = NewIdentifiers.beside(pd.Series(texts)).shown
    assert "@mail.example" in shown
    assert not any(word in shown for word in (*first, *last))
