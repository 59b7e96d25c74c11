"""The steps of a fit: stopped anywhere and resumed, it gives the model of a fit that was never stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model.resuming import Checkpoint
from assoc_synth.transactions.table import TransactionTable

QUICK = CTGANConfig(
    noise_dim=4,
    context_dim=8,
    association_dim=8,
    hidden_dim=8,
    blocks=1,
    epochs=2,
    calibration_rounds=1,
    count_rounds=1,
    link_rounds=1,
    order_rounds=1,
    visit_rounds=1,
)


class Stopped(BaseException):
    """In the place of a kill."""


def weights(synthesizer: AssociativeSynthesizer) -> dict[str, torch.Tensor]:
    model = synthesizer.model_
    parts = {"edges.": model.edge_generator, "occurrences.": model.occurrence_generator}
    return {start + name: tensor for start, part in parts.items() for name, tensor in part.state_dict().items()}


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop(subjects=30, seed=3)


@pytest.fixture(scope="module")
def whole(shop: TransactionTable) -> dict[str, torch.Tensor]:
    return weights(AssociativeSynthesizer(config=QUICK).fit(shop))


@pytest.fixture
def stop_after(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After how many written files the next fit is stopped; every epoch is written."""
    left: list[int] = []
    write, begin = Checkpoint._write, Checkpoint.__init__

    def counted(self: Checkpoint, name: str, tensors: dict[str, torch.Tensor], facts: dict[str, object]) -> None:
        write(self, name, tensors, facts)
        self.took = 0.0
        if left:
            left[0] -= 1
            if left[0] == 0:
                left.clear()
                raise Stopped

    def eager(self: Checkpoint, *given: object, **options: object) -> None:
        begin(self, *given, **options, every=0.0)  # type: ignore[arg-type]

    monkeypatch.setattr(Checkpoint, "_write", counted)
    monkeypatch.setattr(Checkpoint, "__init__", eager)
    return left


@pytest.mark.parametrize("files", [2, 4, 6, 9, 11])
def test_a_fit_that_is_stopped_and_resumed_is_the_whole_fit(
    shop: TransactionTable, whole: dict[str, torch.Tensor], tmp_path: Path, stop_after: list[int], files: int
) -> None:
    stop_after.append(files)
    with pytest.raises(Stopped):
        AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=tmp_path / "kept")
    again = AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=tmp_path / "kept", resume=True)
    found = weights(again)
    assert found.keys() == whole.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in whole.items())


def test_a_checkpoint_is_of_one_table_and_its_settings_and_goes_when_the_model_is_saved(
    shop: TransactionTable, tmp_path: Path
) -> None:
    place = tmp_path / "kept"
    fitted = AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=place)
    assert (place / "finished").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="is of another settings"):
        AssociativeSynthesizer(config=QUICK, random_state=1).fit(shop, checkpoint=place, resume=True)
    with pytest.raises(InputError, match="is of another table"):
        AssociativeSynthesizer(config=QUICK).fit(toy_shop(subjects=30, seed=4), checkpoint=place, resume=True)
    content = (place / "finished").read_bytes()
    (place / "finished").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelFileError, match="damaged"):
        AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=place, resume=True)
    fitted.save(tmp_path / "model")
    assert not place.exists()
    with pytest.raises(InputError, match="there is no training to go on from"):
        AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=place, resume=True)


def test_no_name_of_a_subject_is_in_a_checkpoint(shop: TransactionTable, tmp_path: Path) -> None:
    AssociativeSynthesizer(config=QUICK).fit(shop, checkpoint=tmp_path / "kept")
    content = (tmp_path / "kept" / "finished").read_bytes()
    assert not any(str(name).encode() in content for name in shop.subjects if not str(name).isdigit())


def test_a_limited_fit_that_goes_on_does_not_measure_again(
    shop: TransactionTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = AssociativeSynthesizer(config=QUICK, max_minutes=1.0).fit(shop, checkpoint=tmp_path / "kept")
    noted = Checkpoint(tmp_path / "kept", limited.checkpoint_.own, resume=True).noted["needs"]
    assert {"edges", "occurrences", "occurrence calibration"} <= set(noted)
    monkeypatch.setattr("assoc_synth.model.fitting._needs", None)
    again = AssociativeSynthesizer(config=QUICK, max_minutes=1.0).fit(shop, checkpoint=tmp_path / "kept", resume=True)
    assert all(torch.equal(tensor, weights(limited)[name]) for name, tensor in weights(again).items())
