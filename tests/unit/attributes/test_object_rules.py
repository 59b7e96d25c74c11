"""What a column decides of what is looked up by the object holds for rare objects too."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def frame(*, decides: bool = True) -> pd.DataFrame:
    """Physicians of three departments; the last ten codes are of one patient each."""
    rng, rows = np.random.default_rng(0), []
    for patient in range(200):
        codes = [*rng.choice(30, 4, replace=False), *([30 + patient] if patient < 10 else [])]
        for code in codes:
            department = ("eyes", "heart", None)[code % 3]
            own = str(department)[:2] if decides else rng.choice(["ey", "he", "No"])
            rows.append((f"p{patient}", "had", f"c{code:02d}", department, f"{own}-{rng.integers(3)}"))
    return pd.DataFrame(rows, columns=["who", "did", "what", "department", "physician"])


def learned(rows: pd.DataFrame, **options: Any) -> tuple[AttributeEncoder, TransactionTable]:
    table = TransactionTable.from_frame(rows, subject="who", verb="did", object="what")
    return AttributeEncoder.learn(LinkGraph.from_table(table), np.random.default_rng(0), **options), table


def test_each_object_allows_those_who_have_what_it_has() -> None:
    encoder, table = learned(frame())
    [code] = [code for code in encoder.extras.categories if code.name == "physician"]
    objects = np.arange(40)
    may = encoder.allowed["physician"].holds(np.zeros(40, np.int64), objects)
    for object, own in enumerate(may):
        prefix = ("ey", "he", "No")[int(str(table.objects[object])[1:]) % 3]
        assert {code.values[at] for at in np.flatnonzero(own)} == {f"{prefix}-{number}" for number in range(3)}
    assert "column 'department' is a function of column 'physician': kept exactly" in encoder.notes


@pytest.mark.parametrize("options", [{}, {"dependencies": {"physician": None}}])
def test_what_decides_nothing_or_depends_on_nothing_has_no_rule(options: dict[str, object]) -> None:
    encoder, _ = learned(frame(decides=bool(options)), **options)
    assert not [note for note in encoder.notes if "is a function of" in note]
    allowed = encoder.allowed.get("physician")
    assert allowed is None or allowed.holds(np.zeros(10, np.int64), np.arange(30, 40)).all()
