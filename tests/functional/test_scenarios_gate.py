"""The gate judges a scenario's own draws where it can, and what is impossible is refused before any work."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.errors import GateRejected, InputError
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.scenarios.boosting import Boost
from assoc_synth.scenarios.rebalancing import Rebalance

REAL_GATE = True

TEA, TEAPOT = ("bought", "tea"), ("bought", "teapot")


@pytest.fixture(scope="module")
def shop(stored_shop: AssociativeSynthesizer) -> AssociativeSynthesizer:
    return stored_shop


BAD: list[tuple[dict[str, Any], str]] = [
    ({"conditions": {"verb": "stole", "num_rows": 3}}, "no verb 'stole'"),
    ({"conditions": {"object": "unicorn", "num_rows": 3}}, "no object 'unicorn'"),
    ({"conditions": {"verb": "claimed_warranty", "object": "tea", "num_rows": 3}}, "no training subject has the link"),
    ({"conditions": {"colour": "red", "num_rows": 3}}, "no column 'colour'"),
    ({"conditions": {"customer": "S1", "num_rows": 3}}, "cannot name a subject"),
    ({"conditions": {"verb": "bought"}}, "a condition says how many"),
    ({"conditions": {"verb": "bought", "num_rows": 0}}, "at least 1"),
    ({"conditions": {"verb": "bought", "share": 0.5}}, "Give num_rows"),
    ({"conditions": {"verb": "bought", "num_rows": 9}, "num_rows": 5}, "ask for fewer"),
    ({"conditions": {"date": ("1990-01-01", "1991-01-01"), "num_rows": 3}}, "outside of what was observed"),
    ({"conditions": {"date": "yesterday", "num_rows": 3}}, "takes \\(from, to\\)"),
    ({"conditions": []}, "no conditions"),
    ({"rebalance": {"verb": {"bought": 0.7, "returned": 0.5}}}, "more than 1"),
    ({"rebalance": {"verb": {"bought": -0.1}}}, "from 0 to 1"),
    ({"rebalance": {"product": "uniform"}}, "no other column"),
    ({"boost": {("returned", "laptop"): 500.0}}, "at most 47"),
    ({"boost": {("returned", "laptop"): -1}}, "above 0"),
    ({"boost_pair": (TEA, TEA, 2.0)}, "same link twice"),
    ({"boost_pair": (TEA, TEAPOT)}, "X, Y, factor"),
    ({"boost": {TEA: 2.0}, "rebalance": {"verb": "uniform"}}, "together"),
    ({"rebalance": {"verb": "uniform"}, "verbs": ["bought"]}, "together"),
    ({"keep_subjects": True}, "goes with seed_subjects"),
    ({"seed_subjects": pd.DataFrame({"customer": ["a"], "action": ["bought"], "product": ["x"]})}, "row 1 "),
]


@pytest.mark.parametrize(("asked", "reason"), BAD)
def test_the_impossible_is_refused_before_any_work(
    shop: AssociativeSynthesizer, asked: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.sampling.sample_edges", None)
    with pytest.raises(InputError, match=reason):
        shop.sample(**asked)


def test_the_notes_say_what_the_gate_judged(shop: AssociativeSynthesizer) -> None:
    # Draws of some verbs lose more of their visits than this gate lets pass: their links are what is looked at here.
    result = shop.sample(num_rows=500, rebalance={"verb": {"bought": 0.5, "viewed": 0.5}}, gate="links")
    assert any("each verb by itself and nothing across verbs" in note for note in result.notes)
    assert result.verdict.status is not Status.FAIL
    boosted = shop.sample(200, boost={("returned", "laptop"): 4.0})
    assert any("reweighted back by the links and pairs" in note for note in boosted.notes)
    assert boosted.verdict.status is not Status.FAIL
    asked = shop.sample(conditions={"verb": "bought", "num_rows": 5})
    assert any("a draw of this model without the change" in note for note in asked.notes)
    assert shop.sample(50).scenario == ()


def dealt_out(edges: Edges, rng: np.random.Generator) -> Edges:
    """The same links, but of whom is left to chance."""
    sizes = {"num_subjects": edges.num_subjects, "num_verbs": edges.num_verbs, "num_objects": edges.num_objects}
    return Edges.from_links(rng.permutation(edges.subject), edges.verb, edges.object, **sizes)


@pytest.mark.usefixtures("roughly_read")
@pytest.mark.parametrize(
    ("work", "asked"),
    [
        (Boost, {"num_subjects": 300, "boost": {("returned", "laptop"): 4.0}}),
        (Boost, {"num_subjects": 300, "boost_pair": (TEA, TEAPOT, 2.0)}),
        (Rebalance, {"num_rows": 6_000, "rebalance": {"verb": {"bought": 0.5, "viewed": 0.5}}, "gate": "links"}),
    ],
)
def test_a_scenarios_own_draw_is_judged(
    shop: AssociativeSynthesizer, work: Any, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the scenario's draw loses what goes together, nothing is emitted, however good a plain draw would be."""
    draw, rng, good = work.draw, np.random.default_rng(0), []

    def kept(*given: Any) -> Any:
        good.append(draw(*given))
        return good[-1]

    def spoiled(*_: Any) -> Any:
        made = good[-1]  # the one that passed; three more like it take long
        return dealt_out(made, rng) if isinstance(made, Edges) else replace(made, judged=dealt_out(made.judged, rng))

    monkeypatch.setattr(work, "draw", kept)
    assert shop.sample(**asked).verdict.status in (Status.PASS, Status.PASS_LIMITED)
    monkeypatch.setattr(work, "draw", spoiled)
    with pytest.raises(GateRejected, match="refused 3 attempts"):
        shop.sample(**asked)
