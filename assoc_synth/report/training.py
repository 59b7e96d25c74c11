"""Facts of a training, from what a model directory says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assoc_synth.report.facts import Stage, TrainingFacts

OUT_OF_TIME = "out of time"
"""What a model directory says of a stage that its time ended."""


def training_facts(config: Mapping[str, Any]) -> TrainingFacts:
    """How a model was trained.

    Args:
        config: a model directory's `config.json`.

    Raises:
        KeyError: it is not one.
    """
    parameters = config["parameters"]
    limit = parameters.get("max_minutes")
    return TrainingFacts(
        str(config["package_version"]),
        int(parameters["random_state"]),
        None if limit is None else float(limit),
        int(config["num_subjects"]),
        tuple(_stage(name, history) for name, history in config["history"].items()),
    )


def _stage(name: str, history: Mapping[str, Any]) -> Stage:
    epochs = len(history["epochs"])
    rounds: Sequence[int] = history.get("rounds", (0, 0))
    is_cut = history["stopped"] == OUT_OF_TIME or rounds[0] < rounds[1]
    stopped = history["stopped"] if epochs else "nothing to learn"
    if rounds[0] < rounds[1]:
        stopped += f"; calibration: {rounds[0]:,} of {rounds[1]:,} rounds"
    return Stage(
        name,
        int(history["steps"]) if "steps" in history else None,
        epochs,
        max(int(history.get("planned", epochs)), epochs),
        float(history.get("seconds", 0.0)) / 60,
        stopped,
        is_cut,
    )
