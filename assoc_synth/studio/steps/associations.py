"""Step 2, Associations: who takes this also takes that, as a list and drawn."""

from __future__ import annotations

from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Session

MOST = 12


def explore(session: Session, form: Form) -> None:
    """Look at the partners of an object, or, without one, at the strongest claimed pairs."""
    graph = session.table.graph
    assert graph is not None
    thing, verb = form.text("object") or None, form.text("verb") or None
    drawn = graph.plot(thing, verb=verb, top=MOST)
    pairs = [(str(left), str(right), f"{lift:.1f}") for left, right, lift in drawn.pairs.itertuples(index=False)]
    session.explored = {"object": thing or "", "verb": verb or "", "svg": drawn.svg, "pairs": pairs}


def view(session: Session) -> dict[str, object]:
    """What the page shows: names to choose from, and what was looked at."""
    graph = session.data.graph if session.data else None
    return {
        "explored": session.explored,
        "verbs": [str(name) for name in graph.table.verbs] if graph else [],
        "objects": [str(name) for name in graph.table.objects[:2_000]] if graph else [],
    }


ACTIONS = {"explore": explore}
