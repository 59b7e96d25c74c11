"""What a synthetic table gives away about the subjects that a generator was trained on, shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from assoc_synth.cli.terminal import new_table, out, working
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from assoc_synth.evaluation.attacks import Likelihood
    from assoc_synth.evaluation.figures import Figure
    from assoc_synth.transactions.table import TransactionTable


def check_attacker(model: Path | None, holdout: str | None) -> None:
    """Report a model that no attack can use before the work, not after it.

    Raises:
        InputError: there are no held-out subjects, or no such model.
    """
    from assoc_synth.cli.sources import shadow_notes
    from assoc_synth.cli.terminal import show_notes
    from assoc_synth.model.directory import read_files

    if model is None:
        return
    if holdout is None:
        raise InputError("--model is for attacks on subjects beside held-out ones: add --holdout FILE")
    read_files(str(model))
    show_notes(shadow_notes(str(model), model=True))


def disclosed(
    real: TransactionTable,
    synthetic: TransactionTable,
    heldout: TransactionTable | None,
    seed: int,
    model: Path | None = None,
) -> dict[str, Any]:
    """The privacy figures, shown; entries of the JSON file, empty without held-out subjects.

    Args:
        real: what the generator was trained on.
        synthetic: what it emitted.
        heldout: real subjects that it never saw.
        seed: of everything drawn.
        model: its directory, for attackers who have it.

    Raises:
        InputError: the tables have no columns that the model was fitted to.
        ModelFileError: the model cannot be read.
    """
    from assoc_synth.evaluation.disclosure import disclosure_of, flagged

    if heldout is None:
        return {}
    with working("attacking"):
        likelihood = None if model is None else _likelihood(model, real, heldout)
        figures = disclosure_of(real, synthetic, heldout, seed=seed, likelihood=likelihood)
    show_disclosure(figures)
    return {"privacy": [figure.to_dict() for figure in figures], "given_away_by": list(flagged(figures))}


def _likelihood(model: Path, real: TransactionTable, heldout: TransactionTable) -> Likelihood:
    from assoc_synth.model.likelihood import surprise_saved
    from assoc_synth.model.storage import load_model

    fitted = load_model(model)[0]
    return surprise_saved(fitted, real), surprise_saved(fitted, heldout)


def show_disclosure(figures: Sequence[Figure]) -> None:
    """Each figure beside its floor and the independent table's, those that give somebody away in red."""
    from assoc_synth.evaluation.disclosure import flagged
    from assoc_synth.report.wording import disclosure_words

    found, known = flagged(figures), [figure for figure in figures if figure.value is not None]
    if known:
        out.print(_table(known, found))
    out.print(escape(disclosure_words(figures)))


def _table(figures: Sequence[Figure], found: Sequence[str]) -> Table:
    from assoc_synth.report.wording import measure_words

    table = new_table("Privacy: training subjects beside held-out ones")
    table.add_column("figure", overflow="fold")
    for name in ("this", "95 %", "floor", "independent", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for figure in figures:
        limits = "" if figure.low is None or figure.high is None else f"{figure.low:z.3f}–{figure.high:z.3f}"
        style = "red" if figure.name in found else ""
        cells = (_number(one) for one in (figure.floor, figure.independent, figure.p_value))
        table.add_row(escape(measure_words(figure.name)), _number(figure.value), limits, *cells, style=style)
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:z.3f}"
