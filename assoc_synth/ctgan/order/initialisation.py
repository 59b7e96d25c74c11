"""Where the order's tables begin: at what comes right after what, and before what, more often than by chance."""

from __future__ import annotations

import numpy as np
import torch

from assoc_synth.ctgan.order.batches import Batches, Group
from assoc_synth.ctgan.order.levels import Levels, add_terms, count_pairs
from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.order.pair_terms import PairTerms
from assoc_synth.transactions.arrays import Bools, Floats, Ints

PRIOR, TRANSITION, WAITING = 2.0, 0.5, 0.25
"""Pseudo-counts that shrink the log ratios of rare pairs; shares of them that the tables begin at. Both are needed to
tell an order, and each says a part of what the other says."""
MOST_PAIRS, LINKS = 20_000_000, 4096
GAP_PRIOR = 10.0
"""Times that shrink the tables of times towards what is usual."""


@torch.no_grad()
def start_tables(model: OrderModel, batches: Batches, links: CodedLinks, rng: np.random.Generator) -> None:
    """Set the transition and the waiting tables of a model at their beginning, from 0.

    For two links alone, the odds of the first before the second are exp(w_12 − w_21), so that w_12 = ½ log(n_12 / n_21)
    is their maximum likelihood; in longer visits many pairs tell the same, and a half of it is taken.
    """
    levels, verbs, left = Levels(model), len(model.verb_waiting), MOST_PAIRS
    row = levels.row(links)
    before, after, chance = np.zeros((3, levels.size, levels.size))
    same_before, same_after, same_chance = np.zeros((2, verbs, verbs)), *np.zeros((2, verbs, verbs))
    for groups in batches.epoch(LINKS, rng):
        for group in groups:
            first, second, share, next_ = _both(group, left)
            before += levels.count(row[first], row[second])
            after += levels.count(row[first[next_]], row[second[next_]])
            chance += levels.count(row[first], row[second], share)
            alike = links.object[first] == links.object[second]
            verb = links.verb[first], links.verb[second]
            for new in (0, 1):
                at = alike & (links.new[first] == new)
                same_before[new] += count_pairs(verb[0][at], verb[1][at], verbs)
            same_chance += count_pairs(verb[0][alike], verb[1][alike], verbs, share[alike])
            same_after += count_pairs(verb[0][alike & next_], verb[1][alike & next_], verbs)
            left -= len(first)
        if left <= 0:
            break
    same = None if model.pairs is None else (same_after, same_chance + same_chance.T)
    add_terms(model, levels.ratios(after, chance + chance.T, same, PRIOR), TRANSITION)
    add_terms(model, levels.odds(before, None if same is None else same_before.sum(0), PRIOR), WAITING, waits=True)
    if model.pairs is not None:
        own = [levels.odds(before, part, PRIOR).same for part in same_before]
        waiting = torch.from_numpy(WAITING * np.stack([part for part in own if part is not None]))
        model.pairs.same_waiting.add_(waiting.to(model.pairs.same_waiting.device))


@torch.no_grad()
def start_gaps(model: OrderModel, batches: Batches, links: CodedLinks, rng: np.random.Generator) -> None:
    """Set the tables of times at their beginning: by verbs, and by kinds what those leave. Nothing without times."""
    order, pairs = batches.order, model.pairs
    if pairs is None or order.gap is None:
        return
    at = np.flatnonzero(order.follows & batches.own)
    position = batches.positions(rng)
    first, second, code = position[at - 1], position[at], order.gap.code[at]
    level, logit = usual_times(model, links, first, second, code)
    _set(pairs.level_verbs, level)
    _set(pairs.gap_verbs, _tilts(level, logit))
    tie, z = _of_classes(pairs, code)
    by_verb = _same(links, first, second), links.verb[first], links.verb[second]
    share = 1.0 / (1.0 + np.exp(-logit[by_verb]) * (1 - tie.mean()) / max(tie.mean(), 1e-9))
    slots = len(pairs.gap_kinds)
    kind = links.slot[first] * slots + links.slot[second]
    level, logit = _beyond(kind, slots * slots, (tie, z), (share, level[by_verb]))
    _set_kinds(pairs.level_kinds, level.reshape(slots, slots))
    _set_kinds(pairs.gap_kinds, _tilts(level, logit).reshape(slots, slots, -1))


def usual_times(model: OrderModel, links: CodedLinks, first: Ints, second: Ints, code: Ints) -> tuple[Floats, Floats]:
    """How far times of two verbs are from those of all, shrunk: (2, V, V) each, [whether of one object, before, after].

    Args:
        first, second: (m,) links of which one follows the other; code: (m,) the class of the time between them.

    Returns:
        Mean levels of those apart, in standard deviations of all; log odds of no time at all.
    """
    assert model.pairs is not None, "only where links have terms in pairs"
    tie, z = _of_classes(model.pairs, code)
    verbs = len(model.verb_transition)
    key = (_same(links, first, second) * verbs + links.verb[first]) * verbs + links.verb[second]
    expected = np.full(len(code), tie.mean() if len(tie) else 0.0), np.zeros(len(code))
    level, logit = _beyond(key, 2 * verbs * verbs, (tie, z), expected)
    return level.reshape(2, verbs, verbs), logit.reshape(2, verbs, verbs)


def _beyond(
    key: Ints, size: int, found: tuple[Floats, Floats], expected: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Per key, how far levels and log odds of ties are from expected ones, shrunk: (size,) each.

    Args:
        found, expected: of each step (m,): whether no time is between, or its probability; the level, 0 for none.
    """

    def total(values: Floats) -> Floats:
        result: Floats = np.bincount(key, values, size).astype(np.float64)
        return result

    tie, z = found
    apart, count, ties = total(1 - tie), total(np.ones(len(key))), total(tie)
    level = total((z - expected[1]) * (1 - tie)) / (apart + GAP_PRIOR)
    share = (total(expected[0]) + 1e-3) / (count + 2e-3)
    odds = (ties + GAP_PRIOR * share) / (count - ties + GAP_PRIOR * (1 - share))
    return level, np.log(odds) - np.log(share / (1 - share))


def _of_classes(pairs: PairTerms, code: Ints) -> tuple[Floats, Floats]:
    """Whether no time is between two links, and the level of the time, by its class: (m,) each."""
    tie, z = (part[code] for part in pairs.shape[:2].cpu().numpy().astype(np.float64))
    return tie, z


def _same(links: CodedLinks, first: Ints, second: Ints) -> Ints:
    """1 for links of one object: (m,)."""
    found: Ints = (links.object[first] == links.object[second]).astype(np.int64)
    return found


def _tilts(level: Floats, logit: Floats) -> Floats:
    """Coefficients of φ: a normal level of variance 1 moves by what it is tilted by."""
    return np.stack([logit, level, np.zeros_like(level)], axis=-1)


def _both(group: Group, most: int) -> tuple[Ints, Ints, Floats, Bools]:
    """Links of every two places of windows, the earlier first; 1 by how many there are; whether they are neighbours."""
    width = group.link.shape[1]
    rows = max(most // max(width * width, 1), 1)
    link, valid = group.link[:rows], group.valid[:rows]
    first, second = np.triu_indices(width, 1)
    both = valid[:, second]
    share = np.broadcast_to(1.0 / np.maximum(valid.sum(1, keepdims=True), 1), both.shape)[both]
    next_ = np.broadcast_to(second == first + 1, both.shape)[both]
    return link[:, first][both], link[:, second][both], share, next_


def _set(table: torch.Tensor, values: Floats) -> None:
    table.copy_(torch.from_numpy(values))


def _set_kinds(table: torch.Tensor, values: Floats) -> None:
    # Row and column 0 are all infrequent kinds together: what they have in common is not theirs one by one.
    values[0], values[:, 0] = 0.0, 0.0
    table.copy_(torch.from_numpy(values))
