"""Models by name: a directory of that name wins, and an unknown name is answered with the known ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assoc_synth.errors import ModelFileError
from assoc_synth.model import named
from assoc_synth.model.directory import FILES, is_model, read_files
from assoc_synth.model.named import MANIFEST, located, named_models


def made(folder: Path) -> Path:
    """Something that looks like a model."""
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text("{}")
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_models_of_the_checkout_are_known() -> None:
    known = named_models()
    assert "toy-shop" in known
    assert all(is_model(folder) and folder.name == name for name, folder in known.items())


def test_a_name_is_found_where_nothing_is_there() -> None:
    assert located("toy-shop") == named_models()["toy-shop"]
    assert located(Path("toy-shop")) == located("toy-shop:model") == named_models()["toy-shop"]
    assert set(FILES) <= set(read_files("toy-shop"))


@pytest.mark.parametrize("what", ["directory", "file", "dangling link"])
def test_what_is_there_wins(tmp_path: Path, what: str) -> None:
    target = tmp_path / "toy-shop"
    if what == "directory":
        target.mkdir()
    elif what == "file":
        target.write_text("")
    else:
        target.symlink_to(tmp_path / "nowhere")
    assert located("toy-shop") == Path("toy-shop")
    with pytest.raises(ModelFileError, match=r"^(?!.*come with)"):
        read_files("toy-shop")


def test_a_model_that_a_writer_set_aside_is_put_back_and_wins(tmp_path: Path) -> None:
    made(tmp_path / ".toy-shop.old")
    assert located("toy-shop") == Path("toy-shop")
    assert (tmp_path / "toy-shop").is_dir()


@pytest.mark.parametrize(
    "name", ["toyshop", "./toy-shop", "models/toy-shop", "Toy-Shop", "../toy-shop", "", "toy-shop/"]
)
def test_any_other_name_is_answered_with_the_known_ones(name: str) -> None:
    if not name:
        assert located(name) == Path()
        return
    with pytest.raises(ModelFileError) as caught:
        located(name)
    assert str(caught.value).startswith("there is no model directory '")
    assert str(caught.value).endswith(f"come with the package are: {', '.join(named_models())}")


def test_an_installed_package_has_those_of_its_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = made(tmp_path / "site" / "inside" / "small").parent
    monkeypatch.setattr(named, "IN_WHEEL", wheel)
    assert named_models() == {"small": wheel / "small"}


def test_a_folder_of_somebody_else_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "site" / "models" / "theirs")
    monkeypatch.setattr(named, "IN_WHEEL", tmp_path / "absent")
    monkeypatch.setattr(named, "CHECKOUT", tmp_path / "site")
    assert named_models() == {}
    with pytest.raises(ModelFileError, match="come with the package are: none"):
        located("theirs")
    (tmp_path / "site" / "pyproject.toml").write_text("")
    assert list(named_models()) == ["theirs"]


def test_no_more_than_the_name_is_written() -> None:
    assert os.listdir() == []
    located("toy-shop")
    assert os.listdir() == []
