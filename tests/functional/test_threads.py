"""Fits change nothing of the process, and fits in several threads give what each gives alone."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.synthesizer import AssociativeSynthesizer


def fitted(seed: int, brief: CTGANConfig, progress: Any = None) -> AssociativeSynthesizer:
    return AssociativeSynthesizer(random_state=seed, config=brief, progress=progress).fit(toy_shop(subjects=40))


def weights(synthesizer: AssociativeSynthesizer) -> dict[str, torch.Tensor]:
    model = synthesizer.model_
    parts = {"edges": model.edge_generator, "occurrences": model.occurrence_generator}
    return {f"{name}.{key}": tensor for name, part in parts.items() for key, tensor in part.state_dict().items()}


def process_state() -> list[object]:
    kind, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    numbers = random.getstate(), kind, np.asarray(keys).tolist(), rest, torch.get_rng_state().tolist()
    return [*numbers, torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()]


def test_two_fits_in_two_threads_are_those_of_each_alone(brief: CTGANConfig) -> None:
    before = process_state()
    alone = [weights(fitted(seed, brief)) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        together = [weights(one) for one in pool.map(lambda seed: fitted(seed, brief), (1, 2))]
    assert process_state() == before
    for mine, its in zip(alone, together, strict=True):
        assert mine.keys() == its.keys()
        assert [name for name in mine if not torch.equal(mine[name], its[name])] == []
    assert any(
        not torch.equal(alone[0][name], alone[1][name]) for name in alone[0] if alone[0][name].is_floating_point()
    )


def test_a_callback_that_fails_leaves_everything_as_it_was(brief: CTGANConfig) -> None:
    calls = 0

    def fail(_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyError("mine")

    synthesizer = AssociativeSynthesizer(random_state=1, config=brief, progress=fail)
    before, parameters = process_state(), synthesizer.get_params()
    with pytest.raises(KeyError, match="mine"):
        synthesizer.fit(toy_shop(subjects=40))
    assert calls == 2
    assert process_state() == before
    assert synthesizer.get_params() == parameters
    assert not hasattr(synthesizer, "model_")
