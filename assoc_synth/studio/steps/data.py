"""Step 1, Data: a table, what each of its columns is, and what it can carry."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assoc_synth.attributes import Plan, plan_columns
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Reading, Session
from assoc_synth.studio.sources import BUILT_IN, Source, built_in, dropped, first_rows, read_links, safe_name
from assoc_synth.studio.steps.associations import first_look
from assoc_synth.studio.tasks import LINKS
from assoc_synth.transactions.schema import FileRoles

if TYPE_CHECKING:
    from assoc_synth.attributes import ColumnPlan

MAX_UPLOAD = 100 * 2**20
"""Bytes of a file that the page takes; the command line takes larger ones."""
MOST_SHOWN = 40
"""Columns that are shown at once; of more, those are found by their names."""
ROLES = ("subject", "verb", "object", "time", "amount", "basket", "cluster")
KINDS = {
    "category": "a category",
    "number": "a number",
    "date": "a date",
    "identifier": "an identifier: made anew",
    "text": "free text",
    "drop": "left out",
}
"""What the user may say that an extra column is, in words."""


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
    _check_free(session)
    source = built_in(form.choice("name", "the table", list(BUILT_IN)))
    session.stop_reading()
    table = source.read()
    columns, first = first_rows(table)
    data = Data(source, columns=columns, first=first, notes=table.notes)
    data.plan, data.graph = plan_columns(table), LinkGraph.from_table(table)
    _taken(session, data)


def upload(session: Session, form: Form) -> None:
    """Read a file that was dropped; while its roles are not known, its columns are shown."""
    _check_free(session)
    if form.upload is None or not form.upload[0]:
        raise InputError("choose a file first")
    name, content = form.upload
    folder = session.new_folder("upload")
    folder.mkdir()
    path = folder / safe_name(name)
    with path.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    if not path.stat().st_size:
        raise InputError(f"{path.name} is empty: choose another file")
    _read(session, Data(dropped(path)))


def columns(session: Session, form: Form) -> None:
    """Give the columns the roles and kinds that the form says; those that it does not show keep theirs."""
    _check_free(session)
    data = session.data
    if data is None:
        raise InputError("choose a table first")
    shown = {data.columns[int(at)]: value for at, value in form.having("column-").items()}
    kinds = {name: kind for name, kind in data.kinds.items() if name not in shown}
    kinds |= {name: value.removeprefix("kind:") for name, value in shown.items() if value.startswith("kind:")}
    if not data.source.has_roles:
        return _planned(session, data, kinds)
    roles: dict[str, Any] = {}
    for name, value in shown.items():
        role = value.removeprefix("role:")
        if value.startswith("role:"):
            if role in roles:
                raise InputError(f"columns {roles[role]!r} and {name!r} are both the {role}: one column plays a role")
            roles[role] = name
    if bool(form.text("no_header")) == (data.source.roles.get("header") is not False):
        roles, kinds = {}, {}  # what was said is of columns that have other names now
    else:
        for role in ROLES[3:]:
            roles.setdefault(role, "")
        roles |= {"cluster": roles["cluster"] or None}
    if form.text("verb_name") and "verb" not in roles:
        roles["verb_name"] = form.text("verb_name")
    if form.text("time_format"):
        roles["time_format"] = form.text("time_format")
    if form.text("no_header"):
        roles["header"] = False
    _read(session, Data(dropped(Path(data.source.place), **cast(FileRoles, roles | {"columns": kinds or None})), kinds))


def find(session: Session, form: Form) -> None:
    """Show the columns whose names have a text in them."""
    if session.data is None:
        raise InputError("choose a table first")
    session.data.find = form.text("find")


def stop(session: Session, form: Form) -> None:
    """Stop reading a file."""
    session.stop_reading()


def forget(session: Session, form: Form) -> None:
    """Start over."""
    session.forget()


def settle(session: Session) -> None:
    """Take the table of a file that has been read in the meantime, or say why there is none."""
    reading = session.reading
    if reading is None or reading.job.state == "running":
        return
    data, job = reading.data, reading.job
    if job.state != "done":
        session.errors["data"] = job.error
        session.stop_reading()
        return
    found = job.result
    data.columns, data.first = found["columns"], found["first"]
    if "missing" in found:
        session.errors["data"] = found["missing"]
    else:
        data.plan, data.notes = Plan.from_dict(found["plan"]), tuple(found["notes"])
        data.graph = read_links(job.folder / LINKS)
    session.stop_reading()
    _taken(session, data)


def _check_free(session: Session) -> None:
    if session.is_training:
        raise InputError("a training runs with this table: cancel it first, in the step Train")


def _read(session: Session, data: Data) -> None:
    """Begin to read a file; `settle` takes what comes of it."""
    session.stop_reading()
    session.reading = Reading(session.start("read", table=data.source.to_dict(), kinds=data.kinds), data)


def _planned(session: Session, data: Data, kinds: dict[str, str]) -> None:
    """Take a table that has no roles to give again, with other kinds of its extra columns."""
    table = data.source.read()
    plan = plan_columns(table, kinds or None)
    _taken(session, Data(data.source, kinds, data.columns, data.first, data.graph, plan, data.notes))


def _taken(session: Session, data: Data) -> None:
    """Make a table the session's: what came of the one before goes."""
    session.forget_model()
    if session.power is not None:
        session.power.stop()
    session.power, session.explored, session.data = None, {}, data
    session.errors.pop("associations", None)
    if data.graph is not None:
        session.power = session.start("look", table=data.source.to_dict(), seed=session.seed)
        first_look(session)


def view(session: Session) -> dict[str, object]:
    """What the page shows: tables to choose, columns with what they are, and what the table can carry."""
    data, power = session.data, session.power
    lines, hidden = _lines(data) if data else ([], 0)
    found = power.result if power and power.state == "done" else None
    return {
        "data": data,
        "reading": session.reading and (session.reading.data.source.name, session.reading.job.doing),
        "lines": lines,
        "hidden": hidden,
        "many": bool(data and len(data.columns) > MOST_SHOWN),
        "most": MOST_SHOWN,
        "roles": ROLES if data and data.source.has_roles else (),
        "kinds": KINDS,
        "built_in": BUILT_IN,
        "limit": MAX_UPLOAD,
        "power": found,
        "power_state": power.state if power else "",
        "power_error": power.error if power and power.state == "failed" else "",
    }


def _lines(data: Data) -> tuple[list[dict[str, object]], int]:
    """The columns that are shown, and how many are not: those with a role or an own kind, then those that are found."""
    plans: dict[str, ColumnPlan] = {line.name: line for line in data.plan or ()}
    order = list(enumerate(data.columns))
    if len(order) > MOST_SHOWN:
        plays = [one for one in order if one[1] in data.kinds or (one[1] in plans and plans[one[1]].role != "extra")]
        rest = [one for one in order if one not in plays and data.find.casefold() in one[1].casefold()]
        order = [*plays, *rest[: max(MOST_SHOWN - len(plays), 10)]]
    lines: list[dict[str, object]] = []
    for at, name in order:
        plan, kind = plans.get(name), data.kinds.get(name, "")
        role = plan.role if plan and plan.role != "extra" else ""
        lines.append(
            {
                "at": at,
                "name": name,
                "now": f"kind:{kind}" if kind else f"role:{role}" if role else "",
                "role": role,
                "kind": plan.kind if plan else "",
                "format": plan.format if plan else "",
                "done": plan.done if plan else "",
            }
        )
    return lines, len(data.columns) - len(lines)


def waits(session: Session) -> bool:
    """Whether a file is still being read."""
    with session.lock:
        return session.reading is not None and session.reading.job.state == "running"


ACTIONS = {"choose": choose, "upload": upload, "columns": columns, "find": find, "stop": stop, "forget": forget}
__all__ = ["ACTIONS", "MAX_UPLOAD", "Source", "settle", "too_large", "view", "waits"]
