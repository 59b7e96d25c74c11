"""Training by the workers of a cluster of two nodes, one of which dies in the middle. Skipped without Ray."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.history import Progress
from assoc_synth.errors import InputError, TrainingError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.scale import crew_of
from assoc_synth.scale.crew import RayCrew

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=4, hidden_dim=8, blocks=1, epochs=3, critic_interval=2, pac=3,
    batch_links=200,
)  # fmt: skip


def some_edges() -> tuple[Edges, Edges]:
    rng = np.random.default_rng(0)
    subject, object = np.repeat(np.arange(300), 5), rng.integers(0, 12, 1_500)
    sizes = {"num_subjects": 300, "num_verbs": 1, "num_objects": 12}
    edges = Edges.from_links(subject, np.zeros(1_500, np.int64), object // (1 + subject % 2), **sizes)
    return edges.take(np.arange(240)), edges.take(np.arange(240, 300))


def make(deadline: Until, *, parts: tuple[Edges, Edges], marker: Path | None, often: bool) -> EdgeTrainer:
    """A trainer whose process dies in the second epoch, once or always."""

    def dies(progress: Progress) -> None:
        from torch import distributed

        if marker is None or progress.epoch < 2 or distributed.get_rank() != 1 or (marker.exists() and not often):
            return
        marker.touch()
        os._exit(1)

    return EdgeTrainer(QUICK, *parts, seeds=Seeds.of(0), deadline=deadline, callback=dies)


def maker(marker: Path | None = None, *, often: bool = False) -> Callable[..., EdgeTrainer]:
    return partial(make, parts=some_edges(), marker=marker, often=often)


def test_an_engine_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="the engine must be ray"), crew_of("dask"):
        pass
    with crew_of(None) as nobody:
        assert nobody is None


@pytest.mark.slow
def test_two_nodes_train_together_and_one_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    import sys

    from ray import cloudpickle
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", "600")  # other tests may want the processors
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    ray.init(cluster.address, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        here, history = EdgeTrainer(QUICK, *some_edges(), seeds=Seeds.of(0)).fit()
        found = RayCrew(2).fit(maker(tmp_path / "died"), here, float("inf"))
        assert (tmp_path / "died").exists()
        assert len(found.epochs) == len(history.epochs) == 3
        assert found.epochs[-1]["validation"] == pytest.approx(history.epochs[-1]["validation"], abs=0.05)
        assert not here.training
        monkeypatch.setattr("assoc_synth.scale.crew.RETRIES", 0)
        with pytest.raises(TrainingError, match="the workers of the cluster could not train"):
            RayCrew(2).fit(maker(tmp_path / "again", often=True), here, float("inf"))
    finally:
        ray.shutdown()
        cluster.shutdown()
