"""A crew trains in place of this process, and the network here gets its weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.history import History
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.crew import StageTrainer
from assoc_synth.model.stages import Training
from assoc_synth.model.steps import _fit
from assoc_synth.randomness import Seeds


class Elsewhere:
    """Trains a trainer of its own."""

    def fit(self, make: Callable[..., StageTrainer], kept: nn.Module, deadline: Until) -> History:
        network, history = make(deadline=deadline).fit()
        kept.load_state_dict(network.state_dict())
        return history


def test_a_crew_gives_what_this_process_would_learn() -> None:
    rng = np.random.default_rng(0)
    subject, object = np.repeat(np.arange(60), 4), rng.integers(0, 8, 240)
    edges = Edges.from_links(subject, np.zeros(240, int), object, num_subjects=60, num_verbs=1, num_objects=8)
    config = CTGANConfig(noise_dim=2, context_dim=4, association_dim=2, hidden_dim=4, blocks=1, epochs=2)
    make = partial(EdgeTrainer, config, edges, edges, seeds=Seeds.of(0))
    one, other = make(), make()
    _fit(one, make, Training(Seeds.of(0)))
    history = _fit(other, make, Training(Seeds.of(0), crew=Elsewhere()))
    assert len(history.epochs) == 2
    for own, there in zip(one.trainer.kept.parameters(), other.trainer.kept.parameters(), strict=True):
        assert torch.equal(own, there)
