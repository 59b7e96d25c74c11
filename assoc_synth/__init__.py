"""Synthetic transactions that keep their associations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assoc_synth.graph import LinkGraph
    from assoc_synth.synthesizer import AssociativeSynthesizer
    from assoc_synth.table import TransactionTable
    from assoc_synth.validation import validate

__version__ = "0.1.0"
__all__ = ["AssociativeSynthesizer", "TransactionTable", "LinkGraph", "validate", "__version__"]

_HOME = {
    "AssociativeSynthesizer": "assoc_synth.synthesizer",
    "TransactionTable": "assoc_synth.table",
    "LinkGraph": "assoc_synth.graph",
    "validate": "assoc_synth.validation",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: `import assoc_synth` alone loads no heavy library."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
