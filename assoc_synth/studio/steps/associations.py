"""Step 2, Associations: who takes this also takes that, as a list, as a graph to walk in, and as a heat map."""

from __future__ import annotations

from typing import cast

from assoc_synth.errors import InputError
from assoc_synth.studio import explorer
from assoc_synth.studio.explorer import Unit, View
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Session

MOST_ROWS_AT_ONCE = 200_000
"""Rows of a table whose strongest pairs are shown without being asked for."""
MOST_SUGGESTED, MOST_VERBS = 2_000, 100
"""Names that a field suggests, and verbs to choose from: the page stays light whatever column is the verb."""
UNITS = {"subject": "by the same subject", "basket": "in the same visit"}


def explore(session: Session, form: Form) -> None:
    """Look at the partners of an object, or, without one, at the strongest claimed pairs."""
    graph = session.table.graph
    assert graph is not None
    per = cast(Unit, form.choice("per", "what is counted", tuple(UNITS)))
    _look(session, View(form.text("object"), form.text("verb"), per))


def first_look(session: Session) -> None:
    """The strongest pairs of a new table, where that takes a moment only."""
    graph = session.table.graph
    assert graph is not None
    if len(graph.table) <= MOST_ROWS_AT_ONCE:
        now = View(verb=explorer.main_verb(graph))
        try:
            _look(session, now)
        except InputError as none:
            session.explored = {"view": now, "none": str(none)}


def _look(session: Session, view: View) -> None:
    data = session.table
    graph = data.graph
    assert graph is not None
    found = explorer.explored(graph, view)
    if view.verb not in data.heats:
        data.heats[view.verb], verb = explorer.heat(graph, view.verb)
        data.heats[verb] = data.heats[view.verb]
    session.explored = {"view": view, "found": found, "heat": data.heats[view.verb]}


def view(session: Session) -> dict[str, object]:
    """What the page shows: names to choose from, and what was looked at."""
    data = session.data
    graph = data.graph if data else None
    if graph is None:
        return {"explored": {}, "verbs": [], "objects": [], "frequent": [], "units": {}, "legend": ""}
    now = session.explored.get("view", View())
    return {
        "explored": session.explored,
        "look": now,
        "all_pairs": View("", now.verb, now.per).address,
        "verbs": explorer.frequent_verbs(graph)[:MOST_VERBS],
        "objects": [str(name) for name in graph.table.objects[:MOST_SUGGESTED]],
        "frequent": explorer.frequent_objects(graph, now),
        "units": UNITS if explorer.has_baskets(graph) else {},
        "legend": explorer.legend(),
    }


ACTIONS = {"explore": explore}
