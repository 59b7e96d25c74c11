"""Size: subjects or rows, never both, and never more than memory holds."""

from __future__ import annotations

import math

import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios.sizes import MAX_ROWS, Size


def test_by_default_as_many_subjects_as_the_model_was_fitted_to(small_model: FittedModel) -> None:
    assert Size.of(small_model, None, None) == Size(150)


def test_subjects_and_rows_as_asked(small_model: FittedModel) -> None:
    assert Size.of(small_model, 7, None) == Size(7, num_subjects=7)
    rows = Size.of(small_model, None, 1_000)
    assert rows == Size(math.ceil(1.05 * 1_000 / small_model.links_per_subject), num_rows=1_000)


def test_rows_follow_from_subjects_on_average(small_model: FittedModel) -> None:
    assert Size.of(small_model, None, 33).rows_for(small_model) == 33
    assert Size.of(small_model, 10, None).rows_for(small_model) == round(10 * small_model.links_per_subject)


def test_one_row_needs_a_subject(small_model: FittedModel) -> None:
    assert Size.of(small_model, None, 1).subjects == 1


def test_both_cannot_be_given(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match="num_subjects and num_rows cannot go together"):
        Size.of(small_model, 2, 2)


@pytest.mark.parametrize(("name", "value"), [("num_subjects", True), ("num_subjects", 0), ("num_rows", 2.5)])
def test_a_count_that_is_none_is_named(small_model: FittedModel, name: str, value: object) -> None:
    given = {"num_subjects": None, "num_rows": None} | {name: value}
    with pytest.raises(InputError, match=f"{name} must be a whole number of at least 1"):
        Size.of(small_model, **given)


@pytest.mark.parametrize("given", [(MAX_ROWS, None), (None, MAX_ROWS)])
def test_more_than_memory_holds(small_model: FittedModel, given: tuple[int | None, int | None]) -> None:
    with pytest.raises(InputError, match="a sample in memory holds at most 50,000,000 rows, these would be about "):
        Size.of(small_model, *given)
