"""The command that is printed, in a report and in the JSON too, gives the same files to the byte."""

from __future__ import annotations

import functools
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from safetensors.numpy import load_file

from assoc_synth import synthesizer
from assoc_synth.ctgan.config import CTGANConfig

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=8, hidden_dim=16, blocks=1, epochs=1, calibration_rounds=1,
    count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1,
)  # fmt: skip


def printed(out: str) -> str:
    """The command at the end of what was shown, its folded lines put together."""
    _, found, command = out.partition("The same again:\n")
    assert found
    return command.strip().replace(" \\\n    ", " ")


class Code(HTMLParser):
    """The text of the page's `<code>`."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.inside &= tag != "code"

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def in_page(path: Path) -> str:
    parser = Code()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.text


TIMED = ("config.json", "manifest.json")
"""Files of a model directory that say how many seconds training took, and their digests."""


def files_in(folder: Path) -> dict[str, object]:
    """The bytes of each file; of a model's weights the tensors, of whose order in the file nothing is promised."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        if path.suffix == ".safetensors":
            found |= {f"{path}: {name}": tensor.tobytes() for name, tensor in load_file(path).items()}
        elif path.is_file() and not (path.name in TIMED and path.parent.name == "model"):
            # A page tells how long training took, which is never the same twice.
            found[str(path)] = re.sub(rb'(class="n minutes">)[^<]*', rb"\1", path.read_bytes())
    return found


@pytest.fixture
def here(tmp_path: Path, fitted: Path, shop: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model and two tables of the user's column names, and an empty folder for what is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my model").symlink_to(fitted)
    renamed = shop.set_axis(["Kunde", "Was", "Ware", "Wann", "Preis"], axis=1)
    renamed.iloc[: len(shop) // 2].to_csv("real.csv", index=False)
    renamed.iloc[len(shop) // 2 :].to_csv("other.csv", index=False)
    (tmp_path / "out").mkdir()
    return tmp_path


BOTH = ("--report", "out/r.html", "--json", "out/facts.json")
ROLES = ("--subject", "Kunde", "--verb", "Was", "--object", "Ware", "--time", "Wann", "--amount", "Preis")
CALLS = {
    "rows and a verb": ("sample", "my model", "-o", "out/x.csv", "--rows", 300, "--verb", "bought", "--seed", 4, *BOTH),
    "the model's seed": ("sample", "my model", "-o", "out/x.parquet", "--subjects", 30, *BOTH),
    "two verbs": ("sample", "my model", "-o", "out/x.jsonl", "--verb", "bought", "--verb", "viewed", *BOTH),
    "rebalance": ("sample", "my model", "-o", "out/x.csv", "--rows", 90, "--rebalance", "bought=0.5,viewed=0.5", *BOTH),
    "boost": ("sample", "my model", "-o", "out/x.csv", "--boost", "bought,tea=2", "--seed", 7, *BOTH),
    "validate with roles": ("validate", "real.csv", "other.csv", *ROLES, *BOTH),
    "validate with a seed": ("validate", "real.csv", "other.csv", "--seed", 3, *ROLES, *BOTH),
    "export": ("export", "my model", "-f", "csv", "-o", "out/x.csv", "--raw"),
    "demo": ("demo", "--out", "out/a demo", "--subjects", 40, "--seed", 5, "--quiet"),
}


@pytest.mark.parametrize("which", CALLS)
def test_the_printed_command_gives_the_same_bytes(
    run: Any, here: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    quick = functools.partial(synthesizer.AssociativeSynthesizer, config=QUICK)
    if which == "demo":
        monkeypatch.setattr(synthesizer, "AssociativeSynthesizer", quick)
    done = run(*CALLS[which])
    assert done.code in (0, 3), done.err
    command = printed(done.out)
    assert " --seed " in command
    first = files_in(here / "out")
    assert first
    for path in (here / "out").rglob("*.html"):
        assert in_page(path) == command
    for path in (here / "out").rglob("*.json"):
        if "model" not in path.parts:
            assert json.loads(path.read_text())["reproduction"]["command"] == command
    for path in [path for path in (here / "out").rglob("*") if path.is_file()]:
        path.unlink()
    again = run(*shlex.split(command)[1:])
    assert again.code == done.code
    assert printed(again.out) == command
    assert files_in(here / "out") == first


def test_a_refusal_names_the_call_in_the_json(run: Any, here: Path) -> None:
    call = ("sample", "my model", "-o", "out/x.csv", "--rows", 20, "--strict", "--seed", 4, "--json", "out/facts.json")
    assert run(*call).code == 3
    first = files_in(here / "out")
    (path,) = (here / "out").iterdir()
    command = json.loads(path.read_text())["reproduction"]["command"]
    assert path.name == "facts.json"
    assert command == "assoc-synth " + shlex.join(
        ["sample", "my model", "-o", "out/x.csv", "--rows", "20", "--json", "out/facts.json", "--strict", "--seed", "4"]
    )
    assert run(*shlex.split(command)[1:]).code == 3
    assert files_in(here / "out") == first
