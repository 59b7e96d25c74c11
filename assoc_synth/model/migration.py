"""Model directories of format versions 5 to 12, brought to version 13: the same weights, the same associations.

Version 6 has other names than 5. In version 7 the edge generator sees the plan of verbs and draws the next verb by it:
older weights do not look at the plan, and their verb head is left out. Version 8 has another gate, see
`gate_migration`, and visits have terms of their sizes: older models have none, and keep the sizes that they draw.
Version 9 knows more of the days between links, and counts the subjects behind stored values: of older models these
are not known. What else it has besides is off where it is absent. Version 10 leaves out what of the steering path is 0.
Weights of version 11 may have 16 bits. In version 12 the size of a visit scales the associations in it: in older models
they count the same in all. In version 13 links have company in their visits, which older models say nothing of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assoc_synth.model.gate_migration import gate_arrays, gate_config
from assoc_synth.transactions.arrays import Values

if TYPE_CHECKING:
    from torch import Tensor

OLDEST, LATEST = 5, 13
"""The oldest format version that is read, and the one of now; older models have to be fitted again."""
PLANNED = 7
"""The first format version whose weights look at the plan of verbs."""
BY_SCOPE = 8
"""The first format version whose gate judges by scope."""
CARD = "MODEL_CARD.md"
"""What the model card was called."""

_WEIGHTS = (
    (r"^edges\.held_bias$", "edges.earlier_bias"),
    (r"^edges\.held_slope$", "edges.earlier_slope"),
    (r"^edges\.held_moment$", "edges.earlier_position"),
    (r"^edges\.tail\.column$", "edges.tail.class_of"),
    (r"^occurrences\.(count|link)_odds\.", r"occurrences.\1_logits."),
    (r"^occurrences\.moments\.", "occurrences.visits."),
    (r"^occurrences\.exchange\.moment\.", "occurrences.assignment.visit."),
    (r"^occurrences\.exchange\.taste\.", "occurrences.assignment.preference."),
    (r"^occurrences\.exchange\.", "occurrences.assignment."),
)


def weight_name(name: str) -> str:
    """A tensor's name as it is now."""
    for old, new in _WEIGHTS:
        name = re.sub(old, new, name)
    return name


def weights(old: Mapping[str, Tensor], hyperparameters: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors of `weights.safetensors` as they are now.

    Args:
        hyperparameters: of the model.
    """
    import torch

    tensors = {weight_name(name): tensor for name, tensor in old.items()}
    if "edges.verb_bias" in tensors:
        tensors = _planned(tensors, hyperparameters)
    if f"{_SIZE}weight" not in tensors and f"{_VISIT}0.weight" in tensors:
        tensors = _with_sizes(tensors)
    if (between := tensors.get("occurrences.assignment.between")) is not None:
        tensors.setdefault("occurrences.assignment.verbs", between.new_zeros(between.shape[:2]))
        tensors.setdefault("occurrences.assignment.sweeps", torch.tensor(30))
        tensors |= _with_days(tensors)
    if (preference := tensors.get(f"{_SIZE}preference")) is not None:
        tensors.setdefault(f"{_SIZE}scale", preference.new_zeros(len(preference)))
    return tensors


_ASSIGNMENT = "occurrences.assignment."
_SIZE, _VISIT = f"{_ASSIGNMENT}size.", f"{_ASSIGNMENT}visit."


def _with_sizes(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of version 7 as they are in version 8: no terms of sizes, and no weight of visits' new features."""
    import torch

    from assoc_synth.ctgan.assignment.size_terms import SizeTerms
    from assoc_synth.ctgan.visit_features import FEATURES

    weight, visit_dim = tensors[f"{_VISIT}0.weight"], len(tensors[f"{_VISIT}2.weight"])
    new = weight.new_zeros(len(weight), FEATURES - weight.shape[1])
    none = {f"{_SIZE}{name}": tensor for name, tensor in SizeTerms(visit_dim=visit_dim).state_dict().items()}
    return tensors | none | {f"{_VISIT}0.weight": torch.cat([weight, new], dim=1)}


def _with_days(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The terms of the time between visits in the finer bins of now: each has that of the bin it lies in.

    Days of the month, months and hours have no terms.
    """
    import torch

    from assoc_synth.ctgan.assignment.calendar_terms import CalendarTerms
    from assoc_synth.ctgan.assignment.kernel import ORDER_BINS, TIME_BINS, TIME_EDGES

    between, terms = (tensors[f"{_ASSIGNMENT}{name}"] for name in ("between", "terms.weight"))
    calendar = CalendarTerms(len(tensors[f"{_VISIT}2.weight"])).state_dict()
    found = {f"{_ASSIGNMENT}calendar.{name}": tensor for name, tensor in calendar.items()}
    found = {name: tensors.get(name, tensor) for name, tensor in found.items()}
    if between.shape[2] != TIME_BINS:
        far = 1 + torch.bucketize(torch.tensor([0.0, *TIME_EDGES]), torch.tensor([1.0, 7.0, 30.0]), right=True)
        same = (between.shape[2] - 2) // 2
        bins = torch.cat([same - far.flip(0), torch.tensor([same]), same + far, torch.tensor([2 * same + 1])])
        found[f"{_ASSIGNMENT}between"] = between[:, :, bins]
    if terms.shape[1] != ORDER_BINS:
        more = terms.new_zeros(len(terms), ORDER_BINS - terms.shape[1])
        found[f"{_ASSIGNMENT}terms.weight"] = torch.cat([terms, more], dim=1)
    return found


def _planned(tensors: dict[str, Tensor], hyperparameters: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors of version 6 as they are in version 7."""
    import torch

    from assoc_synth.ctgan.assignment.visit_terms import VisitTerms
    from assoc_synth.ctgan.edges.conditions import NUM_SCALARS

    verbs = tensors.pop("edges.verb_bias")
    for name, shape in (("tokens", 0), ("offsets", 1), ("other", 0), ("weight", 0)):
        own = torch.zeros(shape, dtype=torch.float32 if name == "weight" else torch.int64)
        tensors[f"edges.exclusions.{name}"] = own
    tensors["edges.needs.tokens"] = torch.zeros(0, 2, dtype=torch.int64)
    tensors |= {f"occurrences.assignment.terms.{name}": tensor for name, tensor in VisitTerms().state_dict().items()}
    tensors["occurrences.assignment.rules"] = torch.zeros(0, 3, dtype=torch.int64)
    tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("edges.verb_head.")}
    for name, before in (("latent.first", int(hyperparameters["context_dim"])), ("association_gate.0", 0)):
        if (weight := tensors.get(f"edges.{name}.weight")) is not None:
            at = before + NUM_SCALARS  # the plan of verbs comes after these, and has no weight
            plan = weight.new_zeros(len(weight), 2 * len(verbs))
            tensors[f"edges.{name}.weight"] = torch.cat([weight[:, :at], plan, weight[:, at:]], dim=1)
    return tensors


def array_name(name: str) -> str:
    """An array's name in `reference.parquet` as it is now."""
    return re.sub(r"^(gate\.\w+)\.level(\d)", r"\1.tier\2", name)


def arrays(old: Mapping[str, Values], state: Mapping[str, Any]) -> dict[str, Values]:
    """The arrays of `reference.parquet` as they are now.

    Args:
        state: the migrated config.

    Raises:
        KeyError, TypeError, ValueError, IndexError: they do not fit the config.
    """
    named = {array_name(name): array for name, array in old.items()}
    return named if state["format_version"] >= BY_SCOPE else gate_arrays(named, state["gate"])


def config(old: Mapping[str, Any]) -> dict[str, Any]:
    """`config.json` with the keys of now.

    Raises:
        KeyError, TypeError, AttributeError: it is no config of an older version.
    """
    state = _named(old) if old["format_version"] == OLDEST else dict(old)
    if old["format_version"] < BY_SCOPE:
        state = state | {"gate": gate_config(state["gate"])}
    if old["format_version"] >= PLANNED:
        return state
    added = {"attributes": [], "planned": 0, "rules": [0, 0, 0], "visit_terms": [0, 0, 0]}
    return state | {"generator": dict(state["generator"]) | added}


def _named(old: Mapping[str, Any]) -> dict[str, Any]:
    """The config of version 5 with the keys of version 6."""
    return dict(old) | {
        "table": _renamed(old["table"], {"fresh_subjects": "new_subjects", "fresh_baskets": "new_baskets"}),
        "generator": _generator(old["generator"]),
        "attributes": _attributes(old["attributes"]),
        "gate": {name: _reference(reference) for name, reference in old["gate"].items()},
        "history": {_HISTORY.get(stage, stage): _history(history) for stage, history in old["history"].items()},
    }


_HISTORY = {"moments": "assignment"}
_COLUMNS = {"outside of moments": "outside of visits", "moments": "visits"}


def _renamed(state: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in state.items()}


def _history(state: Mapping[str, Any]) -> dict[str, Any]:
    state = _renamed(state, {"drifts": "calibration_errors", "settled": "calibrated"})
    rounds = state.get("calibration_errors", [])
    return state | {"calibration_errors": [_renamed(errors, {"held": "repeats"}) for errors in rounds]}


def _generator(state: Mapping[str, Any]) -> dict[str, Any]:
    columns = _renamed(state["columns"], {"moments": "visits"})
    for chain in ("link", "visits"):
        columns[chain] = [
            dict(column) | {"name": _COLUMNS.get(column["name"], column["name"])} for column in columns[chain]
        ]
    return dict(state) | {"columns": columns}


def _attributes(state: Mapping[str, Any]) -> dict[str, Any]:
    state = _renamed(state, {"num_moments": "num_visits", "further": "extras"})
    if state["num_visits"] is not None:
        state["num_visits"] = dict(state["num_visits"]) | {"name": "visits"}
    extras = _renamed(state["extras"], {"renewed": "regenerated", "gaps": "missingness"})
    extras["dependencies"] = [_renamed(rule, {"gaps": "missingness"}) for rule in extras["dependencies"]]
    return state | {"extras": extras}


def _reference(state: Mapping[str, Any]) -> dict[str, Any]:
    state = _renamed(state, {"levels": "tiers"})
    state["tiers"] = [
        dict(tier) | {"blocks": ["association_loss" if name == "attenuation" else name for name in tier["blocks"]]}
        for tier in state["tiers"]
    ]
    return state
