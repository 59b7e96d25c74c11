"""More rows than memory holds: a draw of any size, written chunk by chunk, by one process or by a cluster."""

from __future__ import annotations

from assoc_synth.scale.asking import WritingOptions, crew_of, is_streamed, write_sample
from assoc_synth.scale.targets import is_folder, kind_at
from assoc_synth.scale.writing import Progress, Written

__all__ = ["Progress", "Written", "WritingOptions", "crew_of", "is_folder", "is_streamed", "kind_at", "write_sample"]
