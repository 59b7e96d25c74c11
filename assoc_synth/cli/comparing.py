"""The command `compare`: any generators' tables against a real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import TABLE_HELP, Holdout, OutputOptions, RoleOptions, Seed
from assoc_synth.cli.outputs import check_files
from assoc_synth.cli.reproduction import command_line, reproduction
from assoc_synth.cli.steps import read
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.report.comparison import Comparison


@dataclass(frozen=True)
class ComparisonFiles(OutputOptions):
    """Files of a comparison."""

    csv: Annotated[Path | None, typer.Option("--csv", help="Write every figure as CSV to this file.")] = None
    latex: Annotated[Path | None, typer.Option("--latex", help="Write a table for a paper to this file.")] = None

    def check(self, inputs: Sequence[str | None]) -> None:
        """Report a wrong path before the work.

        Raises:
            InputError: as `outputs.check_files`.
        """
        check_files(self.report, self.json, self.csv, self.latex, inputs=inputs)


@flattened
def compare(
    context: typer.Context,
    real: Annotated[str, typer.Argument(metavar="REAL", help=TABLE_HELP)],
    tables: Annotated[
        list[str], typer.Argument(metavar="NAME=TABLE ...", help="Synthetic tables; without NAME= a file has its own.")
    ],
    columns: RoleOptions,
    files: ComparisonFiles,
    holdout: Holdout = None,
    no_gate: Annotated[bool, typer.Option("--no-gate", help="Figures alone, without the gate's verdicts.")] = False,
    seed: Seed = 0,
) -> None:
    """Compare any generators' tables.

    Every measure of each, with its interval, beside what other real subjects and a table without associations score.
    Nothing is refused: exit code 0 whatever the figures are.
    """
    from assoc_synth.cli.comparison_view import show_comparison
    from assoc_synth.cli.terminal import show_command, working
    from assoc_synth.report.comparison import compare as compared
    from assoc_synth.transactions.files import all_or_none
    from assoc_synth.transactions.files.atomic import write_json

    named = by_name(tables)
    files.check([real, holdout, *named.values()])
    first, *others = (read(data, context, **columns.roles()) for data in (real, *named.values()))
    held = None if holdout is None else read(holdout, context, **columns.roles())
    with working("measuring"):
        found = compared(first, dict(zip(named, others, strict=True)), held, seed=seed, gate=not no_gate)
    show_comparison(found)
    call = command_line(context, seed=seed)
    with all_or_none():
        if files.json is not None:
            write_json(files.json, found.to_dict() | {"reproduction": reproduction(call, seed)})
        _write(found, files)
    show_command(call)


def by_name(tables: Sequence[str]) -> Mapping[str, str]:
    """Tables by name as they are typed: `NAME=TABLE`, or a file, whose name without its suffix it is.

    Raises:
        InputError: two tables have one name, or a table has none.

    Example:
        >>> by_name(["ours=rows.csv", "out/ctgan.csv", "toy-shop:independent"])
        {'ours': 'rows.csv', 'ctgan': 'out/ctgan.csv', 'toy-shop:independent': 'toy-shop:independent'}
    """
    found: dict[str, str] = {}
    for text in tables:
        name, equals, data = text.partition("=")
        if not equals or Path(text).exists():
            name, data = Path(text).name.partition(".")[0] or text, text
        if not name.strip() or not data.strip():
            raise InputError(f"a table is given as NAME=TABLE, such as ours=rows.csv, not {text[:60]!r}")
        if name in found:
            raise InputError(f"two tables are called {name[:40]!r}: give them names, such as first={data[:60]}")
        found[name] = data
    return found


def _write(found: Comparison, files: ComparisonFiles) -> None:
    if files.csv is not None:
        found.to_csv(files.csv)
    if files.latex is not None:
        found.to_latex(files.latex)
    if files.report is not None:
        found.to_html(files.report)
