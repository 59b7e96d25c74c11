"""Parts of a model that contradict each other are refused before rows are drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model.consistency import check_columns, check_degrees, check_history, check_sizes
from assoc_synth.model.fitted import FittedModel

STATE: dict[str, Any] = {
    "num_subjects": 100,
    "generator": {"num_verbs": 4, "num_objects": 15, "attributes": [2, 3]},
    "gate": {"whole": {"tiers": [{"scopes": {"rows": {"num_verbs": 2, "parts": [{"count_groups": 3}]}}}]}},
}


def test_sizes_are_those_of_the_vocabulary() -> None:
    check_sizes(STATE, 2, 10)
    with pytest.raises(ModelFileError, match="vocabulary"):
        check_sizes(STATE, 2, 11)


@pytest.mark.parametrize(
    "scope", [{"num_verbs": 3}, {"num_reference": 101}, {"num_objects": 2**40}, {"parts": [{"count_groups": 2**31}]}]
)
def test_a_gate_of_other_sizes_takes_no_memory(scope: dict[str, Any]) -> None:
    gate = {"whole": {"tiers": [{"scopes": {"rows": scope}}]}}
    with pytest.raises(ModelFileError, match="claims a gate"):
        check_sizes(STATE | {"gate": gate}, 2, 10)


def cut_week(encoder: AttributeEncoder) -> AttributeEncoder:
    assert encoder.calendar is not None
    week = replace(encoder.calendar.week, atoms=np.append(encoder.calendar.week.atoms, 1e6))
    return replace(encoder, calendar=replace(encoder.calendar, week=week))


def cut_rules(encoder: AttributeEncoder) -> AttributeEncoder:
    none = np.zeros(0, np.int64)
    rule = AllowedClasses(np.ones((1, 2), bool), np.zeros(1, np.int64), none, none, num_objects=10**6)
    return replace(encoder, implications=replace(encoder.implications, allowed={"paid": rule}))


@pytest.mark.parametrize(
    "damaged",
    [
        cut_week,
        cut_rules,
        lambda encoder: replace(encoder, repeat_level=np.append(encoder.repeat_level, 0)),
        lambda encoder: replace(encoder, num_visits=None),
        lambda encoder: replace(encoder, size=None),
    ],
)
def test_codes_have_the_classes_that_are_drawn(
    small_model: FittedModel, damaged: Callable[[AttributeEncoder], AttributeEncoder]
) -> None:
    rest = small_model.occurrence_generator.spec, len(small_model.verbs), len(small_model.objects)
    check_columns(small_model.encoder, *rest)
    with pytest.raises(ModelFileError, match="contradicts itself about the column"):
        check_columns(damaged(small_model.encoder), *rest)


def with_cell(of: str, row: int, column: int, value: int) -> Callable[[Degrees], Degrees]:
    """Degrees with one other number."""

    def damage(degrees: Degrees) -> Degrees:
        made = getattr(degrees, of).copy()
        made[row, column] = value
        return replace(degrees, **{of: made})

    return damage


@pytest.mark.parametrize(
    "damaged",
    [
        with_cell("nodes", 0, 0, 99),
        with_cell("nodes", 0, 0, -1),
        with_cell("nodes", 0, 1, 99),
        with_cell("nodes", 0, 3, 0),
        with_cell("by_leaf", 0, 0, 10**6),
        with_cell("by_leaf", 0, 1, 0),
        with_cell("by_leaf", 0, 2, -1),
        with_cell("by_leaf", 0, 3, 0),
        with_cell("total", 0, 0, 2**40),
        with_cell("total", 0, 0, 0),
        with_cell("total", 0, 1, -1),
        lambda degrees: replace(degrees, total=degrees.total[:0]),
        lambda degrees: replace(degrees, nodes=degrees.nodes[:, :4]),
        lambda degrees: replace(degrees, by_leaf=degrees.by_leaf[::-1]),
        lambda degrees: replace(degrees, exponent=degrees.exponent[:-1]),
        lambda degrees: replace(degrees, exponent=degrees.exponent - np.inf),
    ],
)
def test_trees_of_numbers_of_links_lead_to_a_leaf(damaged: Callable[[Degrees], Degrees]) -> None:
    nodes = np.array([[0, 2, 3, 1, 2], [0, -1, 0, -1, -1], [0, -1, 0, -1, -1], [1, -1, 0, -1, -1]])
    rows = np.array([[1, 2, 0, 4], [1, 3, 1, 2], [2, 5, 5, 1], [3, 2, 1, 1]])
    sound = Degrees(np.array([[2, 4], [5, 1]]), nodes, rows, np.array([0.5, 1.0]))
    check_degrees(sound, 2, 10)
    with pytest.raises(ModelFileError, match="numbers of links that do not fit"):
        check_degrees(damaged(sound), 2, 10)


@pytest.mark.parametrize("facts", [{"rounds": 3}, {"epochs": 2}, {"stopped": None}, {"steps": -1}, {"planned": "x"}])
def test_a_history_says_how_a_training_went(facts: dict[str, Any]) -> None:
    told = {"epochs": [{"validation": 1.5}], "stopped": "out of time", "of a later version": 1}
    check_history({"edges": told})
    check_history({})
    with pytest.raises(InputError, match=r"history.edges"):
        check_history({"edges": told | facts})
