"""Reports: facts first, then what people look at."""

from assoc_synth.report.facts import ReportFacts, facts
from assoc_synth.report.report import Report

__all__ = ["Report", "ReportFacts", "facts"]
