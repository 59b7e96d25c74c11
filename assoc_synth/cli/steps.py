"""What several commands do: read a table, fit, sample behind the gate, set pairs side by side."""

from __future__ import annotations

import time as clock
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import typer

from assoc_synth.cli.options import BUILT_IN, Attacker, Gate, Holdout, Strict
from assoc_synth.cli.outputs import write_facts, write_report
from assoc_synth.cli.reproduction import command_line
from assoc_synth.errors import GateRejected, MissingExtraError, SchemaError, UndertrainedWarning

if TYPE_CHECKING:
    from assoc_synth.cli.options import FitArguments, OutputOptions
    from assoc_synth.report.also_buy import AlsoBuyFacts
    from assoc_synth.report.inputs import ReportOptions
    from assoc_synth.synthesizer import AssociativeSynthesizer, SampleResult
    from assoc_synth.transactions.schema import FileRoles
    from assoc_synth.transactions.table import TransactionTable

MOST_TOY_SUBJECTS = 5_000


@dataclass(frozen=True)
class JudgeOptions:
    """How a table from anywhere is judged."""

    holdout: Holdout = None
    strict: Strict = False
    gate: Gate = None
    model: Attacker = None


def read(data: str, context: typer.Context | None = None, **roles: Unpack[FileRoles]) -> TransactionTable:
    """A table; notes about a file are shown on standard error.

    Args:
        data: as `read_source` takes it.
        context: of the running command, which an error about roles repeats with what is missing.
        roles: as `read_source` takes them.

    Raises:
        InputError: as `read_source`.
        SchemaError: roles have no column; the message has the command to type.
    """
    from assoc_synth.cli.sources import read_source, shadow_notes
    from assoc_synth.cli.terminal import show_notes, working
    from assoc_synth.transactions.detection import MissingRoles

    try:
        with working("reading"):
            table = read_source(data, **roles)
    except MissingRoles as missing:
        if context is None or missing.hint:
            raise
        named = dict(zip(missing.roles, missing.examples(), strict=True))
        raise SchemaError(f"{missing.problem}; say which is which: {command_line(context, **named)}") from None
    show_notes(shadow_notes(data))
    if data.partition(":")[0] not in BUILT_IN or Path(data).exists():
        show_notes(table.notes)
    return table


def demo_table(subjects: int, seed: int) -> TransactionTable:
    """Real baskets where their package is installed, else the toy shop; which one is shown."""
    from assoc_synth import datasets
    from assoc_synth.cli.terminal import show

    try:
        table = datasets.load("journey-baskets", seed=seed, sample=subjects)
        households = table.extras["household_id"].nunique()
        show(
            f"Complete Journey: {subjects:,} grocery trips of {households:,} households, {len(table):,} links. "
            "The trips of a household are all trained on or all held out."
        )
    except MissingExtraError as error:
        table = datasets.toy_shop(subjects=min(subjects, MOST_TOY_SUBJECTS), seed=seed)
        show(f"The toy shop: {table.num_subjects:,} customers, {len(table):,} links. {error}")
    return table


def fitted(
    table: TransactionTable,
    seed: int,
    max_minutes: float | None,
    quiet: bool,
    columns: Mapping[str, str] | None = None,
    init: str | None = None,
    engine: str | None = None,
    *,
    keep: tuple[Path | None, bool] = (None, False),
    **limits: Unpack[FitArguments],
) -> AssociativeSynthesizer:
    """A synthesizer fitted to a table, with a progress bar unless quiet.

    Args:
        columns: what extra columns are.
        init: a stored model to start from.
        engine: what trains; None for this process.
        keep: the folder that keeps what is trained, and whether to go on from it.
    """
    from assoc_synth.cli.sources import shadow_notes
    from assoc_synth.cli.terminal import show_notes, show_warning, training_bar
    from assoc_synth.cli.training import expected
    from assoc_synth.synthesizer import AssociativeSynthesizer

    show_notes(() if init is None else shadow_notes(init, model=True))
    if not quiet:
        show_notes([expected(table, max_minutes)])
    with training_bar(quiet) as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", UndertrainedWarning)  # it is shown below
        synthesizer = AssociativeSynthesizer(random_state=seed, max_minutes=max_minutes, progress=progress, **limits)
        synthesizer.fit(table, columns=columns, init=init, checkpoint=keep[0], resume=keep[1], engine=engine)
    shortfall = synthesizer.model_.shortfall
    said = (*table.notes, *(shortfall.notes if shortfall.is_undertrained else ()))
    show_notes([note for note in synthesizer.notes_ if note not in said])
    if shortfall.is_undertrained:
        show_warning(shortfall.warning)
    kept = synthesizer.checkpoint_
    if kept is not None and kept.failure:
        show_warning(f"the training could not be kept in {str(kept.path)!r}: {kept.failure}")
    return synthesizer


def sampled(
    draw: Callable[[], SampleResult],
    context: typer.Context,
    json_file: Path | None = None,
    report_file: Path | None = None,
    model: str = "",
) -> tuple[SampleResult, str]:
    """A sample, and the call with the seed that was used.

    Args:
        draw: makes the sample.
        context: of the running command.
        json_file, report_file: where a refusal is written before it is raised; its rows are not.
        model: the directory of the model, for the report.

    Raises:
        GateRejected: the gate refuses; its verdict has been shown.
    """
    from assoc_synth.cli.terminal import show_verdict, working

    try:
        with working("generating and evaluating"):
            result = draw()
    except GateRejected as refusal:
        show_verdict(refusal.verdict)
        call = command_line(context, seed=refusal.verdict.seed)
        write_facts(json_file, refusal.verdict, call, rows=0, subjects=0, notes=[])
        refused, seed = refusal.result, refusal.verdict.seed or 0
        about: ReportOptions = {
            "command": call,
            "seed": seed,
            "notes": refused.notes if refused else (),
            "model": model,
        }
        write_report(report_file, None, refused.table if refused else None, refusal.verdict, **about)
        raise
    return result, command_line(context, seed=result.verdict.seed)


def write_sample(
    result: SampleResult, output: Path, text: Mapping[str, bool], files: OutputOptions, call: str, model: str
) -> None:
    """The rows of a sample, and its facts and report where they are asked for: all of them or none.

    Args:
        output: the file of the rows; its suffix decides the format.
        text: the keywords of `exports.export`.
        files: where the facts and the report go.
        call: the command that gives the same sample.
        model: the directory of the model, for the report.
    """
    from assoc_synth.exports import export
    from assoc_synth.transactions.files import all_or_none, kind_of

    verdict, kind = result.verdict, kind_of(output)
    about: ReportOptions = {"command": call, "seed": verdict.seed or 0, "notes": result.notes, "model": model}
    with all_or_none():
        export(result.table, "csv" if kind == "tsv" else kind, output, **text)
        write_facts(files.json, verdict, call, **size_of(result))
        write_report(files.report, None, result.table, verdict, **about)


def side_by_side(real: TransactionTable, synthetic: TransactionTable) -> AlsoBuyFacts:
    """The strongest pairs of both tables, shown."""
    from assoc_synth.cli.terminal import show_pairs
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.report.also_buy import strongest_pairs

    pairs = strongest_pairs(LinkGraph.from_table(real), LinkGraph.from_table(synthetic))
    show_pairs(pairs)
    return pairs


def compared(
    dataset: str, peers: Sequence[str] | None, seed: int, max_minutes: float | None, engine: str | None = None
) -> dict[str, Any]:
    """Generators compared on a data set, shown; as JSON values. None are all peers; `engine` does their work."""
    from assoc_synth.benchmark import PEERS, as_dict, render, run, scopes
    from assoc_synth.cli.terminal import err, out, show

    started = clock.monotonic()
    with err.status("preparing") as status:

        def now(peer: str) -> None:
            status.update(f"{dataset}: {peer}")

        how: dict[str, Any] = {"max_minutes": max_minutes, "engine": engine, "progress": now}
        rows = run(dataset, seed=seed, peers=list(peers or PEERS), **how)
    for scope in scopes(rows):
        out.print(render(rows, scope))
    show(f"{dataset}: {clock.monotonic() - started:.0f} s")
    return as_dict(rows)


def size_of(result: SampleResult) -> dict[str, Any]:
    """Entries of the JSON file about the rows: how many, the notes, and what a scenario obtained."""
    size = {"rows": len(result.rows), "subjects": result.table.num_subjects, "notes": list(result.notes)}
    return size | ({"scenario": [made.to_dict() for made in result.scenario]} if result.scenario else {})
