"""Calibration of the occurrences: the error of a drawn sample against the training subjects is taken out.

Numbers of occurrences, links' columns, visits' links and the order of verbs are calibrated. Training stops by the
likelihood of single edges, and drawn edges differ a little from those of the training subjects: a small error in the
share of rare high counts changes the number of rows of a verb by per cents. Drawn visits differ a little too: if none
is within the usual days after a purchase, its return is equally unlikely in every visit, and may be put before the
purchase.
"""

from __future__ import annotations

import math
import time

import numpy as np
import torch

from assoc_synth.ctgan.assignment.calibration import calibrate_visits
from assoc_synth.ctgan.assignment.kernel import SAME_VISIT, TIME_BINS, UNORDERED
from assoc_synth.ctgan.assignment.model import AssignmentModel
from assoc_synth.ctgan.assignment.training import assignment_of
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import DrawnOccurrences, Occurrences
from assoc_synth.ctgan.occurrences.class_logits import class_counts
from assoc_synth.ctgan.occurrences.count_calibration import calibrate_counts
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.habit_training import learn_habits
from assoc_synth.ctgan.occurrences.joint_training import MOST_EDGES, learn_joint_counts
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.ctgan.visit_columns.calibration import calibrate_visit_columns
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.distinct import distinct

LINK_EDGES = 60_000
"""Edges, about, whose links are looked at in each round."""
JOINT_EDGES = 2
"""Edges from which joint numbers are learned, times those of the pilot, about."""
LINK_PRIOR = 10.0
"""An object's or a verb's training shares are mixed with this many links that have the model's own shares."""
ORDER_EDGES, ORDER_SUBJECTS = 20_000, 500
"""The least edges and subjects drawn in each round for the order of verbs; few, since links are assigned to visits for
it. Edges of one subject are ordered alike, so that a few subjects say little, however many edges they have.
"""
EARLIER, TIED, LATER = range(3)
PRIOR = 5.0
"""Pseudo-counts that shrink the log ratios of rare classes towards 0."""


def calibrate_occurrences(
    generator: OccurrenceGenerator,
    sampler: OccurrenceSampler,
    data: Occurrences,
    pilot: Edges,
    *,
    deadline: float = math.inf,
) -> dict[str, list[float]]:
    """Calibrate everything, each given what was calibrated before it.

    Args:
        generator: the one that `sampler` draws from.
        data: the training subjects' occurrences.
        pilot: edges drawn by stage 1.
        deadline: `time.monotonic()` after which no further round begins, except for the numbers of occurrences.

    Returns:
        The calibration errors before each round's correction, by what was calibrated: "counts", "links", "visits",
        "visit columns", "order"; of "habits" and "joint counts" what each round has gained.
    """
    errors = dict[str, list[float]]()
    if generator.habits is not None:
        habits = learn_habits(generator, sampler.edge_generator, data, sampler.random, deadline=deadline)
        errors["habits"] = habits
    if generator.joint is not None:
        errors["joint counts"] = _learn_joint_counts(generator, sampler, data, pilot, deadline=deadline)
    errors |= {
        "counts": calibrate_counts(generator, sampler, data, pilot),
        "links": calibrate_links(generator, sampler, data, pilot, deadline=deadline),
        "visits": calibrate_assignment(generator, sampler, data, deadline=deadline),
    }
    if generator.visit_columns is not None:  # before the order, which takes all the time that is left
        errors["visit columns"] = _calibrate_visit_columns(generator, sampler, data, pilot, deadline=deadline)
    own = generator.config, generator.assignment
    return errors | {"order": calibrate_order(*own, sampler, data, pilot, deadline=deadline)}


def _learn_joint_counts(
    generator: OccurrenceGenerator, sampler: OccurrenceSampler, data: Occurrences, pilot: Edges, *, deadline: float
) -> list[float]:
    """See `learn_joint_counts`; of so many edges that it takes as long as the other calibrations, given the pilot."""
    if generator.joint is None:
        return []
    now = time.monotonic()
    return learn_joint_counts(
        generator.joint,
        generator.partners,
        sampler.learned_counts(data),
        sampler.rng,
        most_edges=min(MOST_EDGES, JOINT_EDGES * len(pilot)),
        deadline=now + (deadline - now) / 4,
    )


def calibrate_links(
    generator: OccurrenceGenerator,
    sampler: OccurrenceSampler,
    data: Occurrences,
    pilot: Edges,
    *,
    deadline: float = math.inf,
) -> list[float]:
    """Move the logits of the links' columns until each object and each verb has its training shares of classes.

    What is compared are the shares that drawn links are expected to have, not the classes that were drawn.

    Returns:
        Σ|p_real − p_expected| over the classes, mean over the columns and over the groups by their training links,
        before each round's correction; empty where links have no columns.
    """
    logits, link = generator.link_logits, data.link_edge
    groups = {"objects": logits.row.cpu().numpy()[data.edges.object[link]], "verbs": data.edges.verb[link]}
    few, errors = _first(pilot, LINK_EDGES), list[float]()
    for of in ("objects", "verbs") * generator.config.link_rounds if data.link else ():
        if time.monotonic() > deadline:
            break
        of_columns = []
        for index, (column, expected) in enumerate(zip(data.link, sampler.link_classes(few, of), strict=True)):
            real = class_counts(groups[of], column.code, *expected.shape)
            links, shares = real.sum(1, keepdims=True), expected + 1e-9
            shares /= shares.sum(1, keepdims=True)
            shift = np.log((real + LINK_PRIOR * shares) / ((links + LINK_PRIOR) * shares))
            shift[expected == 0] = 0.0  # what a verb never has is not drawn, whatever its logit
            of_columns.append(float(np.abs(real - links * shares).sum() / max(links.sum(), 1.0)))
            _add(logits.table(of, index), shift)
        errors.append(float(np.mean(of_columns)))
    return errors


def calibrate_assignment(
    generator: OccurrenceGenerator, sampler: OccurrenceSampler, data: Occurrences, *, deadline: float = math.inf
) -> list[float]:
    """Which links are in one visit, see `calibrate_visits`; it may take half of the time that is left.

    Returns:
        The errors before each round's correction; empty where no subject has two visits.
    """
    if data.visits is None:
        return []
    now = time.monotonic()
    assignment = assignment_of(data, data.visits, least=2)
    half = now + (deadline - now) / 2
    config = generator.config
    return calibrate_visits(generator.assignment, assignment, config=config, rng=sampler.rng, deadline=half)


def calibrate_order(
    config: CTGANConfig,
    model: AssignmentModel,
    sampler: OccurrenceSampler,
    data: Occurrences,
    pilot: Edges,
    *,
    deadline: float = math.inf,
) -> list[float]:
    """Move the terms of links to one object until the verbs' order in drawn rows is the training subjects' own.

    The order is that of the first links of two verbs. Its shares are matched as by stochastic maximum likelihood
    (Younes 1988): all terms of earlier, of tied and of later links of two verbs move together.

    Args:
        model: the swaps by which `sampler` assigns links to visits.

    Returns:
        Difference of the shares of a verb's links that are earlier than another's, mean over pairs of verbs by their
        training number, before each round's correction; empty where there is no order.
    """
    verbs = model.between.shape[0]
    real, errors = verb_orders(data.edges, data, verbs), list[float]()
    weight = real.sum(2)
    if not weight.any():
        return errors
    few = _first(pilot, ORDER_EDGES, ORDER_SUBJECTS)
    class_of = np.full(TIME_BINS, TIED)
    class_of[:SAME_VISIT], class_of[SAME_VISIT + 1 : UNORDERED] = EARLIER, LATER
    for round_ in range(config.order_rounds):
        if time.monotonic() > deadline:
            break
        drawn = verb_orders(sampler.without_attributes(few), sampler.draw(few), verbs)
        scale = np.minimum(weight, drawn.sum(2))[:, :, None]
        first, second = (scale * part / np.maximum(part.sum(2, keepdims=True), 1.0) for part in (real, drawn))
        apart = np.abs(first - second)[:, :, EARLIER] / np.maximum(scale[:, :, 0], 1.0)
        errors.append(float((weight * apart).sum() / weight.sum()))
        # Half of it: the term of two verbs is stored from both sides. Steps become smaller, so that chance evens out.
        step = 0.5 * config.occurrence_calibration_step / max(round_, 1)
        _add(model.between.data, step * log_ratio(first, second, PRIOR)[:, :, class_of])
    return errors


def _calibrate_visit_columns(
    generator: OccurrenceGenerator, sampler: OccurrenceSampler, data: Occurrences, pilot: Edges, *, deadline: float
) -> list[float]:
    """See `calibrate_visit_columns`; all rounds look at the same drawn visits."""
    if generator.visit_columns is None or data.visits is None or time.monotonic() > deadline:
        return []
    few = _first(pilot, LINK_EDGES)
    drawn = sampler.draw(few)
    groups = VisitGroups.of(data.edges, data.link_edge, data.link_visit, data.visits, data.horizon)
    return calibrate_visit_columns(
        generator.visit_columns,
        groups,
        data.visit_columns,
        lambda: sampler.visit_shares(few, drawn),
        rounds=generator.config.link_rounds,
        deadline=deadline,
    )


def verb_orders(edges: Edges, drawn: Occurrences | DrawnOccurrences, num_verbs: int) -> Floats:
    """Edges of one subject to one object under two verbs, by the order of their first dated links: (V, V, 3).

    [v, w, 0] counts those where v's is earlier than w's, [v, w, 1] those of one time, [v, w, 2] the later ones.
    """
    counts = np.zeros((num_verbs, num_verbs, 3))
    visits = drawn.visits
    if visits is None:
        return counts
    dated = np.flatnonzero(drawn.link_visit >= 0)
    dated = dated[visits.day[drawn.link_visit[dated]] >= 0]
    first = np.full(len(edges), np.iinfo(np.int64).max)
    visit = drawn.link_visit[dated]
    np.minimum.at(first, drawn.link_edge[dated], visits.day[visit] * DAY + visits.clock[visit])
    edge = distinct(drawn.link_edge[dated])
    edge = edge[np.lexsort((edges.object[edge], edges.subject[edge]))]
    when, verb = first[edge], edges.verb[edge].astype(np.int64)
    for step in range(1, num_verbs):
        one, other = edge[:-step], edge[step:]
        pair = np.flatnonzero((edges.subject[one] == edges.subject[other]) & (edges.object[one] == edges.object[other]))
        if not len(pair):
            break
        order = TIED + np.sign(when[pair] - when[pair + step])
        np.add.at(counts, (verb[pair], verb[pair + step], order), 1.0)
        np.add.at(counts, (verb[pair + step], verb[pair], 2 * TIED - order), 1.0)
    return counts


def _first(pilot: Edges, edges: int, subjects: int = 0) -> Edges:
    """The first subjects that have about `edges` edges, but at least `subjects` subjects if there are that many."""
    enough = max(1 + int(np.searchsorted(pilot.offsets, edges)), subjects)
    return pilot.take(np.arange(min(enough, pilot.num_subjects)))


def _add(logits: torch.Tensor, shift: Floats) -> None:
    logits += torch.from_numpy(shift).to(logits)
