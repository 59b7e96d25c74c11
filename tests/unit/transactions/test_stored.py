"""What is stored is read by the annotations of its dataclass, strictly, and an error says where and shows no value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import FloatTables, Ints
from assoc_synth.transactions.stored import DEEPEST, Cell, Count, Stored, read


@dataclass(frozen=True, eq=False)
class Leaf(Stored):
    name: str
    size: Count = 0
    values: tuple[Cell, ...] = ()


@dataclass(frozen=True, eq=False)
class Tree(Stored):
    leaves: tuple[Leaf, ...]
    means: FloatTables
    codes: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    named: Mapping[str, Leaf] = field(default_factory=dict)

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        return {name: value for name, value in state.items() if name != "earlier"}


GOOD = {
    "leaves": [{"name": "a", "size": 2, "values": ["x", 1, 1.5, None, True]}],
    "means": [[1, 2.5]],
    "named": {"b": {"name": "b"}},
    "earlier": 1,
}


def test_a_tree_of_dataclasses() -> None:
    tree = Tree.from_dict(GOOD)
    assert tree.leaves[0].values == ("x", 1, 1.5, None, True)
    assert (tree.means.tolist(), tree.means.dtype, len(tree.codes)) == ([[1.0, 2.5]], np.float64, 0)
    assert tree.named["b"].name == "b"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"leaves": [{"name": 5}]}, "leaves.0.name: input should be a valid string"),
        ({"leaves": [{"name": "a", "size": "SECRET"}]}, "leaves.0.size: input should be a valid integer"),
        ({"leaves": [{"name": "a", "size": True}]}, "leaves.0.size: input should be a valid integer"),
        ({"leaves": [{"name": "a", "size": -1}]}, "leaves.0.size: input should be greater than or equal to 0"),
        ({"leaves": [{"name": "a", "colour": 1}]}, "leaves.0.colour: unexpected keyword argument"),
        ({"leaves": [{"name": "a", "values": [[]]}]}, "leaves.0.values.0: input should be a text, a number"),
        ({"leaves": [{}]}, "leaves.0.name: field required"),
        ({"codes": [[1, 2]]}, "codes: input should be a list of numbers"),
        ({"means": [[[1.5]]]}, "means: input should be a list of numbers"),
        ({"leaves": None}, "leaves: input should be a valid tuple"),
        ({"means": ["1"]}, "means: input should be a list of numbers"),
        ({"means": [[1], [1, 2]]}, "means: "),
        ({"means": [float("inf")]}, "means: input should be a list of numbers"),
        ({"codes": [0.5]}, "codes: input should be a list of numbers"),
        ({"codes": [2**64]}, "codes: input should be a list of numbers"),
        ({"codes": [10**301]}, "a whole number has too many digits"),
        ({"named": {"b": 1}}, "named.b: no Leaf|named.b: input should be"),
    ],
    ids=str,
)
def test_damage_is_told_by_its_place_without_its_value(damage: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words) as told:
        Tree.from_dict({**GOOD, **damage})
    assert "SECRET" not in str(told.value)


@pytest.mark.parametrize("state", [None, [], 1, "text", {}])
def test_what_is_no_mapping_is_none(state: object) -> None:
    with pytest.raises(InputError):
        Tree.from_dict(state)


def test_values_that_lie_too_deep() -> None:
    deep: Any = 1
    for _ in range(DEEPEST + 2):
        deep = [deep]
    with pytest.raises(InputError, match="too deep"):
        read(tuple[int, ...], deep)
