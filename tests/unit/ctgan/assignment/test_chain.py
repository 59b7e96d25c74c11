"""The chain draws from the energies: what it draws is beside what they say of each assignment, counted out."""

from itertools import product

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment import chain
from assoc_synth.ctgan.assignment.chain import run_chain
from assoc_synth.ctgan.assignment.company_terms import CompanyTerms
from assoc_synth.ctgan.assignment.kernel import ORDER_BINS, find_partners
from assoc_synth.ctgan.assignment.logits import MoveLogits
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.transactions.arrays import Floats, Ints

LINKS, VISITS, SUBJECTS = 5, 3, 12_000
VERBS, OBJECTS = np.array([0, 0, 1, 1, 0]), np.array([0, 1, 0, 2, 1])
RULES = [[], [(WITH, 3, 5), (NEVER, 0, 3)]]
"""Tokens are 3 · verb + object: link 2's needs link 3's in its visit, and is never beside link 0's."""
COMPANIONS = [(0, 1), (1, 3), (3, 5)]
"""Tokens; 1 is that of two links."""


def subjects(count: int) -> Assignment:
    """Subjects with the same links and visits; each visit has one link at least."""
    own, places = np.repeat(np.arange(count), VISITS), np.tile([0, 1, 2, 0, 1], count)
    visits = Visits(own, np.tile([0, 5, 90], count), np.zeros(len(own), np.int64), np.ones(len(own), np.int64))
    subject = np.repeat(np.arange(count), LINKS)
    verb, object = np.tile(VERBS, count), np.tile(OBJECTS, count)
    return Assignment.of(
        visits, Horizon(0, 99), subject=subject, verb=verb, object=object, visit=VISITS * subject + places
    )


def model(rules: list[tuple[int, int, int]], *, company: bool = False) -> AssignmentModel:
    """All kinds of terms, some of them strong: links 1 and 3 hold together.

    Args:
        company: whether links 1 and 4, which are alike, have company: link 0, and link 2, which has link 3 too.
    """
    torch.manual_seed(1)
    made = AssignmentModel(2, 3, CTGANConfig())
    made.resize(0, 0, 0, 3, 2)
    made.size.edges.copy_(torch.tensor([1, 2, 3, 4]))
    made.size.verbs.copy_(torch.tensor([0, 1]))
    made.rules = torch.tensor(rules, dtype=torch.int64).reshape(-1, 3)
    with torch.no_grad():
        for weight in (made.between, made.size.weight, made.size.of_verb, made.size.preference, made.size.scale):
            weight.normal_(std=0.7)
    terms = np.random.default_rng(2).normal(size=(3, ORDER_BINS))
    terms[0, 0] = 3.0
    made.terms.set(np.array([1, 0, 3]), np.array([5, 4, 5]), np.array([True, True, False]), terms.astype(np.float32))
    if company:
        made.company = CompanyTerms.of(*np.array(COMPANIONS).T)
        made.company.weight.normal_(std=1.0)
    return made


def energy_of_company(made: AssignmentModel, state: tuple[int, ...]) -> float:
    """The terms of company of an assignment, link by link."""
    tokens, energy = (3 * VERBS + OBJECTS).tolist(), 0.0
    for link, token in enumerate(tokens if len(made.company) else []):
        beside = [its for other, its in enumerate(tokens) if other != link and state[other] == state[link]]
        met = sum((token, its) in COMPANIONS or (its, token) in COMPANIONS for its in beside)
        energy += float(made.company.weight[made.company.tokens.tolist().index(token), min(met, 3)])
    return energy


@torch.no_grad()
def shares(made: AssignmentModel) -> Floats:
    """What the energies say of each assignment: (VISITS ** LINKS,), by the logits of a path of transfers to each."""
    energy = np.full((VISITS,) * LINKS, -np.inf)
    start = subjects(1)
    root = tuple(start.visit.tolist())
    energy[root], todo = 0.0, [root]
    while todo:
        state = todo.pop()
        logits = MoveLogits(made, Assignment(**{**vars(start), "visit": np.array(state)}), np.random.default_rng(0))
        sizes = np.bincount(state, minlength=VISITS)
        for link, to in product(range(LINKS), range(VISITS)):
            there = (*state[:link], to, *state[link + 1 :])
            if to != state[link] and sizes[state[link]] > 1 and sizes[to] < 3 and np.isinf(energy[there]):
                energy[there] = energy[state] - float(logits.of_transfers(np.array([link]), np.array([to])))
                todo.append(there)
    for state in zip(*np.nonzero(np.isfinite(energy)), strict=True):
        energy[state] += energy_of_company(made, state)
    found: Floats = np.exp(energy - energy[np.isfinite(energy)].max())
    if len(made.rules):
        for state in product(range(VISITS), repeat=LINKS):
            found[state] *= state[2] == state[3] and state[2] != state[0]
    return found.ravel() / found.sum()


def codes(visit: Ints) -> Ints:
    place = visit.reshape(-1, LINKS) % VISITS
    found: Ints = np.ravel_multi_index(tuple(place.T), (VISITS,) * LINKS)
    return found


@pytest.mark.parametrize(
    ("rules", "company"), [(RULES[0], False), (RULES[1], False), (RULES[0], True), (RULES[1], True)]
)
def test_the_chain_draws_from_the_energies(rules: list[tuple[int, int, int]], company: bool) -> None:
    made, start = model(rules, company=company), subjects(SUBJECTS)
    expected = shares(made)
    drawn = np.bincount(codes(swap(made, start, np.random.default_rng(0), sweeps=60)), minlength=len(expected))
    assert not drawn[expected == 0].any()
    noise = 0.5 * np.sqrt(2 * expected * (1 - expected) / (np.pi * SUBJECTS)).sum()
    assert 0.5 * np.abs(drawn / SUBJECTS - expected).sum() < 1.5 * noise
    assert expected.max() < 0.5  # there is something to get wrong


@pytest.mark.parametrize("company", [False, True])
@pytest.mark.parametrize("kind", [1, 2])
def test_each_kind_of_move_alone_leaves_the_distribution_as_it_is(kind: int, company: bool) -> None:
    """From draws of the distribution: as many sweeps as reach the kind (swaps, transfers, bundles), no further one."""
    made = model([], company=company)
    expected = shares(made)
    rng, start = np.random.default_rng(0), subjects(SUBJECTS)
    drawn = rng.choice(len(expected), SUBJECTS, p=expected)
    place = np.stack(np.unravel_index(drawn, (VISITS,) * LINKS), axis=1)
    visit = (place + VISITS * np.arange(SUBJECTS)[:, None]).ravel()
    world = made.world(start)
    partners = find_partners(world, made.terms.partners(ordered=True), rng)
    for _ in range(5):
        run_chain(world, partners, made.energies(start), visit, kind + 1, rng)
    after = np.bincount(codes(visit), minlength=len(expected)) / SUBJECTS
    noise = 0.5 * np.sqrt(2 * expected * (1 - expected) / (np.pi * SUBJECTS)).sum()
    assert 0.5 * np.abs(after - expected).sum() < 1.5 * noise
    assert (codes(visit) != drawn).mean() > 0.2


def test_threads_draw_what_one_thread_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    made, start, before = model([]), subjects(400), torch.get_num_threads()
    monkeypatch.setattr(chain, "PART", 300)
    found = []
    for threads in (1, 2, 2):
        torch.set_num_threads(threads)
        found.append(swap(made, start, np.random.default_rng(0), sweeps=6))
    torch.set_num_threads(before)
    assert (found[0] == found[1]).all()
    assert (found[1] == found[2]).all()
    assert (found[0] != start.visit).mean() > 0.3
    first, second = codes(found[0])[:60], codes(found[0])[60:120]  # parts have numbers of their own
    assert (first != second).any()


def test_what_holds_together_comes_to_its_visit() -> None:
    """Three links that need each other, of subjects with visits of two: no swap can bring them together."""
    count = 200
    own, object = np.repeat(np.arange(count), 6), np.tile(np.arange(6), count)
    zero = np.zeros(3 * count, np.int64)
    visits = Visits(np.repeat(np.arange(count), 3), np.tile([0, 1, 2], count), zero, zero + 2)
    start = Assignment.of(
        visits, Horizon(0, 9), subject=own, verb=np.zeros_like(own), object=object, visit=np.arange(6 * count) // 2
    )
    made = AssignmentModel(1, 6, CTGANConfig())
    made.terms.set(
        np.array([0, 0, 2]), np.array([2, 4, 4]), np.zeros(3, bool), np.full((3, ORDER_BINS), 4.0, np.float32)
    )
    for moves, least, most in ((False, 0.0, 0.0), (True, 0.9, 1.0)):
        if moves:
            sizes = np.array([1, 2, 3, 4])
            made.size.learn(sizes, sizes[None], sizes[None, None])
        place = swap(made, start, np.random.default_rng(0), sweeps=60).reshape(count, 6)
        together = float((place[:, [0, 2, 4]] == place[:, [0]]).all(1).mean())
        assert least <= together <= most
    found = np.bincount(place.ravel(), minlength=3 * count)
    assert (found.min(), found.max()) == (1, 4)
    assert (place // 3 == np.arange(count)[:, None]).all()
