"""Tables of any generators compared with a real one: every measure of each, as a frame, a page, LaTeX or pictures."""

from assoc_synth.report.comparison.compare import compare
from assoc_synth.report.comparison.comparison import Comparison

__all__ = ["compare", "Comparison"]
