"""The five steps of the page: what their forms do (`ACTIONS`), and what they promise before that (`PREVIEWS`)."""

from __future__ import annotations

from collections.abc import Callable

from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Session
from assoc_synth.studio.steps import associations, data, take_away, train

_OF = {
    "data": data.ACTIONS,
    "associations": associations.ACTIONS,
    "train": train.ACTIONS,
    "take-away": take_away.ACTIONS,
}
ACTIONS: dict[tuple[str, str], Callable[[Session, Form], None]] = {
    (step, name): do for step, actions in _OF.items() for name, do in actions.items()
}
PREVIEWS: dict[str, Callable[[Session, Form], list[str]]] = {"take-away": take_away.preview}
settle = data.settle
VIEWS = (data.view, associations.view, train.view, take_away.view)
