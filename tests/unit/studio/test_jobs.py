"""Jobs: a child process that fails with a sentence, and one that is stopped."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from assoc_synth.studio.jobs import MOST_POINTS, Job, StageSeen


def test_a_job_that_fails_says_why(tmp_path: Path) -> None:
    job = Job(tmp_path / "job", "look", {"table": {"place": "none.csv", "roles": {}, "is_file": True}, "seed": 0})
    while job.state == "running":
        time.sleep(0.05)
    assert job.state == "failed"
    assert job.error == "There is no file 'none.csv'."
    job.look()
    assert job.doing == "reading the table"


@pytest.mark.parametrize("interrupts", [signal.SIG_IGN, signal.default_int_handler], ids=["ignored", "heard"])
def test_a_job_that_is_told_to_pause_ends_by_itself(tmp_path: Path, interrupts: Any) -> None:
    """Also where the studio runs in the background of a shell, which ignores interrupts."""
    before = signal.signal(signal.SIGINT, interrupts)
    try:
        paused(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)


def paused(tmp_path: Path) -> None:
    job = Job(tmp_path / "job", "look", {"table": {"place": "clickstream", "roles": {}, "is_file": False}, "seed": 0})
    job.pause()
    assert job.pauses
    while job.state == "running":
        time.sleep(0.05)
    assert job.state == "paused"
    job.stop()
    assert job.state == "paused"


def test_a_job_ends_with_the_studio(tmp_path: Path) -> None:
    job = Job(tmp_path / "job", "look", {"table": {"place": "toy-shop", "roles": {}, "is_file": False}, "seed": 0})
    assert job._process.stdin is not None
    job._process.stdin.close()  # as the system closes it when the studio's process is killed
    assert job._process.wait(60) == 1


def test_a_job_is_stopped(tmp_path: Path) -> None:
    job = Job(tmp_path / "job", "look", {"table": {"place": "toy-shop", "roles": {}, "is_file": False}, "seed": 0})
    job.stop()
    assert job.state == "stopped"


def test_the_curve_of_a_stage_stays_short() -> None:
    stage = StageSeen()
    for step in range(5 * MOST_POINTS):
        stage.add({"epoch": 1, "epochs": 2, "share": 0.5, "losses": {"loss": float(step)}, "rate": 1.0})
    assert 0 < len(stage.curve) <= MOST_POINTS
    assert stage.done == 0.25
