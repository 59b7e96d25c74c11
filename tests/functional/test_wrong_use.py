"""Wrong use and bad data end in one line that says where, and exit code 2; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assoc_synth import cli
from assoc_synth.cli.exits import DEBUG

HEADER = "subject,verb,object,date,amount\n"
ROWS = "".join(f"s{i % 9},verb{i % 3},o{i % 5},2024-01-{1 + i % 28:02d},{i}.50\n" for i in range(60))

BAD_TABLES = {
    # faults.md 1: empty, or a header alone
    "empty.csv": ("", ["is empty"]),
    "header.csv": (HEADER, ["has a header and no rows"]),
    # 2: a role column is missing or there twice
    "no_roles.csv": (
        "a,b,c\nx,y,z\n",
        ["for the subject and the object", "no_roles.csv", "--subject WHO --object WHAT"],
    ),
    "twice.csv": ("subject,verb,object,object\na,b,c,d\n", ["duplicate column names", "'object'"]),
    # 4: too many blanks
    "blanks.csv": (HEADER + ROWS + "s1,bought,,2024-01-01,1\n" * 9, ["9 of 69 rows", "'object'", "row 61"]),
    # 6: bytes that are no text
    "nul.csv": (HEADER + "a,b\0,c,,\n", ["NUL byte at byte 35"]),
    # 9: ragged rows, an open quote
    "ragged.csv": (HEADER + ROWS + "a,b,c\n", ["line 62", "3 cells where the header has 5"]),
    "quote.csv": (HEADER + 'a,b,"c,,\n' + ROWS, ["line 2", "a quote is never closed"]),
    # 10: nothing separates the columns
    "spaces.csv": ("subject verb object\na bought tea\n", ["the header is a single column"]),
    # 11: dates
    "ambiguous.csv": (HEADER + "a,b,c,01/02/2024,1\nd,b,c,03/04/2024,1\n", ["'date'"]),
    "impossible.csv": (HEADER + "a,b,c,2024-02-30,1\n", ["'date'"]),
    "ancient.csv": (HEADER + "a,b,c,1500-01-01,1\n", ["'date'"]),
    # 12: amounts
    "infinite.csv": (HEADER + "a,b,c,2024-01-01,inf\n", ["'amount'"]),
    "letters.csv": (HEADER + "a,b,c,2024-01-01,much\n", ["'amount'"]),
    # 42: a broken and a hostile file
    "pickle.parquet": ("\x80\x04\x95garbage", ["is not a readable Parquet file"]),
    "unknown.xlsx": ("PK", ["the kind of 'unknown.xlsx' is unknown", ".csv"]),
}


@pytest.mark.parametrize("name", BAD_TABLES)
@pytest.mark.parametrize("command", ["fit", "info"])
def test_a_bad_table(run: Any, tmp_path: Path, name: str, command: str) -> None:
    content, expected = BAD_TABLES[name]
    table = tmp_path / name
    table.write_bytes(content.encode())
    done = run(command, table, *(["-m", tmp_path / "model"] if command == "fit" else []))
    assert done.code == 2
    for part in expected:
        assert part in done.complaint
    assert done.out == ""
    assert [path.name for path in tmp_path.iterdir()] == [name]


WRONG = {
    "no subjects": (["sample", "MODEL", "-o", "OUT.csv", "--subjects", "0"], "--subjects"),
    "negative": (["sample", "MODEL", "-o", "OUT.csv", "--subjects", "-1"], "--subjects"),
    "no rows": (["sample", "MODEL", "-o", "OUT.csv", "--rows", "0"], "--rows"),
    "not a number": (["sample", "MODEL", "-o", "OUT.csv", "--rows", "many"], "--rows"),
    "both": (["sample", "MODEL", "-o", "OUT.csv", "--rows", "5", "--subjects", "5"], "give one of them"),
    "endless": (["sample", "MODEL", "-o", "OUT.csv", "--subjects", "1000000000000"], "the disk of"),
    "endless rows": (["sample", "MODEL", "-o", "OUT.csv", "--rows", "100000000000000"], "the disk of"),
    "verb": (["sample", "MODEL", "-o", "OUT.csv", "--verb", "stolen"], "the model has: bought"),
    "suffix": (["sample", "MODEL", "-o", "OUT.xlsx"], "the kind of 'OUT.xlsx' is unknown"),
    "no folder": (["sample", "MODEL", "-o", "no/OUT.csv"], "does not exist: create it first"),
    "json": (["sample", "MODEL", "-o", "OUT.csv", "--json", "no/facts.json"], "does not exist: create it first"),
    "a folder": (["sample", "MODEL", "-o", "OUT.csv", "--json", "."], "is a folder"),
    "seed": (["sample", "MODEL", "-o", "OUT.csv", "--seed", "-1"], "--seed"),
    "no output": (["sample", "MODEL"], "--output"),
    "no model": (["sample", "nothing", "-o", "OUT.csv"], "there is no model directory 'nothing'"),
    "no model to start from": (
        ["fit", "SHOP", "-m", "OUT", "--init", "toyshop"],
        "toy-shop",
    ),
    "no data": (["fit", "nothing.csv", "-m", "OUT"], "there is no file 'nothing.csv'"),
    "no name": (["fit", "toyshop", "-m", "OUT"], "toy-shop"),
    "no part": (["info", "toy-shop:third"], ":train"),
    "role of a built-in": (["fit", "toy-shop", "-m", "OUT", "--verb", "x"], "leave --verb out"),
    "no column": (["fit", "SHOP", "-m", "OUT", "--verb", "deed"], "there is no column 'deed' for --verb"),
    "one column twice": (["fit", "SHOP", "-m", "OUT", "--verb", "product", "--object", "product"], "'product'"),
    "a verb that is the object": (
        ["fit", "SHOP", "-m", "OUT", "--verb", "product"],
        "-m OUT --verb product --object action",
    ),
    "no time": (["fit", "SHOP", "-m", "OUT", "--max-minutes", "0"], "--max-minutes must be above 0"),
    "no such time": (["fit", "SHOP", "-m", "OUT", "--max-minutes", "nan"], "--max-minutes must be above 0"),
    "command": (["synthesize"], "synthesize"),
    "option": (["info", "toy-shop", "--colour"], "--colour"),
    "data set": (["benchmark", "--dataset", "nothing"], "unknown data set"),
    "top": (["also-buy", "toy-shop", "--top", "0"], "--top"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_use(
    run: Any, fitted: Path, shop_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    arguments, expected = WRONG[what]
    monkeypatch.chdir(tmp_path)
    named = {"MODEL": str(fitted), "SHOP": str(shop_csv)}
    done = run(*(named.get(argument, argument) for argument in arguments))
    assert done.code == 2
    assert expected in done.complaint
    assert done.out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_error_shows_no_cell(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("customer Alice Secret")

    monkeypatch.setattr("assoc_synth.cli.sources.read_source", fail)
    done = run("info", "toy-shop")
    assert done.code == 1
    assert "Secret" not in done.complaint
    assert "RuntimeError" in done.complaint
    monkeypatch.setenv(DEBUG, "1")
    with pytest.raises(RuntimeError, match="Secret"):
        cli.run_command(["info", "toy-shop"])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_a_full_disk_or_memory_is_one_line(
    run: Any, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pandas.DataFrame.to_csv", fail)
    target = tmp_path / "rows.csv"
    target.write_text("old")
    done = run("sample", fitted, "-o", target)
    assert done.code == 1
    assert "No space left" in done.complaint or "out of memory" in done.complaint
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
