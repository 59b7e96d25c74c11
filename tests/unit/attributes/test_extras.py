"""Extra columns: what depends on what is found and kept, identifiers and texts are regenerated, dates come back."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.attributes.visit_columns import of_links
from assoc_synth.ctgan.interface import DrawnOccurrences
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

WORDS = ("please", "leave", "at", "the", "door", "call", "before", "gift", "wrap", "fragile", "thanks", "neighbour")
OBJECTS = [f"o{number:02d}" for number in range(30)]
ROLES = dict(subject="customer", verb="action", object="product", time="date", amount="paid", basket="bag")


def shop(subjects: int = 150, seed: int = 0) -> pd.DataFrame:
    """Category and list price by product, birth year by customer, store and order by bag, one price per day."""
    rng = np.random.default_rng(seed)
    listed = {thing: round(float(rng.uniform(1, 90)), 2) for thing in OBJECTS}
    rows, prices, bag = [], {}, 1000
    for subject in range(subjects):
        born = int(rng.integers(1940, 2005))
        for _ in range(int(rng.integers(1, 6))):
            bag += 1
            day = int(rng.integers(0, 60))
            time = pd.Timestamp("2024-03-01") + pd.Timedelta(days=day, hours=int(rng.integers(8, 20)))
            store = str(rng.choice(["north", "south", "east"]))
            for thing in map(str, rng.choice(OBJECTS, int(rng.integers(1, 5)), replace=False)):
                returned = rng.random() < 0.15
                price = prices.setdefault((thing, day), round(listed[thing] * rng.uniform(0.8, 1.1), 2))
                note = " ".join([*rng.choice(WORDS, 3), str(subject)]) if rng.random() < 0.4 else None
                rows.append(
                    {
                        "customer": f"C{subject:04d}",
                        "action": "returned" if returned else "bought",
                        "product": thing,
                        "date": time,
                        "paid": -price if returned else price,
                        "bag": f"B{bag}",
                        "category": f"cat{OBJECTS.index(thing) % 5}",
                        "listed": listed[thing],
                        "born": born,
                        "store": store,
                        "order": f"ORDER-{bag:06d}",
                        "row": len(rows) + 1,
                        "note": note,
                        "delivery": time.normalize() + pd.Timedelta(days=int(rng.integers(1, 6))),
                        "coupon": None if returned or rng.random() < 0.5 else str(rng.choice(["x", "y"])),
                    }
                )
    return pd.DataFrame(rows)


REAL = shop()


def graph_of(frame: pd.DataFrame) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(frame, **ROLES))


def learned(graph: LinkGraph, **options: object) -> AttributeEncoder:
    return AttributeEncoder.learn(graph, np.random.default_rng(0), **options)


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    return graph_of(REAL)


@pytest.fixture(scope="module")
def encoder(graph: LinkGraph) -> AttributeEncoder:
    return learned(graph)


@pytest.fixture(scope="module")
def made(graph: LinkGraph, encoder: AttributeEncoder) -> pd.DataFrame:
    """The true links and visits, with the networks' columns dealt out at random within the verbs."""
    rng = np.random.default_rng(1)
    coded = encoder.encode(graph, rng)
    order = np.empty(len(coded.link_edge), np.int64)
    verb = graph.edges.verb[coded.link_edge]
    for code in np.unique(verb):
        order[verb == code] = rng.permutation(np.flatnonzero(verb == code))
    assert coded.visits is not None
    link = tuple(column.take(order) for column in coded.link)
    for column in coded.visit_columns:
        shuffled = column.take(rng.permutation(len(column)))
        link += (of_links(shuffled, coded.link_visit, len(coded.visits)),)
    occurrences = DrawnOccurrences(coded.link_edge, link, coded.link_visit, coded.visits)
    own = encoder.extras.encode_subjects(graph.table)
    drawn = encoder.decode(occurrences, graph.edges, rng, attributes=own)
    codes = {"subject": graph.edges.subject, "action": graph.edges.verb, "product": graph.edges.object}
    frame = pd.DataFrame({name: code[coded.link_edge] for name, code in codes.items()} | drawn.extras)
    return frame.assign(
        product=np.array(graph.table.objects)[frame["product"]],
        action=np.array(graph.table.verbs)[frame["action"]],
        date=drawn.time,
        paid=drawn.amount,
        bag=drawn.basket,
    )


def test_what_depends_on_what_is_found(encoder: AttributeEncoder) -> None:
    found = {rule.column: rule.on for rule in encoder.extras.dependencies}
    assert found == {"store": ("basket",), "paid": ("verb", "object", "day")}
    assert encoder.extras.subject.names == ("born",)
    assert [lookup.name for lookup in encoder.extras.lookups] == ["category", "listed"]
    assert {column.name: column.of for column in encoder.extras.regenerated} == {
        "order": "basket",
        "row": "row",
        "note": "row",
    }
    assert list(encoder.extras.dates) == ["delivery"]
    assert [code.name for code in encoder.extras.categories] == ["store", "coupon"]
    assert encoder.extras.left_out == ()


def test_every_dependency_holds_in_every_row(made: pd.DataFrame) -> None:
    day = made["date"].dt.date
    keys = {"born": "subject", "store": "bag", "order": "bag", "category": "product", "listed": "product"}
    for column, key in keys.items():
        assert (made.groupby(key)[column].nunique(dropna=False) == 1).all()
    assert (made.groupby(["action", "product", day])["paid"].nunique(dropna=False) == 1).all()


def test_what_an_object_has_is_its_own(made: pd.DataFrame) -> None:
    for column in ("category", "listed"):
        own = dict(zip(REAL["product"], REAL[column], strict=True))
        assert made[column].tolist() == [own[thing] for thing in made["product"]]


def test_identifiers_and_texts_are_new_ones_in_the_old_format(made: pd.DataFrame) -> None:
    for column in ("order", "row", "note"):
        assert not set(made[column].dropna()) & set(REAL[column].dropna())
    assert made["order"].str.fullmatch(r"ORDER-\d{6}").all()
    assert made["order"].nunique() == made["bag"].nunique()
    assert made["row"].is_unique
    said = {word for note in made["note"].dropna() for word in note.split()}
    assert said <= set(WORDS)
    assert made["note"].isna().mean() == pytest.approx(REAL["note"].isna().mean(), abs=0.05)


def test_dates_follow_the_time_of_their_link(made: pd.DataFrame) -> None:
    late = (made["delivery"] - made["date"].dt.normalize()).dt.days
    assert late.between(1, 5).mean() > 0.99  # the last days of the table are cut to its range


def test_values_are_missing_where_the_verb_has_none(made: pd.DataFrame) -> None:
    assert made.loc[made["action"] == "returned", "coupon"].isna().all()
    assert made["coupon"].isna().mean() == pytest.approx(REAL["coupon"].isna().mean(), abs=0.01)


def test_what_is_found_can_be_overruled(graph: LinkGraph) -> None:
    extras = learned(graph, dependencies={"born": None, "listed": "object", "store": None}).extras
    assert {rule.column for rule in extras.dependencies} == {"paid"}
    assert {"born"} <= {code.name for code in extras.numbers}
    assert len(extras.subject) == 0
    assert {"store"} <= {code.name for code in extras.categories}


@pytest.mark.parametrize(
    ("demanded", "message"),
    [
        ({"store": "object"}, "contradict it"),
        ({"shelf": "object"}, "no extra column"),
        ({"store": "weather"}, "can depend on"),
    ],
)
def test_what_cannot_be_is_refused(graph: LinkGraph, demanded: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        learned(graph, dependencies=demanded)


def test_independent_columns_depend_on_nothing() -> None:
    rng = np.random.default_rng(2)
    frame = REAL[["customer", "action", "product", "date", "paid", "bag"]].assign(
        colour=rng.choice(["red", "blue"], len(REAL)),
        weight=rng.normal(size=len(REAL)),
        same="always",
        paid=rng.normal(size=len(REAL)),
    )
    assert learned(graph_of(frame)).extras.dependencies == ()
    assert learned(graph_of(frame)).extras.lookups == ()


def test_the_codes_survive_json_and_hold_no_real_identifier(encoder: AttributeEncoder) -> None:
    text = json.dumps(encoder.extras.to_dict())
    assert ExtraColumns.from_dict(json.loads(text)).to_dict() == json.loads(text)
    assert not any(order in text for order in REAL["order"])
