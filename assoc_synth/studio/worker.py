"""A job's process: read what to do, do it, write what came of it. `python -m assoc_synth.studio.worker FOLDER`."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from assoc_synth.studio.jobs import ERROR, PROGRESS, RESULT, SPEC
from assoc_synth.studio.sentences import sentence_of

LOOK_EVERY, SPEAK_EVERY = 1.0, 0.25
"""Seconds between two looks for the parent, and between two lines about one stage."""


class Progress:
    """The lines that a job writes for the page.

    Args:
        path: the file; a line of JSON each.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8")
        self._spoke, self._stage = 0.0, ""

    def say(self, doing: str, **more: Any) -> None:
        """One line: what is being done, and what else there is to say."""
        self._stream.write(json.dumps({"doing": doing, **more}) + "\n")
        self._stream.flush()

    def step(self, now: Any) -> None:
        """What `AssociativeSynthesizer(progress=...)` calls after every training step: the page needs few of them."""
        moment = time.monotonic()
        if now.stage == self._stage and moment - self._spoke < SPEAK_EVERY:
            return
        self._spoke, self._stage = moment, now.stage
        losses = {name: float(value) for name, value in now.losses.items()}
        self.say(
            "training",
            stage=now.stage,
            epoch=now.epoch,
            epochs=now.epochs,
            share=float(now.share),
            losses=losses,
            rate=float(now.links_per_second),
        )


def run(folder: Path) -> int:
    """Do the job of a folder.

    Returns:
        The exit code: 0 with a result, 1 with a sentence that says why there is none.
    """
    progress = Progress(folder / PROGRESS)
    try:
        from assoc_synth.studio.tasks import TASKS

        spec = json.loads((folder / SPEC).read_text("utf-8"))
        result = TASKS[spec["kind"]](spec, folder, progress)
        temporary = folder / f"{RESULT}.part"
        temporary.write_text(json.dumps(result), "utf-8")
        temporary.replace(folder / RESULT)
    except Exception as error:
        (folder / ERROR).write_text(sentence_of(error), "utf-8")
        return 1
    return 0


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, whatever ended that: nobody waits for the work any more."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def main() -> None:
    """Run the job of the folder on the command line, as long as the studio runs."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    sys.exit(run(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
