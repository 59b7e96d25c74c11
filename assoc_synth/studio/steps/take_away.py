"""Step 5, Take away: rows as they are or with something changed on purpose, in any format."""

from __future__ import annotations

from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.exports import FORMATS
from assoc_synth.studio.forms import Form
from assoc_synth.studio.lines import sample_python, sample_shell
from assoc_synth.studio.session import Data, Draw, Session
from assoc_synth.studio.wishes import Wish, promised, shares_of

SUFFIXES = {"rules": ".csv", "associations": ".csv"}
CHANGES = {
    "nothing": "Nothing: rows as the table’s",
    "only": "Only some verbs",
    "shares": "The verbs’ shares",
    "boost": "Links more or less often",
    "condition": "Rows of certain kinds",
}
"""What a draw may change, in words."""
MOST_SHARES, MOST_SUGGESTED = 40, 1_000
"""Verbs that have a slider each, and columns that a field suggests."""
LINES = (1, 2, 3)
"""Boosts, and kinds of rows, that one draw may ask for."""
MODEL = "model"
"""The folder that a model has when it was taken from the page and unpacked."""


def draw(session: Session, form: Form) -> None:
    """Draw a sample in a child process and write it in a format."""
    spec, promises = _spec(session, form), preview(session, form)
    job = session.start("draw", model=session.model, **spec)
    words = f"{spec['format']}: {' '.join(promises)}"
    model = _named(session)
    session.draws.insert(0, Draw(job, words, promises, sample_shell(model, spec), sample_python(model, spec)))


def preview(session: Session, form: Form) -> list[str]:
    """What the draw promises."""
    spec, graph = _spec(session, form), session.table.graph
    assert graph is not None
    return promised(spec["scenario"], spec["size"], graph)


def stop(session: Session, form: Form) -> None:
    """End a draw that is still being made."""
    for one in session.draws:
        if one.job.folder.name == form.text("draw"):
            one.job.stop()


def _spec(session: Session, form: Form) -> dict[str, Any]:
    format = form.choice("format", "the format", list(FORMATS))
    known = FORMATS[format]
    suffix = "" if known.contents else SUFFIXES.get(format) or known.suffixes()[0]
    size: dict[str, Any] = {}
    wish = _wish(session, form)
    rows, subjects = form.whole("rows", "the rows"), form.whole("subjects", "the subjects")
    if rows and subjects:
        raise InputError("rows and subjects both say how much: give one of them")
    if subjects and (wish.get("rebalance") or wish.get("conditions")):
        raise InputError("this change counts rows: give rows, and leave the subjects empty")
    if rows:
        size["num_rows"] = rows
    if subjects:
        size["num_subjects"] = subjects
    if wish.get("rebalance") and not rows:
        assert session.table.graph is not None
        size["num_rows"] = len(session.table.graph.table)
    if form.text("change") == "only":
        size["verbs"] = form.every("only")
        if not size["verbs"]:
            raise InputError("tick the verbs that are wanted")
    return {
        "size": size,
        "scenario": wish,
        "format": format,
        "options": {},
        "file": f"{format}-rows{suffix}",
        "seed": session.seed if (seed := form.whole("seed", "the seed", low=0, high=2**32 - 1)) is None else seed,
        "allow_undertrained": _undertrained(session),
        "roles": roles_of(session.table),
    }


def roles_of(data: Data) -> dict[str, str]:
    """The columns of a table by role, "" for one that none plays; the verb's name where no column is the verb."""
    found = {line.role: line.name for line in data.plan or ()}
    roles = {role: found.get(role, "") for role in ("subject", "verb", "object", "time", "amount", "basket")}
    if roles["verb"] not in data.columns and data.graph is not None:
        del roles["verb"]
        roles["verb_name"] = str(data.graph.table.verbs[0])
    return roles


def _undertrained(session: Session) -> bool:
    return bool(session.training and session.training.spec.get("allow_undertrained"))


def _named(session: Session) -> str:
    return session.model if "/" not in session.model.replace("\\", "/") else MODEL


def _wish(session: Session, form: Form) -> Wish:
    change = form.choice("change", "what changes", tuple(CHANGES))
    if change == "shares":
        shares = {name: form.number(f"share-{name}", f"the share of {name}", low=0, high=100) for name in _verbs(form)}
        return {"rebalance": shares_of({name: share or 0.0 for name, share in shares.items()})}
    if change == "boost":
        return {"boost": _boosts(form)}
    if change == "condition":
        found = [one for one in (_condition(form, at) for at in LINES) if one]
        if not found:
            raise InputError("say which rows: a verb, an object or a column")
        return {"conditions": found}
    return {}


def _verbs(form: Form) -> list[str]:
    return list(form.having("share-"))


def _boosts(form: Form) -> list[list[Any]]:
    found: list[list[Any]] = []
    for at in LINES:
        thing, verb = form.text(f"boost_object-{at}"), form.text(f"boost_verb-{at}")
        if thing:
            factor = form.number(f"factor-{at}", f"the factor of {thing[:40]}", low=0.01, high=100)
            if [verb, thing] in [one[:2] for one in found]:
                raise InputError(f"{verb} {thing[:40]} is there twice: once is enough")
            found.append([verb, thing, 1.0 if factor is None else factor])
    if not found:
        raise InputError("say which object: the links with it come more or less often")
    return found


def _condition(form: Form, at: int) -> dict[str, Any]:
    """What one line asks for; empty where nothing is."""
    column, low, high = (form.text(f"condition_{name}-{at}") for name in ("column", "from", "to"))
    named: dict[str, Any] = {name: form.text(f"condition_{name}-{at}") for name in ("verb", "object")}
    named = {name: value for name, value in named.items() if value}
    if column:
        if not low:
            raise InputError(f"say what {column[:40]} is, or from where to where")
        named[column] = [low, high] if high else low
    rows = form.whole(f"condition_rows-{at}", "the rows of a kind")
    if named and not rows:
        raise InputError("say how many rows there shall be of each kind")
    return {**named, "num_rows": rows} if named else {}


def view(session: Session) -> dict[str, object]:
    """What the page shows: what can be taken, the formats, and the draws so far."""
    graph = session.data.graph if session.data else None
    shares: list[tuple[str, float]] = []
    if graph is not None and graph.table.num_verbs <= MOST_SHARES:
        names = [str(name) for name in graph.table.verbs]
        counts = np.bincount(graph.table.verb, minlength=len(names)).tolist()
        shares = [(name, round(100 * one / len(graph.table), 1)) for name, one in zip(names, counts, strict=True)]
    plain: dict[str, Any] = {"size": {}, "scenario": {}, "format": "csv", "options": {}, "file": "rows.csv"}
    plain |= {"seed": session.seed, "allow_undertrained": _undertrained(session)}
    named = _named(session) if session.verdict else MODEL
    return {
        "formats": {name: one.lacks for name, one in FORMATS.items()},
        "changes": CHANGES,
        "numbers": LINES,
        "draws": session.draws,
        "shares": shares,
        "conditional": _conditional(session.data)[:MOST_SUGGESTED] if session.data else [],
        "seed": session.seed,
        "sample_shell": sample_shell(named, plain),
        "sample_python": sample_python(named, plain),
    }


def _conditional(data: Data) -> list[str]:
    """Columns whose values or windows can be asked for."""
    extras = ("category", "number", "date", "constant")
    roles = {"time": None, "amount": None, "extra": extras}
    return [
        line.name for line in data.plan or () if line.role in roles and line.kind in (roles[line.role] or [line.kind])
    ]


ACTIONS = {"draw": draw, "stop": stop}
