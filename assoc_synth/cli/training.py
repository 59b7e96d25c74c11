"""A fit on the command line: where its training is kept, and what is said when it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assoc_synth.cli.exits import Terminated
from assoc_synth.cli.reproduction import command_line

if TYPE_CHECKING:
    from assoc_synth.transactions.table import TransactionTable

_NOTHING, _EARLIER = "nothing of this training is kept", "; the earlier one still is"


@contextmanager
def kept_training(
    model: Path, context: typer.Context, *, resume: bool, checkpoint: Path | None = None
) -> Iterator[tuple[Path | None, bool]]:
    """The folder that keeps the training of a model, and whether to go on from it.

    A training that waits there is offered; whatever ends the block says how to go on, where something is kept.

    Args:
        checkpoint: the folder; None for the one beside the model.
    """
    from assoc_synth.cli.terminal import show_notes
    from assoc_synth.model.checkpoint_files import beside, check, last_kept
    from assoc_synth.transactions.files.locks import reserved

    place, again = checkpoint or beside(model), command_line(context, resume=True)
    private = context.params.get("epsilon") is not None
    check(place)
    before = last_kept(place)
    if before and not resume:
        show_notes([f"a training of this model was interrupted; {again} goes on from it, this one begins anew"])
    with reserved(place):
        try:
            yield (None if private else place), resume
        except (Exception, KeyboardInterrupt, Terminated) as error:
            now, is_stopped = last_kept(place), not isinstance(error, Exception)
            if now != before or (now and resume and is_stopped):
                show_notes([f"what was trained is kept; to go on from it: {again}"])
            elif is_stopped:
                show_notes([_NOTHING + (" with --epsilon" if private else "") + (_EARLIER if now else "")])
            raise


def expected(table: TransactionTable, max_minutes: float | None) -> str:
    """What the fit of a table takes, and what the machine has for it: a note before it begins."""
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.model.machine import room
    from assoc_synth.model.memory import Estimate, Sizes
    from assoc_synth.model.quantities import size_text

    found = Estimate.of(Sizes.of(LinkGraph.from_table(table)), None, max_minutes)
    free = room()
    return f"the fit takes {found.sentence}" + ("" if free is None else f"; {size_text(free.bytes)} are free")
