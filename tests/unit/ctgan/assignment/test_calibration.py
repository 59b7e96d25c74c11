"""Chains of an untrained model come to have the pairs that the training subjects have in their visits."""

from dataclasses import replace

import numpy as np
import torch

from assoc_synth.ctgan.assignment.calibration import calibrate_visits
from assoc_synth.ctgan.assignment.company_terms import CompanyTerms
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.relations import Related
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.assignment.training import learn_sizes
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits

CONFIG = replace(CTGANConfig(), visit_rounds=60, assignment_learning_rate=0.1)


def test_the_error_of_the_chains_is_taken_out(truth: Assignment) -> None:
    torch.manual_seed(0)
    model = AssignmentModel(2, 11, CONFIG)
    found = Related.of(truth, 11, np.arange(150), 100)
    model.terms.set(found.left, found.right, found.ordered)
    errors = calibrate_visits(model, truth, config=CONFIG, rng=np.random.default_rng(0))
    assert len(errors) == 60
    assert errors[-1] < 0.25 * errors[0]
    rng = np.random.default_rng(1)
    shuffled = truth.visit[np.lexsort((rng.random(len(truth.visit)), truth.subject))]
    drawn = swap(model, Assignment(**{**vars(truth), "visit": shuffled}), rng)
    for pair in ((0, 1), (3, 4), (0, 3)):
        together = [
            np.mean(visit[truth.object == pair[0]] == visit[truth.object == pair[1]]) for visit in (truth.visit, drawn)
        ]
        assert abs(together[0] - together[1]) < 0.15  # by chance 2 in 11 are together; in truth all or none


def test_no_rounds_and_no_time_change_nothing(truth: Assignment) -> None:
    model = AssignmentModel(2, 11, CONFIG)
    before = [weight.detach().clone() for weight in model.parameters()]
    for config, deadline in ((replace(CONFIG, visit_rounds=0), np.inf), (CONFIG, 0.0)):
        rng = np.random.default_rng(0)
        assert calibrate_visits(model, truth, config=config, rng=rng, deadline=deadline) == []
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))


def test_visits_of_each_size_are_as_many_as_real_ones(sizes_differ: Assignment) -> None:
    """No visit has four links, and the terms of sizes begin far off: by them, many would."""
    torch.manual_seed(0)
    model = AssignmentModel(2, 11, CONFIG)
    rng = np.random.default_rng(0)
    learn_sizes(model, sizes_differ, np.arange(150), rng)
    with torch.no_grad():
        model.size.weight[3] += 20.0
    real = np.bincount(np.bincount(sizes_differ.visit))
    errors = []
    for rounds in (0, 60):
        config = replace(CONFIG, visit_rounds=rounds, assignment_learning_rate=0.02)
        calibrate_visits(model, sizes_differ, config=config, rng=np.random.default_rng(0))
        drawn = np.bincount(np.bincount(swap(model, sizes_differ, rng)), minlength=len(real))
        errors.append(np.abs(drawn - real).sum() / (2 * real.sum()))
    assert errors[0] > 0.25
    assert errors[1] < 0.06


def searches() -> Assignment:
    """Visits with searches, objects 0 and 1, each beside views of its section, 2 to 4 or 5 to 7, and with others."""
    rng, subjects, rows = np.random.default_rng(0), 100, list[tuple[int, int]]()
    for visit in range(5 * subjects):
        for section in rng.choice(2, rng.choice(3, p=[0.4, 0.5, 0.1]), replace=False):
            views = rng.choice(3, min(1 + rng.poisson(0.8), 3), replace=False)
            rows += [(visit, section), *((visit, 2 + 3 * section + view) for view in views)]
        rows += [(visit, 8 + rng.integers(5)) for _ in range(1 + rng.poisson(1.0))]
    visit, object = np.array(rows).T
    own, days = np.repeat(np.arange(subjects), 5), np.tile(10 * np.arange(5), subjects)
    visits = Visits(own, days, np.zeros_like(own), np.bincount(visit))
    zero = np.zeros_like(visit)
    return Assignment.of(visits, Horizon(0, 40), subject=visit // 5, verb=zero, object=object, visit=visit)


def test_a_search_meets_views_and_is_seldom_alone() -> None:
    """No search of the table is; pairs alone ask for as many views beside searches, and get them in fewer visits."""
    truth, alone = searches(), []
    found = Related.of(truth, 13, np.arange(100), 100)
    for company in (False, True):
        torch.manual_seed(0)
        model = AssignmentModel(1, 13, CONFIG)
        model.terms.set(found.left, found.right, found.ordered)
        learn_sizes(model, truth, np.arange(100), np.random.default_rng(0))
        if company:
            model.company = CompanyTerms.of(np.repeat([0, 1], 3), np.arange(2, 8))
        calibrate_visits(model, truth, config=CONFIG, rng=np.random.default_rng(0))
        visit = swap(model, truth, np.random.default_rng(1), sweeps=60)
        views = [np.bincount(visit[np.isin(truth.object, own)], minlength=500) for own in ((2, 3, 4), (5, 6, 7))]
        met = np.concatenate([views[search][visit[truth.object == search]] for search in (0, 1)])
        alone.append(float((met == 0).mean()))
    assert alone[0] > 0.1
    assert alone[1] < 0.75 * alone[0]
