"""Training learns what no single link decides."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.ctgan.trainer import History
from assoc_synth.ctgan.visit_columns.model import VisitColumnModel
from assoc_synth.ctgan.visit_columns.sampling import VisitColumnSampler
from assoc_synth.ctgan.visit_columns.training import train_visit_columns
from assoc_synth.randomness import Seeds

Make = Callable[..., Any]


def trained(table: Any, **options: Any) -> tuple[VisitColumnModel, History]:
    model = table.model()
    config = CTGANConfig(epochs=options.pop("epochs", 40))
    history = train_visit_columns(
        model, table.data, table.known, validation=np.arange(30), seeds=Seeds.of(0), config=config, **options
    )
    return model, history


def test_a_pair_of_links_decides_together(made: Make) -> None:
    """The class is 1 where a visit has exactly one of two links: neither says anything by itself."""
    table = made(400)
    has = [np.isin(np.arange(len(table.groups)), table.groups.group[table.groups.token == token]) for token in (1, 2)]
    column = CodedColumn.discrete("odd", has[0] ^ has[1], 2)
    table = replace(table, data=replace(table.data, visit_columns=(column,)))
    model, history = trained(table)
    assert history.best_epoch > 0
    code = VisitColumnSampler(model, {}, seeds=Seeds.of(0)).draw(table.groups, table.known)[0].code
    assert (code == column.code).mean() > 0.9


def test_training_ends_at_its_deadline(made: Make) -> None:
    _, history = trained(made(40), deadline=0.0)
    assert history.stopped == "out of time"


def test_training_is_the_same_by_the_same_seeds(made: Make) -> None:
    losses = [trained(made(40), epochs=2)[1].epochs for _ in range(2)]
    assert losses[0] == losses[1]
