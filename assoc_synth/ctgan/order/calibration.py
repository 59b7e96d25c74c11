"""Calibration of the order: what is drawn for the real visits, brought to their transitions and times."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch

from assoc_synth.ctgan.interface import Occurrences, RowOrder
from assoc_synth.ctgan.order.batches import in_random_order
from assoc_synth.ctgan.order.initialisation import usual_times
from assoc_synth.ctgan.order.levels import Levels, add_terms, count_pairs
from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Floats, Ints

ROUNDS, STEP, PRIOR, LINKS = 4, 0.7, 10.0, 100_000
"""Draws; share of an error that a correction takes out; pseudo-counts that shrink it; links drawn at most."""
SHUFFLES = 4
"""Random orders of links of one time that a table's transitions are the mean of, where theirs is random."""


@torch.no_grad()
def calibrate_order(
    model: OrderModel | None, data: Occurrences, *, seeds: Seeds, deadline: float = math.inf
) -> list[float]:
    """Correct the transitions of verbs and of frequent kinds, what visits begin with, and the times between links.

    Nothing where no order is learned.

    Args:
        deadline: `time.monotonic()` after which no further round begins.

    Returns:
        Total variation of the transitions of frequent kinds, and of verbs for others, before each round's correction.
    """
    order = data.order
    if model is None or order is None or not order.follows.any():
        return []
    count = len(order.link) if len(order.link) <= LINKS else int(np.flatnonzero(~order.follows[:LINKS])[-1])
    order = order.first(count or len(order.link))
    links = CodedLinks.of(model, data, order)
    random = torch.Generator(device=model.kinds.device).manual_seed(seeds.integer())
    levels = Levels(model)
    real = _real(levels, order, links, seeds.child("ties").generator())
    times = _Times.of(model, order, links, np.arange(len(links)), order.gap.code) if order.gap is not None else None
    errors: list[float] = []
    for _ in range(ROUNDS):
        if time.monotonic() > deadline:
            break
        drawn = draw_order(model, links.verb, links.object, order.visit, random, subject=order.subject)
        at = np.lexsort((drawn.place, order.visit))
        found = _Counts.of(levels, links, at, order.follows)
        errors.append(float(0.5 * np.abs(real.rows - found.rows).sum() / max(real.rows.sum(), 1)))
        _correct(model, levels, real, found)
        if times is not None and drawn.gap is not None:
            _correct_times(model, times, _Times.of(model, order, links, at, drawn.gap[at]))
    return errors


@dataclass(frozen=True, eq=False)
class _Counts:
    """What comes right after what: rows of tables (size, size), and verbs of links to one object (V, V).

    Attributes:
        begins: (slots,) how many visits begin with each kind.
    """

    rows: Floats
    same: Floats
    begins: Floats

    @classmethod
    def of(cls, levels: Levels, links: CodedLinks, at: Ints, follows: Bools) -> _Counts:
        """Of links in the order `at`, (L,), of which some follow the one before them, (L,)."""
        place, row = np.flatnonzero(follows), levels.row(links)
        first, second = at[place - 1], at[place]
        same = links.object[first] == links.object[second]
        return cls(
            levels.count(row[first], row[second]),
            count_pairs(links.verb[first[same]], links.verb[second[same]], levels.of_verb.shape[1]),
            np.bincount(links.slot[at[~follows]], minlength=levels.slots).astype(np.float64),
        )


def _real(levels: Levels, order: RowOrder, links: CodedLinks, rng: np.random.Generator) -> _Counts:
    """The table's own; where links of one time are in random order, the mean of some such orders."""
    if order.by_file or not order.tied.any():
        return _Counts.of(levels, links, np.arange(len(links)), order.follows)
    parts = [_Counts.of(levels, links, in_random_order(order, rng), order.follows) for _ in range(SHUFFLES)]
    rows, same, begins = (sum(getattr(part, name) for part in parts) for name in ("rows", "same", "begins"))
    return _Counts(rows / SHUFFLES, same / SHUFFLES, begins / SHUFFLES)


def _correct(model: OrderModel, levels: Levels, real: _Counts, found: _Counts) -> None:
    same = None if model.pairs is None else (real.same, found.same)
    add_terms(model, levels.ratios(real.rows, found.rows, same, PRIOR), STEP)
    model.position[:, 1].add_(_like(STEP * log_ratio(real.begins, found.begins, PRIOR), model.position))


@dataclass(frozen=True, eq=False)
class _Times:
    """The times between links: (gaps,) how many there are of each class; and, by pairs of verbs, how their levels and
    log odds of ties are beyond the usual ones, see `usual_times`.
    """

    shares: Floats
    level: Floats
    logit: Floats

    @classmethod
    def of(cls, model: OrderModel, order: RowOrder, links: CodedLinks, at: Ints, code: Ints) -> _Times:
        """Of links in the order `at`, (L,), and the class of the time before each, (L,)."""
        place = np.flatnonzero(order.follows)
        shares = np.bincount(code[place], minlength=model.spec.gaps).astype(np.float64)
        if model.pairs is None:
            none = np.zeros(0)
            return cls(shares, none, none)
        level, logit = usual_times(model, links, at[place - 1], at[place], code[place])
        return cls(shares, level, logit)


def _correct_times(model: OrderModel, real: _Times, found: _Times) -> None:
    if model.gap is not None:
        bias = model.gap[-1].get_parameter("bias")
        bias.add_(_like(STEP * log_ratio(real.shares, found.shares, PRIOR), bias))
    if model.pairs is not None:
        tilts = model.pairs.gap_verbs
        tilts[..., 0].add_(_like(STEP * (real.logit - found.logit), tilts))
        tilts[..., 1].add_(_like(STEP * (real.level - found.level), tilts))


def _like(values: Floats, table: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).to(table)
