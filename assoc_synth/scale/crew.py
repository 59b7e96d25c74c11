"""Training by the workers of a Ray cluster, with Ray Train: data-parallel, with gloo on processors.

A worker that dies takes the others with it; Ray starts all of them again, and they go on from the last whole epoch,
which the first worker has kept.
"""

from __future__ import annotations

import importlib
import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from assoc_synth.ctgan.deadline import Until, moment
from assoc_synth.ctgan.history import History
from assoc_synth.ctgan.keeping import kept_by
from assoc_synth.ctgan.team import Gathered, training_with
from assoc_synth.ctgan.trainer_state import TrainerState
from assoc_synth.errors import TrainingError
from assoc_synth.model.crew import StageTrainer
from assoc_synth.scale.cluster import connected

RETRIES = 3
"""Times that the workers of a training are started again."""
TENSORS, FACTS = "tensors.safetensors", "facts.json"


@contextmanager
def ray_crew(address: str | None, workers: int | None = None) -> Iterator[RayCrew]:
    """The workers of a cluster.

    Args:
        address: "ray://HOST:PORT"; None for this machine.
        workers: how many train together; None for as many as the cluster has processors.
    """
    with connected(address) as ray:
        yield RayCrew(workers or max(int(ray.cluster_resources().get("CPU", 1)), 1))


class RayCrew:
    """Workers of the cluster that is connected.

    Args:
        workers: how many train together.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def fit(self, make: Callable[..., StageTrainer], kept: nn.Module, deadline: Until) -> History:
        """As `Crew`."""
        ray, train = importlib.import_module("ray"), importlib.import_module("ray.train")
        torch_train = importlib.import_module("ray.train.torch")
        seconds = moment(deadline, 0) - time.monotonic()
        with tempfile.TemporaryDirectory(prefix="assoc-synth-") as folder:
            trainer = torch_train.TorchTrainer(
                _train,
                train_loop_config={"make": [ray.put(make)], "seconds": seconds},
                torch_config=torch_train.TorchConfig(backend="gloo"),
                scaling_config=train.ScalingConfig(num_workers=self.workers, resources_per_worker={"CPU": 1}),
                run_config=train.RunConfig(
                    storage_path=folder,
                    failure_config=train.FailureConfig(max_failures=RETRIES),
                    checkpoint_config=train.CheckpointConfig(num_to_keep=1),
                ),
            )
            try:
                result = trainer.fit()
            except Exception as error:  # what Ray raises here is documented as any exception of a worker
                said = str(error).strip().splitlines() or [type(error).__name__]
                raise TrainingError(f"the workers of the cluster could not train: {said[-1][:200]}") from error
            with result.checkpoint.as_directory() as last:
                state = _read(Path(last))
        kept.load_state_dict(state.tensors)
        kept.eval()
        return History(**state.facts | {"rounds": tuple(state.facts["rounds"])})


class _Keeper:
    """Keeps the last epoch as Ray's checkpoint of the workers, which all members have to hear of."""

    def __init__(self, train: Any) -> None:
        self.train, self.is_first = train, train.get_context().get_world_rank() == 0

    def resumed(self, stage: str) -> TrainerState | None:
        """As `Keeper`."""
        checkpoint = self.train.get_checkpoint()
        if checkpoint is None:
            return None
        with checkpoint.as_directory() as folder:
            return _read(Path(folder))

    def keep(self, stage: str, state: TrainerState) -> None:
        """As `Keeper`."""
        if not self.is_first:
            self.train.report({})
            return
        with tempfile.TemporaryDirectory(prefix="assoc-synth-") as folder:
            save_file({name: tensor.contiguous() for name, tensor in state.tensors.items()}, Path(folder) / TENSORS)
            (Path(folder) / FACTS).write_text(json.dumps(state.facts), encoding="utf-8")
            self.train.report({}, checkpoint=self.train.Checkpoint.from_directory(folder))


def _train(config: dict[str, Any]) -> None:
    """What each worker does."""
    ray, train = importlib.import_module("ray"), importlib.import_module("ray.train")
    logging.getLogger("ray").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    make: Callable[..., StageTrainer] = ray.get(config["make"][0])
    trainer, keeper = make(deadline=time.monotonic() + config["seconds"]), _Keeper(train)
    with kept_by(keeper), training_with(Gathered()):
        network, history = trainer.fit()
    tensors = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
    keeper.keep("", TrainerState(tensors, asdict(history)))


def _read(folder: Path) -> TrainerState:
    return TrainerState(load_file(folder / TENSORS), json.loads((folder / FACTS).read_text(encoding="utf-8")))
