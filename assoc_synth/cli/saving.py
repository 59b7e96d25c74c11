"""Saving a model on the command line: a training that cannot be saved where it should is not lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assoc_synth.cli.reproduction import command_line
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.synthesizer import AssociativeSynthesizer

KeptIn = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="DIR", help="Where the training is kept. Default: beside the model."),
]


def saved(synthesizer: AssociativeSynthesizer, model: Path, context: typer.Context) -> None:
    """Write a model directory; what cannot be written there is not lost.

    Args:
        context: of the running command.

    Raises:
        InputError: it cannot be written; the message says how to write it elsewhere, or, where nothing keeps the
            training, where it was written instead.
    """
    try:
        synthesizer.save(model)
    except InputError as error:
        kept = synthesizer.checkpoint_
        if kept is not None and kept.is_complete:
            again = command_line(context, model="OTHER", resume=True, checkpoint=kept.path)
            raise InputError(f"{error}; what was trained is kept, and this saves it elsewhere: {again}") from None
        place = Path(tempfile.mkdtemp(prefix="assoc-synth-")) / model.resolve().name
        try:
            synthesizer.save(place)
        except InputError:
            place.parent.rmdir()
            raise error from None
        raise InputError(f"{error}; it is in {str(place)!r} instead: move it to where it should be") from None
