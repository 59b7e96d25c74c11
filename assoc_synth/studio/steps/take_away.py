"""Step 5, Take away: rows as they are or with something changed on purpose, in any format."""

from __future__ import annotations

from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.exports import FORMATS
from assoc_synth.studio.forms import Form
from assoc_synth.studio.lines import sample_python, sample_shell
from assoc_synth.studio.session import Draw, Session
from assoc_synth.studio.wishes import Wish, promised, shares_of

SUFFIXES = {"rules": ".csv", "associations": ".csv"}


def draw(session: Session, form: Form) -> None:
    """Draw a sample in a child process and write it in a format."""
    spec, promises = _spec(session, form), preview(session, form)
    job = session.start("draw", model=session.model, **spec)
    model = session.model if "/" not in session.model else "model"
    words = f"{spec['format']}: {' '.join(promises) or 'as many subjects as the table has'}"
    session.draws.insert(0, Draw(job, words, promises, sample_shell(model, spec), sample_python(model, spec)))


def preview(session: Session, form: Form) -> list[str]:
    """What the draw promises."""
    spec, graph = _spec(session, form), session.table.graph
    assert graph is not None
    return promised(spec["scenario"], spec["size"], graph)


def _spec(session: Session, form: Form) -> dict[str, Any]:
    format = form.choice("format", "the format", list(FORMATS))
    known = FORMATS[format]
    suffix = "" if known.contents else SUFFIXES.get(format) or known.suffixes()[0]
    size: dict[str, Any] = {}
    wish = _wish(session, form)
    rows, subjects = form.whole("rows", "the rows"), form.whole("subjects", "the subjects")
    if rows and subjects:
        raise InputError("rows and subjects both say how much: give one of them")
    if rows and not wish.get("conditions"):
        size["num_rows"] = rows
    if subjects:
        size["num_subjects"] = subjects
    if wish.get("rebalance") and not rows:
        size = {"num_rows": len(session.table.graph.table)}  # type: ignore[union-attr]
    if form.text("change") == "only":
        size["verbs"] = form.every("only")
        if not size["verbs"]:
            raise InputError("tick the verbs that are wanted")
    undertrained = bool(session.training and session.training.spec.get("allow_undertrained"))
    return {
        "size": size,
        "scenario": wish,
        "format": format,
        "options": {},
        "file": f"{format}-rows{suffix}",
        "seed": session.seed,
        "allow_undertrained": undertrained,
    }


def _wish(session: Session, form: Form) -> Wish:
    change = form.choice("change", "what changes", ("nothing", "only", "shares", "boost", "condition"))
    if change == "shares":
        return {"rebalance": shares_of({name: float(value or 0) for name, value in form.having("share-").items()})}
    if change == "boost":
        factor = form.number("factor", "the factor", low=0.01, high=100) or 1.0
        return {"boost": [[form.text("boost_verb"), form.text("boost_object"), factor]]}
    if change == "condition":
        rows = form.whole("rows", "the rows")
        if not rows:
            raise InputError("say how many rows there shall be")
        named = {"verb": form.text("condition_verb"), "object": form.text("condition_object")}
        return {"conditions": [{name: value for name, value in named.items() if value} | {"num_rows": rows}]}
    return {}


def view(session: Session) -> dict[str, object]:
    """What the page shows: what can be taken, the formats, and the draws so far."""
    graph = session.data.graph if session.data else None
    shares: list[tuple[str, float]] = []
    if graph is not None:
        names = [str(name) for name in graph.table.verbs]
        counts = np.bincount(graph.table.verb, minlength=len(names)).tolist()
        shares = [(name, round(100 * one / len(graph.table), 1)) for name, one in zip(names, counts, strict=True)]
    return {"formats": {name: one.lacks for name, one in FORMATS.items()}, "draws": session.draws, "shares": shares}


ACTIONS = {"draw": draw}
