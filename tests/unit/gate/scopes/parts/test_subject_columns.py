"""Attributes of subjects, beside each other and beside links."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.part import Part
from assoc_synth.gate.scopes.parts.subject_columns import SubjectColumns
from assoc_synth.link_graph.rows import Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Bools, Floats

OWNER = np.array([0, 0, 1, 1])
LABELS = ("sex = F", "sex = M", "old = no", "old = yes")


def patients(make_rows: Callable[..., Rows], has: Bools, token: list[int]) -> Rows:
    return make_rows([*range(len(has))], token, attributes=Attributes(("sex", "old"), OWNER, LABELS, has))


def clinic(make_rows: Callable[..., Rows], count: int = 400) -> Rows:
    """Link 1 is that of women; who is old is anybody's."""
    rng = np.random.default_rng(0)
    woman, old = rng.random(count) < 0.5, rng.random(count) < 0.5
    token = np.where(woman & (rng.random(count) < 0.8), 1, 2 + rng.integers(0, 2, count))
    return patients(make_rows, np.stack([woman, ~woman, ~old, old], axis=1), token.tolist())


def by_subject(part: Part, rows: Rows) -> Floats:
    counted = part.count(rows)
    found = np.zeros((rows.num_subjects, len(part.group)))
    np.add.at(found, (counted.subject, counted.column), 1.0)
    return found


def test_the_strongest_links_come_first(make_rows: Callable[..., Rows]) -> None:
    part = SubjectColumns.choose(clinic(make_rows), 5)
    assert part is not None
    assert [0, int(np.searchsorted(part.tokens, 1))] in part.beside_link.tolist()
    assert [0, 0] not in part.beside_class.tolist(), "sex is not compared with itself"
    assert [block.name for block in part.compared] == ["attributes", "attributes_by_object", "attributes_together"]
    assert sum(len(block.columns) for block in part.compared) == len(part.group)
    assert SubjectColumns.choose(make_rows([0], [1]), 1) is None


def test_classes_of_everybody_and_beside_links_and_classes(make_rows: Callable[..., Rows]) -> None:
    part = SubjectColumns(LABELS, OWNER, np.array([1]), np.array([[0, 0]]), np.array([[1, 0]]))
    has = np.array([[True, False, False, True], [False, True, True, False], [True, True, True, False]])
    found = by_subject(part, patients(make_rows, has, [1, 1, 2]))
    assert part.group.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert found[:, :4].astype(bool).tolist() == has.tolist()
    assert found[:, 4:8].tolist() == [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0]], "two classes of one attribute"
    assert found[:, 8:10].tolist() == [[1, 0], [0, 1], [0, 0]], "sex of who has link 1"
    assert found[:, 10:].tolist() == [[0, 1], [0, 0], [1, 0]], "age of women"


def test_other_classes_are_an_error(make_rows: Callable[..., Rows]) -> None:
    part = SubjectColumns(LABELS, OWNER, np.array([1]), np.array([[0, 0]]), np.array([[1, 0]]))
    with pytest.raises(InputError, match="watches attributes of subjects"):
        part.count(make_rows([0], [1]))
    with pytest.raises(ValueError, match="classes of attributes"):
        SubjectColumns(LABELS[:2], OWNER, np.array([1]), np.array([[0, 0]]), np.array([[1, 0]]))
    with pytest.raises(ValueError, match="beside each other"):
        SubjectColumns(LABELS, OWNER, np.array([1]), np.array([[0, 0]]), np.array([1, 0]))


def test_attributes_links_and_classes_that_there_are_not_are_refused() -> None:
    none = np.zeros((0, 2), np.int64)
    for beside in ([-1, 0], [len(LABELS), 0], [0, -1], [0, 1]):
        with pytest.raises(ValueError, match="there are no such"):
            SubjectColumns(LABELS, OWNER, np.array([1]), np.array([beside]), none)
    for beside in ([-1, 0], [len(LABELS), 0], [0, -1], [0, len(LABELS)]):
        with pytest.raises(ValueError, match="there are no such"):
            SubjectColumns(LABELS, OWNER, np.array([1]), none, np.array([beside]))
    with pytest.raises(ValueError, match="no such attributes"):
        SubjectColumns(LABELS, OWNER - 1, np.array([1]), none, none)
