"""Synthetic transactions that keep their associations."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assoc_synth.attributes import plan_columns
    from assoc_synth.evaluation.own_measures import register_measure
    from assoc_synth.gate.power import power
    from assoc_synth.gate.validate import validate
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.report.comparison.compare import compare
    from assoc_synth.synthesizer import AssociativeSynthesizer
    from assoc_synth.transactions.table import TransactionTable

__version__ = "0.1.0"
__all__ = [
    "AssociativeSynthesizer",
    "TransactionTable",
    "LinkGraph",
    "plan_columns",
    "power",
    "validate",
    "compare",
    "register_measure",
    "__version__",
]

_HOME = {
    "AssociativeSynthesizer": "assoc_synth.synthesizer",
    "TransactionTable": "assoc_synth.transactions.table",
    "LinkGraph": "assoc_synth.link_graph.graph",
    "plan_columns": "assoc_synth.attributes",
    "power": "assoc_synth.gate.power",
    "validate": "assoc_synth.gate",
    "compare": "assoc_synth.report.comparison",
    "register_measure": "assoc_synth.evaluation",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: `import assoc_synth` alone loads no heavy library."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


class _Validation(ModuleType):
    """The name `assoc_synth.validation` for what lies in `assoc_synth.gate`, loaded on first use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("assoc_synth.gate"), name)


sys.modules[f"{__name__}.validation"] = validation = _Validation(f"{__name__}.validation")
