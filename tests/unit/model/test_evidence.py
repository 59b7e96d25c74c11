"""What of a draw the gate judges, and how."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from assoc_synth.datasets import toy_shop
from assoc_synth.gate.asked import EVERYTHING
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.row_codes import RowCodes
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel

SHOP = toy_shop(subjects=5)
ONE = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=1)
RNG = np.random.default_rng(0)


def model(codes: RowCodes | None) -> tuple[FittedModel, list[Any]]:
    seen: list[Any] = []
    judge = SimpleNamespace(
        codes=codes,
        num_reference=lambda: 6,
        judge=lambda drawn, rng, asked: seen.append(drawn),
        judge_verbs=lambda drawn, groups, rng, asked: seen.append((drawn, groups)),
    )
    degrees = SimpleNamespace(draw=lambda size, rng: np.stack([np.ones(size, int), np.arange(size) % 3], axis=1))
    return cast(FittedModel, SimpleNamespace(judge=judge, links_of=lambda e: e, degrees=degrees, verbs="ab")), seen


def test_rows_are_judged_where_the_gate_has_codes_for_them() -> None:
    codes = RowCodes.of(SHOP)
    new, seen = model(codes)
    Evidence(ONE, SHOP).judged(new, RNG, EVERYTHING)
    assert len(seen[0]) == len(SHOP)
    old, seen = model(None)
    Evidence(ONE, SHOP).judged(old, RNG, EVERYTHING)
    assert seen == [ONE]


def test_groups_of_verbs_are_judged_by_themselves() -> None:
    own, seen = model(None)
    Evidence(ONE, SHOP, {(1,): 4}).judged(own, RNG, EVERYTHING)
    assert seen == [(ONE, {(1,): 4})]


def test_how_many_would_have_each_group() -> None:
    own, _ = model(None)
    assert Evidence.having(own, [(0,), (1,), (0, 1)], RNG) == {(0,): 6, (1,): 4, (0, 1): 6}
