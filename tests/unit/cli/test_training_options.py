"""The options of `fit`: what trains, after what a model may store and where its training starts."""

from __future__ import annotations

from dataclasses import fields

from assoc_synth.cli.options import FitOptions
from assoc_synth.cli.training_options import TrainingOptions


def test_the_engine_comes_after_what_fit_always_had() -> None:
    assert [own.name for own in fields(TrainingOptions)] == [*(own.name for own in fields(FitOptions)), "engine"]
