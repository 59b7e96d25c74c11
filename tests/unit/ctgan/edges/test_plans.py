"""Plans: of the numbers of links that are drawn, none asks for what a rule makes impossible."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import Implications
from assoc_synth.ctgan.edges.plan_links import CLASSES, plan_classes, plan_sizes
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

VERBS, OBJECTS, SUBJECTS = 2, 12, 3_000
OPENED, PAID = range(VERBS)
SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def degrees() -> Degrees:
    """From 1 to 8 opened pages, and a payment of every twelfth, whatever was opened."""
    rng = np.random.default_rng(0)
    wanted = np.column_stack([rng.integers(1, 9, SUBJECTS), rng.random(SUBJECTS) < 0.08])
    subject, verb = (np.repeat(index.ravel(), wanted.ravel()) for index in np.indices(wanted.shape))
    object = np.arange(len(subject)) - np.repeat(np.cumsum(wanted.ravel()) - wanted.ravel(), wanted.ravel())
    return Degrees.learn(
        Edges.from_links(subject, verb, object, num_subjects=SUBJECTS, num_verbs=VERBS, num_objects=OBJECTS)
    )


def place(model: EdgeGenerator, verb: int, links: int) -> int:
    """The token of a number of links."""
    object = OBJECTS + verb * CLASSES + int(plan_classes(np.array(links)))
    return (VERBS + verb) * model.num_objects + object


def ruled(never: list[tuple[int, int]] | None = None, *, pages: int = 0) -> EdgeGenerator:
    """Random weights.

    Args:
        never: numbers of opened pages and of payments that no subject has both of.
        pages: that a payment needs.
    """
    torch.manual_seed(0)
    sizes = plan_sizes(VERBS)
    logits = torch.full((VERBS + len(sizes), OBJECTS + sum(sizes)), -1e6)
    logits[:VERBS, :OBJECTS] = torch.randn(VERBS, OBJECTS)
    model = EdgeGenerator(SMALL, logits, 0.0, attributes=sizes, planned=VERBS).eval()
    apart = [(place(model, OPENED, opened), place(model, PAID, paid)) for opened, paid in never or ()]
    needs = [(place(model, PAID, 1), page) for page in range(pages)]
    model.set_implications(
        Implications(np.array(apart, np.int64).reshape(-1, 2), np.array(needs, np.int64).reshape(-1, 2))
    )
    return model


def test_without_rules_plans_are_what_degrees_draw(degrees: Degrees) -> None:
    plain, kept = (one.draw(500, np.random.default_rng(1)) for one in (degrees, Plans.of(degrees, ruled())))
    assert plain.tolist() == kept.tolist()


def test_numbers_that_no_subject_has_together_are_not_drawn(degrees: Degrees) -> None:
    plans = Plans.of(degrees, ruled([(1, 1), (2, 1), (3, 1)]))
    plain, drawn = (one.draw(4_000, np.random.default_rng(1)) for one in (degrees, plans))
    broken = (plain[:, PAID] == 1) & (plain[:, OPENED] <= 3)
    assert broken.sum() > 50
    assert not ((drawn[:, PAID] == 1) & (drawn[:, OPENED] <= 3)).any()
    assert drawn[~broken].tolist() == plain[~broken].tolist()
    assert drawn[:, PAID].tolist() == plain[:, PAID].tolist(), "the rarer one of the two stays"


def test_there_is_room_for_all_that_a_number_of_links_needs(degrees: Degrees) -> None:
    model = ruled(pages=4)
    plans = Plans.of(degrees, model)
    plain, drawn = (one.draw(4_000, np.random.default_rng(2)) for one in (degrees, plans))
    assert ((plain[:, PAID] == 1) & (plain[:, OPENED] < 4)).sum() > 50
    assert not ((drawn[:, PAID] == 1) & (drawn[:, OPENED] < 4)).any()
    assert drawn[:, PAID].sum() == plain[:, PAID].sum()
    edges = sample_edges(model, drawn, seeds=Seeds.of(0)).within(VERBS, OBJECTS)
    opened = edges.incidence(OPENED).toarray() > 0
    assert opened[edges.degrees(PAID) > 0][:, :4].all()


def test_plans_of_some_verbs_keep_the_rules_too(degrees: Degrees) -> None:
    drawn = Plans.of(degrees, ruled(pages=4)).draw_of([PAID], 300, np.random.default_rng(3))
    assert (drawn[:, PAID] == 1).all()
    assert (drawn[:, OPENED] >= 4).all()


def test_the_rarest_number_of_a_broken_rule_is_named(degrees: Degrees) -> None:
    plans = Plans.of(degrees, ruled([(2, 1)], pages=2))
    plan = np.array([[2, 0], [2, 0], [2, 0], [2, 1], [1, 1], [5, 1]])
    paid_once = PAID * CLASSES + 1
    assert plans.impossible(plan).tolist() == [-1, -1, -1, paid_once, paid_once, -1]
