"""Names of a part: they go on where those of the parts before end, and no column of identifiers repeats one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.regenerated import Regenerated
from assoc_synth.model.drawing import emit_rows, generate_edges, identifiers
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.naming import Used, named
from assoc_synth.randomness import Seeds


def with_identifiers(model: FittedModel) -> FittedModel:
    """The model whose first two extra columns hold identifiers of one shape."""
    rule = NewIdentifiers.beside(pd.Series([f"K-{number * 37 % 1000:03d}" for number in range(60)]))
    made = tuple(Regenerated(name, "row", (0.5,) * 5, rule) for name in model.format.schema.extras[:2])
    extras = replace(model.encoder.extras, regenerated=made)
    return replace(model, encoder=replace(model.encoder, extras=extras))


def test_parts_share_no_name(small_model: FittedModel) -> None:
    model = with_identifiers(small_model)
    assert len(identifiers(model)) == 2
    edges = generate_edges(model, 30, seeds=Seeds.of(1))
    part = emit_rows(model, edges, seeds=Seeds.of(2), numbered=True)
    used = Used.of(model, part)
    assert used.subjects == 30
    assert all(count > 0 for count in used.identifiers.values())
    first, second = named(model, part, Used()), named(model, part, used)
    assert len(first) == len(second) == len(part)
    assert not set(first.subjects) & set(second.subjects)
    assert first.baskets is None or second.baskets is None or not set(first.baskets) & set(second.baskets)
    values = [cell for table in (first, second) for name in identifiers(model) for cell in table.extras[name].dropna()]
    assert len(values) == len(set(values)) > 20
    gone = [table.extras[identifiers(model)[0]].isna().to_numpy() for table in (first, second)]
    assert np.array_equal(*gone)
    assert 0 < gone[0].mean() < 1
