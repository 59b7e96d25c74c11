"""New names have the format of the real ones, and none of them is a real one."""

import json
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.new_names import NewNames, number_above


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ([1, 99], 100),
        ([100], 1000),
        ([0], 10),
        ([-5], 10),
        ([2**63 - 1], 10**19),
        (["1", "99"], "100"),
        (["01", "99"], "S0000001"),
        (["customer 1"], "S0000001"),
        (["Alice", "Bob"], "Rigilan"),
        (["Alice", "Milan"], "Rigirel"),
        (["Alice Smith", "Bob McDonald", "Ann"], "Rigi Kulalan"),
        (["ANN", "BO"], "RIGILAN"),
        ([f"Customer_{number:05d}" for number in range(1, 350)], "Customer_01000"),
        ([f"c{number}" for number in range(1, 30)], "c30"),
        (["Smith", "x"], "SYN0000001"),
        (["s1", "syn1", "Synth-1", "SYNTH0-1"], "SYNTH1-0000001"),
    ],
)
def test_the_first_new_name(names: list[Any], first: Any) -> None:
    rule = NewNames.beside(pd.Index(names))
    made = rule.make(3)
    assert made[0] == first
    assert len(set(made)) == 3
    assert rule.make(1)[0] == first
    assert NewNames.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


@pytest.mark.parametrize(
    "names", [[1, 5], ["7", "8"], ["Alice", "Bob"], ["x-1", "y"], [f"c_{n:03d}" for n in range(25)]]
)
def test_many_new_names_are_different_and_never_real(names: list[Any]) -> None:
    rule = NewNames.beside(pd.Index(names))
    made = rule.make(5_000)
    assert len(set(made)) == 5_000
    assert not {str(name).casefold() for name in made} & {str(name).casefold() for name in names}
    assert made[:100].equals(rule.make(100))


@pytest.mark.parametrize(
    "damage",
    [{"kind": "x"}, {"kind": "words"}, {"prefix": ""}, {"ending": "lan"}, {"start": -1}, {"case": "camel"}],
    ids=str,
)
def test_damaged_rules_are_refused(damage: dict[str, Any]) -> None:
    rule = NewNames("text", 1, "S").to_dict()
    assert NewNames.from_dict(rule).make(1).tolist() == ["S0000001"]
    with pytest.raises(InputError, match="the rule for new names is damaged"):
        NewNames.from_dict({**rule, **damage})


@pytest.mark.parametrize(
    ("largest", "width", "expected"), [(7, 1, 8), (42, 2, 50), (42, 3, 100), (349, 5, 1_000), (999, 3, 1_000)]
)
def test_a_round_number_above_the_largest(largest: int, width: int, expected: int) -> None:
    assert number_above(largest, width) == expected


NUMBERS = [10**18 + 7_777_777_777_777 * n for n in range(60)]


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (pd.Index(NUMBERS), r"[1-9]\d{18}"),
        (pd.Index(NUMBERS, dtype="uint64"), r"[1-9]\d{18}"),
        (pd.Index([str(n) for n in NUMBERS]), r"[1-9]\d{18}"),
        (pd.Index([10_000_000 + 991 * n for n in range(60)]), r"[1-9]\d{7}"),
        (pd.Index([f"{n:06d}" for n in range(60)]), r"\d{6}"),
        (
            pd.Index([str(UUID(int=n * 3**70 % 2**128, version=4)) for n in range(60)]),
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-.{12}",
        ),
        (pd.Index([f"{chr(97 + n % 26)}.x{n}@mail.example" for n in range(60)]), r"[a-z]\.x\d+@mail\.example"),
    ],
)
def test_ids_keep_their_shape_and_kind(names: pd.Index, pattern: str) -> None:
    rule = NewNames.from_dict(json.loads(json.dumps(NewNames.beside(names).to_dict())))
    made = rule.make(3_000)
    assert (made.dtype == object) == (names.dtype == object)
    assert made.is_unique
    assert made.astype(str).str.fullmatch(pattern)[:1_000].all()
    assert not set(made) & set(names)
    assert made[:700].equals(rule.make(700))
    assert rule.shown in ("invented names",) or len(rule.shown) >= 6


@pytest.mark.parametrize(
    "names",
    [
        [1, 5],
        ["7", "8"],
        ["Alice", "Bob"],
        [f"c_{n:03d}" for n in range(25)],
        [f"A{n * 7919 % 9973:04d}" for n in range(500)],
    ],
)
def test_names_of_several_tables_run_on(names: list[Any]) -> None:
    rule = NewNames.beside(pd.Index(names))
    whole = rule.run(0, 3_000)
    assert whole.is_unique
    assert not set(whole) & set(names)
    assert rule.run(0, 1_500).append(rule.run(1_500, 1_500)).equals(whole)
    assert rule.shape is not None or whole.equals(rule.make(3_000))
