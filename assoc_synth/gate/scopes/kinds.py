"""Every kind of scope, in the order in which a verdict names them."""

from __future__ import annotations

from assoc_synth.gate.scopes.links import LinkScope
from assoc_synth.gate.scopes.order import OrderScope
from assoc_synth.gate.scopes.rows import RowScope
from assoc_synth.gate.scopes.scope import ScopeKind
from assoc_synth.gate.scopes.visits import VisitScope

KINDS: tuple[ScopeKind, ...] = (LinkScope(), VisitScope(), OrderScope(), RowScope())


def kind_of(name: str) -> ScopeKind:
    """A kind by its name.

    Raises:
        KeyError: there is none.
    """
    return {kind.name: kind for kind in KINDS}[name]
