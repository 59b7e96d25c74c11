"""Scenarios: samples that differ from what was in what they name, and in nothing else."""

from assoc_synth.scenarios.plan import Outcome, Plan, plan

__all__ = ["Outcome", "Plan", "plan"]
