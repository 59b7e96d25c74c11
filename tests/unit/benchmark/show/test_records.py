"""Rows as values for JSON, and back."""

import json
import math

import pytest

from assoc_synth.benchmark import Row, as_dict, from_dict
from assoc_synth.benchmark.measures import ALL
from assoc_synth.errors import InputError


def test_json_is_strict_and_carries_ratios(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    assert values["format_version"] == 1
    floor, _, destroyed, same, _, absent, _ = values["rows"]
    assert set(floor["measures"]["ratio_to_floor"][ALL].values()) <= {1.0, None}
    assert same["measures"]["ratio_to_floor"][ALL]["item_l1"] == 0.0
    assert same["cost"]["fit_links_per_second"] == 1000.0
    assert (same["cost"]["peak_memory_bytes"], same["cost"]["model_bytes"]) == (1_500_000_000, 2_500_000)
    assert (destroyed["measures"]["fidelity"], destroyed["measures"]["ratio_to_floor"]) == ({}, {})
    assert (absent["measures"], absent["status"]) == (None, "skipped")


def test_rows_come_back_from_json(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    back = from_dict(values)
    assert as_dict(back) == values
    assert back[3].cost == rows[3].cost
    assert back[3].measures is not None
    assert back[3].measures.proximity == rows[3].measures.proximity  # type: ignore[union-attr]
    assert back[3].measures.utility == rows[3].measures.utility  # type: ignore[union-attr]
    with pytest.raises(InputError, match="format version 1"):
        from_dict({**values, "format_version": 2})
    with pytest.raises(InputError, match="no benchmark results"):
        from_dict({"format_version": 1, "rows": [{}]})


def test_results_of_earlier_versions_are_read(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    for row in values["rows"]:
        measures = row["measures"] or {"utility": {}, "proximity": None}
        for name in ("floor", "low", "high", "floor_low", "floor_high"):
            measures["utility"].pop(name, None)
        (measures["proximity"] or {}).pop("independent", None)
    found = from_dict(values)[3].measures
    assert found is not None
    assert found.proximity is not None
    assert math.isnan(found.utility.floor)
    assert math.isnan(found.proximity.independent)
    assert not math.isnan(found.utility.ndcg)
