"""How likely a model finds the links of given subjects: what an attacker asks who has the model file."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import torch

from assoc_synth.ctgan.edges.conditions import batches
from assoc_synth.ctgan.edges.plan_links import with_plan
from assoc_synth.ctgan.edges.training import EdgeStage
from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel

ORDERS = 3
"""A subject's links are in random order, and so is the noise: the mean of so many draws of both."""
_BATCH = 2_048
_LEAST = 30.0
"""What the model rules out is as unlikely as exp(−30)."""


@torch.no_grad()
def surprise_saved(model: FittedModel, table: TransactionTable, *, orders: int = ORDERS) -> Floats:
    """Mean of log p(object | verb, the subject's other links) − log p(object | verb) over a subject's links.

    That the model finds a subject likelier than its objects' popularity says that it has learned the subject, or people
    like it; beside held-out subjects only the former is left (Watson et al. 2022 call it calibration by difficulty).
    Calibration's steering is left out: it fits counts of the whole population.

    Args:
        table: with the columns that the model was fitted to; links to verbs and objects that the model does not know
            are left out.
        orders: random orders of each subject's links that are averaged.

    Returns:
        (subjects,) in nats; 0 for a subject without a link that the model knows.

    Raises:
        InputError: a column that holds for subjects as a whole is missing.
    """
    edges, attributes = _coded(model, table)
    if not (edges.verb < edges.num_verbs - attributes).any():
        return np.zeros(edges.num_subjects)
    generator = copy.deepcopy(model.edge_generator).eval()
    generator.make_steering(0)
    stage = EdgeStage(generator, edges, edges, seeds=Seeds.of(0).child("likelihood"))
    share = np.log(np.maximum(model.margins, 0.5) / np.maximum(model.margins.sum(axis=1, keepdims=True), 1.0))
    total, links = np.zeros(edges.num_subjects), np.zeros(edges.num_subjects)
    for order in range(orders):
        # The first thing that `batches` draws is the order of the subjects.
        subjects, at = np.random.default_rng(order).permutation(edges.num_subjects), 0
        owner = np.repeat(subjects, np.diff(edges.offsets)[subjects])
        rng = np.random.default_rng(order)
        for batch in batches(edges, batch_links=_BATCH, choice=None, rng=rng, attributes=attributes, given=attributes):
            if len(batch.position):
                own = owner[at + batch.position.numpy()]
                losses, _ = stage.each_loss(generator, batch.to(stage.device))
                verb, object = (codes[batch.position].numpy() for codes in (batch.verb, batch.object))
                np.add.at(total, own, -losses.clamp(max=_LEAST).double().cpu().numpy() - share[verb, object])
                np.add.at(links, own, 1.0)
            at += len(batch.verb)
    return total / np.maximum(links, 1.0)


def _coded(model: FittedModel, table: TransactionTable) -> tuple[Edges, int]:
    """The links of a table as the edge generator knows them, and how many of each subject's are attributes."""
    own = model.encoder.extras.subject
    missing = [code.name for code in own.codes if code.name not in table.extras]
    if missing:
        raise InputError(f"the model was fitted to a column {missing[0]!r}, which the table does not have")
    verb, object = (
        Vocabulary(names).codes(theirs)[codes]
        for names, theirs, codes in (
            (model.verbs, table.verbs, table.verb),
            (model.objects, table.objects, table.object),
        )
    )
    known = np.flatnonzero((verb >= 0) & (object >= 0))
    edges = Edges.from_links(
        table.subject[known],
        verb[known],
        object[known],
        num_subjects=table.num_subjects,
        num_verbs=len(model.verbs),
        num_objects=len(model.objects),
    )
    plan = edges.degrees_by_verb()
    edges = own.add_to(edges, model.encoder.extras.encode_subjects(table))
    if model.edge_generator.planned:
        edges = with_plan(edges, plan)
    return edges, len(model.edge_generator.attributes)
