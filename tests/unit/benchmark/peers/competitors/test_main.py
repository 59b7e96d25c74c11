"""One competitor does one job."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.competitors import Fit, Sample, main
from assoc_synth.benchmark.peers.competitors.bootstrap import Bootstrap
from assoc_synth.benchmark.peers.job import Job
from assoc_synth.benchmark.peers.registry import PEERS
from assoc_synth.gate.verdict import Status


class Fixed:
    """Samples its training rows, and tells its verdict."""

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        self.train, self.asked = train, (seed, seconds)
        return Fit(12.5, "fixed 1", ("fit",))

    def sample(self, *, seconds: float | None) -> Sample:
        return Sample(self.train, self.train.head(1), "PASS", ("sampled",))

    def save(self, folder: Path) -> bool:
        (folder / "deep").mkdir()
        (folder / "deep" / "weights").write_bytes(b"x" * 7)
        (folder / "config").write_bytes(b"x" * 3)
        return True


class Refused(Exception):
    class verdict:  # noqa: N801
        status = Status.FAIL


class Fails(Fixed):
    def sample(self, *, seconds: float | None) -> Sample:
        raise Refused("no rows")


@pytest.fixture
def job(tmp_path: Path, with_baskets: pd.DataFrame) -> Job:
    job = Job(tmp_path)
    with_baskets.to_parquet(job.train, index=False)
    job.write_request(seed=5, seconds=60.0)
    return job


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, job: Job) -> Callable[[object], None]:
    """Run `main` in this process, with this competitor."""

    def run(competitor: object) -> None:
        monkeypatch.setattr(main, "end_with_parent", lambda parent: None)
        monkeypatch.setattr(main, "competitor_named", lambda name: competitor)
        main.main("any", str(job.folder))

    return run


def test_extra_columns_reach_who_asks_for_them(
    job: Job, play: Callable[[object], None], with_baskets: pd.DataFrame
) -> None:
    with_baskets.assign(**{"extra: sex": "F"}).to_parquet(job.train, index=False)
    play(Fixed())
    assert "extra: sex" not in pd.read_parquet(job.synthetic)
    competitor = Fixed()
    competitor.takes_extras = True  # type: ignore[attr-defined]
    play(competitor)
    assert "extra: sex" in pd.read_parquet(job.synthetic)


def test_a_job_is_done_and_written_down(job: Job, play: Callable[[object], None], with_baskets: pd.DataFrame) -> None:
    competitor = Fixed()
    play(competitor)
    fitted, result = job.fitted(), job.result()
    assert competitor.asked == (5, 60.0)
    assert fitted is not None
    assert result is not None
    assert (fitted["fit_links_per_second"], fitted["library"], fitted["notes"]) == (12.5, "fixed 1", ["fit"])
    assert (result["model_bytes"], result["verdict"], result["notes"]) == (10, "PASS", ["sampled"])
    pd.testing.assert_frame_equal(pd.read_parquet(job.synthetic), with_baskets)
    assert len(pd.read_parquet(job.baskets)) == 1
    assert job.failure() is None


def test_an_error_is_written_down_with_the_verdict(job: Job, play: Callable[[object], None]) -> None:
    play(Fails())
    assert job.failure() == {"error": "Refused: no rows", "verdict": "FAIL"}
    assert job.fitted() is not None
    assert job.result() is None


def test_without_a_request_there_is_an_error(job: Job, play: Callable[[object], None]) -> None:
    (job.folder / "job.json").unlink()
    play(Fixed())
    assert job.failure() == {"error": "FileNotFoundError: job.json", "verdict": None}


@pytest.mark.parametrize("name", [name for name in PEERS if name != "mostlyai-argn"])
def test_every_peer_of_this_environment_has_a_class(name: str) -> None:
    competitor = main.competitor_named(name)
    assert all(callable(getattr(competitor, method)) for method in ("fit", "sample", "save"))


def test_a_part_is_left_out_by_its_name() -> None:
    assert vars(main.competitor_named("assoc-synth/no-critic"))["config"] is ABLATIONS["no-critic"]
    assert isinstance(main.competitor_named("copy"), Bootstrap)


def test_memory_has_a_peak() -> None:
    before = main.peak_memory()
    ballast = bytearray(b"x") * 200_000_000
    after = main.peak_memory()
    assert before is not None
    assert after is not None
    assert before <= after
    assert after >= len(ballast)


def test_a_competitor_does_not_outlive_its_benchmark(tmp_path: Path, alive: Callable[[int], bool]) -> None:
    note = tmp_path / "pid"
    child = (
        f"import os, time; from {main.__name__} import end_with_parent\n"
        f"open({str(note)!r}, 'w').write(str(os.getpid())); end_with_parent(os.getppid())"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        while not (note.exists() and note.read_text()):
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()
    assert not alive(int(note.read_text()))
