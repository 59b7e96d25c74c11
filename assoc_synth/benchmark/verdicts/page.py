"""The page of the verdicts: of each data set, what the gate said of every table, scope by scope."""

from __future__ import annotations

from collections.abc import Sequence

from assoc_synth import __version__
from assoc_synth.benchmark.verdicts.judged import DESTROYED, HELD_OUT, OWN, Judged, Scope
from assoc_synth.gate.scopes import NAMES

_INTRODUCTION = f"""# What the gate says

`python -m assoc_synth.benchmark.verdicts NAME` (assoc-synth {__version__}). The table is halved by subject, by cluster
where it has clusters. The gate learns from the training half and from half of the held-out subjects, at most 5,000. It
judges as many of the other held-out ones: as they are, and after a scope's destroyer has been at a share of them. This
package and its competitors have learned from the training half.

Each cell has the verdict on a scope and [τ_L, τ_U], 95 % one-sided each: the share of destroyed subjects that would
look like this table. A scope that the table has no columns for is –. Destroyed links change what hangs on them too:
their amounts, their order, what they meet in a visit.
"""


def page_of(found: Sequence[Judged]) -> str:
    """The whole page as Markdown: a section for each data set, size and seed, of this package the last table."""
    parts = [_INTRODUCTION]
    for key in dict.fromkeys((one.dataset, one.training, one.seed) for one in found):
        parts.append(_section([one for one in found if (one.dataset, one.training, one.seed) == key]))
    return "\n".join(parts)


def _section(found: Sequence[Judged]) -> str:
    last_own = [one for one in found if one.table == OWN][-1:]
    own = [*last_own, *sorted((one for one in found if one.table != OWN), key=_place)]
    first = own[0]
    lines = [
        f"## {first.dataset}",
        "",
        f"{first.training:,} training subjects, {max(one.num_reference for one in own):,} of the gate's own, seed "
        f"{first.seed}. p: of all blocks of all scopes together.",
        "",
        f"| table | verdict | p | subjects | {' | '.join(NAMES)} | what differs most |",
        f"|---|---|---|---|{'---|' * len(NAMES)}---|",
        *map(_line, own),
    ]
    notes = [f"- {one.table}{_of(one)}: {'; '.join(one.notes)}." for one in own if one.notes]
    return "\n".join([*lines, *([""] if notes else []), *notes, ""])


def _place(one: Judged) -> int:
    """Real subjects come first, then destroyed ones, then competitors."""
    return 0 if one.table == HELD_OUT else 1 if one.table.endswith(DESTROYED) else 2


def _line(one: Judged) -> str:
    scopes = {scope.name: scope for scope in one.scopes}
    p = "–" if one.p_value is None else _digits(one.p_value)
    cells = [_cell(scopes.get(name)) for name in NAMES]
    differs = ", ".join(f"`{name.replace('|', '/')}`" for name in one.differs[:3]) or "–"
    return f"| {one.table}{_of(one)} | {one.status} | {p} | {one.num_subjects:,} | {' | '.join(cells)} | {differs} |"


def _of(one: Judged) -> str:
    return f" ({one.source})" if one.source else ""


def _cell(scope: Scope | None) -> str:
    if scope is None or scope.status == "NOT_JUDGED":
        return "–"
    if scope.tau_low is None or scope.tau_high is None:
        return scope.status
    return f"{scope.status} [{_digits(scope.tau_low, 2)}, {_digits(scope.tau_high, 2)}]"


def _digits(value: float, count: int = 3) -> str:
    """Without the zero before the point, as in the other pages.

    Example:
        >>> _digits(0.25), _digits(1.0, 2), _digits(0.0, 2)
        ('.250', '1.00', '.00')
    """
    return f"{value:.{count}f}".removeprefix("0") if value < 1 else f"{value:.{count}f}"
