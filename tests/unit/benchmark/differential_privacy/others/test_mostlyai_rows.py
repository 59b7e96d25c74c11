"""What the engine's log says is told; the rest is tried beside the others, in `test_one_hot`."""

from pathlib import Path

import pandas as pd

from assoc_synth.benchmark.differential_privacy.others.mostlyai_rows import main, reached


def test_the_last_state_that_was_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "ModelStore" / "model-data").mkdir(parents=True)
    path = tmp_path / "ModelStore" / "model-data" / "progress-messages.csv"
    pd.DataFrame({"epoch": [0.5, 4.25], "is_checkpoint": [1, 0], "dp_eps": [0.5, 9.0]}).to_csv(path)
    assert reached(tmp_path) == "epochs: 0.5, epsilon 0.50"
    pd.DataFrame({"epoch": [4.25]}).to_csv(path)
    assert reached(tmp_path) == "epochs: 4.25"


def test_an_error_is_written(tmp_path: Path) -> None:
    main(3.0, 1e-6, tmp_path)
    assert "mostlyai" in (tmp_path / "error.json").read_text()
