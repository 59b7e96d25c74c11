"""What each object has in a column, as a table."""

import json

import numpy as np
import pytest

from assoc_synth.attributes.lookups import Lookup

VALUES = np.array(["a", "a", "b", None, None, "c"], object)
OBJECTS = np.array([0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize(("missingness", "expected"), [(False, None), (True, "c")])
def test_each_object_has_its_most_frequent_value(missingness: bool, expected: str | None) -> None:
    lookup = Lookup.learn("shelf", VALUES, OBJECTS, 3, missingness=missingness)
    assert lookup.values == ("a", expected, None)  # object 2 was never seen
    assert lookup.decode(np.array([1, 0, 0])).tolist() == [expected, "a", "a"]


def test_the_lookup_survives_json() -> None:
    lookup = Lookup.learn("shelf", VALUES, OBJECTS, 3, missingness=True)
    assert vars(Lookup.from_dict(json.loads(json.dumps(lookup.to_dict())))) == vars(lookup)


def test_what_is_no_object_is_looked_up_by_its_key() -> None:
    lookup = Lookup.by_key("open", VALUES, ("day",), np.array([7, 7, 7, 9, 9, -1]), missingness=False)
    assert lookup.decode(np.array([7, 9, -1, 8, 3, 99])).tolist() == ["a", None, "c", "a", "a", None]
    assert vars(Lookup.from_dict(json.loads(json.dumps(lookup.to_dict())))) == vars(lookup)
    known = Lookup.by_key("open", VALUES, ("day",), np.array([7, 7, 7, 9, 9, 9]), missingness=True)
    assert known.decode(np.array([9, -1, 99])).tolist() == ["c", None, "c"]


def test_lookups_of_older_models_are_of_the_object() -> None:
    old = {"name": "shelf", "values": ["a", None]}
    assert Lookup.from_dict(old).decode(np.array([1, 0])).tolist() == [None, "a"]
