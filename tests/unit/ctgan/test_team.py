"""Two processes that train together make the steps that one makes with batches twice as large."""

from __future__ import annotations

import multiprocessing
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.team import Alone, Gathered, team, training_with
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

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


def member(rank: int, place: str, sender: Any) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=2)
    try:
        own = Gathered()
        assert own.mean(float(rank)) == 0.5
        assert own.first(float(rank + 7)) == 7.0
        linear = torch.nn.Linear(2, 1, bias=False)
        linear.weight.grad = torch.full((1, 2), float(rank + 1))
        own.average([linear.weight], weight=float(rank == 1))
        assert linear.weight.grad.tolist() == [[2.0, 2.0]]
        with training_with(own):
            network, history = EdgeTrainer(QUICK, *some_edges(), seeds=Seeds.of(0)).fit()
        sender.send((asdict(history), {name: own.numpy() for name, own in network.state_dict().items()}))
    finally:
        torch.distributed.destroy_process_group()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    context, place = multiprocessing.get_context("spawn"), tmp_path_factory.mktemp("gloo") / "file"
    pipes = [context.Pipe(duplex=False) for _ in range(2)]
    members = [context.Process(target=member, args=(rank, str(place), pipes[rank][1])) for rank in range(2)]
    for process in members:
        process.start()
    for _, sender in pipes:
        sender.close()
    found = [receiver.recv() for receiver, _ in pipes]
    for process in members:
        process.join()
    return found


def test_members_end_with_the_same_weights(both: list[Any]) -> None:
    (first, weights), (second, others) = both
    assert first["steps"] == second["steps"]
    assert [epoch["validation"] for epoch in first["epochs"]] == [epoch["validation"] for epoch in second["epochs"]]
    assert all(np.array_equal(own, others[name], equal_nan=True) for name, own in weights.items())


def test_two_members_learn_what_one_learns(both: list[Any]) -> None:
    _, history = EdgeTrainer(QUICK, *some_edges(), seeds=Seeds.of(0)).fit()
    together = both[0][0]
    assert together["steps"] == pytest.approx(history.steps, abs=len(history.epochs) + 1)
    assert together["epochs"][-1]["validation"] == pytest.approx(history.epochs[-1]["validation"], abs=0.05)


def test_alone_is_the_default() -> None:
    assert team().size == 1
    weight = torch.nn.Linear(1, 1).weight
    Alone().average([weight], 1.0)
    assert weight.grad is None
