"""The verdict scope by scope: what each one looked at, its blocks, and what of it is said in full."""

from __future__ import annotations

from dataclasses import dataclass

from assoc_synth.gate.verdict import ALPHA, BlockResult, Verdict
from assoc_synth.report.wording import SCOPES, STATUS

MOST_SHOWN = 9
"""Blocks of a scope that are shown at once: those that differ, then those that are nearest to it."""


@dataclass(frozen=True)
class ScopePart:
    """One scope for a reader.

    Attributes:
        name: "links", "visits", "order" or "rows".
        heading, about, destroyed: its name, what it looks at, and what its destroyed table is, in words.
        status: its verdict; colour: the class that colours it.
        tau_low, tau_high, certificate, p_value: its figures; None where there are none.
        watched: what is watched, in words.
        note: what else there is to say.
        shown, folded: its blocks; the folded ones are opened by the reader.
    """

    name: str
    heading: str
    about: str
    destroyed: str
    status: str
    colour: str
    tau_low: float | None
    tau_high: float | None
    certificate: float | None
    p_value: float | None
    watched: str
    note: str
    shown: tuple[BlockResult, ...]
    folded: tuple[BlockResult, ...]


def scope_parts(verdict: Verdict, *, most: int = MOST_SHOWN) -> tuple[ScopePart, ...]:
    """Every scope that a verdict has a word about, in the order of the gate.

    Args:
        most: blocks of a scope that are shown; those that differ are shown however many they are.
    """
    judged = {scope.name: scope for scope in verdict.scopes}
    names = [*judged, *(name for name in dict.fromkeys(block.scope for block in verdict.blocks) if name not in judged)]
    parts = []
    for name in names:
        heading, about, destroyed = SCOPES.get(name, (name.capitalize(), "", "destroyed"))
        scope = judged.get(name)
        source = verdict if scope is None else scope
        shown, folded = _split([block for block in verdict.blocks if block.scope == name], most)
        parts.append(
            ScopePart(
                name,
                heading,
                about,
                destroyed,
                STATUS.get(source.status.value, source.status.value.lower()),
                source.status.value.lower(),
                source.tau_low,
                source.tau_high,
                source.certificate,
                source.p_value,
                ", ".join(f"{count:,} {_plain(what)}" for what, count in source.watched if count),
                "" if scope is None else scope.note,
                shown,
                folded,
            )
        )
    return tuple(parts)


def differs(block: BlockResult) -> bool:
    """Whether a block differs from real data by more than chance among all blocks of the verdict."""
    return adjusted(block) <= ALPHA


def adjusted(block: BlockResult) -> float:
    """The block's p among all blocks; where an older verdict lacks it, its own."""
    return block.p_value if block.adjusted_p is None else block.adjusted_p


def _split(blocks: list[BlockResult], most: int) -> tuple[tuple[BlockResult, ...], tuple[BlockResult, ...]]:
    """The blocks to show, in their order, and the rest."""
    nearest = sorted(range(len(blocks)), key=lambda at: (adjusted(blocks[at]), at))
    most = max(most, sum(map(differs, blocks)))
    kept = set(nearest[:most]) if len(blocks) > most + 2 else set(range(len(blocks)))
    return (
        tuple(block for at, block in enumerate(blocks) if at in kept),
        tuple(block for at, block in enumerate(blocks) if at not in kept),
    )


def _plain(what: str) -> str:
    words = {"pairs_within": "pairs within verbs", "pairs_across": "pairs across verbs", "triples": "triples"}
    return words.get(what, what.replace("_", " "))
