"""More rows than memory holds: a draw of any size, written chunk by chunk, by one process or by a cluster."""

from __future__ import annotations

from assoc_synth.scale.asking import WritingOptions, write_sample
from assoc_synth.scale.writing import Progress, Written

__all__ = ["Progress", "Written", "WritingOptions", "write_sample"]
