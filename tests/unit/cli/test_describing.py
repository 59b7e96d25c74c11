"""`info` says what `fit` will do with each column at the thresholds that are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.cli import run_command


@pytest.fixture
def households(tmp_path: Path) -> str:
    """Two people share each house, so that one in a fifth of them has it twice among ten."""
    words = ["please call before noon", "write soon or visit later", "never after lunch", "visit them before noon"]
    rows = [
        f"{who},buys,{('tea', 'mug')[row]},H{who // 2:04d},{words[(who + row) % 4]} {who % 30}"
        for who in range(120)
        for row in range(2)
    ]
    path = tmp_path / "houses.csv"
    path.write_text("\n".join(["customer,action,product,home,note", *rows]))
    return str(path)


def line_of(column: str, capsys: pytest.CaptureFixture[str]) -> str:
    return next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith(column))


def test_a_threshold_decides_what_becomes_of_a_column(households: str, capsys: pytest.CaptureFixture[str]) -> None:
    roles = ["--subject", "customer", "--verb", "action", "--object", "product"]
    found = []
    for options in ([], ["--min-subjects", "1"]):
        assert run_command(["info", households, *roles, *options]) == 0
        found.append(line_of("home", capsys))
    assert "identifier" in found[0]
    assert "category" in found[1]


def test_a_wrong_word_for_free_text_is_refused(households: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", households, "--text", "letters"]) == 2
    assert "text must be 'words'" in capsys.readouterr().err
