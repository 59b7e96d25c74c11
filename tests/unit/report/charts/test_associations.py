"""Associations as charts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.report.charts import association_graph, heat_maps, lift_against_lift
from assoc_synth.transactions.table import TransactionTable


def data_of(chart: Any) -> list[pd.DataFrame]:
    return [pd.DataFrame(values) for values in chart.to_dict()["datasets"].values()]


def points_of(chart: Any) -> pd.DataFrame:
    return next(data for data in data_of(chart) if "standing" in data)


def test_lifts_of_other_real_subjects_agree_and_shuffled_ones_do_not(
    real: TransactionTable, held: TransactionTable, shuffled: TransactionTable
) -> None:
    near, far = (points_of(lift_against_lift(real, other, held)) for other in (held, shuffled))
    assert near["real"].corr(near["synthetic"]) > 0.6 > 0.4 > far["real"].corr(far["synthetic"])
    assert (far["standing"] == "changed").sum() > (near["standing"] == "changed").sum()
    assert len(data_of(lift_against_lift(real, held))) == 3, "band, diagonal and points"


def test_a_heat_map_for_each_table_and_their_difference(real: TransactionTable, shuffled: TransactionTable) -> None:
    first, second, difference = data_of(heat_maps(real, shuffled, verb="bought"))
    assert (second["value"] - first["value"]).to_numpy() == pytest.approx(difference["value"].to_numpy())
    assert first["value"].max() > second["value"].max()


def test_the_graph_says_what_became_of_the_pairs(real: TransactionTable, shuffled: TransactionTable) -> None:
    alone, beside = (points_of(association_graph(real, *other, verb="bought")) for other in ((), (shuffled,)))
    assert set(alone["standing"]) == {"claimed"}
    assert "changed" in set(beside["standing"])
    assert set(alone["pair"]) <= set(beside["pair"])


def test_what_cannot_be_drawn_is_said(real: TransactionTable) -> None:
    with pytest.raises(InputError, match="no verb 'steals'; the table has: "):
        heat_maps(real, real, verb="steals")
    few = real.take_subjects([0, 1])
    with pytest.raises(InputError, match="no pair is claimed within"):
        association_graph(few)
    with pytest.raises(InputError, match="common subjects in the real table"):
        lift_against_lift(few, few)
