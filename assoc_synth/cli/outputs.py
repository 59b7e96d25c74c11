"""What a command leaves behind: folders, JSON and reports. Paths are checked before the work begins."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from assoc_synth.cli.reproduction import reproduction
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.gate.verdict import Verdict
    from assoc_synth.report.facts import TrainingFacts
    from assoc_synth.report.inputs import ReportOptions
    from assoc_synth.transactions.table import TransactionTable


def make_folder(path: Path) -> None:
    """A folder to write into, made where there is none.

    Raises:
        InputError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {str(path)!r} cannot be made: {error.strerror}") from None


def check_files(*paths: Path | None, inputs: Iterable[str | Path | None] = ()) -> None:
    """Report a wrong path before the work, not after it; None is no path.

    Args:
        paths: files that will be written.
        inputs: files that are read.

    Raises:
        InputError: a path is a folder, its folder does not exist or is read-only, it is given twice or read too.
    """
    from assoc_synth.transactions.files.atomic import check_file

    read = {os.path.realpath(path) for path in inputs if path is not None}
    written = set[str]()
    for path in (path for path in paths if path is not None):
        check_file(path)
        place = os.path.realpath(path)
        if place in read | written:
            what = "is read, and would be replaced" if place in read else "is named for two files"
            raise InputError(f"{str(path)!r} {what}: choose another path")
        written.add(place)


def write_facts(path: Path | None, verdict: Verdict, command: str, **more: Any) -> None:
    """Facts of a verdict as JSON, and the command that gives them again; nothing without a path.

    Args:
        command: the call, with the seed that was used.
        more: as in `report.facts.facts`.
    """
    from assoc_synth.report.facts import facts
    from assoc_synth.transactions.files.atomic import write_json

    if path is not None:
        again = reproduction(command, verdict.seed or 0)
        write_json(path, facts(verdict, **more, reproduction=again))


def write_report(
    path: Path | None,
    real: TransactionTable | None,
    synthetic: TransactionTable | None,
    verdict: Verdict,
    **options: Unpack[ReportOptions],
) -> None:
    """The report of a verdict as one HTML file, with the training of a model that is named; nothing without a path."""
    if path is not None:
        from assoc_synth.report import Report

        if options.get("model"):
            options["training"] = _training(options["model"])
        Report.of(real, synthetic, verdict, **options).write(path)


def _training(model: str) -> TrainingFacts:
    from assoc_synth.model.directory import parse_json, parse_vocabulary, read_files
    from assoc_synth.report.training import training_facts

    files = read_files(model)
    names = sum(map(len, parse_vocabulary(files["vocabulary.parquet"])))
    return training_facts(parse_json(files["config.json"], "config.json", names))
