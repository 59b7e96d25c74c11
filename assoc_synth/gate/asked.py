"""Asked: what of a table is to be judged, and by which names it is spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assoc_synth.errors import InputError
from assoc_synth.gate.results import PairDifference, ScopeVerdict, Status
from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.scopes.scope import Block

ABSENT = "there is nothing of it in the table"
OLD = "the model is of an earlier version: fit it again for this"


@dataclass(frozen=True)
class Asked:
    """What is looked at.

    Attributes:
        scopes: by name; None for all that the table has.
        groups: codes of the only verbs that the subjects have rows of, those of a group are judged together; None for
            all verbs.
        verb_names, object_names: by code, for the pairs that differ most; empty where they are not known.
        absent: why a scope is not judged that was asked for.
    """

    scopes: tuple[str, ...] | None = None
    groups: tuple[tuple[int, ...], ...] | None = None
    verb_names: Sequence[object] = ()
    object_names: Sequence[object] = ()
    absent: str = ABSENT

    def has_scope(self, name: str) -> bool:
        """Whether a scope is asked for."""
        return self.scopes is None or name in self.scopes

    def looks_at(self, scope: str, block: Block) -> bool:
        """Whether a block is one of those that were asked for."""
        if not self.has_scope(scope):
            return False
        if self.groups is None:
            return True
        own = block.verbs
        return own is not None and any(set(own) <= set(group) for group in self.groups)

    def group_of(self, block: Block) -> int:
        """Which group a block looks at; 0 where it looks at none."""
        own = set(block.verbs or ())
        return next((place for place, group in enumerate(self.groups or ()) if own and own <= set(group)), 0)

    def left_out(self, scopes: Sequence[ScopeVerdict]) -> tuple[ScopeVerdict, ...]:
        """The scopes that are not among the judged ones, each with the reason."""
        judged = {scope.name for scope in scopes}
        return tuple(
            ScopeVerdict(name, Status.NOT_JUDGED, note=self.absent if self.has_scope(name) else "not asked for")
            for name in NAMES
            if name not in judged
        )

    def block_name(self, block: Block) -> str:
        """A block's name, with the verbs in brackets by their names, such as "pairs_within[bought]"."""
        base, _, codes = block.name.partition("[")
        if block.verbs is None or not re.fullmatch(r"[0-9,]+\]", codes) or len(self.verb_names) <= max(block.verbs):
            return block.name
        return f"{base}[{', '.join(str(self.verb_names[verb])[:40] for verb in block.verbs)}]"

    def named(self, left: tuple[int, int], right: tuple[int, int], real: float, synthetic: float) -> PairDifference:
        """A pair that differs, by the names of its links."""
        return PairDifference(self._link(*left), self._link(*right), real, synthetic)

    def _link(self, verb: int, thing: int) -> str:
        said = str(self.verb_names[verb])[:40] if verb < len(self.verb_names) else f"verb {verb}"
        of = str(self.object_names[thing])[:40] if thing < len(self.object_names) else f"object {thing}"
        return f"{said} {of}"


EVERYTHING = Asked()


def check_scopes(gate: object) -> tuple[str, ...] | None:
    """The scopes that a user asks for, in their order; None for all that the table has.

    Args:
        gate: names, or a text of names with commas between them, or None.

    Raises:
        InputError: there is no such scope, or none is named.

    Example:
        >>> check_scopes(("rows", "links"))
        ('links', 'rows')
        >>> check_scopes("visits, links")
        ('links', 'visits')
    """
    if gate is None:
        return None
    if isinstance(gate, str):
        gate = [name.strip() for name in gate.split(",")]
    named = list(gate) if isinstance(gate, tuple | list | set) else [gate]
    unknown = next((name for name in named if name not in NAMES), None)
    if unknown is not None or not named:
        found = f"not {str(unknown)[:40]!r}" if named else "and none is named"
        raise InputError(f"gate takes names of scopes, {', '.join(NAMES)}, {found}")
    return tuple(name for name in NAMES if name in named)
