"""Calibration of how often edges occur: by token and level, by links per edge, and by verb.

A classifier that is given a subject's rows with each object recognises drawn subjects by nothing as easily as by one
staple that is drawn a third too seldom. So the shares of each frequent token's numbers are brought to the training
subjects' own, apart for subjects with few and with many links per edge: iterative proportional fitting (Deming &
Stephan 1940) of the logits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.class_logits import class_counts
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.edges import Edges

CYCLES = 2
"""Times that all tables are corrected, one after the other, for the shares of one draw."""
PRIOR = 20.0
"""A group's training shares are mixed with this many edges that have the model's own shares before any correction.
Mixed with those of each round, groups of few edges would come to have the very numbers of their training subjects.
"""
MOST_SHIFT = 3.0
"""Bound of one correction of a logit."""


@dataclass(frozen=True, eq=False)
class _Table:
    """Logits that are corrected.

    Attributes:
        logits: (groups, classes), changed in place.
        real: (groups, classes) numbers of the training edges.
        drawn: (E,) the group of each drawn edge.
        wanted: (groups, classes) shares that are brought about.
    """

    logits: Tensor
    real: Tensor
    drawn: Tensor
    wanted: Tensor

    @classmethod
    def of(cls, logits: Tensor, real: Tensor, drawn: Tensor, shares: Tensor) -> _Table:
        """That wants the training edges' shares, mixed with those that drawn edges have, (E, classes)."""
        own = _shares(real, drawn, shares)[1]
        return cls(logits, real, drawn, (real + PRIOR * own) / (real.sum(1, keepdim=True) + PRIOR))

    def correct(self, logits: Tensor, step: float) -> Tensor:
        """Take the error of drawn edges' logits, (E, classes), out of them and of the table."""
        expected, shares = _shares(self.real, self.drawn, torch.softmax(logits, 1))
        shift = (step * torch.log(self.wanted / shares)).clamp_(-MOST_SHIFT, MOST_SHIFT)
        # What a group never has is not drawn, whatever its logit; and a group that is not drawn says nothing.
        shift = torch.where(expected > 0, shift, 0.0).to(logits.dtype)
        self.logits.add_(shift)
        return logits + shift[self.drawn]


def _shares(like: Tensor, group: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """Sums of edges' shares by group, and these as shares: like, (E,), (E, classes) → (groups, classes) twice."""
    total = torch.zeros_like(like).index_add_(0, group, shares.to(like.dtype))
    return total, (total + 1e-9) / (total + 1e-9).sum(1, keepdim=True)


@torch.no_grad()
def calibrate_counts(
    generator: OccurrenceGenerator, sampler: OccurrenceSampler, data: Occurrences, pilot: Edges
) -> list[float]:
    """Move the counts' logits until drawn edges occur as often as the training subjects' do.

    What is compared are the shares that drawn edges are expected to have, not the classes that were drawn.

    Args:
        generator: the one that `sampler` draws from.
        data: the training subjects' occurrences.
        pilot: edges drawn by stage 1.

    Returns:
        Σ|p_real − p_expected| over the classes, mean over the verbs by their edges, before each round's correction.
    """
    step, errors, links = generator.config.occurrence_calibration_step, list[float](), sampler.without_attributes(pilot)
    wanted = list[Tensor]()
    for _ in range(generator.config.count_rounds):
        shares, level = sampler.count_shares(pilot)
        tables = _tables(generator, data, links, shares, level)
        wanted = wanted or [table.wanted for table in tables]
        tables = [replace(table, wanted=own) for table, own in zip(tables, wanted, strict=True)]
        errors.append(_error(tables[-1], shares))
        logits = torch.log(shares.clamp(min=1e-12))
        for _ in range(CYCLES):
            for table in tables:
                logits = table.correct(logits, step)
    return errors


def _tables(
    generator: OccurrenceGenerator, data: Occurrences, drawn: Edges, shares: Tensor, level: Tensor
) -> list[_Table]:
    """The tables of logits by their groups; that of verbs is the last."""
    device, classes = generator.repeat_level.device, data.count.spec.classes
    edges, found = data.edges, list[_Table]()
    code = data.count.code

    def add(logits: Tensor, real: Tensor, own: Tensor) -> None:
        counts = class_counts(real.cpu().numpy(), code, len(logits), classes)
        found.append(_Table.of(logits, torch.from_numpy(counts).to(device), own, shares))

    def codes(of: Edges) -> tuple[Tensor, Tensor]:
        verb, object = (torch.from_numpy(part.astype(np.int64)).to(device) for part in (of.verb, of.object))
        return verb, object

    real, own = codes(edges), codes(drawn)
    if generator.level_logits is not None or generator.spec.sizes:
        real_level = torch.from_numpy(data.repeat_level[data.repeat.code[edges.subject]]).to(level)
        if generator.level_logits is not None:
            cells = generator.level_logits.cells
            add(generator.level_logits.table, cells(*real, real_level), cells(*own, level))
        if generator.spec.sizes:
            buckets = [generator.size_logits.rows(torch.exp(part)) for part in (real_level, level)]
            add(generator.size_logits.get_buffer("count"), *buckets)
    add(generator.count_logits.table("verbs", 0), real[0], own[0])
    return found


def _error(table: _Table, shares: Tensor) -> float:
    expected = torch.zeros_like(table.real).index_add_(0, table.drawn, shares.to(table.real.dtype))
    first, second = (part / part.sum(1, keepdim=True).clamp(min=1e-9) for part in (table.real, expected))
    both = (table.real.sum(1) > 0) & (expected.sum(1) > 0)
    weight = torch.where(both, table.real.sum(1), 0.0)
    return float((weight * (first - second).abs().sum(1)).sum() / weight.sum().clamp(min=1.0))
