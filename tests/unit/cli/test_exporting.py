"""The command `export`: options, the list of formats, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth import exports
from assoc_synth.cli import exporting, run_command
from assoc_synth.cli.exporting import FormatOptions
from assoc_synth.errors import InputError


def test_the_names_are_those_of_the_registry() -> None:
    assert tuple(exports.FORMATS) == exporting.FORMATS


def test_options_are_keywords_of_writers() -> None:
    assert FormatOptions().keywords() == {}
    made = FormatOptions(only_verb="bought", template=["a={subject}={object}"], split=True).keywords()
    assert made == {"verb": "bought", "templates": {"a": "{subject}={object}"}, "split": True}
    known = {name for format in exports.FORMATS.values() for name in format.options()}
    every = FormatOptions(
        entities="shared",
        projection=True,
        reification="x",
        base="x",
        style="x",
        only_verb="x",
        per="x",
        min_count=1,
        min_lift=1.0,
        split=True,
        template=["a=b"],
        beside="x",
        licence="x",
        citation="x",
        raw=True,
    )
    assert set(every.keywords()) <= known
    with pytest.raises(InputError, match="--template takes VERB=TEXT"):
        FormatOptions(template=["x"]).keywords()


@pytest.mark.parametrize("width", ["60", "80"])
def test_the_list_names_every_format(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run_command(["export", "--list"]) == 0
    found = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:1].strip()]
    assert [name for name in found if name in exports.FORMATS] == list(exports.FORMATS)


def test_a_triple_file_is_exported_like_a_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kg.tsv").write_text("uk\texports\tusa\nusa\texports\tuk\nfr\texports\tuk\n")
    assert run_command(["export", str(tmp_path / "kg.tsv"), "-f", "node-link", "-o", str(tmp_path / "g.json")]) == 0
    said = capsys.readouterr()
    assert "wrote 3 rows as node-link" in said.out
    told = " ".join(said.err.split())
    assert "2 names are both subject and object: each is one node; --entities apart" in told
    assert run_command(["export", str(tmp_path / "g.json"), "-f", "csv", "-o", str(tmp_path / "g.csv")]) == 0
    assert (tmp_path / "g.csv").read_text().splitlines() == [
        "subject,verb,object",
        "uk,exports,usa",
        "usa,exports,uk",
        "fr,exports,uk",
    ]


def test_a_graph_takes_no_roles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "g.json").write_text('{"nodes": [], "edges": []}')
    assert run_command(["info", str(tmp_path / "g.json"), "--subject", "who"]) == 2
    assert "leave --subject out" in capsys.readouterr().err
