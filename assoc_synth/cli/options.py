"""Arguments and options of the command line: each one's type, name and help, once for all commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assoc_synth.errors import InputError

# Held against the registries by a test; importing these here would cost a second.
BUILT_IN = ("toy-shop", "random-svo", "journey-baskets", "journey-households")
FORMATS = ("csv", "parquet", "jsonl", "items-links", "graphml")

TABLE_HELP = (
    f"A table: CSV, TSV or JSON Lines (each also .gz), or Parquet. Or a built-in one: {', '.join(BUILT_IN)}; "
    "NAME:train and NAME:heldout are its halves, NAME:independent is what a generator without associations makes of "
    "the first."
)
Data = Annotated[str, typer.Argument(metavar="DATA", help=TABLE_HELP)]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model directory.")]
AnySource = Annotated[str, typer.Argument(metavar="DATA_OR_MODEL", help="A table, built in or a file, or a model.")]
Thing = Annotated[str | None, typer.Argument(metavar="[OBJECT]", help="Default: the table's strongest pairs.")]
Subject = Annotated[str | None, typer.Option(help="Column of the subject (customer, user …).")]
Verb = Annotated[str | None, typer.Option(help="Column of the verb (action, event …).")]
Object = Annotated[str | None, typer.Option(help="Column of the object (product, item …).")]
Time = Annotated[str | None, typer.Option(help="Column of the time.")]
Amount = Annotated[str | None, typer.Option(help="Column of the amount.")]
Basket = Annotated[str | None, typer.Option(help="Column of the basket (order, session …).")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of everything random.")]
SampleSeed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Default: the seed of the fit.")]
MaxMinutes = Annotated[float | None, typer.Option(help="Stop training after this long, with the best so far.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the facts as JSON to this file.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]
ReportFile = Annotated[Path | None, typer.Option("--report", help="Write a report as one HTML file.")]
Rebalance = Annotated[str | None, typer.Option(metavar="SHARES", help="uniform, or VERB=SHARE,VERB=SHARE.")]
Boost = Annotated[
    list[str] | None, typer.Option(metavar="VERB,OBJECT=FACTOR", help="Subjects with this link, times FACTOR.")
]
Positive = Annotated[int, typer.Option(min=1, help="How many.")]


def check_minutes(minutes: float | None) -> None:
    """Raises: InputError: the time that training may take is none."""
    if minutes is not None and not minutes > 0:
        raise InputError(f"--max-minutes must be above 0, not {minutes}")


def parse_rebalance(text: str | None) -> dict[str, Any] | None:
    """`uniform` or `bought=0.5,returned=0.5` as `sample` takes it.

    Raises:
        InputError: it is neither.
    """
    if text is None or text == "uniform":
        return None if text is None else {"verb": text}
    return {"verb": {name: _number("--rebalance", value) for name, value in map(_split, text.split(","))}}


def parse_boosts(texts: list[str] | None) -> dict[tuple[str, str], float] | None:
    """`returned,laptop=5` as `sample` takes it.

    Raises:
        InputError: it is something else.
    """
    found = {}
    for text in texts or ():
        name, factor = _split(text)
        verb, comma, object = name.partition(",")
        if not comma:
            raise InputError(f"--boost takes VERB,OBJECT=FACTOR, not {text[:60]!r}")
        found[verb.strip(), object.strip()] = _number("--boost", factor)
    return found or None


def _split(text: str) -> tuple[str, str]:
    name, _, value = text.rpartition("=")
    return name.strip(), value.strip()


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{option}: {text[:40]!r} is no number; write NAME=NUMBER") from None
