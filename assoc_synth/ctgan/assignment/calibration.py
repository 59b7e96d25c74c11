"""Calibration of links in visits: persistent chains of the training subjects' links, whose error is taken out.

A composite likelihood learns what tells the true place of a link from another one, given all others in their true
places. A chain draws all of them, and small errors of many pairs add up in a large visit. Maximum likelihood asks
that what the chains have is what the training subjects have; its gradient is the difference of the two (Younes 1988;
Tieleman 2008). The chains go on from round to round and need few moves in each.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.chain import run_chain
from assoc_synth.ctgan.assignment.kernel import Partners, World, find_partners
from assoc_synth.ctgan.assignment.logits import place_of
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import count_parameters
from assoc_synth.ctgan.assignment.training import negative_log_prior
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.transactions.arrays import Floats, Ints

LINKS, CHAINS, GROUPS = 150_000, 8, 2
"""Links of a round, about; chains of a small table at most; groups of a large one's subjects, which take turns."""
SWEEPS, FIRST_SWEEPS = 3, 21
"""Moves for each link in a round, and before the first one."""
MOMENTUM, PAIRS_MULTIPLIER = (0.5, 0.99), 3.0
"""Of Adam; and the learning rate of the terms of pairs, as a multiple of that of embeddings."""
SIZE_STEP, SIZE_PRIOR = 0.4, 3.0
"""Share of the log ratio of visits by size that a first round takes out, and visits that shrink it."""


def calibrate_visits(
    model: AssignmentModel,
    assignment: Assignment,
    *,
    config: CTGANConfig,
    rng: np.random.Generator,
    deadline: float = math.inf,
) -> list[float]:
    """Move all weights until chains have the pairs in visits that the training subjects have.

    Args:
        model: trained; changed in place.
        assignment: the true one of all training subjects with more than one visit.
        deadline: `time.monotonic()` after which no further round begins.

    Returns:
        Of each round, before its correction, Σ|real − drawn| / Σ(real + drawn) of how often the terms of pairs apply.
    """
    rounds, errors = config.visit_rounds, list[float]()
    if not len(assignment.subject) or not rounds:
        return errors
    model.eval()
    groups = list(_groups(model, assignment, rng))
    pairs, counted = [model.between, model.terms.weight], [model.size.weight, model.size.of_verb]
    others = [weight for weight in model.parameters() if not any(weight is own for own in (*pairs, *counted))]
    optimizer = torch.optim.Adam([{"params": others}, {"params": pairs}], betas=MOMENTUM)
    for round_ in range(rounds):
        if time.monotonic() > deadline:
            break
        left = 0.5 * (1.0 + math.cos(math.pi * round_ / rounds))
        for group, multiplier in zip(optimizer.param_groups, (1.0, PAIRS_MULTIPLIER), strict=True):
            group["lr"] = multiplier * left * config.assignment_learning_rate
        own = groups[round_ % len(groups)]
        own.run(model, SWEEPS if round_ >= len(groups) else FIRST_SWEEPS, rng)
        gain, real, drawn = own.gain(model)
        loss = negative_log_prior(model, config) / len(assignment.subject) - gain
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _match_sizes(model, real, drawn, SIZE_STEP * left)
        errors.append(float(np.abs(real - drawn).sum() / max((real + drawn).sum(), 1.0)))
    return errors


@torch.no_grad()
def _match_sizes(model: AssignmentModel, real: Floats, drawn: Floats, step: float) -> None:
    """Move the terms of sizes by a share of the log ratio of real visits to drawn ones.

    Gradients are too slow where visits fall apart: their sizes have to be right after few rounds.
    """
    size = model.size
    classes, verbs = size.weight.numel(), size.of_verb.numel()
    ratio = np.log((real + SIZE_PRIOR) / (drawn + SIZE_PRIOR))[len(real) - classes - verbs :]
    shift = torch.from_numpy(step * ratio).to(size.weight)
    size.weight.add_(shift[:classes])
    size.of_verb.add_(shift[classes:].view_as(size.of_verb))


@dataclass(eq=False)
class _Group:
    """Some subjects, and their chains.

    Attributes:
        assignment: the true one; states: (L,) visits of each chain.
    """

    assignment: Assignment
    world: World
    partners: Partners
    states: list[Ints]

    def run(self, model: AssignmentModel, sweeps: int, rng: np.random.Generator) -> None:
        """Move links in every chain."""
        energies = model.energies(self.assignment)
        for state in self.states:
            run_chain(self.world, self.partners, energies, state, sweeps, rng)

    def gain(self, model: AssignmentModel) -> tuple[Tensor, Floats, Floats]:
        """Energy per link of the true assignment beyond the mean of the chains'; and how often terms apply in both."""
        assignment, device = self.assignment, model.sign.device
        verb, object = (torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in assignment.kinds.T)
        parts = _Parts(
            model.association(verb, object),
            model.preference(verb, object),
            model.embed_visits(assignment.features),
            model.size.preference,
            model.sign,
            model.flat(),
        )
        real, counts = self._energy(parts, assignment.visit)
        drawn = [self._energy(parts, state) for state in self.states]
        mean = np.mean([found for _, found in drawn], axis=0)
        gain: Tensor = (real - torch.stack([energy for energy, _ in drawn]).mean()) / len(assignment.subject)
        return gain, counts, mean

    def _energy(self, parts: _Parts, visit: Ints) -> tuple[Tensor, Floats]:
        """The energy of an assignment, and how often each flat parameter is part of it.

        What links contribute by themselves is left out: it is the same wherever they are.
        """
        device, place = parts.flat.device, place_of(visit, len(self.assignment.days))
        kind, offsets = (
            torch.from_numpy(own).to(device) for own in (self.assignment.kind[place.members], place.begins)
        )
        sums, liked = (
            functional.embedding_bag(kind, part, offsets[:-1], mode="sum")
            for part in (parts.association, parts.preference)
        )
        embedded = parts.visit
        if len(parts.size):
            of = self.world.sizes.of
            at = of[np.diff(place.begins).clip(max=len(of) - 1)].clip(min=0)  # a visit without a link has no sum
            embedded = embedded + parts.size[torch.from_numpy(at).to(device)]
        counts = count_parameters(self.world, self.partners, place, len(parts.flat))
        terms = parts.flat @ torch.from_numpy(counts).to(parts.flat)
        energy: Tensor = 0.5 * (sums.square() @ parts.sign).sum() + (liked * embedded).sum() + terms
        return energy, counts


class _Parts(NamedTuple):
    """What energies are made of: of kinds (K, R), (K, P), of visits (M, P), of classes of sizes (C, P), of ranks (R,);
    and the flat parameters."""

    association: Tensor
    preference: Tensor
    visit: Tensor
    size: Tensor
    sign: Tensor
    flat: Tensor


def _groups(model: AssignmentModel, assignment: Assignment, rng: np.random.Generator) -> Iterator[_Group]:
    """Subjects at random with about `LINKS` links each group; all of them, with several chains, if they have fewer."""
    subjects = rng.permutation(np.unique(assignment.subject))
    links = np.bincount(assignment.subject)[subjects].cumsum()
    count = int(np.clip(links[-1] // LINKS, 1, GROUPS))
    chains = int(np.clip(LINKS // links[-1], 1, CHAINS))
    for number in range(count):
        inside = (links > number * LINKS) & (links <= (number + 1) * LINKS) if count > 1 else links > 0
        own = assignment.take(np.isin(assignment.subject, subjects[inside]))
        world = model.world(own)
        partners = find_partners(world, model.terms.partners(ordered=True), rng)
        yield _Group(own, world, partners, [own.visit.copy() for _ in range(chains)])
