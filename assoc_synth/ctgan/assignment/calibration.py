"""Calibration of links in visits: persistent chains of the training subjects' links, whose error is taken out.

A composite likelihood learns what tells the true place of a link from another one, given all others in their true
places. A chain draws all of them, and small errors of many pairs add up in a large visit. Maximum likelihood asks
that what the chains have is what the training subjects have; its gradient is the difference of the two (Younes 1988;
Tieleman 2008). The chains go on from round to round and need few moves in each.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.chain import run_chain
from assoc_synth.ctgan.assignment.kernel import Partners, World, find_partners
from assoc_synth.ctgan.assignment.logits import place_of
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel, from_both_sides
from assoc_synth.ctgan.assignment.parts import in_parts
from assoc_synth.ctgan.assignment.size_terms import dealt_anew
from assoc_synth.ctgan.assignment.state_counts import beside_parameters, count_company, count_parameters
from assoc_synth.ctgan.assignment.training import TERM_PRECISION, negative_log_prior
from assoc_synth.ctgan.assignment.verb_terms import BARRED, verb_pairs
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.transactions.arrays import Floats, Ints

LINKS, CHAINS, CHAINED_LINKS = 300_000, 8, 150_000
"""Links that are looked at, at most about; chains of a small table at most, and links in all of them."""
SWEEPS, FIRST_SWEEPS = 3, 30
"""Moves for each link in a round, and before the first one."""
SCALE_RATE = 0.02
"""Learning rate, at first, of the scales of associations by visits' sizes: they are few, and all visits show them."""
LEARNING_RATE, MOMENTUM, PRECISION = 5e-3, (0.5, 0.99), 10.0
"""Of Adam, at first, and of the normal prior of the embeddings, in links: what is drawn is to be as often as the data,
so that less is asked of them than where they are learned."""
MATCH_STEP, MATCH_PRIOR = 0.4, 3.0
"""Share of the log ratio of counts that a first round takes out, and counts that shrink it."""


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
    own = _sample(model, in_parts(model.grouped(assignment))[0], rng)
    matched = [model.between, model.terms.weight, model.size.weight, model.size.of_verb, model.size.scale]
    others = [weight for weight in model.parameters() if not any(weight is own for own in matched)]
    optimizer = torch.optim.Adam([{"params": others}, {"params": [model.size.scale]}], betas=MOMENTUM)
    for round_ in range(rounds):
        if time.monotonic() > deadline:
            break
        left = 0.5 * (1.0 + math.cos(math.pi * round_ / rounds))
        for group, rate in zip(optimizer.param_groups, (LEARNING_RATE, SCALE_RATE), strict=True):
            group["lr"] = left * rate
        own.run(model, SWEEPS if round_ else FIRST_SWEEPS, rng)
        gain, real, drawn = own.gain(model)
        loss = negative_log_prior(model, PRECISION, PRECISION) / len(assignment.subject) - gain
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _match_counts(model, real, drawn, MATCH_STEP * left)
        _match_times(model, real, drawn, MATCH_STEP * left)
        own.match_verbs(model, MATCH_STEP * left)
        own.match_dates(model, MATCH_STEP * left)
        own.match_company(model, MATCH_STEP * left)
        errors.append(float(np.abs(real - drawn).sum() / max((real + drawn).sum(), 1.0)))
    return errors


@torch.no_grad()
def _match_counts(model: AssignmentModel, real: Floats, drawn: Floats, step: float) -> None:
    """Move the terms of pairs and of sizes by a share of the log ratio of how often they apply, real to drawn.

    Gradients are too slow where visits fall apart: what is in them has to be right after few rounds. At rest a term
    applies less often than in the real visits by what its normal prior asks for.
    """
    size, terms = model.size, model.terms.weight
    weight = [terms.flatten(), size.weight.flatten(), size.of_verb.flatten()]
    begin = len(real) - sum(own.numel() for own in weight)
    prior = np.zeros(len(real) - begin)
    prior[: terms.numel()] = TERM_PRECISION * weight[0].cpu().numpy()
    wanted = np.maximum(real[begin:] - prior, 0.0)
    ratio = np.log((wanted + MATCH_PRIOR) / (drawn[begin:] + MATCH_PRIOR))
    shift = torch.from_numpy(step * ratio).to(terms).split([own.numel() for own in weight])
    for parameter, own in zip((terms, size.weight, size.of_verb), shift, strict=True):
        parameter.add_(own.view_as(parameter))


@torch.no_grad()
def _match_times(model: AssignmentModel, real: Floats, drawn: Floats, step: float) -> None:
    """The same for the terms of two links to one object, by the days between them."""
    shape, begin = model.between.shape, model.between.numel()
    wanted, found = (from_both_sides(torch.from_numpy(own[:begin]).view(shape)) for own in (real, drawn))
    shift = step * torch.log((wanted + MATCH_PRIOR) / (found + MATCH_PRIOR))
    model.between.add_(0.5 * shift.to(model.between))


@dataclass(eq=False)
class _Sample:
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
        self.world = self.world._replace(verbs=model.verbs.cpu().numpy())
        for state in self.states:
            run_chain(self.world, self.partners, energies, state, sweeps, rng)

    @torch.no_grad()
    def match_verbs(self, model: AssignmentModel, step: float) -> None:
        """Move the terms of two verbs in one visit, where they may meet, as `_match_counts` moves those of pairs."""
        assignment, sizes = self.assignment, (len(model.between), len(self.assignment.days))
        real = verb_pairs(assignment.verb, assignment.visit, *sizes)
        drawn = np.mean([verb_pairs(assignment.verb, state, *sizes) for state in self.states], axis=0)
        shift = torch.from_numpy(step * np.log((real + MATCH_PRIOR) / (drawn + MATCH_PRIOR))).to(model.verbs)
        model.verbs.add_(torch.where(model.verbs > BARRED, shift, torch.zeros_like(shift)))

    def match_dates(self, model: AssignmentModel, step: float) -> None:
        """Move the terms of dates in the same way."""
        assignment, of = self.assignment, model.date_of(self.assignment)
        row = model.dates.row_of(assignment.verb, assignment.object, model.num_objects)
        model.dates.match(row, of[assignment.visit], [of[state] for state in self.states], step)

    def match_company(self, model: AssignmentModel, step: float) -> None:
        """Move the terms of company in the same way."""
        if not len(model.company):
            return
        real, *drawn = (
            count_company(self.world, place_of(visit, len(self.assignment.days)))
            for visit in (self.assignment.visit, *self.states)
        )
        model.company.match(real, np.mean(drawn, axis=0), step)

    def gain(self, model: AssignmentModel) -> tuple[Tensor, Floats, Floats]:
        """Energy per link of the true assignment beyond the mean of the chains'; and how often terms apply in both."""
        assignment, device = self.assignment, model.sign.device
        verb, object = (torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in assignment.kinds.T)
        parts = _Parts(
            model.association(verb, object),
            model.preference(verb, object),
            model.embed_visits(assignment.features, assignment.calendar),
            model.size.preference,
            model.size.scales(),
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
        embedded, of, sizes = parts.visit, self.world.sizes.of, np.diff(place.begins)
        classes = torch.from_numpy(of[sizes.clip(max=len(of) - 1)]).to(device)
        if len(parts.size):
            embedded = embedded + parts.size[classes.clamp(min=0)]  # a visit without a link has no sum
        counts = count_parameters(self.world, self.partners, place, len(parts.flat))
        beside = beside_parameters(self.world, place)
        by_class = parts.scale.detach().cpu().double().numpy()[classes.cpu().numpy()[beside[:, 0]]]
        counts += np.bincount(beside[:, 1], by_class, minlength=len(counts))
        terms = parts.flat @ torch.from_numpy(counts).to(parts.flat)
        known = parts.flat.detach()[torch.from_numpy(beside[:, 1]).to(device)]
        known = parts.flat.new_zeros(len(sizes)).index_add(0, torch.from_numpy(beside[:, 0]).to(device), known)
        squares = functional.embedding_bag(kind, parts.association.square(), offsets[:-1], mode="sum")
        pairs = 0.5 * ((sums.square() - squares) @ parts.sign)
        scale = parts.scale[classes]
        # The terms have the scale of now in their counts; this adds its gradient, and nothing else.
        energy: Tensor = (scale * pairs + (scale - scale.detach()) * known).sum() + (liked * embedded).sum() + terms
        return energy, counts


class _Parts(NamedTuple):
    """What energies are made of: of kinds (K, R), (K, P), of visits (M, P), of classes of sizes (C, P), of ranks (R,);
    and the flat parameters."""

    association: Tensor
    preference: Tensor
    visit: Tensor
    size: Tensor
    scale: Tensor
    sign: Tensor
    flat: Tensor


def _sample(model: AssignmentModel, assignment: Assignment, rng: np.random.Generator) -> _Sample:
    """Subjects at random with about `LINKS` links; all of them, with several chains, if they have fewer."""
    subjects = rng.permutation(np.unique(assignment.subject))
    links = np.bincount(assignment.subject)[subjects].cumsum()
    chains = int(np.clip(CHAINED_LINKS // links[-1], 1, CHAINS))
    # The first one is there whatever its number of links.
    own = assignment.take(np.isin(assignment.subject, subjects[: np.searchsorted(links, LINKS, side="right") + 1]))
    world = model.world(own)
    partners = find_partners(world, model.terms.partners(ordered=True), rng)
    # Chains begin where a draw begins: those that began at the truth would stay near it, and ask for too little.
    return _Sample(own, world, partners, [dealt_anew(own.subject, own.visit, rng) for _ in range(chains)])
