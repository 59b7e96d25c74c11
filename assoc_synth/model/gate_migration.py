"""The gate's references of format versions 5 to 7, brought to version 8: the same judgement, of links alone.

Version 8 judges by scope and by verb in one reference, and knows what a whole table's copies are. Older references have
one tier per size and verb, whose blocks are those of links over all verbs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from assoc_synth.gate.scopes.link_parts.blocks import LOSS
from assoc_synth.gate.tolerance import bounds_of
from assoc_synth.transactions.arrays import Values

_LATER: dict[str, tuple[int, ...]] = {
    "avoided": (0, 2),
    "avoided_lacking": (0,),
    "interactions": (0, 3),
    "interaction_expected": (0,),
    "interaction_excess": (0,),
    "candidates": (0, 2),
    "thresholds": (0,),
}
"""What a watchlist has besides since version 8, empty."""
_REAL = ("avoided_lacking", "interaction_expected", "interaction_excess")


def gate_config(old: Mapping[str, Any]) -> dict[str, Any]:
    """The entry `gate` of `config.json` with the keys of version 8.

    Raises:
        KeyError, TypeError, AttributeError: it is no such entry.
    """
    return {name: _reference(reference) for name, reference in old.items()} | {"codes": None, "copies": None}


def gate_arrays(old: Mapping[str, Values], gate: Mapping[str, Any]) -> dict[str, Values]:
    """The gate's arrays by their names of version 8; other arrays stay as they are.

    Args:
        old: arrays of `reference.parquet`.
        gate: as `gate_config` returns it.

    Raises:
        KeyError, TypeError, ValueError, IndexError: they do not fit together.
    """
    found: dict[str, Values] = {}
    for name, array in old.items():
        match = re.fullmatch(r"gate\.(\w+)\.tier(\d+)\.(.+)", name)
        if match is None or match[3] == "null":
            found[name] = array
            continue
        at = f"gate.{match[1]}.tier{match[2]}.links"
        blocks = gate[match[1]]["tiers"][int(match[2])]["blocks"]
        if match[3] == "mixtures":
            found[f"{at}.bounds"] = bounds_of(array)
            found[f"{at}.losses"] = array[:, :, [k for k, block in enumerate(blocks) if block == LOSS]]
        else:
            found[f"{at}.{'destroyed' if match[3] == 'independent' else match[3]}"] = array
        for added, shape in _LATER.items():
            found[f"{at}.watch.{added}"] = np.zeros(shape, np.float64 if added in _REAL else np.int64)
    return found


def _reference(old: Mapping[str, Any]) -> dict[str, Any]:
    tiers = [
        {
            "size": tier["size"],
            "blocks": tier["blocks"],
            "scopes": {
                "links": {
                    "num_verbs": tier["num_verbs"],
                    "num_objects": tier["num_objects"],
                    "only": list(tier["blocks"]),
                }
            },
        }
        for tier in old["tiers"]
    ]
    return dict(old) | {"tiers": tiers}
