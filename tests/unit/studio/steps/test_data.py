"""The step Data: columns that are overruled, and tables of very many."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Session
from assoc_synth.studio.sources import dropped
from assoc_synth.studio.steps import data


def read(session: Session) -> None:
    while data.waits(session):
        time.sleep(0.02)
    data.settle(session)
    if session.power is not None:
        session.power.stop()


@pytest.fixture
def session(tmp_path: Path) -> Session:
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
