"""Scenarios: what is named comes out as asked, what is impossible is refused before any work, the rest stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected, InputError
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.raking import maximum_entropy, systematic_resample
from assoc_synth.scenarios.boosting import Boost
from assoc_synth.scenarios.rebalancing import Rebalance, largest_remainder

TEA, TEAPOT = ("bought", "tea"), ("bought", "teapot")


@pytest.fixture(scope="module")
def shop() -> AssociativeSynthesizer:
    return AssociativeSynthesizer.load(str(Path(__file__).parents[3] / "models" / "toy-shop"))


@pytest.fixture(scope="module")
def history(shop: AssociativeSynthesizer) -> pd.DataFrame:
    return shop.sample(30, seed=9).rows


def has(edges: Edges, shop: AssociativeSynthesizer, link: tuple[str, str]) -> np.ndarray:
    verb, object = list(shop.model_.verbs).index(link[0]), list(shop.model_.objects).index(link[1])
    return edges.tokens()[:, [verb * edges.num_objects + object]].toarray()[:, 0] > 0


def test_conditions_are_met_to_the_row(shop: AssociativeSynthesizer) -> None:
    asked = [
        {"verb": "bought", "object": "tea", "num_rows": 40},
        {"action": "returned", "num_rows": 25},
        {"product": "laptop", "date": ("2024-02-01", "2024-08-01"), "num_rows": 15},
    ]
    result = shop.sample(conditions=asked)
    parts = (result.rows[:40], result.rows[40:65], result.rows[65:])
    assert len(result.rows) == 80
    assert result.rows["customer"].nunique() == 80
    assert set(parts[0]["action"]) == {"bought"}
    assert set(parts[0]["product"]) == {"tea"}
    assert set(parts[1]["action"]) == {"returned"}
    assert parts[2]["date"].between("2024-02-01", "2024-07-31 23:59:59").all()
    assert [made.obtained for made in result.scenario] == [40, 25, 15]
    assert result.rows.equals(shop.sample_from_conditions(asked).rows)


def test_a_share_is_filled_up_with_rows_that_do_not_satisfy_it(shop: AssociativeSynthesizer) -> None:
    rows = shop.sample(num_rows=300, conditions={"verb": "returned", "share": 0.2}).rows
    assert len(rows) == 300
    assert (rows["action"] == "returned").sum() == 60


def test_sdvs_conditions(shop: AssociativeSynthesizer) -> None:
    from sdv.sampling import Condition, DataFrameCondition

    frame = pd.DataFrame({"action": ["viewed", "viewed", "bought"], "product": ["tea", "tea", "honey"]})
    rows = shop.sample(conditions=[Condition({"action": "returned"}, num_rows=7), DataFrameCondition(frame)]).rows
    assert rows.groupby(["action"]).size().to_dict() == {"bought": 1, "returned": 7, "viewed": 2}
    assert rows[rows["action"] != "returned"]["product"].tolist() == ["tea", "tea", "honey"]


@pytest.mark.parametrize("asked", ["uniform", {"bought": 0.5, "returned": 0.5}, {"returned": 1 / 3}])
def test_rebalanced_shares_are_exact(shop: AssociativeSynthesizer, asked: Any) -> None:
    rows = shop.sample(num_rows=901, rebalance={"action": asked}).rows
    counts = rows["action"].value_counts()
    assert len(rows) == 901
    if asked == "uniform":
        assert sorted(counts) == [180, 180, 180, 180, 181]
    else:
        assert all(abs(counts[verb] - 901 * share) < 1 for verb, share in asked.items())
        assert len(counts) == (2 if "bought" in asked else 5)


def test_rebalancing_leaves_lifts_within_a_verb(shop: AssociativeSynthesizer) -> None:
    def lifts(edges: Edges) -> np.ndarray:
        own = edges.of_verbs([0])
        together = own.projection(0).toarray()
        alone = together.diagonal()
        return np.log2((together + 2) / (np.outer(alone, alone) / own.num_subjects + 2))[np.triu_indices(72, 1)]

    plain, other = (lifts(shop.sample(2_000, seed=seed).graph.edges) for seed in (1, 2))
    even = lifts(shop.sample(num_rows=24_000, seed=3, rebalance={"verb": {"bought": 0.5, "viewed": 0.5}}).graph.edges)
    assert np.corrcoef(plain, even)[0, 1] >= 0.97 * np.corrcoef(plain, other)[0, 1]


def test_a_boosted_link_has_its_share_and_the_others_keep_theirs(shop: AssociativeSynthesizer) -> None:
    plain = shop.sample(2_000).graph.edges
    edges = shop.sample(2_000, boost={("returned", "laptop"): 4.0}).graph.edges
    share = shop.model_.margins[2, list(shop.model_.objects).index("laptop")] / shop.model_.known_subjects
    assert has(edges, shop, ("returned", "laptop")).mean() == pytest.approx(4 * share, rel=0.02)
    assert has(edges, shop, TEA).mean() == pytest.approx(has(plain, shop, TEA).mean(), abs=0.02)
    assert len(edges) == pytest.approx(len(plain), rel=0.04)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_boosted_pair_has_its_lift_and_both_links_their_shares(shop: AssociativeSynthesizer, factor: float) -> None:
    def lift(edges: Edges) -> float:
        left, right = has(edges, shop, TEA), has(edges, shop, TEAPOT)
        return float((left & right).mean() / left.mean() / right.mean())

    plain = lift(shop.sample(12_000, seed=5).graph.edges)
    result = shop.sample(2_000, boost_pair=(TEA, TEAPOT, factor))
    edges, margins = result.graph.edges, shop.model_.margins / shop.model_.known_subjects
    assert lift(edges) == pytest.approx(factor * plain, rel=0.10)
    tea = margins[0, list(shop.model_.objects).index("tea")]
    assert has(edges, shop, TEA).mean() == pytest.approx(tea, rel=0.02)
    assert result.scenario[-1].obtained == pytest.approx(lift(edges))


def test_histories_are_continued_by_what_they_lack(shop: AssociativeSynthesizer, history: pd.DataFrame) -> None:
    result = shop.sample(seed_subjects=history)
    assert result.table.num_subjects == 30
    with pytest.warns(UserWarning, match="real people"):
        kept = shop.sample(seed_subjects=history, keep_subjects=True).rows
    assert set(kept["customer"]) == set(history["customer"])
    assert kept["product"].tolist() == result.rows["product"].tolist()
    links = ["customer", "action", "product"]
    assert kept[links].merge(history[links]).empty
    last, first = history.groupby("customer")["date"].max(), kept.groupby("customer")["date"].min()
    assert (first >= last).all()


def test_given_links_pull_their_partners(shop: AssociativeSynthesizer) -> None:
    generator, tea, pot = shop.model_.edge_generator, *map(list(shop.model_.objects).index, ("tea", "teapot"))
    wanted = np.tile([3, 0, 0, 0, 0], (800, 1))
    sizes = dict(num_subjects=800, num_verbs=5, num_objects=72)
    given = Edges.from_links(np.arange(800), np.zeros(800), np.full(800, tea), **sizes)
    drawn = sample_edges(generator, wanted, seed=1, given=given)
    free = sample_edges(generator, wanted, seed=1)
    assert (np.diff(drawn.offsets) == 4).all()
    assert has(drawn, shop, TEA).all()
    assert (drawn.object == pot).sum() > 2 * (free.object == pot).sum()


@pytest.fixture(scope="module")
def extras() -> AssociativeSynthesizer:
    """A table with baskets, a category and a number; hardly trained: these tests are about rows."""
    frame = toy_shop(subjects=150, seed=3).to_frame()
    frame["channel"] = np.where(frame["price"].fillna(0) > 20, "web", "store")
    frame["aisle"] = "aisle " + frame["product"].map(len).astype(str)
    frame["points"] = np.arange(len(frame)) % 7 + 0.5
    frame["basket"] = frame["customer"].astype(str) + frame["date"].dt.strftime("-%Y%m%d")
    config = CTGANConfig(noise_dim=4, context_dim=16, association_dim=16, hidden_dim=32, blocks=1, epochs=1)
    return AssociativeSynthesizer(config=config).fit(frame)


def test_conditions_on_further_columns(extras: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.level.decide", lambda *_, **__: Status.UNDERPOWERED)
    asked = [
        {"channel": "web", "verb": "bought", "num_rows": 12},
        {"aisle": "aisle 8", "num_rows": 7},
        {"points": (2.0, 4.0), "price": (5, 50), "num_rows": 9},
    ]
    result = extras.sample(num_rows=60, conditions=asked)
    rows = result.rows
    assert len(rows) == 60
    assert ((rows["channel"] == "web") & (rows["action"] == "bought")).sum() >= 12
    assert set(rows[12:19]["aisle"]) == {"aisle 8"}
    assert rows[12:19]["product"].str.len().eq(8).all()
    assert (rows["points"].between(2, 3.999) & rows["price"].between(5, 49.999)).sum() >= 9
    assert rows.groupby("basket")["customer"].nunique().max() == 1
    again = extras.sample(seed_subjects=rows)
    assert again.table.num_subjects == rows["customer"].nunique()
    bad: list[tuple[dict[str, Any], str]] = [
        ({"channel": "moon"}, "never has the value"),
        ({"channel": (1.0, 2.0)}, "no column of numbers"),
        ({"channel": "web", "verb": "viewed"}, "no row of the verb 'viewed' has channel 'web'"),
        ({"aisle": "aisle 99"}, "never has the value"),
        ({"aisle": "aisle 8", "object": "tea"}, "no training subject has a link with"),
    ]
    for asked_for, reason in bad:
        with pytest.raises(InputError, match=reason):
            extras.sample(conditions=asked_for | {"num_rows": 1})


BAD: list[tuple[dict[str, Any], str]] = [
    ({"conditions": {"verb": "stole", "num_rows": 3}}, "no verb 'stole'"),
    ({"conditions": {"object": "unicorn", "num_rows": 3}}, "no object 'unicorn'"),
    ({"conditions": {"verb": "claimed_warranty", "object": "tea", "num_rows": 3}}, "no training subject has the link"),
    ({"conditions": {"colour": "red", "num_rows": 3}}, "no column 'colour'"),
    ({"conditions": {"customer": "S1", "num_rows": 3}}, "cannot name a subject"),
    ({"conditions": {"verb": "bought"}}, "how many rows"),
    ({"conditions": {"verb": "bought", "num_rows": 0}}, "at least 1"),
    ({"conditions": {"verb": "bought", "share": 0.5}}, "Give num_rows"),
    ({"conditions": {"verb": "bought", "num_rows": 9}, "num_rows": 5}, "ask for fewer"),
    ({"conditions": {"date": ("1990-01-01", "1991-01-01"), "num_rows": 3}}, "outside of what was observed"),
    ({"conditions": {"date": "yesterday", "num_rows": 3}}, "takes \\(from, to\\)"),
    ({"conditions": []}, "no conditions"),
    ({"rebalance": {"verb": {"bought": 0.7, "returned": 0.5}}}, "more than 1"),
    ({"rebalance": {"verb": {"bought": -0.1}}}, "from 0 to 1"),
    ({"rebalance": {"product": "uniform"}}, "no other column"),
    ({"boost": {("returned", "laptop"): 500.0}}, "at most 44"),
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


def test_a_lift_out_of_reach_is_refused_with_the_largest_factor(shop: AssociativeSynthesizer) -> None:
    with pytest.raises(InputError, match="out of reach, give at most"):
        shop.sample(500, boost_pair=(TEA, TEAPOT, 50.0))


def test_the_notes_say_what_the_gate_judged(shop: AssociativeSynthesizer) -> None:
    result = shop.sample(num_rows=500, rebalance={"verb": {"bought": 0.5, "viewed": 0.5}})
    assert any("each verb alone against its own reference" in note for note in result.notes)
    assert result.verdict.status is not Status.FAIL
    boosted = shop.sample(200, boost={("returned", "laptop"): 4.0})
    assert any("tilted back by the links and pairs" in note for note in boosted.notes)
    assert boosted.verdict.status is not Status.FAIL
    asked = shop.sample(conditions={"verb": "bought", "num_rows": 5})
    assert any("a draw of this model without the change" in note for note in asked.notes)
    assert shop.sample(50).scenario == ()


def dealt_out(edges: Edges, rng: np.random.Generator) -> Edges:
    """The same links, but of whom is left to chance."""
    sizes = {"num_subjects": edges.num_subjects, "num_verbs": edges.num_verbs, "num_objects": edges.num_objects}
    return Edges.from_links(rng.permutation(edges.subject), edges.verb, edges.object, **sizes)


@pytest.mark.parametrize(
    ("work", "asked"),
    [
        (Boost, {"num_subjects": 300, "boost": {("returned", "laptop"): 4.0}}),
        (Boost, {"num_subjects": 300, "boost_pair": (TEA, TEAPOT, 2.0)}),
        (Rebalance, {"num_rows": 6_000, "rebalance": {"verb": {"bought": 0.5, "viewed": 0.5}}}),
    ],
)
def test_a_scenarios_own_draw_is_judged(
    shop: AssociativeSynthesizer, work: Any, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the scenario's draw loses what goes together, nothing is emitted, however good a plain draw would be."""
    draw, rng = work.draw, np.random.default_rng(0)

    def spoiled(*given: Any) -> Any:
        made = draw(*given)
        return dealt_out(made, rng) if isinstance(made, Edges) else replace(made, judged=dealt_out(made.judged, rng))

    assert shop.sample(**asked).verdict.status in (Status.PASS, Status.PASS_LIMITED)
    monkeypatch.setattr(work, "draw", spoiled)
    with pytest.raises(GateRejected, match="refused 3 attempts"):
        shop.sample(**asked)


def test_only_what_was_named_is_tilted_back(shop: AssociativeSynthesizer) -> None:
    shares = shop.model_.margins / shop.model_.known_subjects
    laptop = list(shop.model_.objects).index("laptop")
    drawn = Boost.of(shop.model_, {("returned", "laptop"): 6.0}, None).draw(shop.model_, 4_000, seed=1)
    assert has(drawn.edges, shop, ("returned", "laptop")).mean() == pytest.approx(6 * shares[2, laptop], rel=0.02)
    assert drawn.judged.num_subjects == shop.model_.judge.num_reference()
    assert has(drawn.judged, shop, ("returned", "laptop")).mean() == pytest.approx(shares[2, laptop], rel=0.2)


def test_shares_become_whole_numbers_that_sum_up() -> None:
    assert largest_remainder(np.array([1 / 3, 1 / 3, 1 / 3]), 10).tolist() == [4, 3, 3]
    assert largest_remainder(np.array([0.5, 0.0, 0.5]), 4).tolist() == [2, 0, 2]


def test_weights_reach_a_mean_and_strata_come_as_often_as_they_weigh() -> None:
    import scipy.sparse as sp

    marked = np.arange(100) < 10
    weights = maximum_entropy(sp.csr_matrix(marked[:, None].astype(float)), np.array([0.4]), np.array([1e-9]))
    assert weights[marked].sum() == pytest.approx(0.4, abs=1e-4)
    rng = np.random.default_rng(0)
    chosen = systematic_resample(weights, 50, rng, marked.astype(np.int64))
    assert marked[chosen].sum() in (19, 20, 21)
