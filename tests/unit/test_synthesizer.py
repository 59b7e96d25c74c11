"""The whole job in Python: what goes in comes back in kind, judged, reproducible and without a trace of subjects."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected, InputError, NotFittedError
from assoc_synth.gate.verdict import Status
from assoc_synth.transactions.table import TransactionTable

QUICK = CTGANConfig(noise_dim=4, context_dim=16, association_dim=16, hidden_dim=32, blocks=1, epochs=2)


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop(subjects=250, seed=3)


@pytest.fixture(scope="module")
def fitted(shop: TransactionTable) -> AssociativeSynthesizer:
    return AssociativeSynthesizer(config=QUICK, random_state=1).fit(shop)


def lenient(synthesizer: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passes do not make a generator that the gate must let through; these tests are about rows."""
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
    "wrong", [{"num_subjects": 0}, {"num_subjects": -1}, {"num_rows": 0}, {"num_subjects": 2, "num_rows": 2}]
)
def test_wrong_counts_are_refused(fitted: AssociativeSynthesizer, wrong: dict[str, int]) -> None:
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


def test_losses_per_pass_are_there(fitted: AssociativeSynthesizer) -> None:
    losses = fitted.get_loss_values()
    assert set(losses["stage"]) == {"edges", "occurrences", "visits"}
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
