"""Arguments: what is wrong is named together with what to give; what is right comes back ready to use."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError
from assoc_synth.model.arguments import (
    as_table,
    check_config,
    check_count,
    check_keywords,
    check_minutes,
    check_progress,
    check_trained,
    check_verbs,
    resolve_device,
)
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.shortfall import Cut, Shortfall
from assoc_synth.transactions.table import TransactionTable

FRAME = pd.DataFrame(
    {
        "who": ["a", "a", "b"],
        "action": ["bought", "viewed", "bought"],
        "product": ["tea", "cup", "tea"],
        "at": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
        "date": pd.to_datetime(["2023-01-01", "2023-01-02", "2023-01-03"]),
    }
)


@pytest.mark.parametrize("wrong", ["5", 0, -1, math.nan, math.inf, True, [3]])
def test_minutes_are_a_finite_number_above_0(wrong: object) -> None:
    with pytest.raises(InputError, match="max_minutes must be a number of minutes above 0, or None for no limit, not "):
        check_minutes(wrong)


@pytest.mark.parametrize("given", [2, 0.5, np.float32(0.5), np.int64(3)])
def test_minutes_come_back_as_a_number(given: float) -> None:
    assert check_minutes(given) == float(given)
    assert check_minutes(None) is None


def test_a_model_whose_training_was_too_short_is_refused_with_both_ways_out() -> None:
    def trained(cuts: tuple[Cut, ...]) -> FittedModel:
        return cast(FittedModel, SimpleNamespace(shortfall=Shortfall(cuts)))

    check_trained(trained(()))
    check_trained(trained((Cut("edges", 10, 55, "epoch"),)))
    with pytest.raises(InputError, match="too little training for edges: ") as refusal:
        check_trained(trained((Cut("edges", 1, 55, "epoch", is_untrained=True),)))
    assert str(refusal.value).endswith(
        "(edges 1 of 55 epochs): raise --max-minutes (in Python max_minutes), or sample from it as it is with "
        "--allow-undertrained (in Python allow_undertrained=True)"
    )


def test_a_config_is_a_config() -> None:
    config = CTGANConfig(epochs=3)
    assert check_config(config) is config
    assert check_config(None) is None
    with pytest.raises(InputError, match=r"config must be a CTGANConfig or None, not a dict: give CTGANConfig\("):
        check_config({})


def test_progress_can_be_called() -> None:
    check_progress(None)
    check_progress(print)
    with pytest.raises(InputError, match="progress must be a function of one argument or None, not 3"):
        check_progress(3)


@pytest.mark.parametrize("wrong", [True, 0, -3, 2.5, "7", np.bool_(True), math.nan])
def test_a_count_is_a_whole_number_from_1(wrong: object) -> None:
    with pytest.raises(InputError, match="num_subjects must be a whole number of at least 1, not "):
        check_count("num_subjects", wrong)


def test_a_count_comes_back_as_a_number() -> None:
    assert check_count("num_rows", None) is None
    assert check_count("num_rows", np.int32(4)) == 4
    assert type(check_count("num_rows", np.int32(4))) is int


@pytest.mark.parametrize("wrong", [5, {"bought": 1}, b"bought", 1.5])
def test_verbs_are_names(wrong: object) -> None:
    with pytest.raises(InputError, match=r"verbs must be a list of names such as \['bought'\], not "):
        check_verbs(wrong)


def test_one_verb_may_be_a_text() -> None:
    assert check_verbs("bought") == ("bought",)
    assert check_verbs(pd.Index(["bought", "viewed"])) == ("bought", "viewed")
    assert check_verbs([]) is None
    assert check_verbs(None) is None


@pytest.mark.parametrize("wrong", ["gpu", "", "cuda:x", "CPU", 0, None])
def test_a_device_that_there_is_nowhere(wrong: object) -> None:
    with pytest.raises(InputError, match="device must be 'auto', 'cpu', 'cuda', 'cuda:0' or 'mps', not "):
        resolve_device(wrong)


@pytest.mark.parametrize(
    ("gpus", "asked", "device"),
    [(0, "auto", "cpu"), (1, "auto", "cuda"), (1, "cpu", "cpu"), (1, "cuda", "cuda"), (2, "cuda:1", "cuda:1")],
)
def test_auto_takes_a_gpu_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, gpus: int, asked: str, device: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert resolve_device(asked) == device


@pytest.mark.parametrize(("gpus", "asked"), [(0, "cuda"), (0, "cuda:0"), (1, "cuda:1")])
def test_a_device_that_is_not_here(monkeypatch: pytest.MonkeyPatch, gpus: int, asked: str) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    with pytest.raises(InputError, match=f"device '{asked}' is not available on this machine: give device='cpu'"):
        resolve_device(asked)


def test_an_unknown_keyword_is_named() -> None:
    check_keywords(["verb"], ["verb", "object"], "fit")
    with pytest.raises(TypeError, match=r"fit\(\) got an unexpected keyword argument 'verbs'; it takes verb, object"):
        check_keywords(["verbs"], ["verb", "object"], "fit")


def test_a_frame_and_a_dict_of_one_frame_are_a_table() -> None:
    table = as_table(FRAME, None, {"subject": "who"})
    assert table.schema.roles() == {"subject": "who", "verb": "action", "object": "product", "time": "date"}
    assert as_table({"shop": FRAME}, None, {"subject": "who"}).schema == table.schema
    assert as_table(table, None, {}) is table


@pytest.mark.parametrize("tables", [{}, {"a": FRAME, "b": FRAME}])
def test_several_tables_are_too_many(tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(InputError, match=f"one table of transactions is needed, the dict has {len(tables)}"):
        as_table(tables, None, {})


def test_anything_else_is_no_table() -> None:
    with pytest.raises(InputError, match="a pandas, polars or Arrow table or a DuckDB relation is needed"):
        as_table([1, 2], None, {})  # type: ignore[arg-type]


def own_metadata() -> object:
    return SimpleNamespace(sequence_key="who", sequence_index="at")


def sdv_metadata() -> object:
    from sdv.metadata import Metadata

    columns = {"who": {"sdtype": "id"}, "action": {"sdtype": "categorical"}, "product": {"sdtype": "categorical"}}
    columns |= {"at": {"sdtype": "datetime"}, "date": {"sdtype": "datetime"}}
    metadata = Metadata.load_from_dict({"tables": {"shop": {"columns": columns}}})
    metadata.set_sequence_key("who")
    metadata.set_sequence_index("at")
    return metadata


@pytest.mark.parametrize("metadata", [own_metadata, sdv_metadata])
def test_metadata_names_the_subject_and_the_time(metadata: Callable[[], object]) -> None:
    table = as_table(FRAME, metadata(), {})
    assert (table.schema.subject, table.schema.time) == ("who", "at")


@pytest.mark.parametrize("metadata", [own_metadata, sdv_metadata])
def test_what_is_named_outdoes_the_metadata(metadata: Callable[[], object]) -> None:
    schema = as_table(FRAME, metadata(), {"time": "date"}).schema
    assert (schema.subject, schema.time) == ("who", "date")
    assert as_table(FRAME, metadata(), {"time": ""}).schema.time is None


def test_metadata_without_a_sequence_leaves_detection_alone() -> None:
    metadata = SimpleNamespace(tables={"shop": SimpleNamespace(sequence_key=None, sequence_index=None)})
    assert as_table(FRAME.rename(columns={"who": "customer"}), metadata, {}).schema.subject == "customer"


def test_a_table_keeps_its_roles() -> None:
    table = TransactionTable.from_frame(FRAME, subject="who", time="at")
    assert as_table(table, own_metadata(), {"time": "date"}).schema.time == "at"
