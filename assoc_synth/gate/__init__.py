"""The gate between generated subjects and emitted rows, and `validate` for tables from anywhere."""

from assoc_synth.gate.reference import Reference
from assoc_synth.gate.split import MAX_HELD_OUT, split_subjects
from assoc_synth.gate.validate import judge_tables, validate
from assoc_synth.gate.verdict import BlockResult, Status, Verdict

__all__ = [
    "MAX_HELD_OUT",
    "BlockResult",
    "Reference",
    "Status",
    "Verdict",
    "judge_tables",
    "split_subjects",
    "validate",
]
