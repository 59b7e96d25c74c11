"""The command line: parse, call, print.

Nothing heavy is imported before a command needs it, so that `--help` and a wrong option answer at once.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time as clock
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assoc_synth.cli.exits import DEBUG, EXIT_GATE, EXIT_INTERRUPT, complain, explain
from assoc_synth.cli.options import (
    BUILT_IN,
    FORMATS,
    TABLE_HELP,
    Amount,
    AnySource,
    Basket,
    Boost,
    Data,
    Json,
    MaxMinutes,
    Model,
    Object,
    Positive,
    Quiet,
    Rebalance,
    ReportFile,
    SampleSeed,
    Seed,
    Subject,
    Thing,
    Time,
    Verb,
    check_minutes,
    parse_boosts,
    parse_rebalance,
)
from assoc_synth.cli.outputs import check_files, make_folder, write_json, write_report
from assoc_synth.errors import GateRejected, InputError, MissingExtraError

if TYPE_CHECKING:
    from assoc_synth.synthesizer import AssociativeSynthesizer, SampleResult
    from assoc_synth.transactions.table import TransactionTable

DEMO_SUBJECTS = 10_000
DEMO_MINUTES = 4.0

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Synthetic transactions that keep “those who buy X also take Y”, and a gate that checks it.",
)


@app.command()
def demo(
    out_dir: Annotated[Path, typer.Option("--out", help="Where the files go.")] = Path("demo"),
    seed: Seed = 0,
    max_minutes: MaxMinutes = DEMO_MINUTES,
    subjects: Annotated[int, typer.Option(min=1, help="Subjects of the built-in table to use.")] = DEMO_SUBJECTS,
    quiet: Quiet = False,
) -> None:
    """The whole job on built-in data.

    Fit, sample, judge, and export: a model, synthetic.parquet, links.graphml, report.json and report.html.
    """
    from assoc_synth.cli.terminal import out, show_verdict
    from assoc_synth.exports import export as write
    from assoc_synth.report.facts import facts

    check_minutes(max_minutes)
    make_folder(out_dir)
    table = _demo_table(subjects, seed)
    synthesizer = _fit(table, seed, max_minutes, quiet)
    synthesizer.save(str(out_dir / "model"))
    result = _judged_sample(synthesizer, None)
    pairs = _side_by_side(table, result.table)
    show_verdict(result.verdict)
    write(result.table, "parquet", out_dir / "synthetic.parquet")
    write(result.table, "graphml", out_dir / "links.graphml")
    write_json(out_dir / "report.json", facts(result.verdict, **_size(result), also_buy=pairs))
    command = f"assoc-synth demo --out {shlex.quote(str(out_dir))} --seed {seed}"
    write_report(out_dir / "report.html", table, result.table, result.verdict, command, seed=seed, notes=result.notes)
    for name in ("model", "synthetic.parquet", "links.graphml", "report.json", "report.html"):
        out.print(f"wrote {out_dir / name}", markup=False, soft_wrap=True)


@app.command()
def fit(
    data: Data,
    model: Annotated[Path, typer.Option("-m", "--model", help="The model directory to write.")],
    subject: Subject = None,
    verb: Verb = None,
    object: Object = None,
    time: Time = None,
    amount: Amount = None,
    basket: Basket = None,
    max_minutes: MaxMinutes = None,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Learn a table and write a model directory."""
    from assoc_synth.model.directory import check_target

    check_minutes(max_minutes)
    check_target(model)
    table = _read(data, subject=subject, verb=verb, object=object, time=time, amount=amount, basket=basket)
    _fit(table, seed, max_minutes, quiet).save(str(model))
    _done(f"wrote the model {model}")


@app.command()
def sample(
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write; its suffix decides the format.")],
    subjects: Annotated[int | None, typer.Option(min=1, help="How many synthetic subjects.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="How many rows instead.")] = None,
    verb: Annotated[list[str] | None, typer.Option(help="Only this verb; may be given more than once.")] = None,
    seed: SampleSeed = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse UNDERPOWERED rows too.")] = False,
    rebalance: Rebalance = None,
    boost: Boost = None,
    report: ReportFile = None,
    json_file: Json = None,
) -> None:
    """Generate rows that the gate lets pass.

    The gate judges before anything is written. Exit code 3: it refused, and there are no rows.
    """
    from assoc_synth.cli.terminal import show_verdict, told
    from assoc_synth.exports import export as write
    from assoc_synth.report.facts import facts
    from assoc_synth.synthesizer import AssociativeSynthesizer
    from assoc_synth.transactions.files import kind_of

    if subjects is not None and rows is not None:
        raise InputError("--subjects and --rows both say how much: give one of them")
    scenario = {"rebalance": parse_rebalance(rebalance), "boost": parse_boosts(boost)}
    kind = kind_of(output)
    check_files(output, json_file, report)
    synthesizer = AssociativeSynthesizer.load(str(model))
    result = _judged_sample(
        synthesizer, json_file, subjects, num_rows=rows, verbs=verb, strict=strict, seed=seed, **scenario
    )
    write(result.table, "csv" if kind == "tsv" else kind, output)
    told(result.notes)
    show_verdict(result.verdict)
    write_json(json_file, facts(result.verdict, **_size(result)))
    command = f"assoc-synth sample {shlex.quote(str(model))} -o {shlex.quote(str(output))} --seed {result.verdict.seed}"
    command += f" --rebalance {shlex.quote(rebalance)}" if rebalance else ""
    command += "".join(f" --boost {shlex.quote(one)}" for one in boost or ())
    write_report(report, None, result.table, result.verdict, command, notes=result.notes)
    _done(f"wrote {len(result.rows):,} rows of {result.table.num_subjects:,} subjects to {output}")


@app.command()
def validate(
    real: Annotated[str, typer.Argument(metavar="REAL", help=TABLE_HELP)],
    synthetic: Annotated[str, typer.Argument(metavar="SYNTHETIC", help="The table under test, from any generator.")],
    subject: Subject = None,
    verb: Verb = None,
    object: Object = None,
    time: Time = None,
    amount: Amount = None,
    basket: Basket = None,
    seed: Seed = 0,
    report: ReportFile = None,
    json_file: Json = None,
) -> None:
    """Judge a synthetic table by a real one.

    Does it keep the real table's associations? Exit code 3: it does not.
    """
    from assoc_synth.cli.terminal import show_verdict, working
    from assoc_synth.gate.validate import validate as judge
    from assoc_synth.gate.verdict import Status
    from assoc_synth.report.facts import facts
    from assoc_synth.report.gather import standing_counts

    check_files(json_file, report)
    roles = dict(subject=subject, verb=verb, object=object, time=time, amount=amount, basket=basket)
    tables = [_read(data, **roles) for data in (real, synthetic)]
    with working("judging"):
        verdict = judge(*tables, seed=seed)
    pairs = _side_by_side(*tables)
    show_verdict(verdict)
    if json_file is not None:
        write_json(json_file, facts(verdict, also_buy=pairs, standing=standing_counts(*tables)))
    command = f"assoc-synth validate {shlex.quote(str(real))} {shlex.quote(str(synthetic))} --seed {seed}"
    write_report(report, tables[0], tables[1], verdict, command, seed=seed)
    if verdict.status is Status.FAIL:
        raise typer.Exit(EXIT_GATE)


@app.command("also-buy")
def also_buy(
    data: Data,
    thing: Thing = None,
    verb: Annotated[str | None, typer.Option(help="Count within this verb.")] = None,
    top: Positive = 10,
    subject: Subject = None,
    verb_column: Annotated[str | None, typer.Option(help="Column of the verb (action, event …).")] = None,
    object: Object = None,
) -> None:
    """Those who buy X also take Y.

    Partners of an object, or the strongest pairs of the table, with counts and intervals.
    """
    from assoc_synth.cli.terminal import show_partners, show_rules
    from assoc_synth.link_graph.graph import LinkGraph

    graph = LinkGraph.from_table(_read(data, subject=subject, verb=verb_column, object=object))
    if thing is None:
        show_rules(graph, verb, top)
    else:
        show_partners(graph, thing, verb, top)


@app.command()
def export(
    source: AnySource,
    format: Annotated[str, typer.Option("-f", "--format", help=", ".join(FORMATS) + ".")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file or folder to write.")],
    subject: Subject = None,
    verb: Verb = None,
    object: Object = None,
    time: Time = None,
    amount: Amount = None,
    basket: Basket = None,
    projection: Annotated[bool, typer.Option("--projection", help="graphml: objects, linked by lift.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="csv: no guard against spreadsheet formulas.")] = False,
    seed: SampleSeed = None,
) -> None:
    """Write a table, or a model's sample, in a format."""
    from assoc_synth.cli.terminal import show_verdict
    from assoc_synth.exports import FORMATS as KNOWN
    from assoc_synth.exports import export as write
    from assoc_synth.model.directory import is_model
    from assoc_synth.synthesizer import AssociativeSynthesizer

    if format not in KNOWN:
        raise InputError(f"no format {format[:40]!r}; there are: {', '.join(KNOWN)}")
    if is_model(source):
        result = _judged_sample(AssociativeSynthesizer.load(source), None, seed=seed)
        show_verdict(result.verdict)
        table = result.table
    else:
        table = _read(source, subject=subject, verb=verb, object=object, time=time, amount=amount, basket=basket)
    write(table, format, output, **{name: True for name, on in (("projection", projection), ("raw", raw)) if on})
    _done(f"wrote {len(table):,} rows as {format} to {output}")


@app.command()
def info(
    source: AnySource,
    subject: Subject = None,
    verb: Verb = None,
    object: Object = None,
    time: Time = None,
    amount: Amount = None,
    basket: Basket = None,
) -> None:
    """What a model or a table holds."""
    from assoc_synth.cli.terminal import out, show_table
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.model.directory import is_model, read_files

    if is_model(source):
        out.print(read_files(source)["README.md"].decode("utf-8", "replace"), markup=False, end="")
        return
    table = _read(source, subject=subject, verb=verb, object=object, time=time, amount=amount, basket=basket)
    show_table(LinkGraph.from_table(table))


@app.command()
def benchmark(
    dataset: Annotated[list[str] | None, typer.Option(help="Data sets; default toy-shop.")] = None,
    against: Annotated[list[str] | None, typer.Option(help="Peers; default all.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Time that each fit may take.")] = None,
    seed: Seed = 0,
    json_file: Json = None,
) -> None:
    """Every peer on the same work, beside the floor.

    Each is fitted to one half of a data set and judged by the other half. The floor is real data against real data;
    "tenth-random" is real data of which a tenth of the subjects were replaced by independent ones.
    """
    from assoc_synth.benchmark import PEERS, as_dict, render, run, scopes
    from assoc_synth.cli.terminal import err, out

    check_minutes(max_minutes)
    check_files(json_file)
    found = {}
    for name in dataset or ["toy-shop"]:
        started = clock.monotonic()
        with err.status("preparing") as status:
            rows = run(
                name,
                seed=seed,
                max_minutes=max_minutes,
                peers=against or list(PEERS),
                progress=lambda peer, name=name: status.update(f"{name}: {peer}"),  # type: ignore[misc]
            )
        for scope in scopes(rows):
            out.print(render(rows, scope))
        found[name] = as_dict(rows)
        _done(f"{name}: {clock.monotonic() - started:.0f} s")
    write_json(json_file, found)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: runs a command and leaves with its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    if DEBUG not in os.environ:
        warnings.simplefilter("ignore")
    sys.exit(run_command(arguments))


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error becomes one line on standard error.

    Returns:
        The exit code: 0 done, 2 wrong use or bad input, 3 the gate refused, 130 interrupted, 1 anything else.
    """
    try:
        code = app(args=arguments, prog_name="assoc-synth", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except Exception as error:
        if DEBUG in os.environ:
            raise
        message, code = explain(error)
        if message:
            complain(message)
        return code
    except KeyboardInterrupt:
        return EXIT_INTERRUPT


def _terminated(number: int, frame: Any) -> None:
    sys.exit(128 + number)


def _done(message: str) -> None:
    from assoc_synth.cli.terminal import out

    out.print(message, markup=False, soft_wrap=True)


def _read(data: str, **roles: str | None) -> TransactionTable:
    from assoc_synth.cli.sources import read_source
    from assoc_synth.cli.terminal import told, working

    with working("reading"):
        table = read_source(data, **roles)
    if data.partition(":")[0] not in BUILT_IN:
        told(table.notes)
    return table


def _demo_table(subjects: int, seed: int) -> TransactionTable:
    from assoc_synth import datasets
    from assoc_synth.cli.terminal import out

    try:
        table = datasets.load("journey-baskets", seed=seed, sample=subjects)
        out.print(f"Complete Journey: {subjects:,} grocery trips, {len(table):,} links.")
    except MissingExtraError as error:
        table = datasets.toy_shop(subjects=min(subjects, 5_000), seed=seed)
        out.print(f"The toy shop: {table.num_subjects:,} customers, {len(table):,} links. {error}", markup=False)
    return table


def _fit(table: TransactionTable, seed: int, max_minutes: float | None, quiet: bool) -> AssociativeSynthesizer:
    from assoc_synth.cli.terminal import told, training_bar
    from assoc_synth.synthesizer import AssociativeSynthesizer

    with training_bar(quiet) as progress:
        synthesizer = AssociativeSynthesizer(random_state=seed, max_minutes=max_minutes, progress=progress).fit(table)
    told(synthesizer.model_.notes)
    return synthesizer


def _judged_sample(
    synthesizer: AssociativeSynthesizer, json_file: Path | None, *args: Any, **options: Any
) -> SampleResult:
    """A sample; a refusal is shown, and told to the JSON file, before it is raised."""
    from assoc_synth.cli.terminal import show_verdict, working
    from assoc_synth.report.facts import facts

    try:
        with working("generating and judging"):
            return synthesizer.sample(*args, **options)
    except GateRejected as refusal:
        show_verdict(refusal.verdict)
        write_json(json_file, facts(refusal.verdict, rows=0, subjects=0, notes=[]))
        raise


def _side_by_side(real: TransactionTable, synthetic: TransactionTable) -> Any:
    from assoc_synth.cli.terminal import show_pairs
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.report.also_buy import strongest_pairs

    pairs = strongest_pairs(LinkGraph.from_table(real), LinkGraph.from_table(synthetic))
    show_pairs(pairs)
    return pairs


def _size(result: SampleResult) -> dict[str, Any]:
    size = {"rows": len(result.rows), "subjects": result.table.num_subjects, "notes": list(result.notes)}
    return size | ({"scenario": [made.to_dict() for made in result.scenario]} if result.scenario else {})
