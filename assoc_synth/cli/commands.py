"""The command line: parse, call, print.

Nothing heavy is imported before a command needs it, so that `--help` and a wrong option answer at once.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import assoc_synth
from assoc_synth.cli.comparing import compare
from assoc_synth.cli.describing import info
from assoc_synth.cli.exits import DEBUG, EXIT_GATE, EXIT_INTERRUPT, Terminated, complain, explain
from assoc_synth.cli.exporting import export
from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import (
    TABLE_HELP,
    AllowUndertrained,
    Data,
    Json,
    LinkColumns,
    MaxMinutes,
    Model,
    OutputOptions,
    Positive,
    Quiet,
    RoleOptions,
    Seed,
    Thing,
    check_minutes,
)
from assoc_synth.cli.outputs import check_files, make_folder, write_facts, write_report
from assoc_synth.cli.reproduction import PROGRAM, command_line, reproduction
from assoc_synth.cli.sampling import sample
from assoc_synth.cli.saving import saved
from assoc_synth.cli.steps import (
    JudgeOptions,
    compared,
    demo_table,
    fitted,
    read,
    sampled,
    side_by_side,
    size_of,
)
from assoc_synth.cli.studio import studio
from assoc_synth.cli.training_options import TrainingOptions

if TYPE_CHECKING:
    from assoc_synth.report.inputs import ReportOptions

DEMO_SUBJECTS = 10_000
DEMO_MINUTES = 4.0

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Synthetic transactions that keep “those who buy X also take Y”, and a gate that checks it.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {assoc_synth.__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options before a command; Typer calls this first."""


@app.command()
@flattened
def demo(
    context: typer.Context,
    out_dir: Annotated[Path, typer.Option("--out", help="Where the files go.")] = Path("demo"),
    seed: Seed = 0,
    max_minutes: MaxMinutes = DEMO_MINUTES,
    subjects: Annotated[int, typer.Option(min=1, help="Subjects of the built-in table to use.")] = DEMO_SUBJECTS,
    allow_undertrained: AllowUndertrained = False,
    quiet: Quiet = False,
) -> None:
    """The whole job on built-in data.

    Fit, sample, evaluate and export: a model, synthetic.parquet, links.graphml, report.json and report.html.
    """
    from assoc_synth.cli.terminal import show, show_command, show_verdict
    from assoc_synth.exports import export as write

    check_minutes(max_minutes)
    make_folder(out_dir)
    table = demo_table(subjects, seed)
    synthesizer = fitted(table, seed, max_minutes, quiet)
    synthesizer.save(str(out_dir / "model"))
    result, call = sampled(partial(synthesizer.sample, allow_undertrained=allow_undertrained), context)
    pairs = side_by_side(table, result.table)
    show_verdict(result.verdict)
    write(result.table, "parquet", out_dir / "synthetic.parquet")
    write(result.table, "graphml", out_dir / "links.graphml")
    write_facts(out_dir / "report.json", result.verdict, call, **size_of(result), also_buy=pairs)
    page = out_dir / "report.html"
    about: ReportOptions = {"command": call, "seed": seed, "notes": result.notes, "model": str(out_dir / "model")}
    write_report(page, table, result.table, result.verdict, **about)
    for name in ("model", "synthetic.parquet", "links.graphml", "report.json", "report.html"):
        show(f"wrote {out_dir / name}")
    show_command(call)


@app.command()
@flattened
def fit(
    context: typer.Context,
    data: Data,
    model: Annotated[Path, typer.Option("-m", "--model", help="The model directory to write.")],
    columns: RoleOptions,
    limits: TrainingOptions,
    max_minutes: MaxMinutes = None,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Learn a table and write a model directory."""
    from assoc_synth.cli.terminal import show
    from assoc_synth.cli.training import kept_training
    from assoc_synth.model.directory import check_target
    from assoc_synth.model.rehearsal import rehearse
    from assoc_synth.transactions.files.locks import reserved

    asked = columns.kinds()
    check_minutes(max_minutes)
    check_target(model)
    with reserved(model):
        table = read(data, context, **columns.roles())
        rehearse(model, table)
        kept = kept_training(model, context, resume=limits.resume, checkpoint=limits.checkpoint)
        with kept as keep:
            wishes = asked, limits.init, limits.engine
            made = fitted(table, seed, max_minutes, quiet, *wishes, keep=keep, **limits.keywords())
            saved(made, model, context)
    show(f"wrote the model {model}")


app.command()(sample)


@app.command()
@flattened
def validate(
    context: typer.Context,
    real: Annotated[str, typer.Argument(metavar="REAL", help=TABLE_HELP)],
    synthetic: Annotated[str, typer.Argument(metavar="SYNTHETIC", help="The table under test, from any generator.")],
    columns: RoleOptions,
    files: OutputOptions,
    how: JudgeOptions,
    seed: Seed = 0,
) -> None:
    """Evaluate a synthetic table by a real one.

    Does it keep the real table's associations, visits, order and rows? Exit code 3: it does not. With --holdout also:
    what does it give away about single subjects of REAL?
    """
    from assoc_synth.cli.disclosure_view import check_attacker, disclosed
    from assoc_synth.cli.terminal import show_command, show_verdict, working
    from assoc_synth.gate.validate import validate as evaluate
    from assoc_synth.report.gather import standing_counts
    from assoc_synth.transactions.files import all_or_none

    check_files(files.json, files.report, inputs=(real, synthetic, how.holdout))
    check_attacker(how.model, how.holdout)
    tables = [read(data, context, **columns.roles()) for data in (real, synthetic)]
    held_out = None if how.holdout is None else read(how.holdout, context, **columns.roles())
    with working("evaluating"):
        verdict = evaluate(tables[0], tables[1], held_out, seed=seed, gate=how.gate)
    pairs = side_by_side(*tables)
    show_verdict(verdict)
    call, attacked = command_line(context, seed=seed), disclosed(tables[0], tables[1], held_out, seed, how.model)
    about: ReportOptions = {"command": call, "seed": seed, "data": {"real": real, "synthetic": synthetic}}
    about["heldout"] = held_out
    with all_or_none():
        if files.json is not None:
            write_facts(files.json, verdict, call, also_buy=pairs, standing=standing_counts(*tables), **attacked)
        write_report(files.report, tables[0], tables[1], verdict, **about)
    show_command(call)
    if verdict.status.value == "FAIL" or (how.strict and not verdict.passed):
        raise typer.Exit(EXIT_GATE)


app.command()(compare)


@app.command("also-buy")
@flattened
def also_buy(
    context: typer.Context,
    data: Data,
    columns: LinkColumns,
    thing: Thing = None,
    verb: Annotated[str | None, typer.Option(help="Count within this verb.")] = None,
    top: Positive = 10,
) -> None:
    """Those who buy X also take Y.

    Partners of an object, or the strongest pairs of the table, with counts and intervals.
    """
    from assoc_synth.cli.terminal import show_partners, show_rules
    from assoc_synth.link_graph.graph import LinkGraph

    graph = LinkGraph.from_table(read(data, context, **columns.roles()))
    if thing is None:
        show_rules(graph, verb, top)
    else:
        show_partners(graph, thing, verb, top)


app.command()(export)
app.command()(studio)
app.command()(info)


@app.command()
@flattened
def power(context: typer.Context, data: Data, columns: RoleOptions, seed: Seed = 0, json_file: Json = None) -> None:
    """How many subjects which claim needs.

    Before any training: what the gate could vouch for in a synthetic twin of this table, and which pairs it could
    confirm.
    """
    from assoc_synth.cli.power_view import show_power
    from assoc_synth.cli.terminal import show_command, working
    from assoc_synth.gate.power import power as simulate
    from assoc_synth.transactions.files.atomic import write_json

    check_files(json_file, inputs=(data,))
    table = read(data, context, **columns.roles())
    with working("simulating"):
        found = simulate(table, seed=seed)
    show_power(found)
    call = command_line(context, seed=seed)
    if json_file is not None:
        write_json(json_file, found.to_dict() | {"reproduction": reproduction(call, seed)})
    show_command(call)


@app.command()
@flattened
def privacy(
    model: Model,
    json_file: Json = None,
    every: Annotated[bool, typer.Option("--all", help="Show every value, however many there are.")] = False,
) -> None:
    """Every real value that a model stores.

    Column by column, with the number of training subjects behind it, and what no threshold protects.
    """
    from assoc_synth.cli.privacy_view import show_privacy, written

    check_files(json_file)
    listing = show_privacy(model, every)
    if json_file is not None:
        written(listing, json_file)


@app.command()
@flattened
def benchmark(
    context: typer.Context,
    dataset: Annotated[list[str] | None, typer.Option(help="Data sets; default toy-shop.")] = None,
    against: Annotated[list[str] | None, typer.Option(help="Peers; default all.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Time that each fit may take.")] = None,
    seed: Seed = 0,
    json_file: Json = None,
    engine: Annotated[
        str | None, typer.Option(metavar="ENGINE", help="ray, or ray://HOST:PORT: peers work side by side.")
    ] = None,
) -> None:
    """Compare generators on the same work.

    Each is fitted to one half of a data set and evaluated by the other half. The floor is real data against real data;
    "tenth-random" is real data of which a tenth of the subjects were replaced by independent ones, "destroyed" is real
    rows without what each measure of rows looks at.
    """
    from assoc_synth.cli.terminal import show_command
    from assoc_synth.transactions.files.atomic import write_json

    check_minutes(max_minutes)
    check_files(json_file)
    call = command_line(context, seed=seed)
    every = dataset or ["toy-shop"]
    found = {name: compared(name, against, seed, max_minutes, engine) | {"command": call} for name in every}
    if json_file is not None:
        write_json(json_file, found)
    show_command(call)


def main(arguments: Sequence[str] | None = None) -> int:
    """What the console script runs; the exit code."""
    if DEBUG not in os.environ:
        warnings.simplefilter("ignore")
    return run_command(arguments)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error becomes one line on standard error.

    Returns:
        The exit code: 0 done, 2 wrong use or bad input, 3 the gate refused, 130 interrupted, 143 terminated, 1 anything
        else.
    """
    try:
        code = app(args=arguments, prog_name=PROGRAM, standalone_mode=False)
        if code == EXIT_INTERRUPT:  # Typer has caught it
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except (Exception, KeyboardInterrupt, Terminated) as error:
        if DEBUG in os.environ and isinstance(error, Exception):
            raise
        message, code = explain(error)
        complain(message)
        return code
