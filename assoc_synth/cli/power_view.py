"""What `power` shows: which claims a table can carry, what the gate sees in each scope, and which pairs it confirms."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from assoc_synth.cli.terminal import new_table, out
from assoc_synth.gate.pair_power import PairBand, PairPower
from assoc_synth.gate.power import Power
from assoc_synth.gate.scope_power import ScopePower

MOST_COLUMNS = 4


def show_power(power: Power) -> None:
    """The answer in a sentence, then claims, scopes and pairs."""
    out.print(
        f"\n[bold]{power.num_subjects:,} subjects, {power.num_reference:,} of which the gate would keep to itself: "
        f"{power.sentence}.[/]"
    )
    _show_claims(power)
    _show_scopes(power.scopes)
    _show_pairs(power.pairs, power.num_subjects)


def _show_claims(power: Power) -> None:
    table = new_table("What could be claimed of a good synthetic table")
    table.add_column("claim", overflow="fold")
    table.add_column("subjects", justify="right", no_wrap=True)
    table.add_column("here", no_wrap=True)
    for claim in power.claims:
        needs = "–" if claim.needs is None else f"≈ {claim.needs:,}"
        table.add_row(claim.words, needs, "[green]yes[/]" if claim.holds else "[yellow]no[/]")
    out.print(table)
    out.print(
        "subjects: how many the table needs; –: no number is enough, as the gate keeps at most 5,000 subjects to "
        "itself. PASS: a perfect generator gets it in four of five draws."
    )


def _show_scopes(scopes: Sequence[ScopePower]) -> None:
    table = new_table("What the gate would see, by subjects that it evaluates")
    table.add_column("scope", no_wrap=True)
    for name in ("evaluated", "stops destroyed", "lets real pass"):
        table.add_column(name, justify="right")
    for scope in scopes:
        for at in scope.sizes:
            name = scope.name if at is scope.here else ""
            table.add_row(name, f"{at.size:,}", _percent(at.certificate), _percent(at.passes))
    if table.row_count:
        out.print(table)
    for scope in scopes:
        watched = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in scope.watched)
        out.print(f"{scope.name}: {watched or 'the table has nothing of it'}")


def _show_pairs(pairs: PairPower, num_subjects: int) -> None:
    if not pairs.pairs:
        out.print("\nNo pair is associated clearly enough to be claimed, so none can be confirmed.")
        return
    chosen = _chosen(pairs, num_subjects)
    table = new_table(f"How many of {pairs.pairs:,} claimed pairs so many subjects confirm")
    for name in ("support", "lift"):
        table.add_column(name, no_wrap=True)
    for name in ("pairs", *(f"{pairs.sizes[at]:,}" for at in chosen)):
        table.add_column(name, justify="right", no_wrap=True)
    for band in pairs.bands:
        _add(table, _support(band), _lift(band), band.pairs, [band.confirmed[at] for at in chosen])
    _add(table, "all", "", pairs.pairs, [pairs.confirmed[at] for at in chosen])
    out.print(table)
    out.print(
        "Subjects in each of two tables. Confirmed: the lifts agree within a quarter, in four of five cases if the "
        "pair is kept. support: share of the subjects that have both."
    )


def _add(table: Table, support: str, lift: str, pairs: int, confirmed: list[int]) -> None:
    table.add_row(support, lift, f"{pairs:,}", *(f"{count:,}" for count in confirmed))


def _chosen(pairs: PairPower, num_subjects: int) -> list[int]:
    """Positions of four sizes: from the last one below the table's own on, as far as they tell something new."""
    below = [at for at, size in enumerate(pairs.sizes) if size <= num_subjects]
    start = below[-1] if below else 0
    whole = [at for at, count in enumerate(pairs.confirmed) if count == pairs.pairs]
    end = min(whole[0] if whole else len(pairs.sizes) - 1, len(pairs.sizes) - 1)
    start = max(min(start, end - MOST_COLUMNS + 1), 0)
    return list(range(start, max(end, start) + 1))[:MOST_COLUMNS]


def _support(band: PairBand) -> str:
    low, high = 100 * band.support_from, 100 * band.support_to
    if not low:
        return f"< {high:g} %"
    return f"≥ {low:g} %" if high >= 100 else f"{low:g}–{high:g} %"


def _lift(band: PairBand) -> str:
    return f"≥ {band.lift_from:g}" if band.lift_to is None else f"{band.lift_from:g}–{band.lift_to:g}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
