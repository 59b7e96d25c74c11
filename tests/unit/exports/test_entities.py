"""Names that are subject and object: one node, or two."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports.entities import Entities, entity_notes, shares_names
from assoc_synth.transactions.table import TransactionTable


def table(subjects: list[str], objects: list[str]) -> TransactionTable:
    return TransactionTable.from_frame(
        pd.DataFrame({"subject": subjects, "verb": "saw", "object": objects}), layout="rows"
    )


def test_one_node_per_entity(people: TransactionTable) -> None:
    nodes = Entities.of(people)
    assert (nodes.names, nodes.kinds, nodes.keys()) == (
        ["ann", "bob", "tea"],
        ["both", "both", "object"],
        ["s0", "s1", "o2"],
    )
    assert nodes.object.tolist() == [0, 1, 2]


def test_two_nodes_where_they_stay_apart(people: TransactionTable) -> None:
    nodes = Entities.of(people, "apart")
    assert nodes.names == ["ann", "bob", "ann", "bob", "tea"]
    assert nodes.keys() == ["s0", "s1", "o0", "o1", "o2"]
    assert nodes.object.tolist() == [2, 3, 4]


def test_user_5_is_not_film_5_unless_asked() -> None:
    rated = table(["1", "2", "5"], ["5", "6", "1"])
    assert not shares_names(rated)
    assert len(Entities.of(rated).names) == 6
    assert len(Entities.of(rated, "shared").names) == 4
    assert "--entities shared makes one of it" in entity_notes(rated)[0]
    assert shares_names(table(["nan", "2"], ["5", "nan"]))


def test_notes_say_what_was_decided(people: TransactionTable) -> None:
    assert entity_notes(people) == (
        "2 names are both subject and object: each is one node; --entities apart makes two of it",
    )
    assert entity_notes(people, "apart") == ()
    assert entity_notes(table(["a"], ["b"])) == ()


def test_another_word_is_refused(people: TransactionTable) -> None:
    with pytest.raises(InputError, match="--entities is shared or apart, not 'both'"):
        Entities.of(people, "both")
