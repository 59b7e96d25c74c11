"""Whether the parts of a stored model fit together: sizes before anything is built of them, all else after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Visits
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.stored import Count, Stored, read

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.degrees import Degrees
    from assoc_synth.ctgan.occurrences.generator import OccurrenceSpec

MOST_SUBJECTS = 10**9
SIGNS = 3
"""Classes of the sign of a number."""
_NONE = np.zeros(0, np.int64)
_EMPTY = Visits(_NONE, _NONE, _NONE, _NONE)


def check_sizes(state: Mapping[str, Any], verbs: int, objects: int) -> None:
    """Refuse a config that claims other sizes than the vocabulary has, before memory is taken for them.

    Args:
        state: `config.json`; verbs, objects: how many names the vocabulary has.

    Raises:
        ModelFileError: it does.
        KeyError, TypeError: the config lacks a part.
    """
    own = state["generator"]
    attributes = own["attributes"]
    if (own["num_verbs"], own["num_objects"]) != (verbs + len(attributes), objects + sum(attributes)):
        raise ModelFileError("vocabulary.parquet does not fit config.json: restore both or fit again")
    most = {"num_verbs": verbs, "num_objects": objects, "count_groups": verbs + 1}
    most["num_reference"] = min(state["num_subjects"], MOST_SUBJECTS)
    for name, size in _sizes(state["gate"]):
        if name in most and not 0 <= size <= most[name]:
            raise ModelFileError(f"config.json claims a gate of {size:,} {name}: restore it or fit again")


def _sizes(state: Any) -> Iterator[tuple[str, int]]:
    """The whole numbers within JSON values, by their key."""
    for key, value in state.items() if isinstance(state, Mapping) else enumerate(state):
        if isinstance(value, int):
            yield str(key), value
        elif isinstance(value, Mapping | list | tuple):
            yield from _sizes(value)


def check_columns(encoder: AttributeEncoder, drawn: OccurrenceSpec, verbs: int, objects: int) -> None:
    """Refuse codes whose classes are not those that the generator draws.

    Args:
        encoder: of a loaded model; drawn: the shapes of the columns that its generator draws.

    Raises:
        ModelFileError: a column has other classes, or is missing in one of them; the message names it.
    """
    rng, no_numbers = np.random.default_rng(0), len(encoder.repeat_level)
    when, later = [], list[CodedColumn]()
    if encoder.calendar is not None:
        when, later = encoder.calendar.encode_first(_EMPTY, rng), encoder.calendar.encode_later(_EMPTY, rng)
    size = [] if encoder.size is None else [encoder.size.encode(_NONE)]
    visits = [] if encoder.num_visits is None else [encoder.num_visits.encode(_NONE)]
    _match([drawn.repeat], [ColumnSpec("repeat", no_numbers, False)])
    _match([drawn.count], [encoder.count.encode(_NONE).spec])
    _match(drawn.visits, [column.spec for column in visits])
    _match(drawn.start, [column.spec for column in (*when, *size)])
    if drawn.step:
        _match(drawn.step, [column.spec for column in (*later, *size)])
    if drawn.order is not None and drawn.order.gaps != (0 if encoder.gap is None else encoder.gap.spec.classes):
        raise _refusal("gap")
    known = {code.name: code.spec for code in encoder.extras.numbers}
    known |= {code.name: ColumnSpec(code.name, code.classes, False) for code in encoder.extras.categories}
    if encoder.amount is not None:
        known[encoder.amount.name] = encoder.amount.spec
    link = {spec.name: spec for spec in (*drawn.link, *drawn.visit_columns)}
    for name, spec in known.items():
        if link.get(name) != spec:
            raise _refusal(name)
    _check_rules(encoder, link, verbs, objects)


def check_degrees(degrees: Degrees, verbs: int, objects: int) -> None:
    """Refuse numbers of links that no walk down the trees could draw.

    Args:
        degrees: of a loaded model; verbs, objects: how many names the vocabulary has.

    Raises:
        ModelFileError: a tree leads nowhere or in a circle, or a number is impossible.
    """
    total, nodes, rows, exponent = degrees.total, degrees.nodes, degrees.by_leaf, degrees.exponent
    shapes = total.shape[1:], nodes.shape[1:], rows.shape[1:], exponent.shape
    is_sound = shapes == ((2,), (5,), (4,), (verbs,)) and min(len(total), len(nodes), len(rows)) > 0
    if not (is_sound and _are_trees(nodes, verbs) and _are_drawn(total, rows, nodes, verbs * objects)):
        raise ModelFileError("reference.parquet holds numbers of links that do not fit: restore it or fit again")
    if not ((exponent >= 0) & (exponent <= 1)).all():
        raise ModelFileError("reference.parquet holds numbers of links that do not fit: restore it or fit again")


def _are_trees(nodes: Ints, verbs: int) -> bool:
    """Whether each verb has a tree, whose nodes come after their parents: so no walk goes in a circle."""
    verb, feature, children, own = nodes[:, 0], nodes[:, 1], nodes[:, 3:], np.arange(len(nodes))
    if verb.min() < 0 or verb.max() >= verbs or len(np.unique(verb)) < verbs:
        return False
    inner = feature >= 0
    below = children[inner]
    if (feature < -1).any() or (feature > verbs).any():
        return False
    is_after = (below > own[inner, None]) & (below < len(nodes))
    return bool(is_after.all()) and bool((verb[below] == verb[inner, None]).all())


def _are_drawn(total: Ints, rows: Ints, nodes: Ints, most: int) -> bool:
    """Whether every number is possible, and each leaf has some to draw, in the order in which they are looked up."""
    number, subjects = total.T
    node, left, own, count = rows.T
    is_possible = (
        bool(((number >= 1) & (number <= most) & (subjects >= 1) & (subjects <= MOST_SUBJECTS)).all())
        and bool(((left >= 1) & (left <= most) & (own >= 0) & (own <= left)).all())
        and bool(((count >= 1) & (count <= MOST_SUBJECTS)).all())
    )
    is_ordered = bool(((np.diff(node) > 0) | ((np.diff(node) == 0) & (np.diff(left) >= 0))).all())
    return is_possible and is_ordered and np.array_equal(np.unique(node), np.flatnonzero(nodes[:, 1] < 0))


def check_history(history: object) -> None:
    """Refuse what does not say how the training of a model went.

    Raises:
        InputError: it does not; the message says where.
    """
    stages = read(dict[str, dict[str, Any]], history)
    known = {field.name for field in fields(_Stage)}
    for name, facts in stages.items():
        try:
            _Stage.from_dict({key: value for key, value in facts.items() if key in known})
        except InputError as error:
            raise InputError(f"history.{name[:60]}.{error}") from None


@dataclass(frozen=True)
class _Stage(Stored):
    """What is used of a stage's `History`; earlier versions wrote less."""

    epochs: tuple[dict[str, float | None], ...]
    stopped: str
    best_epoch: Count = 0
    planned: Count = 0
    steps: Count = 0
    least_steps: Count = 0
    rounds: tuple[Count, Count] = (0, 0)
    seconds: float = 0.0
    links_per_second: float = 0.0
    slower: Count = 0
    smaller: Count = 0


def _match(drawn: tuple[ColumnSpec, ...] | list[ColumnSpec], coded: list[ColumnSpec]) -> None:
    if list(drawn) != coded:
        differ = [one.name for one, other in zip(drawn, coded, strict=False) if one != other]
        raise _refusal((differ or [spec.name for spec in (*drawn, *coded)])[0])


def _check_rules(encoder: AttributeEncoder, link: Mapping[str, ColumnSpec], verbs: int, objects: int) -> None:
    """What is implied is implied of classes, verbs and objects that there are."""
    implied = encoder.implications
    rules = [(name, rule, link[name].classes if name in link else None) for name, rule in implied.allowed.items()]
    rules += [(name, rule, SIGNS if name in implied.least else 0) for name, rule in implied.signs.items()]
    for name, rule, classes in rules:
        wanted = verbs, objects, rule.patterns.shape[1] if classes is None else classes
        if (len(rule.of_verb), rule.num_objects, rule.patterns.shape[1]) != wanted:
            raise _refusal(name)
    keyed = [(name, own.keys, own.num_objects) for name, own in implied.lists.items()]
    keyed += [(name, own.keys, own.num_objects) for name, own in implied.quantiles.items()]
    for name, keys, known in keyed:
        if known != objects or ((keys < -verbs) | (keys >= verbs * objects)).any():
            raise _refusal(name)


def _refusal(name: str) -> ModelFileError:
    return ModelFileError(
        f"config.json contradicts itself about the column {name[:60]!r}: restore it or fit the model again"
    )
