"""Where the training of a fit is kept, and what is said of it."""

from pathlib import Path

import click
import pytest

from assoc_synth.cli.training import kept_training


def test_an_interrupt_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / ".model.training"

    def fit() -> None:
        context = click.Context(click.Command("fit"), info_name="fit")
        with kept_training(tmp_path / "model", context, resume=False) as (kept, resume):  # type: ignore[arg-type]
            assert (kept, resume) == (place, False)
            place.mkdir(exist_ok=True)
            (place / "finished").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit()
    assert "what was trained is kept; to go on from it: assoc-synth fit" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        fit()
    assert "was interrupted; assoc-synth fit" in capsys.readouterr().err
