"""A fit on the command line: where its training is kept, and what is said when it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from assoc_synth.cli.exits import Terminated
from assoc_synth.cli.reproduction import command_line


@contextmanager
def kept_training(model: Path, context: typer.Context, *, resume: bool) -> Iterator[tuple[Path | None, bool]]:
    """The folder that keeps the training of a model, and whether to go on from it.

    A training that waits there is offered; whatever ends the block says how to go on, where something is kept.
    """
    from assoc_synth.cli.terminal import show_notes
    from assoc_synth.model.resuming import FINISHED, checkpoint_beside

    place, again = checkpoint_beside(model), command_line(context, resume=True)
    kept = place / FINISHED
    if kept.is_file() and not resume:
        show_notes([f"a training of this model was interrupted; {again} goes on from it, this one begins anew"])
    try:
        yield (None if context.params.get("epsilon") is not None else place), resume
    except (Exception, KeyboardInterrupt, Terminated):
        if kept.is_file():
            show_notes([f"what was trained is kept; to go on from it: {again}"])
        raise
