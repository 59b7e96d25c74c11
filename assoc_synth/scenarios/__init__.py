"""Scenarios: samples that differ from the fitted table in what they name, and in nothing else."""

from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.scenarios.plan import Plan, carry_out, notes_on
from assoc_synth.scenarios.planning import ScenarioArguments, plan
from assoc_synth.scenarios.result import SampleResult
from assoc_synth.scenarios.sizes import MAX_ROWS, Size

__all__ = [
    "MAX_ROWS",
    "Outcome",
    "Plan",
    "SampleResult",
    "ScenarioArguments",
    "ScenarioRows",
    "Size",
    "carry_out",
    "notes_on",
    "plan",
]
