"""A private fit from table to rows: nothing of one subject, no claim of the gate, a card that says what is promised."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.cli import main
from assoc_synth.errors import GateRejected, InputError
from assoc_synth.gate.verdict import Status

pytest.importorskip("opendp")
SUBJECTS = 2_500


def _frame() -> pd.DataFrame:
    """Tea goes with mugs, screws with nuts; one subject has a name and an amount of its own."""
    rng = np.random.default_rng(0)
    liked = np.where((rng.random(SUBJECTS) < 0.5)[:, None], ["tea", "mug"], ["screw", "nut"])
    frame = pd.DataFrame({"who": np.repeat(np.arange(SUBJECTS), 2), "what": liked.ravel(), "paid": 5.0, "city": "x"})
    frame["did"] = "bought"
    frame.loc[len(frame)] = [7, "CANARY", 98_765.0, "nowhere", "bought"]
    return frame


@pytest.fixture(scope="module")
def fitted() -> AssociativeSynthesizer:
    made = AssociativeSynthesizer(epsilon=6.0, max_minutes=0.2)
    return made.fit(_frame(), subject="who", verb="did", object="what", amount="paid", time="", basket="")


def test_rows_keep_the_pairs_and_are_not_judged(fitted: AssociativeSynthesizer) -> None:
    result = fitted.sample(500, seed=1, allow_undertrained=True)
    assert result.verdict.status is Status.NOT_JUDGED
    assert "validate REAL SYNTHETIC" in result.verdict.sentence
    rows = result.rows
    having = rows.groupby("who")["what"].agg(set)
    tea = having[[("tea" in own) for own in having]]
    assert np.mean([("mug" in own) for own in tea]) > 0.7
    assert "CANARY" not in set(rows["what"])
    with pytest.raises(GateRejected):
        fitted.sample(50, seed=1, strict=True, allow_undertrained=True)


def test_the_model_holds_nothing_of_one_subject_and_says_what_it_promises(
    fitted: AssociativeSynthesizer, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "model")
    files = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    own = re.compile(rb"CANARY|(?<![\d.])98765(?!\d)")  # digits in the middle of another number are chance
    assert not any(own.search(content) for content in files.values())
    assert "ε = 6, δ = 1e-06" in files["README.md"].decode()
    again = AssociativeSynthesizer.load(tmp_path / "model")
    assert again.epsilon == 6.0
    assert again.model_.promise == fitted.model_.promise
    assert again.sample(20, seed=1, allow_undertrained=True).verdict.status is Status.NOT_JUDGED


def test_what_was_left_out_is_told(fitted: AssociativeSynthesizer) -> None:
    told = " ".join(fitted.notes_)
    assert "'city'" in told
    assert "differential privacy: ε = 6" in told


def test_columns_cannot_be_named() -> None:
    with pytest.raises(InputError, match="leave dependencies out"):
        AssociativeSynthesizer(epsilon=1.0).fit(
            _frame(), subject="who", object="what", dependencies={"city": "subject"}
        )
    with pytest.raises(InputError, match="give an epsilon"):
        AssociativeSynthesizer(delta=1e-7).fit(_frame(), subject="who", object="what")


def test_the_command_line_fits_privately(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, model = tmp_path / "rows.csv", tmp_path / "model"
    _frame().to_csv(source, index=False)
    roles = ["--subject", "who", "--verb", "did", "--object", "what", "--amount", "paid", "--time", "", "--basket", ""]
    call = ["fit", str(source), "-m", str(model), *roles, "--epsilon", "4", "--public-names", "--max-minutes", "0.1"]
    with pytest.raises(SystemExit) as ended:
        main([*call, "--quiet"])
    assert ended.value.code == 0
    assert "public" in capsys.readouterr().err.replace("\n", " ")
