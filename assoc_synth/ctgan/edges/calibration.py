"""Calibration of the edges: the generator draws a sample, and its error against the training subjects is taken out.

Sampling link after link lets small errors of the conditionals add up over a history: margins move, and strong pairs
come out too weak. A pilot sample shows the calibration error of each margin and of each pair. The calibration error of
a margin goes into that object's bias. The calibration error of the pairs, shrunk, goes first into the steering path,
reduced to its leading factors; what then is left of it for pairs that are associated goes into their own terms. Only
training subjects are used.

With too many objects for the steering path, a pilot sees too few of most pairs as well. There the terms begin at
what the training subjects show of a pair and the trained paths do not have, and the pilots correct what is frequent.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.allocator import give_back
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration_target import SMALL_TOKENS, CalibrationErrors, Measured, Target, num_linked
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.low_rank import leading_factors
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.contributions import counted, most_counted, shortened
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Ints, Singles

STEERING_RANK, SMALL_RANK = 64, 128
"""Rank of the steering path, and its rank up to 2,000 tokens. The second one can carry single pairs, and with them the
chance in their counts, which is therefore taken out first. A low rank leaves it out by itself.
"""
ROUNDS, SMALL_ROUNDS, SMALL_TABLE = 10, 16, 50_000
"""More rounds up to 50,000 edges, where they are cheap."""
PILOT, SMALL_PILOT = 4, 8
PILOT_LINKS = 5_000, 400_000
"""A pilot has so many times the table's links (more of a small table), within these bounds, and at least
`PILOT_SUBJECTS`."""
PILOT_SUBJECTS = 50
LONGER, SHORTER = 1.2, 0.5
"""Steps grow after a round that made things better, and shrink after one that made them worse."""
MAX_TOKENS = 300_000
"""With more (verb, object) tokens the pairs are not steered: their factors would be larger than all other weights."""


def calibrate_edges(
    generator: EdgeGenerator,
    edges: Edges,
    degrees: Degrees,
    *,
    seeds: Seeds,
    pilot_links: int | None = None,
    deadline: float = math.inf,
) -> list[CalibrationErrors]:
    """Move the biases, set the steering path, then the pair terms; a round that made things worse is undone.

    Args:
        generator: trained; changed in place as its config says.
        edges: training subjects, whose margins and pairs are the target. A subject with more links than are `counted`
            is one of fewer links here, and so is a subject of a pilot.
        degrees: of the pilots' subjects.
        pilot_links: about how many links each round draws; None takes a few times the table's, up to 400,000.
        deadline: `time.monotonic()` by which the last round has to end; the first is always made.

    Returns:
        One entry per round, measured before its correction; none where the config asks for no rounds.
    """
    rounds = rounds_of(generator.config, edges)
    if not rounds:
        return []
    most = most_counted(edges.within(generator.num_link_verbs, edges.num_objects))
    edges = counted(edges, most, attributes=len(generator.attributes))
    links = pilot_links or full_pilot(edges)
    subjects = max(int(np.ceil(links * num_linked(edges) / len(edges))), PILOT_SUBJECTS)
    calibration, errors = _Calibration(generator, edges, subjects, deadline), []
    plans, began, longest = Plans.of(degrees, generator), time.monotonic(), 0.0
    for round_ in range(rounds):
        now = time.monotonic()
        longest, began = max(longest, now - began), now
        if round_ and now + longest > deadline:
            calibration.undo()  # the last correction has not been measured
            break
        own = seeds.child(f"round {round_}")
        composition = shortened(plans.draw(subjects, own.child("subjects").generator()), most)
        drawn = sample_edges(generator, composition, seeds=own)
        errors.append(calibration.learn(drawn, subjects))
        give_back()
        if round_ < rounds - 1:
            calibration.correct_pairs(late=round_ >= rounds // 2)  # after the last round it could not be measured
    return errors


def rounds_of(config: CTGANConfig, edges: Edges) -> int:
    """How many rounds calibration makes where there is time."""
    if config.calibration_rounds is not None:
        return config.calibration_rounds
    return ROUNDS if len(edges) > SMALL_TABLE else SMALL_ROUNDS


def full_pilot(edges: Edges) -> int:
    """About how many links a pilot draws where there is time."""
    times = PILOT if len(edges) > SMALL_TABLE else SMALL_PILOT
    return int(np.clip(times * len(edges), *PILOT_LINKS))


class _Calibration:
    """The rounds' state: the best round so far, and how far the next correction goes.

    Args:
        subjects: of each pilot.
    """

    def __init__(self, generator: EdgeGenerator, edges: Edges, subjects: int, deadline: float) -> None:
        self.generator, self.config = generator, generator.config
        tokens = generator.num_verbs * generator.num_objects
        is_large = tokens > MAX_TOKENS or generator.tail is not None
        self.steers = self.config.steering and not is_large
        if self.steers:
            used = int(np.count_nonzero(np.bincount(edges.token)))
            generator.make_steering(min(steering_rank(self.config, used), tokens))
        linked = num_linked(edges)
        self.target = Target.of(generator, edges, min(linked, subjects), steers=self.steers, is_large=is_large)
        # A link steers every later one of its subject, so that long histories add a pair's correction up many times.
        step = self.config.calibration_step
        self.pairs_step = step * min(1.0, 4.0 / math.sqrt(len(edges) / linked / 2))
        self.single_step = step
        self.single_pairs = not self.steers
        self.middle = time.monotonic() + (deadline - time.monotonic()) / 2
        self.terms = np.zeros(len(self.target.associated))
        if is_large and len(self.terms):
            self.set_terms(self.target.associated.begin(generator, edges))
        self.best: tuple[Measured, _Steering] | None = None
        self.sets_terms = self.starts_anew = False

    def learn(self, drawn: Edges, subjects: int) -> CalibrationErrors:
        """Compare a pilot, go back where it is worse than the best one, and correct the biases."""
        measured = self.target.measure(drawn, subjects)
        if self.starts_anew:
            self.best, self.starts_anew = None, False
        if self.best is None or measured.size(single_pairs=self.single_pairs) <= self.best[0].size(
            single_pairs=self.single_pairs
        ):
            self._scale_step(1.0 if self.best is None else LONGER)
            self.best = measured, _Steering.of(self.generator, self.terms)
        else:
            self.undo()
            self._scale_step(SHORTER)
        correct_biases(self.generator, self.best[0], self.config.margin_step)
        return measured.errors

    def undo(self) -> None:
        """Go back to what drew the best pilot."""
        if self.best is not None:
            self.best[1].restore(self.generator)
            self.set_terms(self.best[1].terms)

    def correct_pairs(self, *, late: bool) -> None:
        """Correct all pairs by the steering path, and `late` the associated ones by their own terms.

        What many pairs of a small table have in common goes on being steered.
        """
        if self.best is None:
            return
        measured, steering = self.best
        has_tastes = measured.errors.tastes is not None
        if len(self.terms) and (not self.steers or late or time.monotonic() > self.middle):
            self.single_pairs = not has_tastes
            self.set_terms(steering.terms + self.single_step * measured.associated)
            if not self.sets_terms:
                # From here on the rounds make something else smaller: none of before is the best one of these.
                self.sets_terms, self.starts_anew = True, True
        if measured.pair_ratio is not None and (has_tastes or not self.single_pairs):
            steer(self.generator, measured.pair_ratio * np.float32(self.pairs_step), self.target.chosen)

    def set_terms(self, terms: Floats) -> None:
        """Give the associated pairs these terms: (P,)."""
        self.terms = terms
        self.generator.pairs.set(self.target.associated.tokens, self.target.associated.matrix(terms))

    def _scale_step(self, factor: float) -> None:
        if self.single_pairs:
            self.single_step *= factor
        else:
            self.pairs_step *= factor


@dataclass(frozen=True, eq=False)
class _Steering:
    """A copy of what calibration changes."""

    tensors: list[Tensor]
    terms: Floats

    @classmethod
    def of(cls, generator: EdgeGenerator, terms: Floats) -> _Steering:
        return cls([tensor.detach().clone() for tensor in cls._steered(generator)], terms)

    @torch.no_grad()
    def restore(self, generator: EdgeGenerator) -> None:
        for tensor, value in zip(self._steered(generator), self.tensors, strict=True):
            tensor.copy_(value)

    @staticmethod
    def _steered(generator: EdgeGenerator) -> list[Tensor]:
        inside = [] if generator.tail is None else [generator.tail.bias]
        steering = generator.steering_source, generator.steering_target
        return [generator.object_bias, generator.earlier_bias, *steering, *inside]


def steering_rank(config: CTGANConfig, tokens: int) -> int:
    """The steering path's rank for `tokens` (verb, object) tokens."""
    if config.steering_rank is not None:
        return config.steering_rank
    return SMALL_RANK if tokens <= SMALL_TOKENS else STEERING_RANK


@torch.no_grad()
def correct_biases(generator: EdgeGenerator, measured: Measured, step: float) -> None:
    """Take the share `step` of the calibration error of the margins and of the repeat bias out of the biases."""
    generator.object_bias.add_(torch.from_numpy(step * measured.class_shift).to(generator.object_bias))
    generator.earlier_bias.add_(torch.from_numpy(step * measured.repeat_shift).to(generator.earlier_bias))
    if generator.tail is not None:
        shift = torch.from_numpy(step * measured.margin_shift).to(generator.object_bias)
        generator.tail.bias.add_(generator.tail.in_slots(shift.view(generator.num_verbs, -1)))


def steer(generator: EdgeGenerator, change: Singles, chosen: Ints) -> None:
    """Add a change of pairs' logits, (chosen, chosen), to the steering path, and reduce the sum to the path's rank."""
    at = torch.from_numpy(chosen)
    source, target = generator.steering_source, generator.steering_target.flatten(0, 1)
    plus = target[at].double().cpu().numpy(), source[at].double().cpu().numpy()
    left, right = leading_factors(change, generator.steering_dim, plus=plus)
    target[at] = torch.from_numpy(left).to(target)
    source[at] = torch.from_numpy(right).to(source)
