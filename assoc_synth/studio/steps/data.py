"""Step 1, Data: a table, what each of its columns is, and what it can carry."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import numpy as np

from assoc_synth.attributes import plan_columns
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Session
from assoc_synth.studio.sources import BUILT_IN, FIRST_ROWS, built_in, dropped, first_cells, safe_name, shown_cells
from assoc_synth.transactions.detection import MissingRoles
from assoc_synth.transactions.schema import FileRoles

MAX_UPLOAD = 100 * 2**20
"""Bytes of a file that the page takes; the command line takes larger ones."""
ROLES = ("subject", "verb", "object", "time", "amount", "basket", "cluster")
KINDS = ("category", "number", "date", "identifier", "text", "drop")


def too_large(length: int) -> str:
    """The sentence about a request that is too large.

    Example:
        >>> too_large(200 * 2**20)
        'The file has 200 MB and this page takes 100 MB: use assoc-synth fit FILE -m MODEL in a terminal.'
    """
    sizes = f"{length / 2**20:.0f} MB and this page takes {MAX_UPLOAD / 2**20:.0f} MB"
    return f"The file has {sizes}: use assoc-synth fit FILE -m MODEL in a terminal."


def choose(session: Session, form: Form) -> None:
    """Take a built-in table."""
    _taken(session, Data(built_in(form.choice("name", "the table", list(BUILT_IN)))))


def upload(session: Session, form: Form) -> None:
    """Take a file that was dropped; while its roles are not known, its columns are shown."""
    if form.upload is None or not form.upload[0]:
        raise InputError("choose a file first")
    name, content = form.upload
    folder = session.new_folder("upload")
    folder.mkdir()
    path = folder / safe_name(name)
    with path.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    try:
        _taken(session, Data(dropped(path)))
    except Exception:
        if session.data is None or Path(session.data.source.place) != path:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def columns(session: Session, form: Form) -> None:
    """Give the columns the roles and kinds that the form says."""
    data = session.data
    if data is None:
        raise InputError("choose a table first")
    chosen = {data.columns[int(at)]: value for at, value in form.having("column-").items() if value}
    kinds = {name: value.removeprefix("kind:") for name, value in chosen.items() if value.startswith("kind:")}
    roles: dict[str, object] = {}
    for name, value in chosen.items():
        role = value.removeprefix("role:")
        if value.startswith("role:"):
            if role in roles:
                raise InputError(f"columns {roles[role]!r} and {name!r} are both the {role}: one column plays a role")
            roles[role] = name
    source = data.source
    if source.has_roles:
        for role in ROLES[3:]:
            roles.setdefault(role, "")
        roles |= {"cluster": roles["cluster"] or None}
        if form.text("verb_name") and "verb" not in roles:
            roles["verb_name"] = form.text("verb_name")
        if form.text("time_format"):
            roles["time_format"] = form.text("time_format")
        source = dropped(Path(source.place), **cast(FileRoles, roles | {"columns": kinds or None}))
    _taken(session, Data(source, kinds))


def forget(session: Session, form: Form) -> None:
    """Start over."""
    session.forget()


def _taken(session: Session, data: Data) -> None:
    """Read a table and make it the session's; one whose roles are not known is kept with its columns."""
    try:
        table = data.source.read()
    except MissingRoles:
        data.columns, data.first = first_cells(data.source.place)
        _replaced(session, data)
        raise
    data.plan = plan_columns(table, data.kinds or None)
    data.graph, data.notes = LinkGraph.from_table(table), table.notes
    frame = table.take_rows(np.arange(min(len(table), FIRST_ROWS))).to_frame()
    data.columns = [str(name) for name in frame.columns]
    data.first = shown_cells(frame.itertuples(index=False))
    _replaced(session, data)
    session.power = session.start("look", table=data.source.to_dict(), seed=session.seed)


def _replaced(session: Session, data: Data) -> None:
    session.forget_model()
    if session.power is not None:
        session.power.stop()
    session.power, session.explored, session.data = None, {}, data


def view(session: Session) -> dict[str, object]:
    """What the page shows: tables to choose, columns with what they are, and what the table can carry."""
    data, power = session.data, session.power
    lines = []
    for at, name in enumerate(data.columns if data else ()):
        line = next((one for one in (data.plan or ()) if one.name == name), None) if data else None
        now = "" if line is None else f"role:{line.role}" if line.role != "extra" else ""
        kind = data.kinds.get(name, "") if data else ""
        lines.append((at, name, f"kind:{kind}" if kind else now, "" if line is None else line.kind, line and line.done))
    return {
        "data": data,
        "lines": lines,
        "roles": ROLES if data and data.source.has_roles else (),
        "kinds": KINDS,
        "built_in": BUILT_IN,
        "limit": MAX_UPLOAD,
        "power": power.result if power and power.state == "done" else None,
        "power_state": power.state if power else "",
    }


ACTIONS = {"choose": choose, "upload": upload, "columns": columns, "forget": forget}
__all__ = ["ACTIONS", "MAX_UPLOAD", "too_large", "view"]
