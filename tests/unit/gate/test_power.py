"""`power`: what a table can carry."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import assoc_synth
from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.gate.power import Power, power


@pytest.fixture(scope="module")
def found() -> Power:
    return power(datasets.toy_shop(subjects=600))


def test_a_table_with_associations_carries_claims(found: Power) -> None:
    assert (found.num_subjects, found.num_reference) == (600, 120)
    assert found.sentence.startswith("the gate can vouch for links")
    claims = {claim.words: claim for claim in found.claims}
    assert claims["a table without its links is stopped"].holds
    pairs = claims["half of the claimed pairs, one by one"]
    assert pairs.needs is not None
    assert pairs.needs > 600
    assert not pairs.holds


def test_json_and_notebook(found: Power) -> None:
    values = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert values["format_version"] == 1
    assert [scope["name"] for scope in values["scopes"]] == ["links", "visits", "order", "rows"]
    assert values["claims"][0]["holds"] is True
    assert "<table>" in found._repr_html_()
    assert len(repr(found)) < 500


def test_the_same_seed_gives_the_same_answer() -> None:
    table = datasets.toy_shop(subjects=150)
    assert power(table, seed=3).to_dict() == power(table, seed=3).to_dict()


def test_a_table_without_associations_carries_nothing() -> None:
    frame = pd.DataFrame(
        {"subject": [f"s{i}" for i in range(60)], "verb": "did", "object": [f"o{i % 6}" for i in range(60)]}
    )
    found = power(frame)
    assert found.sentence.startswith("the gate can vouch for nothing, ")
    assert "nothing stands out in links" in found.sentence
    assert found.pairs.pairs == 0
    assert not any(claim.holds for claim in found.claims)


def test_a_frame_has_its_roles_named() -> None:
    frame = pd.DataFrame({"who": [f"s{i}" for i in range(90)], "did": "x", "what": ["p", "q", "r"] * 30})
    assert power(frame, subject="who", verb="did", object="what").num_subjects == 90
    with pytest.raises(InputError):
        power(frame, subjekt="who")  # type: ignore[call-arg]


def test_one_subject_is_too_few() -> None:
    frame = pd.DataFrame({"subject": ["a", "a"], "verb": ["x", "x"], "object": ["p", "q"]})
    with pytest.raises(InputError, match="a single subject"):
        power(frame)


def test_it_is_a_name_of_the_package() -> None:
    assert assoc_synth.power is power
