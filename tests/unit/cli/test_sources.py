"""Where tables come from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.cli.commands import run_command
from assoc_synth.cli.sources import model_of, read_source, shadow_notes
from assoc_synth.errors import InputError, ModelFileError


def test_halves_of_a_built_in_table_share_no_subject() -> None:
    whole, train, heldout = (read_source(f"random-svo{part}") for part in ("", ":train", ":heldout"))
    assert train.num_subjects + heldout.num_subjects == whole.num_subjects
    assert not set(train.subjects) & set(heldout.subjects)
    assert len(train) + len(heldout) == len(whole)


@pytest.mark.parametrize(
    ("data", "roles", "words"),
    [
        ("toyshop", {}, "there is no file 'toyshop', and the built-in tables are toy-shop"),
        ("toy-shop:model", {}, "is a model, not a table: draw rows first, with sample toy-shop -o rows.csv"),
        ("toy-shop:third", {}, "has the parts :train, :heldout, :independent, not 'third'"),
        ("toy-shop", {"verb": "action"}, "leave --verb out"),
        ("toy-shop", {"time_format": "s"}, "leave --time-format out"),
        ("none.csv", {}, "there is no file 'none.csv'"),
    ],
)
def test_wrong_sources_are_explained(data: str, roles: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_source(data, **roles)  # type: ignore[arg-type]


def test_a_file_is_read_by_its_roles_even_if_it_is_named_like_a_built_in_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pd.DataFrame({"who": ["a", "b"], "did": ["x", "x"], "what": ["p", "q"]})
    rows.to_csv(tmp_path / "own.csv", index=False)
    table = read_source(str(tmp_path / "own.csv"), subject="who", verb="did", object="what")
    assert (len(table), table.num_subjects, list(table.objects)) == (2, 2, ["p", "q"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy-shop").write_text("x")
    with pytest.raises(InputError, match="the kind of 'toy-shop' is unknown"):
        read_source("toy-shop")


def test_what_columns_are_may_be_said_of_a_built_in_table() -> None:
    assert read_source("random-svo", columns={"price": "category"}).num_verbs == 4


def test_a_model_is_a_directory_or_a_marked_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert model_of("toy-shop:model") == "toy-shop:model"
    assert [model_of(table) for table in ("toy-shop", "toy-shop:train", "own.csv")] == [None, None, None]
    with pytest.raises(ModelFileError, match=r"models that come with the package are: .*toy-shop"):
        model_of("toyshop:model")
    with pytest.raises(InputError, match=r"built-in tables are toy-shop, .*, and the models are .*toy-shop:model"):
        model_of("toyshop")
    (tmp_path / "toy-shop:model").mkdir()
    assert model_of("toy-shop:model") is None, "what is there wins"
    (tmp_path / "toy-shop:model" / "manifest.json").write_text("{}")
    assert model_of("toy-shop:model") == "toy-shop:model"


def test_what_is_there_by_chance_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shadow_notes("toy-shop") == shadow_notes("toy-shop", model=True) == ()
    (tmp_path / "toy-shop").mkdir()
    assert "not the table of that name" in shadow_notes("toy-shop")[0]
    assert "not the model of that name" in shadow_notes("toy-shop", model=True)[0]
    assert shadow_notes("./toy-shop") == ()


def test_commands_take_the_marked_name_and_tell_of_what_is_in_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["info", "toy-shop:model"]) == 0
    assert "license" in capsys.readouterr().out
    assert run_command(["also-buy", "toy-shop:model"]) == 2
    assert "is a model, not a table" in " ".join(capsys.readouterr().err.split())
    assert run_command(["info", "nosuch"]) == 2
    assert "and the models are" in " ".join(capsys.readouterr().err.split())
    rows = pd.DataFrame({"subject": ["a", "b"], "verb": "has", "object": ["p", "q"]})
    (tmp_path / "toy-shop").mkdir()
    rows.to_parquet(tmp_path / "toy-shop" / "part-0.parquet")
    assert run_command(["info", "toy-shop"]) == 0
    told = capsys.readouterr()
    assert "'toy-shop' is what is here, not the table of that name" in told.err
    assert "2 rows" in told.out
