"""Allowed classes: by verb, by verb and object, stored and read."""

import json

import numpy as np
import pytest

from assoc_synth.ctgan.allowed_classes import AllowedClasses

BY_VERB = np.array([[True, True, False], [True, False, True]])


def rules(tokens: list[int], by_token: list[list[bool]]) -> AllowedClasses:
    return AllowedClasses.of(
        BY_VERB, np.array(tokens, np.int64), np.array(by_token, bool).reshape(-1, 3), num_objects=4
    )


def test_a_token_has_its_own_rule_and_the_others_their_verbs() -> None:
    allowed = rules([2, 5], [[False, True, False], [False, False, True]])
    verb, object = np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2])
    expected = [[True, True, False], [False, True, False], [False, False, True], [True, False, True]]
    assert allowed.holds(verb, object).tolist() == expected


def test_a_token_that_says_what_its_verb_says_is_not_kept() -> None:
    assert len(rules([2], [[True, True, False]]).tokens) == 0


def test_what_allows_nothing_has_no_rule() -> None:
    allowed = rules([2], [[False, False, False]])
    assert allowed.holds(np.array([0]), np.array([2])).tolist() == [[True, True, False]]
    nothing = AllowedClasses.of(np.zeros((1, 2), bool), np.zeros(0, np.int64), np.zeros((0, 2), bool), num_objects=1)
    assert nothing.is_free


def test_rules_survive_json() -> None:
    allowed = rules([2, 5], [[False, True, False], [False, False, True]])
    again = AllowedClasses.from_dict(json.loads(json.dumps(allowed.to_dict())))
    verb, object = np.divmod(np.arange(8), 4)
    assert np.array_equal(again.holds(verb, object), allowed.holds(verb, object))


@pytest.mark.parametrize("wrong", [{"verbs": [0, 9]}, {"of_token": []}, {"patterns": ["00", "00"]}])
def test_a_stored_rule_that_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    state = rules([2], [[False, True, False]]).to_dict()
    with pytest.raises(ValueError, match="allowed classes"):
        AllowedClasses.from_dict(state | wrong)
