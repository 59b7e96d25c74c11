"""Every competitor on the same work, beside the real-data floor and the independent generator."""

from assoc_synth.benchmark.measures import Measures, measure, ratios_to_floor
from assoc_synth.benchmark.peers.registry import PEERS, Cost, Outcome, Peer
from assoc_synth.benchmark.run import Row, run, run_on
from assoc_synth.benchmark.show.records import as_dict, from_dict
from assoc_synth.benchmark.show.rendering import render, scopes
from assoc_synth.benchmark.show.results import read_results, write_results
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
    "Cost",
    "render",
    "scopes",
    "as_dict",
    "from_dict",
    "write_results",
    "read_results",
]
