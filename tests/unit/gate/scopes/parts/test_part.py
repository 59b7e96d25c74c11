"""What parts share: entries of counts, least numbers of subjects, and copies that are destroyed."""

from collections.abc import Callable

import numpy as np

from assoc_synth.gate.scopes.parts.part import (
    CHOOSE_SUBJECTS,
    COPIES,
    Counted,
    destroyed_copies,
    least_subjects,
    some_subjects,
)
from assoc_synth.link_graph.rows import Rows


def test_entries_without_times_count_once() -> None:
    one, none = np.array([1]), np.zeros(0, np.int64)
    joined = Counted.joined([Counted(one, one), Counted(one, one, np.array([2.5])), Counted(none, none)])
    assert joined.subject.tolist() == [1, 1]
    assert joined.times is not None
    assert joined.times.tolist() == [1.0, 2.5]
    assert len(Counted.joined([]).subject) == 0


def test_fewer_evaluated_subjects_need_more_training_subjects(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([*range(400)], [0] * 400)
    assert [least_subjects(rows, size) for size in (400, 100, 50)] == [5, 20, 40]


def test_choices_are_made_from_some_subjects_of_a_long_table(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([*range(2000)] * 20, [0] * 40_000)
    some = some_subjects(rows, np.random.default_rng(0), most=12_000)
    assert (some.num_subjects, len(some)) == (600, 12_000)
    few = some_subjects(rows, np.random.default_rng(0), most=100)
    assert few.num_subjects == CHOOSE_SUBJECTS, "long subjects are not too few"
    assert some_subjects(rows, np.random.default_rng(0)) is rows


def test_copies_are_destroyed_each_by_itself(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0], [0])
    seen: list[float] = []

    def destroy(given: Rows, rng: np.random.Generator) -> Rows:
        seen.append(rng.random())
        return given

    assert len(list(destroyed_copies(rows, destroy, np.random.default_rng(0)))) == COPIES == len(set(seen))
