"""What a command leaves behind: folders, JSON and reports. Paths are checked before the work begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.gate.verdict import Verdict
    from assoc_synth.transactions.table import TransactionTable


def make_folder(path: Path) -> None:
    """A folder to write into, made where there is none."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {str(path)!r} cannot be made: {error.strerror}") from None


def check_files(*paths: Path | None) -> None:
    """Better to hear of a wrong path before the work than after it."""
    for path in paths:
        if path is None:
            continue
        if path.is_dir():
            raise InputError(f"{str(path)!r} is a folder: give the name of a file")
        if not path.parent.is_dir():
            raise InputError(f"the folder of {str(path)!r} does not exist: create it first")


def write_json(path: Path | None, values: Any) -> None:
    """Facts as JSON, written whole; nothing without a path."""
    import json

    from assoc_synth.transactions.files import replacing

    if path is None:
        return
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_report(
    path: Path | None,
    real: TransactionTable | None,
    synthetic: TransactionTable,
    verdict: Verdict,
    command: str,
    **options: Any,
) -> None:
    """The report of a verdict as one HTML file; nothing without a path."""
    if path is not None:
        from assoc_synth.report import Report

        Report.of(real, synthetic, verdict, command=command, **options).write(path)
