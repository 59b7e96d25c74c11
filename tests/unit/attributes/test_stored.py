"""Every real value that codes hold is listed, with the subjects who have it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from assoc_synth import datasets
from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.attributes.protection import protected, without_rare_objects
from assoc_synth.attributes.stored import BETWEEN, BIN, CLOCK, ENDS, HOUR, PRICE, RANGE, VALUE, Stored, stored_values
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


def test_times_between_rows_and_hours_of_verbs_are_listed() -> None:
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(200), 6)
    frame = pd.DataFrame({"who": who, "did": np.tile(["see", "see", "buy"], 400), "what": "tea"})
    frame["visit"] = np.arange(1_200) // 3
    begin = np.where(frame["visit"] % 2, 9, 15) * 3_600 + 86_400 * (frame["visit"] % 90)
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(begin + np.tile([0, 1, 2], 400) * 40, unit="s")
    frame.loc[frame["did"] == "see", "when"] += pd.to_timedelta(rng.integers(0, 39, 800), unit="s")
    frame.loc[1, "when"] += pd.Timedelta(seconds=21_000)  # one subject's own
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what", time="when", basket="visit")
    encoder = AttributeEncoder.learn(LinkGraph.from_table(table), rng, fewest=5)
    found = {stored.what: stored for stored in stored_values(encoder, 5) if stored.is_time}
    assert {BETWEEN, RANGE} & set(found)
    for what in {BETWEEN, RANGE} & set(found):
        assert len(found[what].values) == len(found[what].count(table))
        assert found[what].count(table).min() >= 5
    assert found[HOUR].values
    assert {"09:00", "15:00"} <= set(found[HOUR].values)
    assert dict(zip(found[HOUR].values, found[HOUR].count(table), strict=True))["09:00"] == 200


def test_the_clinics_codes_hold_nothing_of_fewer_than_five_patients() -> None:
    whole = datasets.clinic(subjects=300)
    table, _ = without_rare_objects(whole, np.arange(300), 5)
    made = protected(table, plan_columns(table), np.arange(table.num_subjects), Thresholds())
    graph = LinkGraph.from_table(made.table)
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0), plan=made.plan, fewest=5)
    for stored in stored_values(encoder, 5):
        assert stored.count(made.table).min() >= 5, stored.key
    written, rows = json.dumps(encoder.to_dict()), whole.to_frame()
    rows["birth_date"] = rows["birth_date"].astype(str)
    names = ("mrn", "ssn", "insurance_number", "phone", "email", "birth_date", "note", "description")
    for name in names:
        subjects = rows.groupby(rows[name].astype(str))["patient_id"].nunique()
        rare = [value for value in subjects.index[subjects < 5] if value not in ("None", "nan")]
        assert rare
        assert not [value for value in rare if json.dumps(value) in written or f" {value}," in written], name
