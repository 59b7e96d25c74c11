"""The janitor: a folder goes with the process that it belongs to, `kill -9` included."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from assoc_synth.studio.janitor import clean, watched
from assoc_synth.studio.jobs import environment

SESSION = """
import time
from assoc_synth.studio.session import Session

with Session.opened() as session:
    session.start("look", table={"place": "toy-shop", "roles": {}, "is_file": False}, seed=0)
    print(session.folder, flush=True)
    time.sleep(600)
"""


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    (tmp_path / "own" / "inner").mkdir(parents=True)
    with watched(tmp_path / "own", environment()):
        assert (tmp_path / "own").is_dir()
    assert not (tmp_path / "own").exists()
    clean(tmp_path / "own")


def test_nothing_is_left_of_a_session_that_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SESSION], stdout=subprocess.PIPE, env=environment() | {"TMPDIR": str(tmp_path)}
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().decode().strip())
    assert folder.parent == tmp_path
    assert folder.is_dir()
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 60
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
