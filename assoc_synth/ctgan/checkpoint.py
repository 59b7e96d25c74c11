"""Weights on disk: one safetensors file for both generators; sizes and hyperparameters as JSON values. No pickle.

The occurrence generator has the weights of stages 2 and 3, see `ctgan`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Protocol, runtime_checkable

import torch

from assoc_synth.ctgan import packing
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges import steering
from assoc_synth.ctgan.edges.clusters import head_size
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import ColumnSpec
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.joint_counts import DIRECTIONS
from assoc_synth.ctgan.order.model import OrderSpec
from assoc_synth.errors import InputError, ModelFileError

MAX_ELEMENTS = 2_000_000_000
"""Parameters of one kind that a file may claim to have: more raises before anything is allocated."""
MAX_WIDTH, MAX_BLOCKS, MAX_WEIGHT = 2**16, 2**6, 1e9
SPARE, MOST_HEADER, MOST_STEERED = 128, 1_000, 512
"""Tensors of earlier versions that there are no more, and parts of packed ones; bytes of the header for each tensor;
bytes of the steering path, whose rows without weights are not stored, for each byte of a file."""
WIDTHS = (
    "noise_dim",
    "context_dim",
    "association_dim",
    "hidden_dim",
    "occurrence_link_dim",
    "occurrence_subject_dim",
    "occurrence_hidden_dim",
    "assignment_dim",
    "assignment_visit_dim",
    "assignment_hidden_dim",
)


Migration = Callable[[Mapping[str, torch.Tensor], Mapping[str, Any]], dict[str, torch.Tensor]]


def describe(config: CTGANConfig, edges: EdgeGenerator, occurrences: OccurrenceGenerator) -> dict[str, Any]:
    """What is needed beside the weights to rebuild both generators."""
    return {
        "hyperparameters": config.to_dict(),
        "num_verbs": edges.num_verbs,
        "num_objects": edges.num_objects,
        "slots": list(edges.slots),
        "attributes": list(edges.attributes),
        "planned": edges.planned,
        "steering_dim": edges.steering_dim,
        "pair_tokens": edges.pairs.num_tokens,
        "pair_terms": len(edges.pairs.weight),
        "rules": [edges.exclusions.num_tokens, len(edges.exclusions.weight), len(edges.needs)],
        "visit_terms": occurrences.assignment.sizes,
        "columns": asdict(replace(occurrences.spec, decisive_links=_decisive(occurrences))),
    }


def to_bytes(edges: EdgeGenerator, occurrences: OccurrenceGenerator, *, short: bool = False) -> bytes:
    """All weights as one safetensors file.

    Args:
        short: whether large tensors are rounded to 16 bits, and packed.
    """
    from safetensors.torch import save

    tensors = {f"edges.{name}": tensor for name, tensor in steering.compact(edges.state_dict()).items()}
    tensors |= {f"occurrences.{name}": tensor for name, tensor in occurrences.state_dict().items()}
    stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return save(packing.packed(stored) if short else stored)


def from_bytes(
    description: dict[str, Any], content: bytes, device: str = "cpu", migrated: Migration | None = None
) -> tuple[EdgeGenerator, OccurrenceGenerator]:
    """Rebuild both generators.

    Args:
        migrated: from the tensors of an earlier version and the hyperparameters to those of now.

    Raises:
        ModelFileError: the description is not one, or the weights do not fit it.
    """
    try:
        config = CTGANConfig.from_dict(description["hyperparameters"])
        num_verbs, num_objects = int(description["num_verbs"]), int(description["num_objects"])
        spec = _spec(description["columns"])
        slots = int(description["slots"][0]), int(description["slots"][1])
        attributes, planned = tuple(int(size) for size in description["attributes"]), int(description["planned"])
        tokens, terms, needs = (int(count) for count in description["rules"])
        rules = tokens, terms, needs, *(int(count) for count in description["visit_terms"])
        path = tuple(int(description[name]) for name in ("steering_dim", "pair_tokens", "pair_terms"))
    except (KeyError, TypeError, ValueError, IndexError, InputError) as error:
        raise ModelFileError(
            f"config.json does not describe a generator: {type(error).__name__}; fit the model again"
        ) from None
    if num_verbs < 1 or num_objects < 1 or num_verbs * num_objects > MAX_ELEMENTS:
        raise ModelFileError(f"config.json claims {num_verbs} verbs and {num_objects} objects; fit the model again")
    fits = min(attributes, default=1) >= 1 and len(attributes) < num_verbs and sum(attributes) < num_objects
    if not fits or planned not in (0, num_verbs - len(attributes)) or planned > len(attributes):
        raise ModelFileError("config.json claims attributes that do not fit its verbs and objects; fit the model again")
    edges, occurrences = _empty(config, num_verbs, num_objects, slots, (attributes, planned), path, rules, spec)
    most_steered = 8 * num_verbs * num_objects * path[0]
    tensors = _tensors(content, (edges, occurrences), description["hyperparameters"], migrated, most_steered)
    _fill(edges, "edges.", tensors)
    _fill(occurrences, "occurrences.", tensors)
    if not _are_sound(edges, occurrences):
        raise ModelFileError("weights.safetensors refers to unknown objects; restore it or fit again")
    return edges.to(device).eval(), occurrences.to(device).eval()


@runtime_checkable
class Checked(Protocol):
    """A part of a generator that knows what its weights, as read from a file, have to be."""

    def is_sound(self) -> bool:
        """Whether they are that."""


def _are_sound(edges: EdgeGenerator, occurrences: OccurrenceGenerator) -> bool:
    """Whether the weights refer to verbs and objects that there are."""
    parts = [*edges.modules(), *occurrences.modules()]
    return all(part.is_sound() for part in parts if isinstance(part, Checked))


def _empty(
    config: CTGANConfig,
    num_verbs: int,
    num_objects: int,
    slots: tuple[int, int],
    attributes: tuple[tuple[int, ...], int],
    steering: tuple[int, ...],
    rules: tuple[int, ...],
    spec: OccurrenceSpec,
) -> tuple[EdgeGenerator, OccurrenceGenerator]:
    """Both generators without memory for their weights."""
    widths = (*(getattr(config, name) for name in WIDTHS), steering[0])
    sizes = (*steering, *rules, *slots, slots[0] * slots[1])
    if max(widths) > MAX_WIDTH or not 0 <= min(sizes) <= max(sizes) <= MAX_ELEMENTS or config.blocks > MAX_BLOCKS:
        raise ModelFileError("config.json claims a generator of absurd size; restore it or fit again")
    try:
        with torch.device("meta"):
            classes = (head_size(num_objects) if slots[0] else num_objects) + slots[0]
            edges = EdgeGenerator(
                config,
                torch.zeros(num_verbs, classes),
                0.0,
                num_objects=num_objects,
                slots=slots,
                attributes=attributes[0],
                planned=attributes[1],
            )
            edges.make_steering(*steering)
            edges.make_rules(*rules[:3])
            occurrences = OccurrenceGenerator(config, spec, edges.num_link_verbs, edges.num_link_objects, 0.0)
            occurrences.assignment.resize(*rules[3:])
    except (RuntimeError, TypeError, ValueError):
        raise ModelFileError("config.json does not describe a generator; restore it or fit again") from None
    return edges, occurrences


def _tensors(
    content: bytes,
    generators: tuple[EdgeGenerator, OccurrenceGenerator],
    hyperparameters: Mapping[str, Any],
    migrated: Migration | None,
    steered: int,
) -> dict[str, torch.Tensor]:
    """The weights of empty generators by name, those and no others; `steered` is the bytes of the steering path."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    edges, occurrences = generators
    known = {f"edges.{name}" for name in edges.state_dict()}
    known |= {f"occurrences.{name}" for name in occurrences.state_dict()}
    _check_header(content, len(known) + SPARE)
    try:
        tensors = packing.unpacked(load(content))
        if migrated is not None:
            tensors = migrated(tensors, hyperparameters)
        if steered > max(2**26, MOST_STEERED * len(content)):
            raise ValueError("a steering path without weights")
        tensors = steering.spread(tensors, edges.num_verbs, edges.num_objects, "edges.")
    except (SafetensorError, ValueError, KeyError, IndexError, RuntimeError) as error:
        raise ModelFileError(
            f"weights.safetensors cannot be read: {type(error).__name__}; restore it or fit again"
        ) from None
    if not set(tensors) <= known:
        raise ModelFileError("weights.safetensors does not fit config.json: it holds unknown tensors; fit again")
    return tensors


def _check_header(content: bytes, most: int) -> None:
    """Refuse more tensors than there may be, before any of them is read: the header alone may be large.

    Raises:
        ModelFileError: there are more.
    """
    header = content[8 : 8 + min(int.from_bytes(content[:8], "little"), len(content))]
    if header.count(b'"data_offsets"') > most or len(header) > most * MOST_HEADER:
        raise ModelFileError("weights.safetensors claims too many tensors; restore it or fit again")


def _fill(module: torch.nn.Module, prefix: str, tensors: dict[str, torch.Tensor]) -> None:
    own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    try:
        kinds = {name: tensor.dtype for name, tensor in module.state_dict().items()}
        if any(kinds.get(name, tensor.dtype) != tensor.dtype for name, tensor in own.items()):
            raise RuntimeError("numbers of another kind")
        module.load_state_dict(own, strict=True, assign=True)
    except RuntimeError:
        raise ModelFileError("weights.safetensors does not fit config.json; restore both or fit again") from None
    if not all(_is_usual(tensor) for tensor in own.values()):
        raise ModelFileError(
            "weights.safetensors holds numbers that are not finite or far too large; restore it or fit again"
        )


def _is_usual(tensor: torch.Tensor) -> bool:
    """Whether a tensor's numbers are finite, and weights are not so large that sums of them are not."""
    if not tensor.numel() or not tensor.is_floating_point():
        return True
    least, most = torch.aminmax(tensor)
    return max(-float(least), float(most)) <= MAX_WEIGHT


def _spec(state: dict[str, Any]) -> OccurrenceSpec:
    def chain(name: str) -> tuple[ColumnSpec, ...]:
        return tuple(ColumnSpec.from_dict(column) for column in state[name])

    return OccurrenceSpec(
        ColumnSpec.from_dict(state["repeat"]),
        ColumnSpec.from_dict(state["count"]),
        chain("link"),
        chain("visits"),
        chain("start"),
        chain("step"),
        OrderSpec.from_dict(state.get("order")),
        sizes=bool(state.get("sizes", False)),
        by_verb=bool(state.get("by_verb", False)),
        partners=int(state.get("partners", 0)),
        visit_columns=chain("visit_columns") if "visit_columns" in state else (),
        decisive_links=int(state.get("decisive_links", 0)),
        levels=None if state.get("levels") is None else int(state["levels"]),
        habits=bool(state.get("habits", False)),
        joint=None if state.get("joint") is None else int(state["joint"]),
        directions=int(state.get("directions", DIRECTIONS)),
        month_days=bool(state.get("month_days", False)) and bool(state["step"]),
        visit_tokens=None if state.get("visit_tokens") is None else int(state["visit_tokens"]),
    )


def _decisive(occurrences: OccurrenceGenerator) -> int:
    """How many links are decisive for columns of visits."""
    return 0 if occurrences.visit_columns is None else len(occurrences.visit_columns.decisive.tokens)
