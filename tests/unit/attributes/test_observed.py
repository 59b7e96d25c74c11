"""The columns in which implications are looked for."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.implications import CodedValues
from assoc_synth.attributes.observed import observed_columns
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

ROLES = dict(subject="who", verb="did", object="what", time="when", amount="paid", basket="bag")


def frame() -> pd.DataFrame:
    rng, rows = np.random.default_rng(0), []
    for bag in range(400):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 300)))
        store, sent = str(rng.choice(["north", "south", "east"])), day + pd.Timedelta(days=int(rng.integers(0, 9)))
        for thing in rng.choice(20, 3, replace=False):
            bought = rng.random() < 0.6
            row = {"who": f"s{bag % 60}", "did": "bought" if bought else "viewed", "what": f"o{thing}", "when": day}
            row |= {"bag": f"b{bag}", "paid": round(float(rng.lognormal()), 2) if bought else None}
            row |= {"store": store if bought else None, "sent": sent, "means": str(rng.choice(["card", "cash"]))}
            rows.append(row)
    return pd.DataFrame(rows)


def observed(**options: object) -> dict[str, CodedValues]:
    graph, rng = LinkGraph.from_table(TransactionTable.from_frame(frame(), **ROLES)), np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng, **options)  # type: ignore[arg-type]
    coded = encoder.encode(graph, rng)
    columns = {column.spec.name: column for column in (*coded.link, *coded.visit_columns)}
    return {one.name: one for one in observed_columns(encoder.extras, encoder.amount, graph.table, columns)}


def test_every_drawn_column_is_looked_at_as_it_is_drawn() -> None:
    found = observed()
    assert list(found) == ["paid", "sent", "store", "means"]
    assert {name: (one.by_row, one.missing) for name, one in found.items()} == {
        "paid": (True, True),
        "sent": (True, True),  # one for each bag: what its links never have is looked for
        "store": (True, True),  # drawn for each bag, and row by row whether it is there
        "means": (True, True),
    }
    assert [name for name, one in found.items() if one.values is not None] == ["paid"]
    assert found["sent"].is_date
    assert found["store"].column.spec.missing == 1


@pytest.mark.parametrize("column", ["paid", "means"])
def test_what_depends_on_nothing_as_the_user_says_is_left_alone(column: str) -> None:
    assert column not in observed(dependencies={column: None})
