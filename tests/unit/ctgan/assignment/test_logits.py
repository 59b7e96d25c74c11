"""Logits of moves are differences of energies, written out."""

import numpy as np
import pytest
import torch
from scipy.special import gammaln

from assoc_synth.ctgan.assignment.kernel import (
    EARLIER,
    LATER,
    NEXT,
    ORDER_BINS,
    PREVIOUS,
    SAME,
    SAME_VISIT,
    lag_bin,
    time_bin,
)
from assoc_synth.ctgan.assignment.logits import MoveLogits
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.config import CTGANConfig


def sized(truth: Assignment) -> AssignmentModel:
    """A model with random weights, terms of four pairs (17 is object 6 by verb 1), of sizes and of verb 1."""
    torch.manual_seed(0)
    model = AssignmentModel(2, 11, CTGANConfig())
    model.resize(0, 0, 0, 4, 1)
    model.size.edges.copy_(torch.tensor([1, 2, 3, 4, 7]))
    model.size.verbs.fill_(1)
    with torch.no_grad():
        model.between.normal_()
        size = model.size
        for weight in (model.calendar.weight, size.weight, size.of_verb, size.preference, size.scale):
            weight.normal_()
    pairs, ordered = (np.array([0, 3, 17, 1]), np.array([1, 17, 6, 8])), np.array([False, True, True, True])
    model.terms.set(*pairs, ordered, np.random.default_rng(0).normal(size=(4, ORDER_BINS)))
    return model


def energy(model: AssignmentModel, truth: Assignment, visit: np.ndarray) -> float:
    """Of subject 0: the sum over all pairs of links in one visit, all links, all pairs to one object, all visits."""
    terms = dict(
        zip(
            zip(
                model.terms.tokens[model.terms.left].tolist(),
                model.terms.tokens[model.terms.right].tolist(),
                strict=True,
            ),
            model.terms.weight.tolist(),
            strict=True,
        )
    )
    orders = dict(zip(terms, model.terms.ordered.tolist(), strict=True))
    same_object = model.same_object()
    embedded = model.association(torch.from_numpy(truth.verb), torch.from_numpy(truth.object))
    preference = model.preference(torch.from_numpy(truth.verb), torch.from_numpy(truth.object))
    visits, own = model.embed_visits(truth.features, truth.calendar), np.arange(12)
    sizes = np.bincount(visit[own], minlength=4)
    class_of = np.array([0, 0, 1, 2, 3, 3, 3])[sizes[:4]]
    total = sum(
        float(preference[link] @ (visits[visit[link]] + model.size.preference[class_of[visit[link]]])) for link in own
    )
    for at in range(4):
        returned = int(((visit[own] == at) & (truth.verb[own] == 1)).sum())
        total += float(gammaln(sizes[at] + 1) + model.size.weight[class_of[at]] + model.size.of_verb[0, returned])
    scale = model.size.scale.exp().numpy()[class_of]  # of what two links in one visit have
    for one in own:
        for other in own[own > one]:
            within = float(scale[visit[one]]) if visit[one] == visit[other] else 1.0
            if visit[one] == visit[other]:
                total += within * float(embedded[one] @ (model.sign * embedded[other]))
            if truth.object[one] == truth.object[other]:
                same = visit[one] == visit[other]
                at = SAME_VISIT if same else time_bin(truth.days[visit[one]], truth.days[visit[other]])
                total += within * float(same_object[truth.verb[one], truth.verb[other], at])
            left, right = sorted((one, other), key=lambda link: truth.verb[link] * 11 + truth.object[link])
            pair = tuple(int(truth.verb[link] * 11 + truth.object[link]) for link in (left, right))
            if pair in terms:
                after = int(truth.rank[visit[right]] - truth.rank[visit[left]])
                at = {0: SAME, 1: NEXT, -1: PREVIOUS}.get(after, LATER if after > 0 else EARLIER)
                total += within * terms[pair][at] if at == SAME or orders[pair] else 0.0
                if at != SAME and orders[pair]:
                    total += terms[pair][lag_bin(*(truth.days[visit[link]] for link in (left, right)), 0)]
    return total


@torch.no_grad()
def test_logits_of_swaps(truth: Assignment) -> None:
    model = sized(truth)
    first, second = np.array([0, 6, 1]), np.array([3, 7, 8])
    found = MoveLogits(model, truth, np.random.default_rng(0)).of_swaps(first, second)
    for at, (one, other) in enumerate(zip(first, second, strict=True)):
        swapped = truth.visit.copy()
        swapped[[one, other]] = swapped[[other, one]]
        assert found[at].item() == pytest.approx(
            energy(model, truth, truth.visit) - energy(model, truth, swapped), abs=1e-3
        )


@torch.no_grad()
def test_logits_of_transfers(truth: Assignment) -> None:
    model = sized(truth)
    link, to = np.array([0, 6, 7, 9]), (truth.visit[[0, 6, 7, 9]] + np.array([1, 2, 3, 1])) % 4
    found = MoveLogits(model, truth, np.random.default_rng(0)).of_transfers(link, to)
    for at, (one, there) in enumerate(zip(link, to, strict=True)):
        moved = truth.visit.copy()
        moved[one] = there
        assert found[at].item() == pytest.approx(
            energy(model, truth, truth.visit) - energy(model, truth, moved), abs=1e-3
        )
