"""A table's occurrences as codes and back."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.interface import DrawnOccurrences
from assoc_synth.datasets import toy_shop
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    return LinkGraph.from_table(toy_shop(subjects=300, seed=1))


def frame(**columns: object) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(columns)))


def test_sizes_fit_together(graph: LinkGraph) -> None:
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert len(coded.link_edge) == len(graph.table)
    assert all(len(column) == len(graph.table) for column in coded.link)
    assert len(coded.count) == len(graph.edges)
    assert len(coded.repeat) == graph.edges.num_subjects
    assert coded.visits is not None
    assert (coded.link_visit >= 0).sum() == coded.visits.size.sum()
    assert all(len(column) == len(np.unique(coded.visits.subject)) for column in coded.start)
    assert all(len(column) == len(coded.visits.later) for column in coded.step)
    assert (np.diff(coded.visits.subject) >= 0).all()


def test_link_columns_stand_beside_their_edge(graph: LinkGraph) -> None:
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert encoder.amount is not None
    amount = next(column for column in coded.link if column.spec.name == encoder.amount.name)
    viewed = list(graph.table.verbs).index("viewed")
    decoded = encoder.amount.decode(amount)
    assert np.isnan(decoded[graph.edges.verb[coded.link_edge] == viewed]).all()


def test_real_times_come_back_when_they_are_drawn_as_they_were() -> None:
    times = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-05", "2024-02-01", None])
    graph = frame(subject=["a", "a", "a", "b", "b"], verb=["buy"] * 5, object=["x", "y", "x", "x", "y"], time=times)
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    # Edges: a-x (twice), a-y, b-x, b-y; visits: a 01-01, a 01-05, b 02-01.
    assert coded.visits is not None
    drawn = DrawnOccurrences(coded.link_edge, coded.link, np.array([0, 1, 0, 2, -1]), coded.visits)
    found = encoder.decode(drawn, graph.edges, rng).time
    assert found is not None
    expected = pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-01", "2024-02-01", None])
    assert pd.Series(found).equals(pd.Series(expected.to_numpy("datetime64[ns]")))


def test_a_table_without_times_amounts_or_extras() -> None:
    graph = frame(subject=["a", "b"], verb=["buy", "buy"], object=["x", "y"])
    rng = np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert coded.num_visits is None
    assert coded.link == ()


def test_extras_are_modelled_by_kind() -> None:
    n = 200
    graph = frame(
        subject=[f"s{i % 40}" for i in range(n)],
        verb=["buy"] * n,
        object=[f"o{i % 7}" for i in range(n)],
        store=np.random.default_rng(0).choice(["north", "south"], n),
        sex=["F", "M"] * (n // 2),
        discount=np.linspace(0, 1, n),
        comment=[f"note {i}" for i in range(n)],
    )
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0))
    assert [code.name for code in encoder.extras.categories] == ["store"]
    assert encoder.extras.subject.names == ("sex",)
    assert [code.name for code in encoder.extras.numbers] == ["discount"]
    assert [column.name for column in encoder.extras.regenerated] == ["comment"]


def test_the_encoder_survives_json(graph: LinkGraph) -> None:
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0))
    state = json.loads(json.dumps(encoder.to_dict()))
    assert AttributeEncoder.from_dict(state).to_dict() == encoder.to_dict()


def test_columns_may_be_called_as_those_of_the_encoder() -> None:
    rng = np.random.default_rng(8)
    n = 1_200
    what = rng.integers(0, 12, n)
    names = ["undated", "undated'", "outside of visits", "no value: unit", "amount", "'no value: unit"]
    columns = {name: rng.choice(["north", "south", "west"], n) for name in names}
    time = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) // 4, unit="D"))
    table = TransactionTable.from_frame(
        pd.DataFrame(
            {
                "who": np.arange(n) // 24,
                "did": "buy",
                "what": [f"o{one}" for one in what],
                "when": time.where(rng.random(n) > 0.2),
                "bill": pd.Series(np.arange(n) // 4).where(rng.random(n) > 0.1),
                "price": rng.normal(9, 2, n).round(2),
                "unit": pd.Series([f"u{one % 4}" for one in what]).where(rng.random(n) > 0.3),
                **columns,
            }
        ),
        subject="who",
        verb="did",
        object="what",
        time="when",
        amount="price",
        basket="bill",
    )
    graph = LinkGraph.from_table(table)
    encoder = AttributeEncoder.learn(graph, rng)
    encoder = AttributeEncoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    assert (encoder.has_outside, encoder.has_undated, encoder.extras.missingness) == (True, True, ("unit",))
    coded = encoder.encode(graph, rng)
    assert len({column.spec.name for column in coded.link}) == len(coded.link) == len(names) + 4
    assert coded.visits is not None
    found = encoder.decode(
        DrawnOccurrences(coded.link_edge, coded.link, coded.link_visit, coded.visits), graph.edges, rng
    )
    edge = (table.subject.astype(np.int64) * len(table.verbs) + table.verb) * len(table.objects) + table.object
    order = np.argsort(edge, kind="stable")
    for name in (*names, "unit"):
        assert pd.Series(found.extras[name], dtype=object).equals(
            table.extras[name].astype(object).where(table.extras[name].notna(), None).iloc[order].reset_index(drop=True)
        ), name
    assert (encoder.in_visit(coded.link, n) == (coded.link_visit >= 0)).all()
    assert table.time is not None
    assert (encoder.dated(coded.link, n) == ~np.isnat(table.time[order])).all()
