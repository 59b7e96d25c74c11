"""A job's process: read what to do, do it, write what came of it. `python -m assoc_synth.studio.worker FOLDER`.

It listens to the studio at its standard input: a line "pause" ends it once what was trained is written, and the end of
the input, which the system brings about when the studio is gone, ends it at once.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from assoc_synth.studio.jobs import ERROR, PAUSE, PAUSED, PROGRESS, RESULT, SPEC
from assoc_synth.studio.sentences import sentence_of

SPEAK_EVERY = 0.25
"""Seconds between two lines about one stage."""


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
        The exit code: 0 with a result, 1 with a sentence that says why there is none, `PAUSED` where it was paused.
    """
    progress = Progress(folder / PROGRESS)
    try:
        from assoc_synth.studio.tasks import TASKS

        spec = json.loads((folder / SPEC).read_text("utf-8"))
        result = TASKS[spec["kind"]](spec, folder, progress)
        temporary = folder / f"{RESULT}.part"
        temporary.write_text(json.dumps(result), "utf-8")
        temporary.replace(folder / RESULT)
    except KeyboardInterrupt:
        return PAUSED
    except Exception as error:
        (folder / ERROR).write_text(sentence_of(error), "utf-8")
        return 1
    return 0


def _listen(said: BinaryIO) -> None:
    """Pause when told to; end this process when nobody waits for its work any more."""
    for line in said:
        if line.strip() == PAUSE:
            _thread.interrupt_main()
    os._exit(1)


def main() -> None:
    """Run the job of the folder on the command line, as long as the studio runs."""
    # A studio that was begun in the background of a shell ignores interrupts, and so would its jobs: a pause is one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_listen, args=(sys.stdin.buffer,), daemon=True).start()
    code = run(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(code)  # a thread that waits at the input would hold up the end of the interpreter


if __name__ == "__main__":
    main()
