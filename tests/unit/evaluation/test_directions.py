"""Every measure has a direction, and it is the one that its own extremes show."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.comparison import Sides, fidelity_figures
from assoc_synth.evaluation.directions import DIRECTIONS, direction
from assoc_synth.evaluation.disclosure import privacy_figures
from assoc_synth.evaluation.fidelity import Fidelity
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import NAMES, motif_figures
from assoc_synth.evaluation.row_figures import row_figures
from assoc_synth.evaluation.sdv_reports import PARTS
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def test_every_measure_is_in_the_table() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "subject": rng.integers(0, 90, 900),
            "verb": rng.choice(["buy", "return"], 900),
            "object": rng.integers(0, 12, 900),
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 9_000, 900), unit="h"),
            "amount": rng.random(900),
            "basket": rng.integers(0, 400, 900),
        }
    )
    table = TransactionTable.from_frame(frame)
    edges = LinkGraph.from_table(table).edges
    sides = Sides.of(edges, edges, None, rng)
    figures = [*fidelity_figures(sides, rng, min_count=2), *motif_figures(sides, rng, min_count=2)]
    figures += [*marginal_figures(table, table, None, rng), *privacy_figures(*coded_rows(table, table, table), rng)]
    figures += row_figures(table, table, None, rng)
    named = {figure.name.partition(":")[0] for figure in figures} | {*PARTS, *NAMES}
    named |= {field.name for field in fields(Fidelity)}
    assert named <= set(DIRECTIONS)
    assert {figure.aim for figure in figures} == {"low", "high", "half"}


def test_directions_by_name() -> None:
    assert (direction("lift_mae"), direction("lift_r"), direction("closer_to_train")) == ("low", "high", "half")
    assert direction("sdv quality: Column Shapes") == "high"
    with pytest.raises(KeyError):
        direction("beauty")
