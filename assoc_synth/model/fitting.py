"""Fitting: edges and their calibration, occurrences, assignment, and the calibration of what stages 2 and 3 draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from assoc_synth.attributes import AttributeEncoder, Plan, check_constraints
from assoc_synth.attributes.row_order import rule_notes
from assoc_synth.ctgan.assignment.rules import describe_rules
from assoc_synth.ctgan.assignment.training import train_assignment
from assoc_synth.ctgan.compiled import compile_seconds
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration import PILOT_LINKS, calibrate_edges, full_pilot, rounds_of
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import find_implications
from assoc_synth.ctgan.edges.initialisation import Start, num_directions
from assoc_synth.ctgan.edges.plan_links import plan_sizes, with_plan
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.pretrained import Pretrained
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.calibration import calibrate_occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, edge_embedding
from assoc_synth.ctgan.occurrences.habit_training import ROUNDS as HABIT_ROUNDS
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.ctgan.occurrences.training import OccurrenceTrainer
from assoc_synth.ctgan.order.training import train_order
from assoc_synth.ctgan.trainer import History, Progress
from assoc_synth.ctgan.visit_columns.training import train_visit_columns
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.budget import Budget, Need, calibration_need, stage_need
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.init import init_notes, pretrained_for
from assoc_synth.model.number_margins import with_number_margins
from assoc_synth.model.shortfall import Shortfall
from assoc_synth.model.split import Split
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Ints

PILOT, FEWEST_PILOT, MOST_PILOT, PILOT_SUBJECTS = 10, 5_000, 200_000, 100_000
"""Edges drawn to calibrate occurrences: times the table's own, at least, at most; and the most subjects."""
LARGER, SHORT, ROUNDS = 4, 0.05, 3
"""The second trial of the edges' calibration: times the first one's pilot, and made if that took at most this share of
the time left; and what all rounds of the occurrences' calibration take, in trials.
"""


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
    """

    seeds: Seeds
    config: CTGANConfig | None = None
    device: str = "cpu"
    budget: Budget = field(default_factory=Budget)
    progress: Callable[[Progress], None] | None = None
    fewest: int = 1
    init: FittedModel | None = None


@dataclass(frozen=True, eq=False)
class _Seen:
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


def fit_model(
    graph: LinkGraph,
    split: Split,
    judge: Judge,
    training: Training,
    *,
    plan: Plan | None = None,
    constraints: Sequence[Any] | None = None,
) -> FittedModel:
    """Train all three stages on the training subjects, stopped by the validation subjects; no others are looked at.

    Args:
        graph: the whole table's.
        judge: what samples will be held against; it is stored and plays no part in training.
        constraints: SDV's, which the rows must satisfy.

    Raises:
        InputError: a dependency that the rows contradict, or a constraint that cannot be honoured.
        TrainingError: the loss is no longer a number.
    """
    seen = _look(graph, split, training, plan)
    honoured = check_constraints(constraints, seen.graph.table, seen.encoder.extras)
    edge_generator, occurrence_generator, history = _train(seen, training)
    generators, numbers = (edge_generator, occurrence_generator), training.seeds.child("numbers")
    encoder = with_number_margins(
        seen.encoder, seen.graph, generators, seen.degrees, seeds=numbers, fewest=training.fewest
    )
    about_order = _told_order(occurrence_generator, seen.graph)
    told = (*init_notes(seen.pretrained), *seen.encoder.notes, *about_order, *honoured)
    table, whole = seen.graph.table, graph.table
    return FittedModel(
        config=seen.config,
        format=table.format.with_categories(table.extras, seen.encoder.extras.kept_values),
        verbs=table.verbs,
        objects=table.objects,
        edge_generator=edge_generator,
        occurrence_generator=occurrence_generator,
        encoder=encoder,
        degrees=seen.degrees,
        margins=_margins(seen.edges),
        known_subjects=seen.edges.num_subjects,
        judge=judge,
        num_subjects=whole.num_subjects,
        links_per_subject=len(whole) / max(whole.num_subjects, 1),
        history=history,
        notes=(*told, *Shortfall.of(history).notes),
    )


def _train(seen: _Seen, training: Training) -> tuple[EdgeGenerator, OccurrenceGenerator, dict[str, Any]]:
    """All stages in their order, with their calibrations: both generators, and what each stage did."""
    coded = replace(seen.encoder.encode(seen.graph, seen.rng), with_attributes=seen.edges)
    training = _measured(seen, training, coded)
    edge_generator, edge_history = _train_edges(seen, training)
    edge_generator.set_implications(find_implications(seen.edges, seen.attributes, seen.orders, len(seen.planned)))
    edge_history.calibration_errors = _calibrate_edges(seen, training, edge_generator)
    edge_history.rounds = len(edge_history.calibration_errors), rounds_of(seen.config, seen.edges)
    occurrence_generator, occurrence_history = _train_occurrences(seen, training, coded, edge_generator)
    assignment_history = _train_assignment(seen, training, coded, occurrence_generator)
    order_history = _train_order(seen, training, coded, occurrence_generator)
    generators = edge_generator, occurrence_generator
    visits_history = _train_visit_columns(seen, training, coded, generators)
    occurrence_history.calibrated = _calibrate_occurrences(seen, training, coded, generators)
    occurrence_history.rounds = _rounds(occurrence_history.calibrated, seen.config, training.budget)
    history = _histories(
        edges=edge_history, occurrences=occurrence_history, assignment=assignment_history, order=order_history
    )
    if occurrence_generator.visit_columns is not None:
        history |= _histories(**{"visit columns": visits_history})
    return edge_generator, occurrence_generator, history


def _look(graph: LinkGraph, split: Split, training: Training, plan: Plan | None) -> _Seen:
    """Code the known subjects' rows."""
    known = LinkGraph.from_table(graph.table.take_subjects(split.known).with_own_names())
    rng = training.seeds.child("attributes").generator()
    encoder = AttributeEncoder.learn(known, rng, whole=graph.table.extras, plan=plan, fewest=training.fewest)
    own, training_codes = encoder.extras.subject, np.searchsorted(split.known, split.training)
    edges = with_plan(
        own.add_to(known.edges, encoder.extras.encode_subjects(known.table)), known.edges.degrees_by_verb()
    )
    config = (training.config or CTGANConfig()).for_objects(len(known.table.objects))
    trained = edges.take(training_codes)
    length = len(trained.verb) / max(trained.num_subjects, 1)
    return _Seen(
        graph=known,
        training=training_codes,
        validation=np.searchsorted(split.known, split.validation),
        encoder=encoder,
        edges=edges,
        degrees=Degrees.learn(known.edges),
        config=config.for_subjects(trained.num_subjects, num_directions(trained), length),
        rng=rng,
        pretrained=None if training.init is None else pretrained_for(edges, known.table, training.init),
    )


def _measured(seen: _Seen, training: Training, coded: Occurrences) -> Training:
    """The time that is left, shared out by what a trial of each step takes; as it is where there is no limit."""
    budget, needs = training.budget, dict[str, Need]()
    if not budget.is_limited:
        return training
    seen = replace(seen, rng=training.seeds.child("trial").generator())
    trial = replace(training, budget=budget.trial(), progress=None)

    def now() -> float:  # what a fresh installation compiles in the trial is compiled when the steps come
        return budget.clock() - compile_seconds()

    started = now()

    def lap() -> float:
        nonlocal started
        seconds, started = now() - started, now()
        return max(seconds, 0.0)

    edge_generator, history = _train_edges(seen, trial)
    needs["edges"] = stage_need(history, lap())
    if budget.left:
        _calibrate_edges(seen, trial, edge_generator)
        trials = [(PILOT_LINKS[0], lap())]
        if trials[0][1] < SHORT * budget.left:
            _calibrate_edges(seen, replace(trial, budget=budget.trial(LARGER)), edge_generator)
            trials.append((LARGER * PILOT_LINKS[0], lap()))
        rounds = rounds_of(seen.config, seen.edges)
        needs["edge calibration"] = calibration_need(rounds, trials, full_pilot(seen.edges))
    if budget.left:
        occurrence_generator, history = _train_occurrences(seen, trial, coded, edge_generator)
        needs["occurrences"] = stage_need(history, lap())
        needs["assignment"] = stage_need(_train_assignment(seen, trial, coded, occurrence_generator), lap())
        needs["order"] = stage_need(_train_order(seen, trial, coded, occurrence_generator), lap())
        generators = edge_generator, occurrence_generator
        needs["visit columns"] = stage_need(_train_visit_columns(seen, trial, coded, generators), lap())
    if budget.left:
        _calibrate_occurrences(seen, trial, coded, (edge_generator, occurrence_generator))
        needs["occurrence calibration"] = calibration_need(ROUNDS, [(FEWEST_PILOT, lap())], _full_pilot(seen))
    return replace(training, budget=budget.sharing(needs))


def _train_edges(seen: _Seen, training: Training) -> tuple[EdgeGenerator, History]:
    """Stage 1: which subject has which links."""
    return EdgeTrainer(
        seen.config,
        seen.edges.take(seen.training),
        seen.edges.take(seen.validation),
        seeds=training.seeds.child("edges"),
        device=training.device,
        deadline=training.budget.deadline("edges"),
        start=Start(seen.attributes, len(seen.planned), seen.pretrained),
        callback=training.progress,
    ).fit()


def _calibrate_edges(seen: _Seen, training: Training, generator: EdgeGenerator) -> list[dict[str, float | None]]:
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


def _train_occurrences(
    seen: _Seen, training: Training, coded: Occurrences, edge_generator: EdgeGenerator
) -> tuple[OccurrenceGenerator, History]:
    """Stage 2: how often an edge occurs, when, and with which attributes."""
    return OccurrenceTrainer(
        seen.config,
        coded,
        edge_generator,
        training=seen.training,
        validation=seen.validation,
        seeds=training.seeds.child("occurrences"),
        deadline=training.budget.deadline("occurrences"),
        callback=training.progress,
    ).fit()


def _train_assignment(seen: _Seen, training: Training, coded: Occurrences, generator: OccurrenceGenerator) -> History:
    """Stage 3: which link is in which visit."""
    return train_assignment(
        generator.assignment,
        coded,
        config=seen.config,
        validation=seen.validation,
        seeds=training.seeds.child("assignment"),
        deadline=training.budget.deadline("assignment"),
        callback=training.progress,
    )


def _train_order(seen: _Seen, training: Training, coded: Occurrences, generator: OccurrenceGenerator) -> History:
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


def _train_visit_columns(
    seen: _Seen, training: Training, coded: Occurrences, generators: tuple[EdgeGenerator, OccurrenceGenerator]
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


def _calibrate_occurrences(
    seen: _Seen, training: Training, coded: Occurrences, generators: tuple[EdgeGenerator, OccurrenceGenerator]
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
    enough = training.budget.links("occurrence calibration", FEWEST_PILOT, _full_pilot(seen))
    subjects = math.ceil(enough * seen.edges.num_subjects / max(len(seen.edges), 1))
    composition = Plans.of(seen.degrees, edge_generator).draw(min(subjects, PILOT_SUBJECTS), seen.rng)
    pilot = sample_edges(edge_generator, composition, seeds=training.seeds.child("pilot"))
    deadline = training.budget.moment("occurrence calibration")
    return calibrate_occurrences(occurrence_generator, sampler, coded, pilot, deadline=deadline)


def _full_pilot(seen: _Seen) -> int:
    """About how many edges are drawn to calibrate occurrences where there is time."""
    return min(max(PILOT * len(seen.edges), FEWEST_PILOT), MOST_PILOT)


def _told_order(generator: OccurrenceGenerator, graph: LinkGraph) -> tuple[str, ...]:
    """What the user should know of visits: the rules that hold in them, and of their order."""
    own = describe_rules(generator.assignment.rules.cpu().numpy(), graph.table.verbs, graph.table.objects)
    order = generator.order
    return own if order is None else (*own, *rule_notes(order.rule_tokens, graph.table, order.visit_rule_links))


def _margins(edges: Edges) -> Floats:
    """(V, O) subjects linked to each object by each verb."""
    counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
    return counts.reshape(edges.num_verbs, -1).astype(np.float64)


def _rounds(calibrated: Mapping[str, Sequence[float]], config: CTGANConfig, budget: Budget) -> tuple[int, int]:
    """Rounds that the occurrences' calibration made, and how many there would have been without a limit."""
    made = sum(len(errors) for errors in calibrated.values())
    most = {"counts": config.count_rounds, "links": 2 * config.link_rounds, "order": config.order_rounds}
    most |= {"visits": config.visit_rounds, "visit columns": config.link_rounds, "habits": HABIT_ROUNDS}
    cut = [max(most.get(name, 0) - len(errors), 0) for name, errors in calibrated.items()]
    return made, made if budget.left else made + sum(cut)


def _histories(**stages: History) -> dict[str, Any]:
    """What each stage did, as JSON values."""
    return {name: asdict(history) for name, history in stages.items()}
