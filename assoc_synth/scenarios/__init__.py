"""Scenarios: samples that differ from what was in what they name, and in nothing else."""

from assoc_synth.scenarios.outcome import Made, Outcome
from assoc_synth.scenarios.plan import MAX_ROWS, Plan, plan

__all__ = ["MAX_ROWS", "Made", "Outcome", "Plan", "plan"]
