"""Parts of a model that contradict each other are refused before rows are drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.errors import ModelFileError
from assoc_synth.model.consistency import check_columns, check_sizes
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
