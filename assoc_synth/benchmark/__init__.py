"""Every competitor on the same work, beside the real-data floor and the independent generator."""

from assoc_synth.benchmark.measures import Measures, measure, ratios_to_floor
from assoc_synth.benchmark.peers import PEERS, Outcome, Peer
from assoc_synth.benchmark.rendering import as_dict, render, scopes
from assoc_synth.benchmark.rows import Row, run, run_on
from assoc_synth.benchmark.work import Work

__all__ = [
    "run",
    "run_on",
    "Row",
    "Work",
    "Measures",
    "measure",
    "ratios_to_floor",
    "PEERS",
    "Peer",
    "Outcome",
    "render",
    "scopes",
    "as_dict",
]
