"""What the command line shows: results on standard output, notes and progress on standard error."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from assoc_synth.cli.consoles import PlainConsole
from assoc_synth.cli.reproduction import folded
from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.associations import MIN_COUNT, also_buy, rules
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.report.also_buy import AlsoBuyFacts, PairFact
from assoc_synth.report.scopes import ScopePart, differs, scope_parts
from assoc_synth.report.wording import block_words

if TYPE_CHECKING:
    from assoc_synth.attributes import Plan
    from assoc_synth.ctgan.trainer import Progress as TrainingProgress

COLOURS = {
    Status.PASS: "bold green",
    Status.PASS_LIMITED: "bold yellow",
    Status.FAIL: "bold red",
    Status.UNDERPOWERED: "bold yellow",
    Status.NOT_JUDGED: "bold yellow",
}

MOST_BLOCKS = 5
"""Blocks of a scope that are shown; those that differ are shown however many they are."""
_BAR_WIDTH = 42
"""Of a training bar's description, bar, percentage and clock."""

out = PlainConsole(highlight=False)
err = PlainConsole(stderr=True, highlight=False)


def show(line: str) -> None:
    """A line on standard output as it is: the terminal folds it, so that paths can be copied."""
    out.print(line, markup=False, soft_wrap=True)


def show_command(command: str) -> None:
    """The command that gives the same again, on lines that a shell runs as one."""
    show(f"\nThe same again:\n{folded(command, out.width)}")


def show_notes(notes: Sequence[str]) -> None:
    """Notes on standard error, a line each."""
    for note in notes:
        err.print(f"note: {note}", markup=False, soft_wrap=True)


def show_warning(sentence: str) -> None:
    """What must not be overlooked, on standard error."""
    err.print(Text.assemble(("warning: ", "bold yellow"), sentence), soft_wrap=True)


def show_verdict(verdict: Verdict) -> None:
    """The verdict in words, scope by scope, and the blocks that differ or are nearest to it."""
    status, _, rest = verdict.sentence.partition(":")
    out.print(f"\n[{COLOURS[verdict.status]}]{status}[/]:{escape(rest)}")
    parts = scope_parts(verdict, most=MOST_BLOCKS)
    if verdict.scopes:
        _show_scopes(parts)
    if not verdict.blocks:
        return
    table = new_table("Distance from the gate's own real subjects (0 is identity)")
    table.add_column("block", overflow="fold")
    for name in ("this", "limit", "floor", "destroyed"):
        table.add_column(name, justify="right", no_wrap=True)
    for part in parts:
        for block in part.shown:
            figures = (block.observed, block.limit, block.floor, block.independent)
            words, style = block_words(block.name), "red" if differs(block) else ""
            name = words if len(parts) == 1 else f"{part.heading}: {words[0].lower()}{words[1:]}"
            table.add_row(escape(name), *(f"{figure:z.3f}" for figure in figures), style=style)
    out.print(table)
    folded = sum(len(part.folded) for part in parts)
    out.print(
        f"{f'{folded:,} more are within their limits. ' if folded else ''}limit: real data stay below it everywhere at "
        "once 95 % of the time; floor: real data on average; destroyed: a table without what the scope is about."
    )


def _show_scopes(parts: Sequence[ScopePart]) -> None:
    """Each scope's verdict, how large a share of destroyed subjects could hide in it, and what the gate would stop."""
    table = new_table("Scope by scope")
    table.add_column("scope", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name in ("τ", "stops", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for part in parts:
        share = "–" if part.tau_high is None else f"{100 * (part.tau_low or 0):.0f}–{100 * part.tau_high:.0f} %"
        certificate = "–" if part.certificate is None else f"{100 * part.certificate:.0f} %"
        colour = COLOURS[Status(part.colour.upper())]
        p_value = "–" if part.p_value is None else f"{part.p_value:.3f}"
        table.add_row(part.name, f"[{colour}]{part.status}[/]", share, certificate, p_value)
    out.print(table)
    out.print(
        "τ: as far from real as if this share of the subjects had been destroyed (95 %); stops: the share of wholly "
        "destroyed tables that this gate would stop."
    )
    for part in parts:
        if part.note and part.colour != "not_judged":  # the sentence says why
            out.print(f"{part.name}: {escape(part.note)}")


def show_pairs(facts: AlsoBuyFacts) -> None:
    """The strongest also-buy pairs, real and synthetic side by side."""
    if not facts.real and not facts.added:
        out.print("No pair of objects is associated clearly enough to be claimed, in either table.")
        return
    table = new_table(f"Also-buy pairs within “{escape(facts.verb)}”, real and synthetic")
    table.add_column("pair", overflow="fold")
    table.add_column("real lift [95 %]", justify="right", no_wrap=True)
    table.add_column("synthetic", justify="right", no_wrap=True)
    table.add_column("ranks", justify="right", no_wrap=True)
    for group in (facts.real, facts.added):
        for fact in group:
            table.add_row(_pair(fact.left, fact.right), *_lifts(fact), end_section=fact is group[-1])
    out.print(table)
    below = " Below the line: strong in the synthetic table only." if facts.added else ""
    out.print(
        f"Claimed pairs within this verb: {facts.num_real:,} in the real table, {facts.num_synthetic:,} in the "
        f"synthetic one.{below}"
    )


def _lifts(fact: PairFact) -> tuple[str, str, str]:
    missing = "–"
    real = missing if fact.real_lift is None else _interval(fact.real_lift, fact.low or 0.0, fact.high or 0.0)
    synthetic = missing if fact.synthetic_lift is None else _lift(fact.synthetic_lift)
    return real, synthetic, f"{fact.real_rank or missing} → {fact.synthetic_rank or missing}"


def show_partners(graph: LinkGraph, name: str, verb: str | None, top: int) -> None:
    """Also-buy of one object: within a verb, or over all verbs together."""
    codes = {str(other): code for code, other in enumerate(graph.table.objects)}
    if name not in codes:
        near = difflib.get_close_matches(name, list(codes), n=3)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else " in this table"
        raise InputError(f"no object {name[:40]!r}{hint}")
    found = also_buy(graph.edges, codes[name], verb=_verb(graph, verb), top=top)
    if not len(found):
        out.print(f"No other object shares {MIN_COUNT} subjects with {escape(name)}.")
        return
    where = f"within “{verb}”" if verb else "over all verbs"
    table = new_table(f"Those who take {escape(name)} also take ({escape(where)})")
    table.add_column("object", overflow="fold")
    for column in ("subjects", "share", "lift [95 %]"):
        table.add_column(column, justify="right", no_wrap=True)
    for at, partner in enumerate(found.partner.tolist()):
        table.add_row(
            escape(str(graph.table.objects[partner])),
            f"{found.count[at]:,}",
            f"{found.confidence[at]:.3f}",
            _interval(found.lift[at], found.low[at], found.high[at]),
        )
    out.print(table)
    out.print(f"share: of the subjects of {escape(name)} who take this object too.")


def show_rules(graph: LinkGraph, verb: str | None, top: int) -> None:
    """The strongest claimed pairs, within one verb or within each."""
    code = _verb(graph, verb)
    found = rules(graph.edges, scope="within")
    found = found if code is None else found.where(found.verb == code)
    if not len(found):
        out.print("No pair is associated clearly enough to be claimed.")
        return
    table = new_table(f"Strongest of {len(found):,} claimed pairs")
    table.add_column("verb", overflow="fold")
    table.add_column("pair", overflow="fold")
    for column in ("subjects", "lift [95 %]"):
        table.add_column(column, justify="right", no_wrap=True)
    names, verbs, lift = graph.table.objects, graph.table.verbs, found.lift
    low, high = found.lift_interval
    for at in range(min(top, len(found))):
        pair = _pair(names[int(found.left[at])], names[int(found.right[at])])
        claimed = escape(str(verbs[int(found.verb[at])]))
        table.add_row(claimed, pair, f"{found.count[at]:,}", _interval(lift[at], low[at], high[at]))
    out.print(table)


def show_table(graph: LinkGraph) -> None:
    """Roles and sizes of a table."""
    data, edges = graph.table, graph.edges
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    cluster = {} if data.schema.cluster is None else {"cluster": data.schema.cluster}
    for role, column in (data.schema.columns() | cluster).items():
        table.add_row(role, f"column “{escape(str(column))}”")
    if data.schema.verb_name is not None:
        table.add_row("verb", f"always “{escape(data.schema.verb_name)}”")
    others = [name for name in data.schema.extras if name != data.schema.cluster]
    table.add_row("other columns", escape(", ".join(map(str, others))) or "none")
    table.add_row("links", f"{len(data):,} rows")
    table.add_row("edges", f"{len(edges):,} distinct (subject, verb, object)")
    table.add_row("subjects", f"{data.num_subjects:,}")
    table.add_row("objects", f"{data.num_objects:,}")
    counts = np.bincount(data.verb, minlength=data.num_verbs)
    busiest = np.argsort(-counts, kind="stable")[:20]
    verbs = ", ".join(f"{data.verbs[code]} {counts[code]:,}" for code in busiest)
    more = f" and {data.num_verbs - len(busiest):,} more" if data.num_verbs > len(busiest) else ""
    table.add_row("verbs", escape(verbs + more))
    out.print(table)


def show_plan(plan: Plan) -> None:
    """What each column is, and what will be done with it."""
    table = new_table("What `fit` will do with each column")
    table.add_column("column", overflow="fold")
    table.add_column("kind", no_wrap=True)
    table.add_column("format", overflow="fold")
    table.add_column("what will be done", overflow="fold")
    for line in plan:
        kind = line.kind if line.role == "extra" else line.role
        table.add_row(escape(line.name), kind, escape(line.format), line.done)
    out.print(table)
    if any(line.role == "extra" for line in plan):
        out.print("Another kind: --column NAME=KIND; category, number, date, identifier, text or drop.")


@contextmanager
def training_bar(quiet: bool) -> Iterator[Callable[[TrainingProgress], None] | None]:
    """A progress bar with losses on standard error; None when quiet."""
    if quiet:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=12),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[losses]}"),
        console=err,
    )
    tasks: dict[str, int] = {}

    def step(now: TrainingProgress) -> None:
        if now.stage not in tasks:
            bar.start()
            tasks[now.stage] = bar.add_task(now.stage, total=1.0, losses="")
        losses = " ".join(f"{name} {value:.2f}" for name, value in now.losses.items())
        words = f"epoch {now.epoch}/{now.epochs}"
        # Words that do not fit squeeze the names of the stages.
        for more in (losses, f"{now.links_per_second / 1000:.1f}k links/s"):
            words += f" {more}" if len(words) + len(more) < err.width - _BAR_WIDTH else ""
        bar.update(
            bar.task_ids[tasks[now.stage]],
            completed=(now.epoch - 1 + now.share) / now.epochs,
            losses=words,
        )

    try:
        yield step
    finally:
        if tasks:  # where there is no terminal, `stop` writes an empty line
            bar.stop()


@contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner on standard error, where that is a terminal."""
    with err.status(what):
        yield


def new_table(title: str) -> Table:
    """An empty table whose title is printed at once."""
    # A title of the table itself would be folded to the table's width.
    out.print(f"\n[bold]{title}[/]")
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)


def _pair(left: object, right: object) -> str:
    return escape(f"{left} + {right}")


def _lift(value: float) -> str:
    return f"{value:.1f}"


def _interval(lift: float, low: float, high: float) -> str:
    # The bracket is text, not markup.
    return escape(f"{_lift(lift)} ") + f"\\[{_lift(low)}–{_lift(high)}]"


def _verb(graph: LinkGraph, verb: str | None) -> int | None:
    if verb is None:
        return None
    names = [str(name) for name in graph.table.verbs]
    if verb not in names:
        raise InputError(f"no verb {verb[:40]!r}; the table has: {', '.join(names[:12])}")
    return names.index(verb)
