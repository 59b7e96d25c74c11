"""What a verb, or a verb and its object, imply of a column: found, told, and kept whatever is drawn."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.implications import CodedValues, Implications, Links
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, DrawnOccurrences
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

VERBS = ("viewed", "bought", "returned")
VIEWED, BOUGHT, RETURNED = range(3)
ROWS = 600


@pytest.fixture
def links() -> Links:
    rng = np.random.default_rng(0)
    return Links(np.arange(ROWS) % 200, rng.integers(0, 3, ROWS), rng.integers(0, 4, ROWS))


@pytest.fixture
def prices(links: Links) -> np.ndarray:
    """None under viewed, wide around 0 in size, positive under bought and negative under returned."""
    size = np.round(np.abs(np.random.default_rng(1).normal(0, 20, ROWS)), 2) + 0.01
    return np.choose(links.verb, [np.full(ROWS, np.nan), size, -size])


Learn = Callable[[np.ndarray], tuple[NumberCode, Implications]]


@pytest.fixture
def learn(links: Links) -> Learn:
    def made(values: np.ndarray) -> tuple[NumberCode, Implications]:
        rng = np.random.default_rng(0)
        code = NumberCode.learn("price", values, rng)
        coded = CodedValues("paid", code.encode(values, rng), values)
        return code, Implications.learn([coded], links, VERBS, 4)

    return made


def any_draw(code: NumberCode, implied: Implications, links: Links, rng: np.random.Generator) -> np.ndarray:
    """Numbers of classes drawn evenly from the allowed ones, anywhere in their modes."""
    allowed = implied.allowed["price"].holds(links.verb, links.object)
    classes = (rng.random(allowed.shape) * allowed).argmax(1)
    drawn = code.decode(CodedColumn(code.spec, classes, rng.uniform(-1, 1, len(classes)).astype(np.float32)))
    return implied.signed(code, "paid", drawn, links.verb, links.object)


def test_presence_and_sign_hold_for_any_draw(links: Links, prices: np.ndarray, learn: Learn) -> None:
    code, implied = learn(prices)
    assert (code.means - 3 * code.stds < 0).any()
    assert (code.means + 3 * code.stds > 0).any()
    drawn = any_draw(code, implied, links, np.random.default_rng(2))
    assert np.isnan(drawn[links.verb == VIEWED]).all()
    assert (drawn[links.verb == BOUGHT] > 0).all()
    assert (drawn[links.verb == RETURNED] < 0).all()
    known = drawn[~np.isnan(drawn)]
    assert known.min() >= code.low
    assert known.max() <= code.high
    assert (np.abs(known) <= 0.02).mean() < 0.02  # nothing piles up at 0


def test_what_was_spread_over_a_group_is_missing_where_a_verb_has_none(
    links: Links, prices: np.ndarray, learn: Learn
) -> None:
    code, implied = learn(prices)
    found = implied.signed(code, "paid", np.full(ROWS, 5.0), links.verb, links.object)
    assert np.array_equal(found, np.choose(links.verb, [np.nan, 5.0, -5.0]), equal_nan=True)


def test_what_a_group_left_missing_is_there_where_a_verb_always_has_it(
    links: Links, prices: np.ndarray, learn: Learn
) -> None:
    code, implied = learn(prices)
    nothing = np.full(ROWS, np.nan)
    found = implied.spread(code, "paid", np.full(ROWS, 5.0), nothing, links.verb, links.object)
    assert np.array_equal(found, np.choose(links.verb, [np.nan, 5.0, -5.0]), equal_nan=True)


def test_what_is_found_is_told(prices: np.ndarray, learn: Learn) -> None:
    assert learn(prices)[1].notes == (
        "column 'paid' is empty under 'viewed': kept exactly",
        "column 'paid' is never empty under 'bought', 'returned': kept exactly",
        "column 'paid' is negative under 'returned': kept exactly",
        "column 'paid' is positive under 'bought': kept exactly",
    )


@pytest.mark.parametrize(("wrong", "holds"), [(0, True), (3, True), (30, False)])
def test_a_few_rows_may_contradict_but_not_many(wrong: int, holds: bool) -> None:
    rng, rows = np.random.default_rng(0), 3_000
    links = Links(np.arange(rows) % 1_000, np.arange(rows) // 2 % 2, np.zeros(rows, np.int64))
    values = np.where(links.verb == 0, 1.0, -1.0) * rng.lognormal(2, 1, rows)
    values[np.flatnonzero(links.verb == 0)[:wrong]] *= -1
    code = NumberCode.learn("paid", values, rng)
    implied = Implications.learn([CodedValues("paid", code.encode(values, rng), values)], links, VERBS[1:], 1)
    assert ("column 'paid' is positive under 'bought': kept exactly" in implied.notes) == holds
    assert "column 'paid' is negative under 'returned': kept exactly" in implied.notes


def test_nothing_is_implied_by_a_handful_of_subjects() -> None:
    rng, rows = np.random.default_rng(0), 400
    verb = (np.arange(rows) < 300).astype(np.int64)
    subject = np.where(verb == 1, np.arange(rows) % 100, np.arange(rows) % 9)  # the first verb is that of nine subjects
    values = np.where(verb == 1, rng.normal(0, 5, rows), np.nan)
    code = NumberCode.learn("x", values, rng)
    coded = CodedValues("x", code.encode(values, rng), values)
    implied = Implications.learn([coded], Links(subject, verb, np.zeros(rows, np.int64)), ("rare", "often"), 1)
    assert implied.notes == ("column 'x' is never empty under 'often': kept exactly",)


def test_a_pair_is_an_exception_to_its_verbs_rule(links: Links, prices: np.ndarray, learn: Learn) -> None:
    gift = (links.verb == BOUGHT) & (links.object == 3)
    prices[gift] = np.nan
    _, implied = learn(prices)
    rule = implied.allowed["price"]
    gone = rule.holds(np.array([BOUGHT, BOUGHT]), np.array([3, 0]))[:, -1]
    assert gone.tolist() == [True, False]
    assert rule.holds(np.array([BOUGHT]), np.array([3])).sum() == 1  # nothing but missing
    assert "column 'paid': 4 pairs of a verb and an object have a rule of their own: kept exactly" in implied.notes


def test_values_that_a_verb_never_has_are_not_drawn(links: Links) -> None:
    rng = np.random.default_rng(3)
    code = np.where(links.verb == RETURNED, 2, rng.integers(0, 2, ROWS))
    rare = np.flatnonzero(links.verb == BOUGHT)[0]
    code[rare] = 3  # too rare to say that others never have it
    column = CodedColumn.discrete("pay", code, 4)
    implied = Implications.learn([CodedValues("pay", column)], links, VERBS, 4)
    allowed = implied.allowed["pay"]
    assert allowed.patterns[allowed.of_verb][RETURNED].tolist() == [False, False, True, False]
    assert allowed.patterns[allowed.of_verb][BOUGHT].tolist() == [True, True, False, True]


def test_of_values_of_a_whole_group_only_missing_ones_are_looked_at(links: Links) -> None:
    code = np.where(links.verb == RETURNED, 0, 1)
    column = CodedColumn(ColumnSpec("pay", 2, False), code, np.zeros(ROWS, np.float32))
    implied = Implications.learn([CodedValues("pay", column, by_row=False)], links, VERBS, 4)
    assert not implied.allowed
    assert not implied.notes


def test_implications_survive_json(links: Links, prices: np.ndarray, learn: Learn) -> None:
    code, implied = learn(prices)
    again = Implications.from_dict(json.loads(json.dumps(implied.to_dict())))
    assert again.notes == implied.notes
    first, second = (any_draw(code, one, links, np.random.default_rng(2)) for one in (implied, again))
    assert np.array_equal(first, second, equal_nan=True)
    assert Implications.from_dict({}).notes == ()


def planted(subjects: int, seed: int) -> pd.DataFrame:
    """No price under viewed; fees of either sign under viewed, above 0 under bought, below under returned."""
    rng, rows = np.random.default_rng(seed), []
    for subject in range(subjects):
        for _ in range(int(rng.integers(3, 9))):
            verb, thing = str(rng.choice(VERBS, p=[0.5, 0.35, 0.15])), int(rng.integers(0, 12))
            size, fee = round(float(rng.lognormal(2, 1)), 2) + 0.01, round(float(rng.normal(0, 20)), 2) or 1.0
            rows.append(
                {
                    "who": f"s{subject}",
                    "did": verb,
                    "what": f"o{thing:02d}",
                    "paid": {"viewed": None, "bought": size, "returned": -size}[verb],
                    "fee": {"viewed": fee, "bought": abs(fee), "returned": -abs(fee)}[verb],
                    "means": {"viewed": None, "bought": str(rng.choice(["card", "cash"])), "returned": "refund"}[verb],
                }
            )
    return pd.DataFrame(rows)


ROLES = dict(subject="who", verb="did", object="what", amount="paid")


def rows_after_seconds(table: TransactionTable, *, seed: int, subjects: int) -> pd.DataFrame:
    """What is drawn after hardly any training; no gate is asked."""
    model = AssociativeSynthesizer(random_state=seed, max_minutes=0.01).fit(table).model_
    edges = generate_edges(model, subjects, seeds=Seeds.of(seed))
    return emit_rows(model, edges, seeds=Seeds.of(seed)).to_frame(typed=True)


@pytest.mark.parametrize("seed", range(3))
def test_presence_and_sign_are_exact_after_training_for_seconds(seed: int) -> None:
    table = TransactionTable.from_frame(planted(100, seed), **ROLES)
    rows = rows_after_seconds(table, seed=seed, subjects=300)
    paid, fee = rows["paid"].astype(float), rows["fee"].astype(float)
    by_verb = {verb: rows["did"] == verb for verb in VERBS}
    assert all(where.sum() > 50 for where in by_verb.values())
    assert paid[by_verb["viewed"]].isna().all()
    assert (paid[by_verb["bought"]] > 0).all()
    assert (paid[by_verb["returned"]] < 0).all()
    assert (fee[by_verb["bought"]] > 0).all()
    assert (fee[by_verb["returned"]] < 0).all()
    assert (fee[by_verb["viewed"]] > 0).any()
    assert (fee[by_verb["viewed"]] < 0).any()
    assert set(rows["means"][by_verb["returned"]].dropna()) == {"refund"}
    assert rows["means"][by_verb["viewed"]].isna().all()
    assert set(rows["means"][by_verb["bought"]].dropna()) == {"card", "cash"}


def test_the_sign_holds_where_the_amount_is_the_objects_own() -> None:
    """One price for each object is spread over its links; what was returned is negative all the same."""
    frame = planted(300, 0)
    listed = 2.5 + frame["what"].str[1:].astype(int)
    first = frame.index[~frame.duplicated("what")][:8]
    frame["did"] = np.where(frame.index.isin(first), "returned", "bought")
    frame["paid"] = listed.where(frame["did"] == "bought", -listed)
    graph = LinkGraph.from_table(TransactionTable.from_frame(frame[["who", "did", "what", "paid"]], **ROLES))
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    assert [(rule.column, rule.on) for rule in encoder.extras.dependencies] == [("paid", ("object",))]
    coded = encoder.encode(graph, rng)
    visit = np.full(len(coded.link_edge), -1)
    drawn = encoder.decode(
        DrawnOccurrences(coded.link_edge, coded.link, visit, coded.visits),
        graph.edges,
        rng,  # type: ignore[arg-type]
    )
    bought = graph.edges.verb[coded.link_edge] == list(graph.table.verbs).index("bought")
    assert drawn.amount is not None
    assert (drawn.amount[bought] > 0).all()


def fixed_prices(prices: int, wrong: int, subjects: int = 150) -> pd.DataFrame:
    """Each procedure has one price or a few, diagnoses have none; some prices are unheard of."""
    rng, rows = np.random.default_rng(0), []
    listed = np.round(rng.uniform(10, 900, (30, prices)), 2)
    for subject in range(subjects):
        for thing in rng.choice(30, int(rng.integers(4, 12)), replace=False):
            performed = thing < 20
            paid = float(rng.choice(listed[thing])) if performed else None
            rows.append({"who": f"s{subject}", "did": "performed" if performed else "diagnosed", "what": f"o{thing}"})
            rows[-1]["paid"] = paid
    frame = pd.DataFrame(rows)
    at = rng.choice(np.flatnonzero(frame["paid"].notna()), wrong, replace=False)
    frame.loc[at, "paid"] += np.round(rng.uniform(1, 50, wrong), 2)
    return frame


@pytest.mark.parametrize(("prices", "wrong"), [(1, 0), (1, 3), (1, 25), (3, 10)])
def test_each_object_has_its_own_prices_after_training_for_seconds(prices: int, wrong: int) -> None:
    table = TransactionTable.from_frame(fixed_prices(prices, wrong), **ROLES)
    rows = rows_after_seconds(table, seed=0, subjects=300)
    real = fixed_prices(prices, 0).groupby("what")["paid"].agg(lambda paid: set(paid.dropna()))
    known = rows[rows["paid"].notna()]
    assert len(known) > 500
    assert (known["did"] == "performed").all()
    assert all(paid in real[what] for what, paid in zip(known["what"], known["paid"].astype(float), strict=True))
    assert known.groupby("what")["paid"].nunique().mean() > 0.9 * prices


def test_an_extra_column_may_be_called_amount() -> None:
    frame = planted(100, 0).rename(columns={"fee": "amount"})
    graph = LinkGraph.from_table(TransactionTable.from_frame(frame, **ROLES))
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    visit = np.full(len(coded.link_edge), -1)
    drawn = encoder.decode(
        DrawnOccurrences(coded.link_edge, coded.link, visit, coded.visits),
        graph.edges,
        rng,  # type: ignore[arg-type]
    )
    viewed = graph.edges.verb[coded.link_edge] == list(graph.table.verbs).index("viewed")
    assert drawn.amount is not None
    assert np.isnan(drawn.amount[viewed]).all()
    assert not np.isnan(drawn.extras["amount"].astype(float)).any()
