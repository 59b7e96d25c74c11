"""The janitor: a small process that removes a session's folder however the studio ends, `kill -9` included.

It waits at a pipe whose other end the studio holds. The system closes that end with the studio's process, whatever
ended it. `python -m assoc_synth.studio.janitor FOLDER`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROUNDS, PAUSE = 40, 0.25
"""How often the folder is removed until it stays away, and seconds between: a job may write until it has ended too."""


@contextmanager
def watched(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A janitor looks after the folder as long as the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "assoc_synth.studio.janitor", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C in the terminal does not reach it
    )
    try:
        yield
    finally:
        process.communicate()


def clean(folder: Path) -> None:
    """Remove a folder, and again while somebody still writes into it."""
    for _ in range(ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(PAUSE)


def main() -> None:
    """Wait until the studio is gone, and remove its folder."""
    sys.stdin.buffer.read()
    clean(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
