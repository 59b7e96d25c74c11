"""Every real value that codes hold is listed, with the subjects who have it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.attributes.protection import protected
from assoc_synth.attributes.stored import BIN, CLOCK, ENDS, PRICE, VALUE, Stored, stored_values
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def shop() -> TransactionTable:
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(150), 4)
    frame = pd.DataFrame({"who": who, "did": "buy", "what": rng.choice(["tea", "mug", "pot"], 600)})
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200 * 86_400, 600), unit="s")
    frame["paid"] = frame["what"].map({"tea": 2.5, "mug": 6.0, "pot": 9.0})
    frame["part"] = frame["what"].map({"tea": "food", "mug": "kitchen", "pot": "kitchen"})
    frame["born"] = (pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 20_000, 150), unit="D"))[who]
    frame["job"] = rng.choice(["cook", "maid"], 150)[who]
    return TransactionTable.from_frame(frame, subject="who", verb="did", object="what", time="when", amount="paid")


def listed(fewest: int) -> dict[str, Stored]:
    table = shop()
    made = protected(table, plan_columns(table), np.arange(150), Thresholds(fewest))
    encoder = AttributeEncoder.learn(
        LinkGraph.from_table(made.table), np.random.default_rng(0), plan=made.plan, fewest=fewest
    )
    return {stored.key: stored for stored in stored_values(encoder, fewest)}


def test_each_kind_of_value_is_listed_with_its_subjects() -> None:
    table, found = shop(), listed(5)
    assert set(found) >= {f"{VALUE}: job", f"{VALUE}: part", f"{VALUE}: paid", f"{PRICE}: paid", f"{ENDS}: time"}
    assert set(found[f"{VALUE}: part"].values) == {"food", "kitchen"}
    job = table.extras["job"].groupby(table.subject).first().value_counts()
    assert dict(zip(found[f"{VALUE}: job"].values, found[f"{VALUE}: job"].count(table), strict=True)) == job.to_dict()
    assert found[f"{PRICE}: paid"].values == (2.5, 6.0, 9.0)


def test_no_listed_value_has_fewer_subjects_than_the_threshold() -> None:
    table = shop()
    for stored in listed(5).values():
        assert stored.count(table).min() >= 5 or stored.what == CLOCK, stored.key
    assert any(stored.count(table).min() < 5 for stored in listed(1).values())


def test_ends_of_bins_of_dates_are_written_as_dates() -> None:
    born = listed(5)[f"{BIN}: born"]
    assert all(pd.Timestamp(value).year in range(1950, 2006) for value in born.values)
    assert not {pd.Timestamp(value) for value in born.values[:1]} & set(shop().extras["born"])
