"""What `privacy` shows: each stored value with the subjects behind it, and what no threshold protects."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from assoc_synth.cli.sources import shadow_notes
from assoc_synth.cli.terminal import out, show, show_notes
from assoc_synth.model.privacy import PrivacyListing, StoredColumn
from assoc_synth.model.storage import load_model
from assoc_synth.transactions.files.atomic import write_json

MOST_VALUES, LONGEST = 20, 60
"""Values of a column that are shown, those of the fewest subjects first, unless all are asked for; and characters."""


def show_privacy(model: str | Path, every: bool = False) -> PrivacyListing:
    """What a model directory stores: the values of each column, and sentences on what is not protected.

    Args:
        every: show all values, however many there are.

    Raises:
        ModelFileError: the directory cannot be trusted or understood.
    """
    listing = load_model(model)[0].privacy()
    show_notes(shadow_notes(str(model), model=True))
    limits = listing.thresholds
    if limits is None:
        out.print("The model does not say how many training subjects are behind its values.")
    else:
        out.print(f"Values of a column have at least {limits.min_subjects:,} training subjects (--min-subjects).")
    for column in listing:
        _show(column, every)
    out.print("\n[bold]Not protected[/]")
    for sentence in listing.unprotected:
        out.print(f"- {sentence}", markup=False, soft_wrap=True)
    return listing


def written(listing: PrivacyListing, path: Path) -> None:
    """Write it as JSON."""
    write_json(path, listing.to_dict())
    show(f"wrote {path}")


def _show(column: StoredColumn, every: bool) -> None:
    fewest = column.fewest
    behind = "" if fewest is None else f", at least {fewest:,} subject{'s' * (fewest != 1)} each"
    out.print(f"\n[bold]{escape(column.column)}[/]: {escape(column.what)}, {len(column.values):,}{behind}")
    counts = column.subjects or (None,) * len(column.values)
    pairs = list(zip(column.values, counts, strict=True))
    if not every:
        pairs = sorted(pairs, key=lambda pair: pair[1] or 0)[:MOST_VALUES]
    shown = ", ".join(f"{str(value)[:LONGEST]}{'' if count is None else f' ({count:,})'}" for value, count in pairs)
    more = len(column.values) - len(pairs)
    out.print(f"  {shown}{f' … {more:,} more: --all' if more else ''}", markup=False, soft_wrap=True)
