"""Ray: the rows of a cluster are those of one process. Slow where Ray is there, and skipped where it is not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from assoc_synth.errors import MissingExtraError
from assoc_synth.gate.verdict import Status
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scale.engines import engine_of, side_by_side
from assoc_synth.scale.writing import sample_to


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="ray"), engine_of("ray"):
        pass


@pytest.mark.slow
def test_two_workers_write_what_one_process_writes(
    small_model: FittedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray")
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    monkeypatch.setattr("assoc_synth.model.plain.CHUNK", 24)
    monkeypatch.setattr("assoc_synth.model.streaming.PROBE", 8)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        for name in ("rows.csv", "rows/"):
            found = []
            for engine in (None, "ray"):
                (tmp_path / str(engine)).mkdir(exist_ok=True)
                path = f"{tmp_path}/{engine}/{name}"
                sample_to(path, Attempts(small_model, seed=3), 90, engine=engine)
                files = sorted(Path(path).iterdir()) if name.endswith("/") else [Path(path)]
                found.append([file.read_bytes() for file in files])
            assert found[0] == found[1]
            assert ray.is_initialized(), "a connection that was there stays"
    finally:
        ray.shutdown()


@pytest.mark.slow
def test_pieces_of_work_are_done_side_by_side() -> None:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        assert list(side_by_side("ray", [partial(divmod, 7, 2), partial(divmod, 9, 2)])) == [(3, 1), (4, 1)]
    finally:
        ray.shutdown()
