"""Where the training of a fit is kept, and what is said of it."""

import re
from pathlib import Path

import click
import pytest

from assoc_synth.cli.training import expected, kept_training
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.model import checkpoint_files as files
from assoc_synth.model.machine import Room


def stopped(place: Path, *, resume: bool = False, writes: bool = True, **options: object) -> None:
    """A fit that is interrupted, after it has kept something or before."""
    context = click.Context(click.Command("fit"), info_name="fit")
    context.params = dict(options)
    with kept_training(place.with_name("model"), context, resume=resume) as (kept, again):  # type: ignore[arg-type]
        assert (kept, again) == (None if options else place, resume)
        if writes:
            files.put(place / files.FINISHED, b"x")
        raise KeyboardInterrupt


def test_an_interrupt_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / ".model.training"
    with pytest.raises(KeyboardInterrupt):
        stopped(place)
    assert "what was trained is kept; to go on from it: assoc-synth fit" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        stopped(place, writes=False)
    said = capsys.readouterr().err
    assert "was interrupted; assoc-synth fit" in said
    assert "nothing of this training is kept; the earlier one still is" in said
    with pytest.raises(KeyboardInterrupt):
        stopped(place, resume=True, writes=False)
    assert "what was trained is kept" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "2" / ".model.training", writes=False, epsilon=1.0)
    assert "nothing of this training is kept with --epsilon" in capsys.readouterr().err


def test_a_wrong_column_says_nothing_of_trainings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.put(tmp_path / ".model.training" / files.FINISHED, b"x")
    context = click.Context(click.Command("fit"), info_name="fit")
    with (
        pytest.raises(InputError),
        kept_training(tmp_path / "model", context, resume=True),  # type: ignore[arg-type]
    ):
        raise InputError("no column")
    assert capsys.readouterr().err == ""


def test_a_folder_with_other_things_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    context = click.Context(click.Command("fit"), info_name="fit")
    with (
        pytest.raises(InputError, match=r"holds 'letter.txt'"),
        kept_training(tmp_path / "m", context, resume=False, checkpoint=tmp_path),  # type: ignore[arg-type]
    ):
        pass


def test_what_a_fit_takes_is_said_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = toy_shop(subjects=500)
    monkeypatch.setattr("assoc_synth.model.machine.room", lambda: Room(3_100_000_000))
    about = r"the fit takes about 5\d\d MB of memory and "
    assert re.fullmatch(about + r"at most 30 seconds; 3\.1 GB are free", expected(table, 0.5))
    monkeypatch.setattr("assoc_synth.model.machine.room", lambda: None)
    assert re.fullmatch(about + r"\d\d seconds", expected(table, None))
