"""The step Data: columns that are overruled, and tables of very many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Session
from assoc_synth.studio.sources import dropped
from assoc_synth.studio.steps import data
from assoc_synth.studio.worker import run


class Here:
    """A job that is done in this process when it is looked at: no test waits for a process to start."""

    def __init__(self, folder: Path, kind: str, spec: dict[str, Any]) -> None:
        self.folder, self.kind, self.code = folder, kind, -1
        folder.mkdir()
        (folder / "spec.json").write_text(json.dumps({"kind": kind, **spec}))

    @property
    def state(self) -> str:
        if self.code < 0 and self.kind == "read":
            self.code = run(self.folder)
        return {-1: "running", 0: "done"}.get(self.code, "failed")

    @property
    def result(self) -> Any:
        return json.loads((self.folder / "result.json").read_text())

    @property
    def error(self) -> str:
        return (self.folder / "error.txt").read_text()

    def stop(self) -> None:
        pass


def read(session: Session) -> None:
    assert not data.waits(session)
    data.settle(session)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(Session, "start", lambda self, kind, **spec: Here(self.new_folder(kind), kind, spec))
    (tmp_path / "own").mkdir()
    names = ["who", "thing", *(f"c{at}" for at in range(100))]
    rows = "".join(",".join([f"s{at % 9}", f"o{at % 4}", *["x"] * 100]) + "\n" for at in range(30))
    (tmp_path / "w.csv").write_text(",".join(names) + "\n" + rows)
    found = Session(tmp_path / "own", data=Data(dropped(tmp_path / "w.csv")))
    assert found.data is not None
    found.data.columns = names
    return found


def test_without_a_table_it_says_what_is_missing(tmp_path: Path) -> None:
    session = Session(tmp_path)
    assert data.view(session)["lines"] == []
    for name in ("columns", "find"):
        with pytest.raises(InputError, match="choose a table first"):
            data.ACTIONS[name](session, Form())
    with pytest.raises(InputError, match="choose a file first"):
        data.ACTIONS["upload"](session, Form())


def test_of_very_many_columns_those_are_shown_that_matter(session: Session) -> None:
    assert len(data.view(session)["lines"]) == data.MOST_SHOWN  # type: ignore[arg-type]
    data.columns(session, Form([("column-0", "role:subject"), ("column-1", "role:object"), ("column-99", "kind:drop")]))
    read(session)
    assert session.errors == {}
    assert session.data is not None
    assert session.data.kinds == {"c97": "drop"}
    data.find(session, Form([("find", "C77")]))
    shown = [line["name"] for line in data.view(session)["lines"]]  # type: ignore[attr-defined]
    assert shown == ["who", "thing", "c97", "c77"]
    # What is not shown keeps what was said of it.
    data.columns(session, Form([("column-0", "role:subject"), ("column-1", "role:object"), ("column-79", "kind:drop")]))
    read(session)
    assert session.data.kinds == {"c97": "drop", "c77": "drop"}


def test_a_kind_that_a_column_cannot_be_leaves_the_table_as_it_was(session: Session) -> None:
    data.columns(session, Form([("column-0", "role:subject"), ("column-1", "role:object")]))
    read(session)
    before = session.data
    data.columns(session, Form([("column-0", "role:subject"), ("column-1", "role:object"), ("column-5", "kind:date")]))
    read(session)
    assert session.data is before
    assert "'c3' cannot be a date" in session.errors["data"]


def test_a_file_without_names_is_read_again(session: Session) -> None:
    data.columns(session, Form([("no_header", "1"), ("column-0", "role:subject")]))
    read(session)
    assert session.data is not None
    assert session.data.columns[:2] == ["c1", "c2"]
    assert "No column was found" in session.errors["data"]
    data.columns(session, Form([("no_header", "1"), ("column-0", "role:subject"), ("column-1", "role:object")]))
    read(session)
    assert session.data.graph is not None
    assert len(session.data.graph.table) == 31


def test_a_running_reading_is_stopped(session: Session) -> None:
    data.columns(session, Form([("column-0", "role:subject"), ("column-1", "role:object")]))
    data.stop(session, Form())
    data.settle(session)
    assert session.reading is None
    assert session.jobs == []
