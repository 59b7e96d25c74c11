"""Reports: facts first, then what people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assoc_synth.report.report import Report

__all__ = ["Report"]


def __getattr__(name: str) -> Any:
    """Import the report on first use: the command line prints pairs without a page."""
    if name != "Report":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from assoc_synth.report.report import Report

    return Report
