"""References of earlier format versions, as they are now."""

from __future__ import annotations

from typing import Any

import numpy as np

from assoc_synth.gate.by_verb import Judge
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.gate.tolerance import TAU_GRID
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.gate_migration import gate_arrays, gate_config

BLOCKS = ["association_loss", "pairs_within", "log_lift", "also_buy", "shares", "degrees"]


def edges(seed: int) -> Edges:
    """Objects 0 and 1 come together."""
    rng = np.random.default_rng(seed)
    has = rng.random((60, 4)) < 0.4
    has[:, 1] = has[:, 0]
    subject, thing = np.nonzero(has)
    return Edges.from_links(subject, 0 * thing, thing, num_subjects=60, num_verbs=1, num_objects=4)


def old() -> tuple[dict[str, Any], dict[str, Any]]:
    """A reference as version 7 stored it."""
    watch = Watchlist.choose(edges(0), 60)
    names = ["tokens", "within", "across", "weight", "strength", "control", "triples", "degree_scope", "degree_from"]
    at, rng = "gate.whole.tier0", np.random.default_rng(0)
    features = sum(len(getattr(watch, name)) for name in ("tokens", "within", "across", "control", "triples"))
    features += len(watch.degree_from)
    arrays: dict[str, Any] = {f"{at}.watch.{name}": getattr(watch, name) for name in names}
    arrays[f"{at}.watch.control"] = np.zeros((0, 2), np.int64)
    features -= len(watch.control)
    counts = np.asarray(watch.features(edges(1)).sum(axis=0), float).ravel()
    kept = np.r_[watch.places["tokens"], watch.places["pairs"], watch.places["triples"], watch.places["degrees"]]
    arrays[f"{at}.counts"] = counts[kept]
    blocks = BLOCKS if not len(watch.triples) else [*BLOCKS[:4], "triples", *BLOCKS[4:]]
    arrays[f"{at}.null"] = rng.uniform(0, 0.5, (99, len(blocks)))
    arrays[f"{at}.mixtures"] = TAU_GRID[:, None, None] + rng.uniform(0, 0.1, (10, 50, len(blocks)))
    arrays[f"{at}.independent"] = rng.uniform(0.9, 1.1, (50, len(blocks)))
    tier = {"size": 60, "certificate": 1.0, "blocks": blocks, "num_verbs": 1, "num_objects": 4}
    gate = {"whole": {"num_reference": 60, "tau_grid": TAU_GRID.tolist(), "tiers": [tier]}}
    assert len(arrays[f"{at}.counts"]) == features
    return gate, arrays | {"margins": np.zeros(3)}


def test_an_old_reference_judges_links_alone_and_says_so() -> None:
    gate, arrays = old()
    now = gate_config(gate)
    stored = gate_arrays(arrays, now)
    assert stored["margins"] is arrays["margins"]
    own = {name.removeprefix("gate."): array for name, array in stored.items() if name.startswith("gate.")}
    judge = Judge.from_arrays(own, now)
    assert judge.is_old
    assert judge.num_reference() == 60
    verdict = judge.judge(edges(2), np.random.default_rng(0))
    assert [block.name for block in verdict.blocks] == gate["whole"]["tiers"][0]["blocks"]
    left = {scope.name: scope.note for scope in verdict.scopes if scope.status is Status.NOT_JUDGED}
    assert set(left) == {"visits", "order", "rows"}
    assert "earlier version: fit it again" in left["rows"]
    assert "(the model is of an earlier version: fit it again for this)" in verdict.sentence


def test_tau_is_the_mixtures_own() -> None:
    gate, arrays = old()
    stored = gate_arrays(arrays, gate_config(gate))
    losses, bounds = stored["gate.whole.tier0.links.losses"], stored["gate.whole.tier0.links.bounds"]
    assert np.array_equal(losses[:, :, 0], arrays["gate.whole.tier0.mixtures"][:, :, 0])
    assert bounds.shape == (2, 10, arrays["gate.whole.tier0.mixtures"].shape[2])
