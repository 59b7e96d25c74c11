"""A disk of three megabytes, a limit on the size of files, and a read-only folder: each in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LEAVE = """
import json, resource, sys
from pathlib import Path
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.model.directory import FILES, read_files, write_files
from assoc_synth.model.rehearsal import rehearse

folder, found = Path("disk"), {}
old, new = ({name: version * 300_000 for name in FILES} for version in (b"o", b"new "))
table = toy_shop(subjects=20)
few, many = table.take_subjects([0, 1]), toy_shop(subjects=8_000)
write_files(folder / "model", old)
export(few, "csv", folder / "rows.csv")
rows = (folder / "rows.csv").read_bytes()
BETWEEN
for name, work in {
    "rehearsal": lambda: rehearse(folder / "other", table),
    "save": lambda: write_files(folder / "model", new),
    "export": lambda: export(many, "csv", folder / "rows.csv"),
}.items():
    try:
        work()
        found[name] = "done"
    except (InputError, OSError) as error:
        found[name] = str(error)
found["model is old"] = read_files(folder / "model") == old
found["rows are old"] = (folder / "rows.csv").read_bytes() == rows
found["there"] = sorted(entry.name for entry in folder.iterdir())
print(json.dumps(found))
"""
LIMIT = "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))"
READ_ONLY = "import subprocess; subprocess.run(['mount', '-o', 'remount,ro', 'disk'], check=True)"
MOUNT = "mount -t tmpfs -o size=3m tmpfs disk && exec "


@pytest.mark.parametrize(
    ("own_disk", "between", "reason"),
    [
        (True, "", "No space left on device"),
        (False, LIMIT, "File too large"),
        (True, READ_ONLY, "not a folder to write in"),
    ],
    ids=["three megabytes", "a limit on files", "read-only"],
)
def test_what_has_no_room_leaves_the_old_files(tmp_path: Path, own_disk: bool, between: str, reason: str) -> None:
    (tmp_path / "disk").mkdir()
    command = [sys.executable, "-c", LEAVE.replace("BETWEEN", between)]
    if own_disk:
        unshare = shutil.which("unshare")
        if unshare is None or subprocess.run([unshare, "-rm", "sh", "-c", MOUNT + "true"], cwd=tmp_path).returncode:
            pytest.skip("no disk of one's own can be mounted here")
        command = [unshare, "-rm", "sh", "-c", MOUNT + '"$0" "$@"', *command]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert reason in found["rehearsal"]
    assert "done" not in (found["save"], found["export"])
    assert found["model is old"]
    assert found["rows are old"]
    assert found["there"] == ["model", "rows.csv"]
