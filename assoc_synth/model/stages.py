"""The stages of a fit, one function each: what it trains or calibrates, and with which seed and deadline."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.assignment.training import train_assignment
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration import PILOT_LINKS, calibrate_edges, full_pilot
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import Start
from assoc_synth.ctgan.edges.plan_links import plan_sizes
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.pretrained import Pretrained
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.calibration import calibrate_occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, edge_embedding
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.ctgan.occurrences.training import OccurrenceTrainer
from assoc_synth.ctgan.order.training import train_order
from assoc_synth.ctgan.trainer import History, Progress
from assoc_synth.ctgan.visit_columns.training import train_visit_columns
from assoc_synth.link_graph.contributions import most_counted, shortened
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.budget import Budget
from assoc_synth.model.crew import Crew
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.resuming import Checkpoint
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints

PILOT, FEWEST_PILOT, MOST_PILOT, PILOT_SUBJECTS = 10, 5_000, 200_000, 100_000
"""Edges drawn to calibrate occurrences: times the table's own, at least, at most; and the most subjects."""


@dataclass(frozen=True)
class Training:
    """How a model is trained.

    Attributes:
        seeds: of everything random.
        config: hyperparameters; None for the defaults.
        device: of the networks, as PyTorch names it.
        budget: when training ends, and what each step of it may take.
        progress: called after each training step.
        fewest: subjects that a stored number has, see `AttributeEncoder.learn`.
        init: a stored model that training starts from where names are in both; None for none.
        checkpoint: keeps what is trained; None for nobody.
        crew: trains stages 1 and 2 by several processes; None for this one.
    """

    seeds: Seeds
    config: CTGANConfig | None = None
    device: str = "cpu"
    budget: Budget = field(default_factory=Budget)
    progress: Callable[[Progress], None] | None = None
    fewest: int = 1
    init: FittedModel | None = None
    checkpoint: Checkpoint | None = None
    crew: Crew | None = None


@dataclass(frozen=True, eq=False)
class Seen:
    """What training may look at.

    Attributes:
        graph: of the known subjects, in their own vocabulary: names that only others have are never stored.
        training, validation: their codes in it.
        encoder: how their attributes are coded.
        edges: their links, and their own columns as links.
        degrees: how many links they have.
        config: hyperparameters for a table of this size.
        rng: of the codes and of the pilot's subjects.
        pretrained: the stored generator that training starts from; None for none.
    """

    graph: LinkGraph
    training: Ints
    validation: Ints
    encoder: AttributeEncoder
    edges: Edges
    degrees: Degrees
    config: CTGANConfig
    rng: np.random.Generator
    pretrained: Pretrained | None = None

    @property
    def planned(self) -> tuple[int, ...]:
        """How many classes the plan of each verb has."""
        return plan_sizes(self.graph.edges.num_verbs)

    @property
    def attributes(self) -> tuple[int, ...]:
        """How many values each attribute has: the subjects' own columns, and their plan."""
        return (*self.encoder.extras.subject.sizes, *self.planned)

    @property
    def orders(self) -> tuple[Ints | None, ...]:
        """The values of each attribute in ascending order; None for categories."""
        return (*self.encoder.extras.subject.orders, *(np.arange(size) for size in self.planned))


def edge_maker(seen: Seen, training: Training) -> Callable[..., EdgeTrainer]:
    """Makes the trainer of stage 1, which subject has which links, anywhere."""
    return partial(
        EdgeTrainer,
        seen.config,
        seen.edges.take(seen.training),
        seen.edges.take(seen.validation),
        seeds=training.seeds.child("edges"),
        device=training.device,
        start=Start(seen.attributes, len(seen.planned), seen.pretrained),
    )


def edge_trainer(seen: Seen, training: Training) -> EdgeTrainer:
    """Of stage 1, at its beginning."""
    return edge_maker(seen, training)(deadline=training.budget.deadline("edges"), callback=training.progress)


def calibrate_links(seen: Seen, training: Training, generator: EdgeGenerator) -> list[dict[str, float | None]]:
    """Bring what stage 1 draws to the training margins and pairs; the error of each round."""
    errors = calibrate_edges(
        generator,
        seen.edges,
        seen.degrees,
        seeds=training.seeds.child("edge calibration"),
        pilot_links=training.budget.links("edge calibration", PILOT_LINKS[0], full_pilot(seen.edges)),
        deadline=training.budget.moment("edge calibration"),
    )
    return [asdict(error) for error in errors]


def occurrence_maker(
    seen: Seen, training: Training, coded: Occurrences, edge_generator: EdgeGenerator
) -> Callable[..., OccurrenceTrainer]:
    """Makes the trainer of stage 2, how often an edge occurs, when, and with which attributes, anywhere."""
    return partial(
        OccurrenceTrainer,
        seen.config,
        coded,
        edge_generator,
        training=seen.training,
        validation=seen.validation,
        seeds=training.seeds.child("occurrences"),
    )


def occurrence_trainer(
    seen: Seen, training: Training, coded: Occurrences, edge_generator: EdgeGenerator
) -> OccurrenceTrainer:
    """Of stage 2, at its beginning."""
    make = occurrence_maker(seen, training, coded, edge_generator)
    return make(deadline=training.budget.deadline("occurrences"), callback=training.progress)


def train_moves(
    seen: Seen, training: Training, coded: Occurrences, generator: OccurrenceGenerator, rules: Ints
) -> History:
    """Stage 3: which link is in which visit, by rules of visits (R, 3)."""
    return train_assignment(
        generator.assignment,
        coded,
        config=seen.config,
        rules=rules,
        validation=seen.validation,
        seeds=training.seeds.child("assignment"),
        deadline=training.budget.deadline("assignment"),
        callback=training.progress,
    )


def train_orders(seen: Seen, training: Training, coded: Occurrences, generator: OccurrenceGenerator) -> History:
    """In which order the links of a visit come, and how long after one another."""
    return train_order(
        generator.order,
        coded,
        validation=seen.validation,
        seeds=training.seeds.child("order"),
        epochs=seen.config.epochs,
        deadline=training.budget.deadline("order"),
        callback=training.progress,
    )


def train_columns_of_visits(
    seen: Seen, training: Training, coded: Occurrences, generators: tuple[EdgeGenerator, OccurrenceGenerator]
) -> History:
    """What the links of a visit share."""
    edge_generator, occurrence_generator = generators
    if occurrence_generator.visit_columns is None:
        return History()
    return train_visit_columns(
        occurrence_generator.visit_columns,
        coded,
        edge_embedding(edge_generator, seen.edges),
        validation=seen.validation,
        seeds=training.seeds.child("visit columns"),
        config=seen.config,
        deadline=training.budget.deadline("visit columns"),
        callback=training.progress,
    )


def calibrate_rows(
    seen: Seen, training: Training, coded: Occurrences, generators: tuple[EdgeGenerator, OccurrenceGenerator]
) -> dict[str, list[float]]:
    """Bring what stages 2 and 3 draw to the training shares, on edges that stage 1 draws."""
    edge_generator, occurrence_generator = generators
    sampler = OccurrenceSampler(
        occurrence_generator,
        edge_generator,
        seen.encoder,
        seeds=training.seeds.child("occurrence calibration"),
        ordered=False,
    )
    enough = training.budget.links("occurrence calibration", FEWEST_PILOT, full_row_pilot(seen))
    subjects = math.ceil(enough * seen.edges.num_subjects / max(len(seen.edges), 1))
    composition = Plans.of(seen.degrees, edge_generator).draw(min(subjects, PILOT_SUBJECTS), seen.rng)
    composition = shortened(composition, most_counted(seen.graph.edges))
    pilot = sample_edges(edge_generator, composition, seeds=training.seeds.child("pilot"))
    deadline = training.budget.moment("occurrence calibration")
    return calibrate_occurrences(occurrence_generator, sampler, coded, pilot, deadline=deadline)


def full_row_pilot(seen: Seen) -> int:
    """About how many edges are drawn to calibrate occurrences where there is time."""
    return min(max(PILOT * len(seen.edges), FEWEST_PILOT), MOST_PILOT)


def train_edges(seen: Seen, training: Training) -> tuple[EdgeGenerator, History]:
    """Stage 1: which subject has which links."""
    return edge_trainer(seen, training).fit()


def train_occurrences(
    seen: Seen, training: Training, coded: Occurrences, edge_generator: EdgeGenerator
) -> tuple[OccurrenceGenerator, History]:
    """Stage 2: how often an edge occurs, when, and with which attributes."""
    return occurrence_trainer(seen, training, coded, edge_generator).fit()
