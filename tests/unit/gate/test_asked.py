"""What is asked of the gate, and the names it speaks in."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.asked import ABSENT, EVERYTHING, Asked, check_scopes
from assoc_synth.gate.results import ScopeVerdict, Status
from assoc_synth.gate.scopes.scope import Block


def block(name: str, verbs: tuple[int, ...] | None) -> Block:
    return Block(name, True, lambda s, n, r, m: np.zeros(len(s)), verbs=verbs)


def test_everything_is_looked_at_unless_verbs_are_named() -> None:
    whole, buys, both = block("a", None), block("a[0]", (0,)), block("a[0,1]", (0, 1))
    assert all(EVERYTHING.looks_at("links", one) for one in (whole, buys, both))
    some = Asked(groups=((0, 1),))
    assert [some.looks_at("links", one) for one in (whole, buys, both)] == [False, True, True]
    apart = Asked(groups=((0,), (1,)))
    assert [apart.looks_at("links", one) for one in (whole, buys, both)] == [False, True, False]
    assert apart.group_of(block("a[1]", (1,))) == 1
    assert not Asked(("rows",)).looks_at("links", whole)


def test_what_is_left_out_has_its_reason() -> None:
    asked = Asked(("links", "order"))
    left = {scope.name: scope.note for scope in asked.left_out([ScopeVerdict("links", Status.PASS)])}
    assert left == {"visits": "not asked for", "order": ABSENT, "rows": "not asked for"}


def test_names_take_the_place_of_codes() -> None:
    asked = Asked(verb_names=["bought", "returned"], object_names=["tea"])
    assert asked.block_name(block("pairs_within[1]", (1,))) == "pairs_within[returned]"
    assert asked.block_name(block("association_loss[0,1]", (0, 1))) == "association_loss[bought, returned]"
    assert asked.block_name(block("rows.loss[other verbs]", (2, 3))) == "rows.loss[other verbs]"
    assert EVERYTHING.block_name(block("pairs_within[1]", (1,))) == "pairs_within[1]"
    assert str(asked.named((0, 0), (1, 5), 0.25, 0.5)) == (
        "bought tea & returned object 5 (50.0 % of the subjects instead of 25.0 %)"
    )


@pytest.mark.parametrize("wrong", ["link", "links,", ("links", "privacy"), (), 7, {"a": 1}])
def test_an_unknown_scope_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="gate takes names of scopes, links, visits, order, rows"):
        check_scopes(wrong)


def test_scopes_are_put_in_their_order() -> None:
    assert check_scopes(None) is None
    assert check_scopes("order") == ("order",)
    assert check_scopes("visits, links") == ("links", "visits")
    assert check_scopes(["rows", "links"]) == ("links", "rows")
