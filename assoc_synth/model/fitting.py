"""Fitting: edges and their calibration, occurrences, assignment, and the calibration of what stages 2 and 3 draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from assoc_synth.attributes import AttributeEncoder, Plan, check_constraints
from assoc_synth.attributes.row_order import rule_notes
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.ctgan.assignment.rules import describe_rules
from assoc_synth.ctgan.assignment.training import visit_rules
from assoc_synth.ctgan.compiled import compile_seconds
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration import PILOT_LINKS, full_pilot, rounds_of
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import find_implications
from assoc_synth.ctgan.edges.initialisation import num_directions
from assoc_synth.ctgan.edges.plan_links import with_plan
from assoc_synth.ctgan.edges.visit_implications import implied_by_visits
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.habit_training import ROUNDS as HABIT_ROUNDS
from assoc_synth.ctgan.trainer import History
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.contributions import contribution_notes
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.budget import Budget, Need, calibration_need, stage_need
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.init import init_notes, pretrained_for
from assoc_synth.model.number_margins import with_number_margins
from assoc_synth.model.shortfall import Shortfall, halving_notes
from assoc_synth.model.split import Split
from assoc_synth.model.stages import (
    FEWEST_PILOT,
    Seen,
    Training,
    calibrate_links,
    calibrate_rows,
    full_row_pilot,
    train_columns_of_visits,
    train_edges,
    train_moves,
    train_occurrences,
    train_orders,
)
from assoc_synth.model.steps import Steps
from assoc_synth.transactions.arrays import Floats, Ints

NEEDS = "needs"
"""What a checkpoint calls what the trial has measured."""
LARGER, SHORT, ROUNDS, NUMBERS = 4, 0.05, 3, 3
"""The second trial of the edges' calibration: times the first one's pilot, and made if that took at most this share of
the time left; and what all rounds of the occurrences' calibration, and the map of numbers, take in trials.
"""


def fit_model(
    graph: LinkGraph,
    split: Split,
    judge: Judge,
    training: Training,
    *,
    plan: Plan | None = None,
    constraints: Sequence[Any] | None = None,
    days: SharedDays | None = None,
) -> FittedModel:
    """Train all three stages on the training subjects, stopped by the validation subjects; no others are looked at.

    Args:
        graph: the whole table's.
        judge: what samples will be held against; it is stored and plays no part in training.
        constraints: SDV's, which the rows must satisfy; days: see `AttributeEncoder.learn`.

    Raises:
        InputError: a dependency that the rows contradict, or a constraint that cannot be honoured.
        TrainingError: the loss is no longer a number.
    """
    seen = _look(graph, split, training, plan, days)
    honoured = check_constraints(constraints, seen.graph.table, seen.encoder.extras)
    edge_generator, occurrence_generator, history = _train(seen, training)
    if seen.encoder.size is not None:
        occurrence_generator.assignment.size.end_at(seen.encoder.size.edges)
    generators, numbers = (edge_generator, occurrence_generator), training.seeds.child("numbers")
    encoder = with_number_margins(
        seen.encoder, seen.graph, generators, seen.degrees, seeds=numbers, fewest=training.fewest
    )
    about = *init_notes(seen.pretrained), *contribution_notes(seen.graph.edges), *seen.encoder.notes
    told = *about, *_told_order(occurrence_generator, seen.graph), *honoured
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
        notes=(*told, *halving_notes(history), *Shortfall.of(history).notes),
    )


def _train(seen: Seen, training: Training) -> tuple[EdgeGenerator, OccurrenceGenerator, dict[str, Any]]:
    """All stages in their order, with their calibrations: both generators, and what each stage did."""
    coded = replace(seen.encoder.encode(seen.graph, seen.rng), with_attributes=seen.edges)
    rules, planned = visit_rules(coded), len(seen.planned)
    training = _measured(seen, training, coded, rules)
    steps = Steps(training.checkpoint)
    edge_generator, edge_history = steps.edges(seen, training)
    implied = implied_by_visits(rules, seen.edges, (coded.edges.num_verbs, coded.edges.num_objects), planned)
    found = find_implications(seen.edges, seen.attributes, seen.orders, planned, implied)
    edge_generator.set_implications(found)
    steps.networks["edges"] = edge_generator
    edge_history.calibration_errors = steps.run(
        "edge calibration", lambda: calibrate_links(seen, training, edge_generator)
    )
    edge_history.rounds = len(edge_history.calibration_errors), rounds_of(seen.config, seen.edges)
    occurrence_generator, occurrence_history = steps.occurrences(seen, training, coded, edge_generator)
    generators = edge_generator, occurrence_generator
    assignment_history = steps.train(
        "assignment", lambda: train_moves(seen, training, coded, occurrence_generator, rules)
    )
    order_history = steps.train("order", lambda: train_orders(seen, training, coded, occurrence_generator))
    visits_history = steps.train("visit columns", lambda: train_columns_of_visits(seen, training, coded, generators))
    occurrence_history.calibrated = steps.run(
        "occurrence calibration", lambda: calibrate_rows(seen, training, coded, generators)
    )
    occurrence_history.rounds = _rounds(occurrence_history.calibrated, seen.config, training.budget)
    history = _histories(
        edges=edge_history, occurrences=occurrence_history, assignment=assignment_history, order=order_history
    )
    if occurrence_generator.visit_columns is not None:
        history |= _histories(**{"visit columns": visits_history})
    return edge_generator, occurrence_generator, history


def _look(graph: LinkGraph, split: Split, training: Training, plan: Plan | None, days: SharedDays | None) -> Seen:
    """Code the known subjects' rows."""
    known = LinkGraph.from_table(graph.table.take_subjects(split.known).with_own_names())
    rng = training.seeds.child("attributes").generator()
    fewest = training.fewest
    encoder = AttributeEncoder.learn(known, rng, whole=graph.table.extras, plan=plan, fewest=fewest, days=days)
    own, training_codes = encoder.extras.subject, np.searchsorted(split.known, split.training)
    edges = with_plan(
        own.add_to(known.edges, encoder.extras.encode_subjects(known.table)), known.edges.degrees_by_verb()
    )
    config = (training.config or CTGANConfig()).for_objects(len(known.table.objects))
    trained = edges.take(training_codes)
    length = len(trained.verb) / max(trained.num_subjects, 1)
    return Seen(
        graph=known,
        training=training_codes,
        validation=np.searchsorted(split.known, split.validation),
        encoder=encoder,
        edges=edges,
        degrees=Degrees.learn(known.edges, training.fewest),
        config=config.for_subjects(trained.num_subjects, num_directions(trained), length),
        rng=rng,
        pretrained=None if training.init is None else pretrained_for(edges, known.table, training.init),
    )


def _measured(seen: Seen, training: Training, coded: Occurrences, rules: Ints) -> Training:
    """The time that is left, shared out by what a trial of each step takes; as it is where there is no limit.

    A fit that goes on takes what its first part has measured.
    """
    budget, kept = training.budget, training.checkpoint
    if not budget.is_limited:
        return training
    if kept is None:
        return replace(training, budget=budget.sharing(_needs(seen, training, coded, rules)))
    if NEEDS not in kept.noted:
        kept.note(NEEDS, {name: asdict(need) for name, need in _needs(seen, training, coded, rules).items()})
    needs = {name: Need(**need) for name, need in kept.noted[NEEDS].items() if not kept.is_done(name)}
    return replace(training, budget=budget.sharing(needs))


def _needs(seen: Seen, training: Training, coded: Occurrences, rules: Ints) -> dict[str, Need]:
    """What a trial of each step takes."""
    budget, needs = training.budget, dict[str, Need]()
    seen = replace(seen, rng=training.seeds.child("trial").generator())
    trial = replace(training, budget=budget.trial(), progress=None)

    def now() -> float:  # what a fresh installation compiles in the trial is compiled when the steps come
        return budget.clock() - compile_seconds()

    started = now()

    def lap() -> float:
        nonlocal started
        seconds, started = now() - started, now()
        return max(seconds, 0.0)

    edge_generator, history = train_edges(seen, trial)
    needs["edges"] = stage_need(history, lap())
    if budget.left:
        calibrate_links(seen, trial, edge_generator)
        trials = [(PILOT_LINKS[0], lap())]
        if trials[0][1] < SHORT * budget.left:
            calibrate_links(seen, trial, edge_generator)  # the first time, loops were loaded
            trials = [(PILOT_LINKS[0], lap())]
            calibrate_links(seen, replace(trial, budget=budget.trial(LARGER)), edge_generator)
            trials.append((LARGER * PILOT_LINKS[0], lap()))
        rounds = rounds_of(seen.config, seen.edges)
        needs["edge calibration"] = calibration_need(rounds, trials, full_pilot(seen.edges))
    if budget.left:
        occurrence_generator, history = train_occurrences(seen, trial, coded, edge_generator)
        needs["occurrences"] = stage_need(history, lap())
        needs["assignment"] = stage_need(train_moves(seen, trial, coded, occurrence_generator, rules), lap())
        needs["order"] = stage_need(train_orders(seen, trial, coded, occurrence_generator), lap())
        generators = edge_generator, occurrence_generator
        needs["visit columns"] = stage_need(train_columns_of_visits(seen, trial, coded, generators), lap())
    if budget.left:
        calibrate_rows(seen, trial, coded, (edge_generator, occurrence_generator))
        seconds = lap()
        needs["occurrence calibration"] = calibration_need(ROUNDS, [(FEWEST_PILOT, seconds)], full_row_pilot(seen))
        needs["numbers"] = Need(least=seconds, most=NUMBERS * seconds)  # the fit's last step, a pilot of its own
    return needs


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
