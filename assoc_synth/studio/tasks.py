"""The long work of the studio, each task as a notebook would do it: power, training, judging, drawing.

A task takes the job's spec, its folder and where to say how far it is; it returns JSON values for the page.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from assoc_synth.errors import GateRejected, UndertrainedWarning
from assoc_synth.studio.sources import FIRST_ROWS, Source, shown_cells

if TYPE_CHECKING:
    from assoc_synth.gate.verdict import Verdict
    from assoc_synth.scenarios.result import SampleResult
    from assoc_synth.synthesizer import AssociativeSynthesizer
    from assoc_synth.transactions.table import TransactionTable


class Progress(Protocol):
    """Where a task says how far it is."""

    def say(self, doing: str, **more: Any) -> None: ...
    def step(self, now: Any) -> None: ...


LINKS = "links.parquet"
"""What the page explores of a file that was read: subject, verb, object and basket of every row."""
Result: TypeAlias = dict[str, Any]
Task: TypeAlias = Callable[[Mapping[str, Any], Path, "Progress"], Result]
MODEL, REPORT = "model", "report.html"
ROWS = {"csv": "rows.csv", "parquet": "rows.parquet", "jsonl": "rows.jsonl"}
"""The files that a judged sample leaves, by format."""


def read(spec: Mapping[str, Any], folder: Path, progress: Progress) -> Result:
    """Read a file that was dropped: what its columns are, and its links. Spec: table, kinds.

    It is done here and not by the server, so that a file that takes long, or more memory than there is, harms no page.
    """
    from assoc_synth.attributes import plan_columns
    from assoc_synth.studio.sentences import sentence_of
    from assoc_synth.studio.sources import first_cells, first_rows, write_links
    from assoc_synth.transactions.detection import MissingRoles

    source = Source.from_dict(spec["table"])
    progress.say("reading the file")
    try:
        table = source.read()
    except MissingRoles as missing:
        columns, first = first_cells(source.place, header=source.roles.get("header") is not False)
        return {"missing": sentence_of(missing), "columns": columns, "first": first}
    progress.say("looking at the columns")
    plan = plan_columns(table, spec["kinds"] or None)
    columns, first = first_rows(table)
    write_links(table, folder / LINKS)
    return {"columns": columns, "first": first, "plan": plan.to_dict(), "notes": list(table.notes)}


def look(spec: Mapping[str, Any], folder: Path, progress: Progress) -> Result:
    """What the table can carry. Spec: table, seed."""
    from assoc_synth import power

    progress.say("reading the table")
    table = Source.from_dict(spec["table"]).read()
    progress.say("simulating what the gate would see")
    return power(table, seed=int(spec["seed"])).to_dict()


def train(spec: Mapping[str, Any], folder: Path, progress: Progress) -> Result:
    """Fit a model, and judge its first sample.

    Spec: table, kinds, seed, max_minutes, min_subjects, command; checkpoint, resume: where the training is kept while
    it is paused, and whether to go on from there.
    """
    from assoc_synth.synthesizer import AssociativeSynthesizer

    progress.say("reading the table")
    table = Source.from_dict(spec["table"]).read()
    progress.say("looking at the columns")
    made = AssociativeSynthesizer(
        random_state=int(spec["seed"]),
        max_minutes=spec["max_minutes"],
        min_subjects=int(spec["min_subjects"]),
        progress=progress.step,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndertrainedWarning)  # the page says it
        made.fit(table, columns=spec["kinds"] or None, checkpoint=spec["checkpoint"], resume=bool(spec.get("resume")))
    model = folder / MODEL
    made.save(model)
    short = made.model_.shortfall
    if short.is_undertrained:
        return {"model": str(model), "undertrained": short.warning, "notes": list(made.notes_)}
    return {"model": str(model), **_judged(made, table, spec, folder, progress)}


def judge(spec: Mapping[str, Any], folder: Path, progress: Progress) -> Result:
    """Judge a sample of a stored model beside the table. Spec: table, model, seed, allow_undertrained, command."""
    from assoc_synth.synthesizer import AssociativeSynthesizer

    progress.say("reading the table")
    table = Source.from_dict(spec["table"]).read()
    progress.say("loading the model")
    made = AssociativeSynthesizer.load(spec["model"])
    return {"model": str(spec["model"]), **_judged(made, table, spec, folder, progress)}


def draw(spec: Mapping[str, Any], folder: Path, progress: Progress) -> Result:
    """Draw a sample and write it. Spec: model, seed, allow_undertrained, size, scenario, format, options, file."""
    from assoc_synth.exports import check_export, export
    from assoc_synth.studio.wishes import scenario_keywords
    from assoc_synth.synthesizer import AssociativeSynthesizer

    path = folder / str(spec["file"])
    check_export(spec["format"], path, spec["options"])
    progress.say("loading the model")
    made = AssociativeSynthesizer.load(spec["model"])
    progress.say("generating rows, and letting the gate judge them")
    try:
        result = made.sample(
            **spec["size"],
            seed=int(spec["seed"]),
            allow_undertrained=bool(spec["allow_undertrained"]),
            **scenario_keywords(spec["scenario"]),
        )
    except GateRejected as refusal:
        return {"refused": True, **_said(refusal.verdict)}
    progress.say("writing")
    export(result.table, spec["format"], path, **spec["options"])
    if path.is_dir():
        shutil.make_archive(str(path), "zip", path.parent, path.name)
        path = path.with_name(f"{path.name}.zip")
    outcomes = [made_of.to_dict() | {"words": str(made_of)} for made_of in result.scenario]
    return {"file": str(path), "outcomes": outcomes, **_said(result.verdict), **_size(result)}


TASKS: dict[str, Task] = {"read": read, "look": look, "train": train, "judge": judge, "draw": draw}
"""Every task by the name that a job's spec has."""


def _judged(
    made: AssociativeSynthesizer, table: TransactionTable, spec: Mapping[str, Any], folder: Path, progress: Progress
) -> Result:
    """A sample as large as the table, judged; its rows in three formats and the report beside the table."""
    from assoc_synth.exports import export

    progress.say("generating rows, and letting the gate judge them")
    refused = False
    try:
        result = made.sample(seed=int(spec["seed"]), allow_undertrained=bool(spec.get("allow_undertrained")))
        verdict = result.verdict
    except GateRejected as refusal:
        refused, result, verdict = True, refusal.result, refusal.verdict
    progress.say("writing the report")
    _report(table, result, verdict, spec, folder)
    if refused or result is None:
        return {"refused": True, **_said(verdict)}
    for format, name in ROWS.items():
        export(result.table, format, folder / name)
    return {"refused": False, "folder": str(folder), **_said(verdict), **_size(result)}


def _report(
    table: TransactionTable, result: SampleResult | None, verdict: Verdict, spec: Mapping[str, Any], folder: Path
) -> None:
    from assoc_synth.report import Report

    report = Report.of(
        table,
        None if result is None else result.table,
        verdict,
        seed=verdict.seed or 0,
        notes=() if result is None else result.notes,
        command=str(spec["command"]),
        title=f"{Source.from_dict(spec['table']).name} and its synthetic twin",
    )
    report.write(folder / REPORT)


def _said(verdict: Verdict) -> Result:
    """What the gate says, scope by scope, as the page shows it."""
    from assoc_synth.report.gauges import gauge
    from assoc_synth.report.scopes import differs, scope_parts
    from assoc_synth.report.wording import block_words

    parts = []
    for part in scope_parts(verdict):
        values = {name: value for name, value in vars(part).items() if name not in ("shown", "folded")}
        blocks = [
            {
                "words": block_words(block.name),
                "observed": float(block.observed),
                "limit": float(block.limit),
                "floor": float(block.floor),
                "destroyed": float(block.independent),
                "differs": bool(differs(block)),
                "gauge": gauge(block, block_words(block.name)),
            }
            for block in part.shown
        ]
        parts.append(values | {"blocks": blocks, "folded": len(part.folded)})
    return {
        "status": verdict.status.value,
        "sentence": verdict.sentence,
        "parts": parts,
        "num_reference": verdict.num_reference,
        "seed": verdict.seed,
    }


def _size(result: SampleResult) -> Result:
    first = result.to_pandas().head(FIRST_ROWS)
    return {
        "rows": len(result.rows),
        "subjects": result.table.num_subjects,
        "notes": list(result.notes),
        "columns": [str(name) for name in first.columns],
        "first": shown_cells(first.itertuples(index=False)),
    }
