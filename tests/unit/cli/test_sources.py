"""Where tables come from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.cli.sources import read_source
from assoc_synth.errors import InputError


def test_halves_of_a_built_in_table_share_no_subject() -> None:
    whole, train, heldout = (read_source(f"random-svo{part}") for part in ("", ":train", ":heldout"))
    assert train.num_subjects + heldout.num_subjects == whole.num_subjects
    assert not set(train.subjects) & set(heldout.subjects)
    assert len(train) + len(heldout) == len(whole)


@pytest.mark.parametrize(
    ("data", "roles", "words"),
    [
        ("toyshop", {}, "there is no file 'toyshop', and the built-in tables are toy-shop"),
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
