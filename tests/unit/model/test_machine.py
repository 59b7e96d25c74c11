"""The machine's limits: of the system, of control groups in a made-up `/sys`, and of this process."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from assoc_synth.model.machine import Room, rlimits, room

GB = 1_000_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system with 8 GB available, of which this process has 2 GB and 3 GB of address space."""
    write(tmp_path, "proc/meminfo", f"MemTotal: 9 kB\nMemAvailable: {8 * GB // 1024} kB\nHugePages_Total:  0\n")
    write(tmp_path, "proc/self/status", f"Name:\tpython\nVmSize: {3 * GB // 1024} kB\nVmData: {2 * GB // 1024} kB\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def found(root: Path, limits: dict[str, int] | None = None) -> tuple[float, str]:
    own = room(root, limits or {})
    assert own is not None
    return round(own.bytes / GB, 3), own.of


def test_without_limits_it_is_what_the_system_has(root: Path) -> None:
    assert found(root) == (8.0, "this machine")
    write(root, "proc/self/cgroup", "0::/user\n3:cpu:/\n")
    write(root, "sys/fs/cgroup/user/memory.max", "max\n")
    write(root, "sys/fs/cgroup/user/memory.current", "12\n")
    assert found(root) == (8.0, "this machine")


def test_the_group_of_version_2_and_those_above_it(root: Path) -> None:
    write(root, "proc/self/cgroup", "0::/a/b\n")
    write(root, "sys/fs/cgroup/a/b/memory.max", f"{6 * GB}\n")
    write(root, "sys/fs/cgroup/a/b/memory.current", f"{2 * GB}\n")
    write(root, "sys/fs/cgroup/a/b/memory.stat", f"anon 5\ninactive_file {GB}\n")
    assert found(root) == (5.0, "the control group of this process (cgroup)")
    write(root, "sys/fs/cgroup/a/memory.max", f"{3 * GB}\n")
    write(root, "sys/fs/cgroup/a/memory.current", f"{2 * GB}\n")
    assert found(root)[0] == 1.0


@pytest.mark.parametrize("path", ["docker/12", "elsewhere"])
def test_the_group_of_version_1_also_where_its_path_is_the_hosts(root: Path, path: str) -> None:
    write(root, "proc/self/cgroup", "9:name=systemd:/x\n4:cpuacct,memory:/docker/12\n")
    folder = f"sys/fs/cgroup/memory/{path if path == 'docker/12' else ''}"
    write(root, f"{folder}/memory.limit_in_bytes", f"{2 * GB}\n")
    write(root, f"{folder}/memory.usage_in_bytes", f"{GB}\n")
    write(root, f"{folder}/memory.stat", f"total_inactive_file {GB // 2}\n")
    assert found(root) == (1.5, "the control group of this process (cgroup)")
    write(root, f"{folder}/memory.limit_in_bytes", "9223372036854771712\n")
    assert found(root) == (8.0, "this machine")


def test_the_limits_of_the_process_leave_what_it_has_not_taken(root: Path) -> None:
    assert found(root, {"RLIMIT_AS": 4 * GB}) == (1.0, "the limit of this process (ulimit -v)")
    assert found(root, {"RLIMIT_DATA": 4 * GB, "RLIMIT_AS": 9 * GB}) == (2.0, "the limit of this process (ulimit -d)")
    assert found(root, {"RLIMIT_AS": GB})[0] == 0.0


def test_a_system_that_says_nothing(tmp_path: Path) -> None:
    assert room(tmp_path, {}) is None
    assert min([Room(3), Room(2, "a")]) == Room(2, "a")


def test_a_limit_of_a_real_process_is_seen() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))\n"
        "from assoc_synth.model.machine import rlimits, room\n"
        "own = room(); print(rlimits(), own.of, own.bytes < 2_000_000_000)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{'RLIMIT_AS': 2000000000} the limit of this process (ulimit -v) True\n"
    assert ("RLIMIT_AS" in rlimits()) == (resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY)
