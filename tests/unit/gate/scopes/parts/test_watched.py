"""Parts side by side: features, blocks, losses, and what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Compared, Counted
from assoc_synth.gate.scopes.parts.row_values import RowCounts
from assoc_synth.gate.scopes.parts.together import Together
from assoc_synth.gate.scopes.parts.watched import WatchedParts
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Ints


@dataclass(frozen=True, eq=False)
class Objects:
    """The objects of each verb: a group each."""

    sizes: Ints
    called: str

    @property
    def group(self) -> Ints:
        return np.repeat(np.arange(len(self.sizes)), self.sizes).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        return tuple(Compared(f"{self.called}[{at}]", np.flatnonzero(self.group == at), (at,)) for at in (0, 1))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return (("objects", len(self.group)),)

    def count(self, rows: Rows) -> Counted:
        return Counted(rows.subject, rows.token)


PARTS = [Objects(np.array([3, 3]), "objects")]


def test_a_long_subject_counts_no_more_than_a_short_one(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 1, 1, 1, 1], [0, 1, 1, 2, 4], num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", PARTS, rows, [rows])
    assert watched is not None
    assert watched.features(rows).toarray().tolist() == [
        [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, pytest.approx(2 / 3), pytest.approx(1 / 3), 0.0, 1.0, 0.0],
    ]
    assert watched.features(rows).dtype == np.float32
    assert watched.watched == (("objects", 6),)


def test_a_subject_without_rows_has_no_features(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([1], [0], num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", PARTS, rows, [rows])
    assert watched is not None
    assert watched.features(rows).sum(axis=1).ravel().tolist() == [[0.0, 1.0]]


def test_blocks_and_losses_of_a_verb(make_rows: Callable[..., Rows]) -> None:
    subject = np.repeat(np.arange(300), 2)
    rows = make_rows(subject.tolist(), [0, 3] * 300, num_verbs=2, num_objects=3)

    token = np.where(rows.verb == 1, 3 + np.random.default_rng(0).integers(0, 3, len(rows)), 0)
    copy = make_rows(subject.tolist(), token.tolist(), num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", PARTS, rows, [copy])
    assert watched is not None
    found = {block.name: (block.is_association, block.is_signed, block.verbs) for block in watched.blocks}
    assert found == {
        "some.loss[1]": (True, True, (1,)),
        "some.objects[0]": (False, False, (0,)),
        "some.objects[1]": (True, False, (1,)),
        "some.never": (False, False, None),
    }


def test_what_is_stored_comes_back(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 1, 1], [0, 1, 4], num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", PARTS, rows, [rows])
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    again = WatchedParts.from_arrays("some", {"Objects": Objects}, arrays, json.loads(json.dumps(scalars)))
    assert (again.features(rows) != watched.features(rows)).nnz == 0
    assert [block.name for block in again.blocks] == [block.name for block in watched.blocks]
    with pytest.raises(ValueError, match="do not fit together"):
        WatchedParts.from_arrays("some", {"Objects": Objects}, arrays | {"weight": np.zeros(2)}, scalars)
    with pytest.raises(KeyError):
        WatchedParts.from_arrays("some", {}, arrays, scalars)


@pytest.mark.parametrize("of_verb", [[0, 2], [0], [0, 1, 1]])
def test_verbs_of_groups_that_there_are_not_are_refused(make_rows: Callable[..., Rows], of_verb: list[int]) -> None:
    rows = make_rows([0, 1, 1], [0, 1, 4], num_verbs=2, num_objects=3)
    own = RowCounts.choose(rows, VerbGroups(np.array([0, 1]), 2))
    watched = WatchedParts.learn("some", [own], rows, [rows])
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    kinds = {"RowCounts": RowCounts}
    assert len(WatchedParts.from_arrays("some", kinds, arrays, scalars).parts) == 1
    with pytest.raises(ValueError, match="groups of verbs"):
        WatchedParts.from_arrays("some", kinds, arrays | {"part0.of_verb": np.array(of_verb)}, scalars)


@pytest.mark.parametrize(("array", "shape"), [("codes", (1, -1)), ("pairs", (-1,)), ("meets", (-1, 1))])
def test_arrays_of_another_shape_are_refused(
    make_rows: Callable[..., Rows], array: str, shape: tuple[int, ...]
) -> None:
    """Together watches pairs of codes that it has a list of."""
    part = Together("token", np.array([0, 1]), np.array([[0, 1]]), np.array([True]), np.array([0]))
    rows = make_rows([0, 1, 1], [0, 1, 4], num_verbs=2, num_objects=3, visit=[0, 1, 1])
    watched = WatchedParts.learn("some", [part], rows, [rows])
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    name = f"part0.{array}"
    with pytest.raises(ValueError, match="of another shape"):
        WatchedParts.from_arrays("some", {"Together": Together}, arrays | {name: arrays[name].reshape(shape)}, scalars)


def test_an_array_of_other_numbers_or_of_no_field_is_refused(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 1, 1], [0, 1, 4], num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", [RowCounts.choose(rows, VerbGroups(np.array([0, 1]), 2))], rows, [rows])
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    kinds = {"RowCounts": RowCounts}
    for name, error in (("of_verb", ValueError), ("edges", ValueError), ("first", ValueError), ("more", KeyError)):
        values = arrays.get(f"part0.{name}", np.zeros(1))
        other = {"i": np.float64, "f": np.int64}[values.dtype.kind]
        with pytest.raises(error):
            WatchedParts.from_arrays("some", kinds, arrays | {f"part0.{name}": values.astype(other)}, scalars)


def test_another_vocabulary_is_an_error(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0], [0], num_verbs=2, num_objects=3)
    watched = WatchedParts.learn("some", PARTS, rows, [rows])
    assert watched is not None
    with pytest.raises(InputError, match="2 verbs and 3 objects, the rows have 1 and 10"):
        watched.features(make_rows([0], [0]))


def test_no_parts_are_no_scope(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0], [0])
    assert WatchedParts.learn("some", [None], rows, [rows]) is None
