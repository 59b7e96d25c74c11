"""The whole job in Python: what goes in comes back in kind, judged, reproducible and without a trace of subjects."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected, InputError, NotFittedError, UndertrainedWarning
from assoc_synth.gate.verdict import Status
from assoc_synth.transactions.table import TransactionTable

pytestmark = pytest.mark.usefixtures("few_moves")
ROUNDS = {"calibration_rounds": 1, "count_rounds": 1, "link_rounds": 1, "order_rounds": 1, "visit_rounds": 1}
QUICKEST = CTGANConfig(noise_dim=4, context_dim=8, association_dim=8, hidden_dim=8, blocks=1, epochs=1, **ROUNDS)
QUICK = CTGANConfig(noise_dim=4, context_dim=16, association_dim=16, hidden_dim=32, blocks=1, epochs=2, **ROUNDS)


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop(subjects=250, seed=3)


@pytest.fixture(scope="module")
def seen_progress() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def fitted(shop: TransactionTable, seen_progress: list[Progress], few_moves: None) -> AssociativeSynthesizer:
    synthesizer = AssociativeSynthesizer(config=QUICK, random_state=1, progress=seen_progress.append)
    assert synthesizer.fit(shop) is synthesizer
    return synthesizer


def lenient(synthesizer: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two epochs do not make a generator that the gate must let through; these tests are about rows."""
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)


def test_rows_have_the_users_columns_and_dtypes(
    shop: TransactionTable, fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    rows, real = fitted.sample(40).rows, shop.to_frame(typed=True)
    assert list(rows.columns) == list(real.columns)
    assert rows.dtypes.to_dict() == real.dtypes.to_dict()
    assert rows["customer"].nunique() == 40
    assert set(rows["action"]) <= set(real["action"])
    assert set(rows["product"]) <= set(real["product"])


def test_no_real_subject_is_emitted(
    shop: TransactionTable, fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    assert not set(fitted.sample(60).rows["customer"]) & set(shop.subjects)


def test_the_same_seed_gives_the_same_rows_and_another_one_others(
    fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    first = fitted.sample(30, seed=5).rows
    assert first.equals(fitted.sample(30, seed=5).rows)
    assert not first.equals(fitted.sample(30, seed=6).rows)


def test_a_loaded_model_samples_the_same_rows(
    fitted: AssociativeSynthesizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    fitted.save(str(tmp_path / "model"))
    loaded = AssociativeSynthesizer.load(str(tmp_path / "model"))
    assert loaded.sample(30).rows.equals(fitted.sample(30).rows)
    assert loaded.sample(30, verbs=["viewed"]).rows.equals(fitted.sample(30, verbs=["viewed"]).rows)


@pytest.mark.parametrize("verbs", [["viewed"], ["bought", "returned"]])
def test_a_verb_condition_is_hard(
    fitted: AssociativeSynthesizer, verbs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    rows = fitted.sample(30, verbs=verbs).rows
    assert set(rows["action"]) <= set(verbs)
    assert rows["customer"].nunique() == 30


@pytest.mark.parametrize("rows", [1, 77, 400])
def test_num_rows_is_exact(fitted: AssociativeSynthesizer, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lenient(fitted, monkeypatch)
    assert len(fitted.sample(num_rows=rows).rows) == rows


def test_the_gate_refuses_and_nothing_is_emitted(
    fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.FAIL)
    with pytest.raises(GateRejected, match="3 attempts") as refusal:
        fitted.sample(20)
    assert refusal.value.verdict.status is Status.FAIL
    assert refusal.value.verdict.attempts == 3


def test_strict_refuses_what_nothing_can_be_claimed_about(
    fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(fitted, monkeypatch)
    with pytest.raises(GateRejected, match="strict"):
        fitted.sample(20, strict=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_subjects": 0},
        {"num_subjects": -1},
        {"num_subjects": True},
        {"num_subjects": 2.5},
        {"num_rows": 0},
        {"num_rows": "7"},
        {"num_subjects": 2, "num_rows": 2},
    ],
)
def test_wrong_counts_are_refused(fitted: AssociativeSynthesizer, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="num_"):
        fitted.sample(**wrong)


def test_an_unknown_verb_is_refused_with_those_there_are(fitted: AssociativeSynthesizer) -> None:
    with pytest.raises(InputError, match="bought"):
        fitted.sample(verbs=["stolen"])


def test_before_fit_there_is_nothing_to_sample(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        AssociativeSynthesizer().sample(3)
    with pytest.raises(NotFittedError):
        AssociativeSynthesizer().save(str(tmp_path / "model"))


def test_losses_per_epoch_are_there(fitted: AssociativeSynthesizer) -> None:
    losses = fitted.get_loss_values()
    assert set(losses["stage"]) == {"edges", "occurrences", "assignment", "order"}
    assert losses["validation"].notna().all()


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_tiny_tables_yield_rows_and_no_claim(rows: int) -> None:
    rng = np.random.default_rng(rows)
    frame = pd.DataFrame(
        {
            "user": [f"user {i % 7}" for i in range(rows)],
            "action": rng.choice(["buys", "returns"], rows),
            "item": rng.choice(["tea", "cup", "pot"], rows),
        }
    )
    result = AssociativeSynthesizer(config=QUICK).fit(frame).sample()
    assert result.verdict.status is Status.UNDERPOWERED
    assert len(result.rows) >= 1


def test_baskets_and_extras_come_back() -> None:
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame(
        {
            "customer": rng.integers(100, 160, n),
            "verb": "buys",
            "item": rng.choice(list("abcdefgh"), n),
            "basket": rng.integers(0, 200, n),
            "store": pd.Categorical(rng.choice(["north", "south"], n)),
            "units": rng.integers(1, 4, n),
            "note": [f"text {i}" for i in range(n)],
        }
    )
    frame["basket"] += 1000 * frame["customer"]
    result = AssociativeSynthesizer(config=QUICK).fit(frame).sample(20)
    rows = result.rows
    assert list(rows.columns) == list(frame.columns)
    assert not set(rows["note"]) & set(frame["note"])  # free text is written anew
    assert any("note" in said for said in result.notes)
    assert set(rows["store"]) <= {"north", "south"}
    assert set(rows["units"]) <= {1, 2, 3}
    assert (rows.groupby("basket")["customer"].nunique() == 1).all()


def test_constraints_are_refused_and_not_ignored() -> None:
    from sdv.cag import FixedCombinations

    wanted = [FixedCombinations(column_names=["action", "product"])]
    with pytest.raises(InputError, match="FixedCombinations cannot be honoured"):
        AssociativeSynthesizer().fit(toy_shop(subjects=30), constraints=wanted)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"random_state": -1}, "random_state must be a whole number from 0 "),
    ({"random_state": 1.5}, "random_state must be a whole number from 0 "),
    ({"random_state": True}, "random_state must be a whole number from 0 "),
    ({"random_state": None}, "random_state must be a whole number from 0 "),
    ({"device": "gpu"}, "device must be 'auto', 'cpu', "),
    ({"max_minutes": "5"}, "max_minutes must be a number of minutes above 0"),
    ({"max_minutes": 0}, "max_minutes must be a number of minutes above 0"),
    ({"max_minutes": math.nan}, "max_minutes must be a number of minutes above 0"),
    ({"max_minutes": math.inf}, "max_minutes must be a number of minutes above 0"),
    ({"max_minutes": True}, "max_minutes must be a number of minutes above 0"),
    ({"config": {}}, "config must be a CTGANConfig or None, not a dict"),
    ({"progress": 3}, "progress must be a function"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_wrong_settings_are_refused_by_fit_before_any_work(wrong: dict[str, Any], reason: str) -> None:
    synthesizer = AssociativeSynthesizer(**wrong)  # the constructor checks nothing
    with pytest.raises(InputError, match=reason):
        synthesizer.fit(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [-1, True, 1.5, "seven"])
def test_wrong_seeds_are_refused_by_sample(fitted: AssociativeSynthesizer, wrong: Any) -> None:
    with pytest.raises(InputError, match=r"^seed must be a whole number from 0 "):
        fitted.sample(3, seed=wrong)


def test_one_verb_may_be_named_by_its_text(fitted: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    lenient(fitted, monkeypatch)
    assert fitted.sample(20, verbs="viewed").rows.equals(fitted.sample(20, verbs=["viewed"]).rows)
    with pytest.raises(InputError, match="verbs must be a list of names"):
        fitted.sample(20, verbs=5)  # type: ignore[arg-type]


def test_unknown_keywords_are_named(fitted: AssociativeSynthesizer) -> None:
    with pytest.raises(TypeError, match=r"sample\(\) got an unexpected keyword argument 'rebalanced'"):
        fitted.sample(3, rebalanced={"verb": "uniform"})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"fit\(\) got an unexpected keyword argument 'customer'"):
        AssociativeSynthesizer().fit(pd.DataFrame(), customer="who")  # type: ignore[call-arg]


def test_parameters_are_got_set_and_cloned() -> None:
    synthesizer = AssociativeSynthesizer(random_state=5, max_minutes=2.0, config=QUICK, progress=print)
    assert synthesizer.get_params() == {
        "random_state": 5,
        "max_minutes": 2.0,
        "config": QUICK,
        "device": "auto",
        "progress": print,
        "min_subjects": 5,
        "min_subjects_objects": None,
        "text": None,
        "epsilon": None,
        "delta": None,
        "public_names": False,
    }
    twin = clone(synthesizer)
    assert twin is not synthesizer
    assert twin.get_params() == synthesizer.get_params()
    assert twin.set_params(random_state=6, device="cpu") is twin
    assert (twin.random_state, twin.device, synthesizer.random_state) == (6, "cpu", 5)
    with pytest.raises(InputError, match="AssociativeSynthesizer has no parameter 'seed'; it has random_state, "):
        twin.set_params(seed=3)


def test_a_clone_of_a_fitted_synthesizer_is_not_fitted(fitted: AssociativeSynthesizer) -> None:
    twin = clone(fitted)
    with pytest.raises(NotFittedError):
        twin.sample(3)
    assert fitted.model_ is not None


def test_the_same_settings_fit_the_same_model(shop: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    first = AssociativeSynthesizer(config=QUICKEST, random_state=2).fit(shop.take_subjects(np.arange(30)))
    again = clone(first).fit(shop.take_subjects(np.arange(30)))
    lenient(first, monkeypatch)
    assert first.sample(10).rows.equals(again.sample(10).rows)


def test_a_model_without_time_is_warned_of_and_refused_unless_asked_for(shop: TransactionTable) -> None:
    short = AssociativeSynthesizer(max_minutes=1e-4)
    with pytest.warns(UndertrainedWarning, match=r"too little training for edges.*raise --max-minutes"):
        short.fit(shop.take_subjects(np.arange(20)))
    assert short.notes_[-1].startswith("training was cut short (edges 1 of ")
    with pytest.raises(InputError, match="allow_undertrained=True"):
        short.sample(5)
    with pytest.raises(InputError, match="allow_undertrained=True"):
        short.sample_from_conditions({"action": "bought", "num_rows": 3})
    result = short.sample(5, allow_undertrained=True)
    assert result.table.num_subjects == 5
    assert short.notes_[-1] in result.notes
    assert len(short.sample_from_conditions({"action": "bought", "num_rows": 3}, allow_undertrained=True).rows) == 3


@pytest.mark.parametrize("settings", [{}, {"max_minutes": 3.0, "random_state": 8}, {"config": QUICK}])
def test_a_loaded_synthesizer_has_the_settings_it_was_saved_with(
    fitted: AssociativeSynthesizer, tmp_path: Path, settings: dict[str, Any]
) -> None:
    synthesizer = AssociativeSynthesizer(**settings)
    synthesizer.model_, synthesizer.notes_ = fitted.model_, fitted.notes_
    synthesizer.save(tmp_path / "model")
    loaded = AssociativeSynthesizer.load(tmp_path / "model")
    assert loaded.get_params() == synthesizer.get_params()
    assert loaded.get_parameters() == synthesizer.get_parameters()


def test_the_repr_names_what_is_not_the_default(fitted: AssociativeSynthesizer) -> None:
    assert repr(AssociativeSynthesizer()) == "AssociativeSynthesizer()"
    assert repr(AssociativeSynthesizer(random_state=3, device="cpu")) == (
        "AssociativeSynthesizer(random_state=3, device='cpu')"
    )
    long = AssociativeSynthesizer(config=QUICK, progress=lambda _: None, max_minutes=1.5, device="x" * 300)
    assert len(repr(long)) < 500
    assert len(repr(fitted.model_)) < 500
    assert len(repr(fitted)) < 500


def test_a_notebook_shows_the_state_escaped(fitted: AssociativeSynthesizer) -> None:
    assert "not fitted yet" in AssociativeSynthesizer(device="<i>")._repr_html_()
    assert "<i>" not in AssociativeSynthesizer(device="<i>")._repr_html_()
    assert "FittedModel(5 verbs, " in fitted._repr_html_()


def test_progress_is_called_while_training(fitted: AssociativeSynthesizer, seen_progress: list[Progress]) -> None:
    stages = list(dict.fromkeys(progress.stage for progress in seen_progress))
    assert stages[:2] == ["edges", "occurrences"]
    assert all(0 < progress.share <= 1 and progress.links_per_second > 0 for progress in seen_progress)


def test_an_error_in_progress_stops_the_training_and_leaves_the_random_state(shop: TransactionTable) -> None:
    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    synthesizer = AssociativeSynthesizer(config=QUICK, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        synthesizer.fit(shop.take_subjects(np.arange(30)))
    assert not hasattr(synthesizer, "model_")
    assert torch.equal(torch.rand(3), expected)


def test_the_device_is_where_the_networks_are(fitted: AssociativeSynthesizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    loaded = AssociativeSynthesizer.load(tmp_path / "model", device="cpu")
    assert loaded.device == "cpu"
    devices = {parameter.device.type for parameter in loaded.model_.edge_generator.parameters()}
    devices |= {parameter.device.type for parameter in loaded.model_.occurrence_generator.parameters()}
    assert devices == {"cpu"}
    with pytest.raises(InputError, match="device must be "):
        AssociativeSynthesizer.load(tmp_path / "model", device="tpu")


def test_metadata_names_the_subject_and_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = toy_shop(subjects=20, seed=1).to_frame().rename(columns={"customer": "who", "date": "at"})
    metadata = SimpleNamespace(sequence_key="who", sequence_index="at")
    fitted = AssociativeSynthesizer(config=QUICKEST).fit(frame, metadata=metadata)
    schema = fitted.model_.format.schema
    assert (schema.subject, schema.time) == ("who", "at")


def test_importing_and_checking_settings_loads_no_pytorch() -> None:
    code = (
        "import sys\n"
        "from assoc_synth import AssociativeSynthesizer\n"
        "try: AssociativeSynthesizer(max_minutes=0).fit(None)\n"
        "except ValueError: print(sorted({'torch', 'sdv', 'rdt'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
