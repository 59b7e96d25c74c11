"""The command `sample`: rows that are held in memory, or, where they are many, written chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import DrawOptions, Model, SampleOutputs, ScenarioOptions, SizeOptions, Strict
from assoc_synth.cli.outputs import check_files, write_facts
from assoc_synth.cli.reproduction import command_line
from assoc_synth.cli.steps import sampled, write_sample
from assoc_synth.errors import GateRejected, InputError

if TYPE_CHECKING:
    from assoc_synth.scale import Progress, WritingOptions, Written
    from assoc_synth.synthesizer import AssociativeSynthesizer


@dataclass(frozen=True)
class EngineOptions(DrawOptions):
    """What draws the rows, and how."""

    engine: Annotated[
        str | None,
        typer.Option(metavar="ENGINE", help="ray, or ray://HOST:PORT: a cluster draws them. The rows are the same."),
    ] = None
    strict: Strict = False


@flattened
def sample(
    context: typer.Context,
    model: Model,
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", help="The file to write, by its suffix; a folder of Parquet files where it ends in /."
        ),
    ],
    size: SizeOptions,
    scenario: ScenarioOptions,
    files: SampleOutputs,
    how: EngineOptions,
) -> None:
    """Generate rows that pass the gate.

    The gate evaluates them before anything is written. Exit code 3: it refuses, and there are no rows.
    """
    from assoc_synth.cli.sources import shadow_notes
    from assoc_synth.cli.terminal import show, show_command, show_notes, show_verdict
    from assoc_synth.scale import is_folder, is_streamed, kind_at
    from assoc_synth.scale.targets import check_target
    from assoc_synth.synthesizer import AssociativeSynthesizer

    amount, changes = size.keywords(), scenario.keywords()
    text = files.keywords_for(kind_at(output))
    check_target(output)
    check_files(*(() if is_folder(output) else (Path(output),)), files.json, files.report)
    synthesizer = AssociativeSynthesizer.load(str(model))
    show_notes(shadow_notes(str(model), model=True))
    changed = [name for name, value in changes.items() if value is not None]
    if is_streamed(synthesizer.model_, output, size.subjects, size.rows, how.engine):
        if changed:
            raise InputError(f"--{changed[0]} is for rows that are in memory: leave --engine out, and name one file")
        options = _writing(size, files, how, output)
        _stream(context, synthesizer, output, size.subjects, options, files)
        return
    draw = partial(synthesizer.sample, **amount, **changes, **how.keywords(), strict=how.strict)
    result, call = sampled(draw, context, files.json, files.report, str(model))
    write_sample(result, Path(output), text, files, call, str(model))
    show_notes(result.notes)
    show_verdict(result.verdict)
    show(f"wrote {len(result.rows):,} rows of {result.table.num_subjects:,} subjects to {output}")
    show_command(call)


def _writing(size: SizeOptions, files: SampleOutputs, how: EngineOptions, output: str) -> WritingOptions:
    """What is asked for of rows that are written chunk by chunk."""
    from assoc_synth.scale import kind_at

    return {
        "num_rows": size.rows,
        "verbs": size.verb or None,
        "strict": how.strict,
        "engine": how.engine,
        "safe": bool(files.keywords_for(kind_at(output)).get("safe")),
        "seed": how.seed,
        "allow_undertrained": how.allow_undertrained,
        "gate": how.gate,
        "progress": _Told(),
    }


def _stream(
    context: typer.Context,
    synthesizer: AssociativeSynthesizer,
    output: str,
    subjects: int | None,
    options: WritingOptions,
    files: SampleOutputs,
) -> None:
    """Write rows chunk by chunk, and say how far it is."""
    from assoc_synth.cli.terminal import show, show_command, show_notes, show_verdict

    if files.report is not None:
        raise InputError(
            "--report shows rows that are in memory, these are written in parts: leave it out, or give a smaller number"
        )
    if options.get("seed") is None:
        options.pop("seed", None)
    try:
        written = synthesizer.sample_to(output, subjects, **options)
    except GateRejected as refusal:
        show_verdict(refusal.verdict)
        write_facts(
            files.json, refusal.verdict, command_line(context, seed=refusal.verdict.seed), rows=0, subjects=0, notes=[]
        )
        raise
    call = command_line(context, seed=written.verdict.seed)
    write_facts(files.json, written.verdict, call, **_facts(written))
    show_notes(written.notes)
    show_verdict(written.verdict)
    show(f"wrote {written.rows:,} rows of {written.subjects:,} subjects to {output}")
    show_command(call)


def _facts(written: Written) -> dict[str, object]:
    return {"rows": written.rows, "subjects": written.subjects, "notes": list(written.notes)}


class _Told:
    """Says what is expected before the first chunk, and then each further tenth."""

    def __init__(self) -> None:
        self.tenths = 0

    def __call__(self, progress: Progress) -> None:
        from assoc_synth.cli.terminal import err

        if not progress.rows:
            self.tenths = 0
            err.print(progress.estimate.sentence, markup=False, highlight=False)
            return
        tenths = 10 * progress.rows // max(progress.estimate.rows, 1)
        if tenths > self.tenths:
            self.tenths = tenths
            err.print(f"{progress.rows:,} rows, {10 * tenths} %", markup=False, highlight=False)
