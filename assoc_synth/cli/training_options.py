"""What trains, on the command line of `fit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from assoc_synth.cli.options import FitOptions


@dataclass(frozen=True)
class TrainingOptions(FitOptions):
    """What a model may store, where its training starts, and what trains it."""

    engine: Annotated[
        str | None,
        typer.Option(metavar="ENGINE", help="ray, or ray://HOST:PORT: the workers of a cluster train together."),
    ] = None
