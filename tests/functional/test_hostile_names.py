"""Names, cards and messages that hold escape sequences never reach the terminal as such."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assoc_synth.model.directory import CARD, FILES, MANIFEST, manifest_of, to_json

TOY_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"
HOSTILE = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202egpj\u2066\x08\x7f"
FORBIDDEN = set("\x1b\x07\x9b\u202e\u2066\x08\x7f")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    head = f"subject,verb,object,price{HOSTILE}"
    lines = [f"s{n},bought{HOSTILE},{name}{HOSTILE},{n % 3}" for n in range(60) for name in ("tea", "pot")]
    path.write_text("\n".join([head, *lines, *(f"t{n},saw,cup,1" for n in range(60))]), encoding="utf-8")
    return path


def test_every_command_that_prints_names_writes_them_out(run: Any, rows: Path) -> None:
    commands: list[tuple[str, ...]] = [
        ("info", str(rows)),
        ("power", str(rows)),
        ("also-buy", str(rows)),
        ("also-buy", str(rows), f"tea{HOSTILE}"),
        ("also-buy", str(rows), f"no{HOSTILE}"),
        ("also-buy", str(rows), "cup", "--verb", f"no{HOSTILE}"),
        ("validate", str(rows), str(rows)),
        ("export", str(rows), "-f", HOSTILE, "-o", str(rows.with_suffix(".x"))),
        ("info", f"no{HOSTILE}.csv"),
        ("sample", f"no{HOSTILE}", "-o", str(rows.with_suffix(".y"))),
    ]
    seen = ""
    for command in commands:
        done = run(*command)
        assert not (set(done.out) | set(done.err)) & FORBIDDEN, command[0]
        assert "unexpected" not in done.err
        seen += done.out + done.err
    assert seen.count("\\x1b") > 10


def test_a_card_and_values_of_a_model_are_written_out(run: Any, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(TOY_SHOP, model)
    (model / CARD).write_text(f"# A model{HOSTILE}\n", encoding="utf-8")
    files = {name: (model / name).read_bytes() for name in FILES}
    (model / MANIFEST).write_bytes(to_json(manifest_of(files)))
    for command in ("info", "privacy"):
        done = run(command, str(model))
        assert done.code == 0
        assert not (set(done.out) | set(done.err)) & FORBIDDEN
    assert "\\x1b[31m" in run("info", str(model)).out
