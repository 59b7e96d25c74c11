"""Vocabularies are matched by the text of their names."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Aligned, Vocabulary
from assoc_synth.transactions.table import TransactionTable


def table(rows: list[tuple[object, object, object]]) -> TransactionTable:
    return TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"]))


def test_names_are_matched_by_their_text() -> None:
    first = table([("a", "buys", 1), ("a", "buys", 2)])
    second = table([("x", "sells", "2"), ("x", "buys", "3")])
    found = Aligned.of(first, second)
    assert found.verbs == ("buys", "sells")
    assert found.objects == ("1", "2", "3")
    one, two = found.edges
    assert {(found.verbs[v], found.objects[o]) for v, o in zip(two.verb, two.object, strict=True)} == {
        ("sells", "2"),
        ("buys", "3"),
    }
    assert (one.num_objects, one.num_verbs) == (two.num_objects, two.num_verbs) == (3, 2)


def test_names_of_the_first_table_keep_their_codes() -> None:
    first = table([("a", "buys", "tea"), ("b", "buys", "cup")])
    found = Aligned.of(first, table([("x", "buys", "ale")]))
    assert found.objects == (*map(str, first.objects), "ale")
    assert found.edges[0].object.tolist() == [1, 0], (
        "a has tea, b has cup; objects are coded in the order of their text"
    )
    assert found.edges[1].object.tolist() == [2]


def test_whole_floats_are_whole_numbers() -> None:
    """A column of numbers with a gap is read as floats by pandas; its 7.0 is the other table's 7."""
    gappy = pd.DataFrame({"subject": [1, 2, 3], "verb": "buys", "object": [7.0, None, 8.0]})
    found = Aligned.of(table([("a", "buys", "7")]), TransactionTable.from_frame(gappy.dropna()))
    assert found.objects == ("7", "8")


def test_a_vocabulary_codes_and_extends() -> None:
    names = Vocabulary(["tea", 7])
    assert names.codes(["7", "ale", "tea"]).tolist() == [1, -1, 0]
    assert names.extend(["ale", 7]).tolist() == [2, 1]
    assert list(names) == ["tea", "7", "ale"]
    assert len(names) == 3
    assert 7 in names
    assert "ink" not in names
    assert names.code("ale") == 2
    assert names.code("ink") == -1


@pytest.mark.parametrize(
    ("names", "wanted", "said"),
    [
        (["tea", "kettle", "ink"], "kettel", "did you mean 'kettle'?"),
        (["tea", "ink"], "zzz", "it has: 'tea', 'ink'"),
        ([], "tea", "it has: none"),
        ([f"thing {number}" for number in range(2_000)], "zzz", "it has 2,000 objects, such as 'thing 0', 'thing 1',"),
        (["tea"], "z" * 99, "no object '" + "z" * 40 + "' in this table"),
    ],
)
def test_an_unknown_name_is_answered_with_known_ones(names: list[str], wanted: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Vocabulary(names).find(wanted, "object")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_shared_is_said_with_an_example_of_each_side() -> None:
    real = table([("a", "buys", "tea")])
    Aligned.of(real, table([("x", "buys", "tea"), ("x", "sells", "ink")])).check_shared(0, 1, ("real", "synthetic"))
    with pytest.raises(InputError, match=r"share no object: one has 'tea', the other 'thé'; name the same column"):
        Aligned.of(real, table([("x", "buys", "thé")])).check_shared(0, 1, ("real", "synthetic"))
    with pytest.raises(InputError, match=r"the real table and the held-out table share no verb: one has 'buys'"):
        Aligned.of(real, real, table([("x", "kauft", "tea")])).check_shared(0, 2, ("real", "held-out"))


def test_two_names_of_one_text_are_refused() -> None:
    ambiguous = table([("a", "buys", "7")])
    ambiguous = TransactionTable(**{**vars(ambiguous), "objects": pd.Index([7, "7"], dtype=object)})
    with pytest.raises(InputError, match="two names of one table read '7'"):
        Aligned.of(ambiguous)
