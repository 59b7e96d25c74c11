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
        part_rows=1,
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


def test_what_is_read_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, about = tmp_path / "rows.csv", tmp_path / "about.json"
    rows.write_text("subject,verb,object\na,buys,tea\n")
    about.write_text("{}")
    (tmp_path / "link.csv").symlink_to(rows)
    for more in (["csv", "-o", str(rows)], ["edges", "-o", str(tmp_path / "link.csv")]):
        assert run_command(["export", str(rows), "-f", *more]) == 2
        assert "is read, and would be replaced" in capsys.readouterr().err
    assert run_command(["export", str(rows), "-f", "croissant", "-o", str(about), "--beside", str(about)]) == 2
    assert "is read, and would be replaced" in capsys.readouterr().err
    assert rows.read_text().startswith("subject")
    assert about.read_text() == "{}"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["sentences", "--only-verb", "buys"], "format sentences has no option --only-verb; it has: --template"),
        (["jsonl", "--safe-csv"], "format jsonl has no option --safe-csv; it has: --part-rows"),
        (["gexf", "--safe-csv"], "format gexf has no option --safe-csv; it has: --entities"),
        (["edges", "--safe-csv"], "format edges has no option --safe-csv; it has"),
        (["hub", "--min-count", "3"], "it has: --licence, --citation"),
        (["nonsense", "--min-count", "3"], "unknown format 'nonsense'"),
    ],
)
def test_options_are_told_as_they_are_typed(
    call: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["export", "toy-shop", "-o", str(tmp_path / "out"), "-f", *call]) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_a_summary_is_not_called_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("subject,verb,object\na,buys,tea\n")
    assert run_command(["export", str(tmp_path / "rows.csv"), "-f", "rules", "-o", str(tmp_path / "r.csv")]) == 0
    assert "wrote rules of 1 rows to" in capsys.readouterr().out
