"""Drawing how often edges occur: by the networks, and given the subject's other numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.column_chain import stratified
from assoc_synth.ctgan.interface import CountDecoder
from assoc_synth.ctgan.layers import LowPrecisionCopy
from assoc_synth.ctgan.occurrences.chunks import Drawn, in_chunks
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.joint_counts import JointCounts
from assoc_synth.ctgan.occurrences.joint_kernel import Draw, keep_bounds, new_state, walk
from assoc_synth.errors import ModelFileError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints, Singles, Values

TOGETHER = 1 << 18
"""Edges, about, whose logits are kept at once."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What is known of subjects before their edges' numbers are drawn.

    Attributes:
        subject: (S, D); interest: (S, link); level: (S,) log links per edge.
        level_base: (S, classes) logits of links per edge; empty where they were drawn.
        owner, verb, object: (E,) of the edges.
    """

    model: OccurrenceGenerator
    subject: Tensor
    interest: Tensor
    level: Tensor
    level_base: Tensor
    owner: Tensor
    verb: Tensor
    object: Tensor

    @classmethod
    def of(
        cls, model: OccurrenceGenerator, edges: Edges, subject: Tensor, repeat: Tensor, level_base: Tensor
    ) -> Conditions:
        """Of edges without attributes; `repeat` are the subjects' classes of links per edge, (S,)."""
        owner, verb, object = (_tensor(own, subject) for own in (edges.subject, edges.verb, edges.object))
        level = model.repeat_level[repeat]
        return cls(model, subject, model.interest(subject), level, level_base, owner, verb, object)

    def of_edges(self, at: Tensor | slice) -> Tensor:
        """The conditions of edges: (n, …)."""
        own = self.owner[at]
        return self.model.edge_condition(
            self.subject[own], self.interest[own], self.verb[at], self.object[at], self.level[own]
        )


class CountSampler:
    """Draws numbers of occurrences.

    Args:
        rng: of the numbers of a class; random: of the classes.
    """

    def __init__(
        self,
        generator: OccurrenceGenerator,
        decoder: CountDecoder,
        *,
        rng: np.random.Generator,
        random: torch.Generator,
    ) -> None:
        self.generator, self.decoder, self.rng, self.random = generator, decoder, rng, random
        self.trunk = LowPrecisionCopy(generator.count.trunk)

    def draw(self, edges: Edges, conditions: Conditions) -> tuple[Ints, Ints]:
        """How often edges occur, as classes and as numbers: (E,), (E,).

        Raises:
            ModelFileError: the weights give logits that are not finite.
        """
        if self.generator.joint is None:
            return self._anchors_first(edges, conditions)
        return self._jointly(self.generator.joint, edges, conditions)

    def shares(self, edges: Edges, conditions: Conditions) -> Tensor:
        """How often edges are expected to occur, given the numbers drawn of those that theirs depend on: (E, C)."""
        if self.generator.joint is not None:
            found = list[Singles]()
            self._jointly(self.generator.joint, edges, conditions, found)
            return torch.from_numpy(np.concatenate(found)).to(conditions.subject)
        group = self.generator.partner_groups(edges, self._anchors_first(edges, conditions)[1])
        return torch.softmax(self._logits(slice(0, len(edges)), group, conditions), 1)

    def logits(self, edges: Edges, conditions: Conditions) -> Singles:
        """What the networks say of each edge by itself: (E, C)."""
        return self._logits(slice(0, len(edges)), np.full(len(edges), -1), conditions).cpu().numpy()

    def _logits(self, edges: slice, group: Ints, conditions: Conditions) -> Tensor:
        """Of the classes of consecutive edges; `group` is that of each, (n,), as `Partners.groups` gives them."""
        model, known = self.generator.eval(), _tensor(group, conditions.subject)

        def draw(part: slice, random: torch.Generator) -> Drawn:
            own = slice(edges.start + part.start, edges.start + part.stop)
            condition, verb, object = conditions.of_edges(own), conditions.verb[own], conditions.object[own]
            added = model.known_count(condition, verb, object, known[part])
            found = model.count.first_logits(condition, added[0], trunk=self.trunk)
            return [(found, found[:, :0])]

        return in_chunks(len(group), draw, self.random)[0][0]

    def _jointly(
        self, joint: JointCounts, edges: Edges, conditions: Conditions, shares: list[Singles] | None = None
    ) -> tuple[Ints, Ints]:
        """Classes and numbers; the shares that they were drawn by are appended to a list, if there is one."""
        code, number = np.full(len(edges), -1), np.ones(len(edges), np.int64)
        terms = joint.terms(self.generator.partners)
        level = np.exp(conditions.level.cpu().numpy().astype(np.float64))
        for first, last in _parts(edges.offsets):
            at = slice(int(edges.offsets[first]), int(edges.offsets[last]))
            part = edges.take(np.arange(first, last))
            base = self._logits(at, np.full(len(part), -1), conditions).cpu().numpy()
            if not np.isfinite(base).all():
                raise ModelFileError("the weights of occurrences give no shares: restore the model or fit again")
            total = level[first:last] * np.diff(part.offsets)
            block = joint.block(part, self.generator.partners, total)
            uniform = stratified(len(part), self.random).cpu().numpy()
            none = np.zeros((0, 0), np.float32)
            kept = none if shares is None else np.zeros_like(base)
            walk(terms, block, Draw(base, code[at], uniform, none, kept), new_state(terms, block))
            if shares is not None:
                shares.append(kept)
            number[at] = self.decoder.decode(code[at], self.rng)
            keep_bounds(terms, block, number[at], new_state(terms, block))
        return code, number

    def _anchors_first(self, edges: Edges, conditions: Conditions) -> tuple[Ints, Ints]:
        """Classes and numbers: of anchors first, then of what follows them."""
        model = self.generator
        code, number = np.zeros(len(edges), np.int64), np.ones(len(edges), np.int64)
        first = model.partner_groups(edges, number) < 0
        for chosen in (np.flatnonzero(first), np.flatnonzero(~first)):
            group = model.partner_groups(edges, number)[chosen]
            code[chosen] = self._classes(chosen, group, conditions)
            number[chosen] = self.decoder.decode(code[chosen], self.rng)
        return code, number

    def _classes(self, chosen: Ints, group: Ints, conditions: Conditions) -> Ints:
        at, known = (_tensor(own, conditions.subject) for own in (chosen, group))
        model = self.generator.eval()

        def draw(part: slice, random: torch.Generator) -> Drawn:
            own = at[part]
            condition = conditions.of_edges(own)
            added = model.known_count(condition, conditions.verb[own], conditions.object[own], known[part])
            return model.count.draw(condition, random, added, trunk=self.trunk)

        return in_chunks(len(chosen), draw, self.random)[0][0].cpu().numpy().astype(np.int64)


def _parts(offsets: Ints) -> list[tuple[int, int]]:
    """First and last subjects, the last one excluded, that have about `TOGETHER` edges together.

    Example:
        >>> _parts(np.array([0, TOGETHER, TOGETHER + 1]))
        [(0, 1), (1, 2)]
    """
    found, first = [], 0
    while first < len(offsets) - 1:
        last = int(np.searchsorted(offsets, offsets[first] + TOGETHER, side="right")) - 1
        last = max(last, first + 1)
        found.append((first, last))
        first = last
    return found


def _tensor(array: Values, like: Tensor) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(like.device)
