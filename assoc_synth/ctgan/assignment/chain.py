"""The compiled chain that draws links in visits: swaps of two links, and transfers of one (Markov chain Monte Carlo).

A swap exchanges two links of a subject between two visits, and keeps their sizes (Kawasaki's dynamics). A transfer
moves one link to another visit; no visit is emptied or gets more links than any had. Either is proposed as often as
its reverse, and made by Barker's rule: with the probability σ(−logit), where the logit is the energy that is lost.
Sweeps of both take turns; where there are no terms of sizes, all of them swap.
"""

from __future__ import annotations

import numpy as np
import torch

from assoc_synth.ctgan.assignment.bundles import MOST_LOGIT, bonds, move_bundles
from assoc_synth.ctgan.assignment.kernel import (
    MEETINGS,
    NONE,
    OBJECT,
    ORDER_BINS,
    SAME,
    SAME_VISIT,
    TERM,
    TIME_BINS,
    VERB,
    Energies,
    Partners,
    World,
)
from assoc_synth.ctgan.assignment.moves import (
    Distant,
    Listed,
    Own,
    count_one,
    enlist,
    go,
    leaves,
    loss,
    recounted,
    relist,
    traded_company,
)
from assoc_synth.ctgan.assignment.rule_kernel import change, change_of_transfer, exchange, law_of
from assoc_synth.ctgan.assignment.rule_repair import part, repair
from assoc_synth.ctgan.assignment.rule_search import search
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.ctgan.threads import in_threads, threads_for
from assoc_synth.transactions.arrays import Ints, Singles

PART = 10_000
"""Links, about, whose subjects one thread works on at a time, by random numbers of their own."""


def run_chain(
    world: World, partners: Partners, energies: Energies, visit: Ints, sweeps: int, rng: np.random.Generator
) -> None:
    """Move links between visits in place, subject after subject; several threads give what one gives.

    Args:
        visit: (L,) of each link; changed.
        sweeps: of proposed moves: swaps, transfers and bundles take turns, or all swap where sizes have no terms.
        rng: whose children the moves are drawn by.
    """
    cuts = np.searchsorted(world.first, np.arange(PART, len(visit), PART))
    ends = np.unique(np.concatenate([[0], cuts, [len(world.first) - 1]]))
    parts = list(zip(ends[:-1].tolist(), ends[1:].tolist(), rng.spawn(len(ends) - 1), strict=True))

    def work(part: tuple[int, int, np.random.Generator]) -> None:
        begin, end, random = part
        _run(world, partners, energies, visit, sweeps, (begin, end), random)

    in_threads(work, parts, min(threads_for(torch.device("cpu")), max(len(parts), 1)))


@compiled
def _run(
    world: World,
    partners: Partners,
    energies: Energies,
    visit: Ints,
    sweeps: int,
    subjects: tuple[int, int],
    rng: np.random.Generator,
) -> None:
    """See `run_chain`; of subjects from the first one on to before the last one."""
    place = np.full(max(len(world.pairs.offsets), len(world.company.offsets)) - 1, NONE)
    base_term = world.num_verbs * world.num_verbs * TIME_BINS
    distant = Distant(partners.offsets, partners.found, world.days, world.rank, energies.flat, base_term)
    most = len(world.sizes.of) - 1
    for subject in range(subjects[0], subjects[1]):
        begin, end = world.first[subject], world.first[subject + 1]
        if end - begin < 2:
            continue
        base, last = visit[begin:end].min(), visit[begin:end].max()
        if base == last:
            continue
        own = own_of(world, energies, place, (begin, end, base, last), visit, rng)
        moves = 3 if most else 1
        for sweep in range(sweeps):
            if sweep % moves == 1:
                _transfer(world, distant, energies.size, own, visit, rng)
            elif sweep % moves == 2:
                move_bundles(world, distant, energies.size, own, visit, rng)
            else:
                _swap(world, distant, own, visit, rng)
        repair(own.law, own.local, visit[begin:end], base, most, rng)
        search(own.law, own.local, visit[begin:end], base, most, rng)


@compiled
def own_of(
    world: World,
    energies: Energies,
    place: Ints,
    ends: tuple[int, int, int, int],
    visit: Ints,
    rng: np.random.Generator,
) -> Own:
    """One subject, whose links are moved first where they break rules.

    Args:
        place: room for a number of each token with terms, all `NONE`; ends: as in `_uncounted`.
    """
    own, (begin, end, base, _), most = _uncounted(world, energies, place, ends, visit), ends, len(world.sizes.of) - 1
    if most and world.rules.alone:
        part(own.law, own.local, visit[begin:end], base, most, rng)
    repair(own.law, own.local, visit[begin:end], base, most, rng)
    for link in range(begin, end):
        at, kind = visit[link] - base, own.local[link - begin]
        enlist(own.listed, link - begin, at)
        own.field[at] += own.together[kind]
        own.pairs[at] += own.pull[at, kind]
        own.pull[at] += own.alike[kind]
        own.liked[at] += own.like[kind]
        if len(own.mates):
            own.company[at] += own.mates[kind]
        own.held[at, 0] += 1
        if own.row[kind]:
            own.held[at, own.row[kind]] += 1
    if most:
        for at in range(len(own.held)):
            own.field[at] += own.by_size[world.sizes.of[min(own.held[at, 0], most)]]
    return own


@compiled
def _uncounted(world: World, energies: Energies, place: Ints, ends: tuple[int, int, int, int], visit: Ints) -> Own:
    """A subject before its links are counted.

    Args:
        ends: its first link, and where its links end; its first visit, and its last one.
    """
    begin, end, base, last = ends
    kinds = np.unique(world.kind[begin:end])
    local = np.searchsorted(kinds, world.kind[begin:end])
    law = law_of(world.rules, kinds, local, visit[begin:end] - base, world.rank[base : last + 1])
    like, visits = energies.like[kinds], last - base + 1
    together, alike = _together(world, kinds), _alike(world, energies, kinds, place)
    field = np.dot(energies.visit[base : last + 1], like.T)
    for at in range(visits):
        for date in energies.date_of[base + at]:
            for kind in range(len(kinds)):
                field[at, kind] += energies.dates[kinds[kind], date]
    bond = bonds(together + alike, law)
    holds = np.array([bond[kind].any() for kind in range(len(kinds))])
    mates, meets = _companions(world, energies, kinds, place)
    return Own(
        begin,
        base,
        local,
        world.sizes.row[world.kinds[kinds, VERB]],
        together,
        field,
        alike,
        np.zeros_like(field),
        np.zeros(visits),
        energies.scale,
        like,
        np.zeros((visits, like.shape[1]), np.float32),
        np.dot(energies.size, like.T),
        bond,
        np.zeros((visits, 1 + world.sizes.verbs), np.int64),
        mates,
        meets,
        np.zeros((visits, len(mates)), np.int64),
        law,
        np.flatnonzero(holds[local]),
        Listed(np.full(visits, NONE), np.full(len(local), NONE), np.full(len(local), NONE)),
    )


@compiled
def _together(world: World, own: Ints) -> Singles:
    """What two links in one visit contribute by their verbs, whatever its size: (D, D) for a subject's kinds."""
    found = np.empty((len(own), len(own)), np.float32)
    for at in range(len(own)):
        for other in range(len(own)):
            found[at, other] = world.verbs[world.kinds[own[at], VERB], world.kinds[own[other], VERB]]
    return found


@compiled
def _alike(world: World, energies: Energies, own: Ints, place: Ints) -> Singles:
    """The association of two links in one visit, which its size scales: (D, D) for a subject's kinds."""
    kinds, flat, base = world.kinds, energies.flat, world.num_verbs * world.num_verbs * TIME_BINS
    offsets, others, codes = world.pairs.offsets, world.pairs.other, world.pairs.code
    alike = np.dot(energies.own[own], energies.other[own].T)
    for at in range(len(own)):
        if kinds[own[at], TERM] >= 0:
            place[kinds[own[at], TERM]] = at
    for at in range(len(own)):
        verb, object, term = kinds[own[at], VERB], kinds[own[at], OBJECT], kinds[own[at], TERM]
        for other in range(len(own)):
            if object == kinds[own[other], OBJECT]:
                verbs = verb * world.num_verbs + kinds[own[other], VERB]
                alike[at, other] += flat[verbs * TIME_BINS + SAME_VISIT]
        if term >= 0:
            for pair in range(offsets[term], offsets[term + 1]):
                if place[others[pair]] >= 0:
                    alike[at, place[others[pair]]] += flat[base + codes[pair] // 2 * ORDER_BINS + SAME]
    for at in range(len(own)):
        if kinds[own[at], TERM] >= 0:
            place[kinds[own[at], TERM]] = NONE
    result: Singles = alike
    return result


@compiled
def _companions(world: World, energies: Energies, own: Ints, place: Ints) -> tuple[Ints, Singles]:
    """Which of a subject's kinds are companions, (D, D), and the terms of company, (D, `MEETINGS`); (0, 0) without."""
    company, size = world.company, 0
    for kind in own:
        size = len(own) if company.place[kind] >= 0 else size
    mates, meets = np.zeros((size, size), np.int64), np.zeros((size, MEETINGS), np.float32)
    for at in range(size):
        if company.place[own[at]] >= 0:
            place[company.place[own[at]]] = at
            meets[at] = energies.company[company.place[own[at]]]
    for at in range(size):
        token = company.place[own[at]]
        if token >= 0:
            for pair in range(company.offsets[token], company.offsets[token + 1]):
                if place[company.other[pair]] >= 0:
                    mates[at, place[company.other[pair]]] = 1
    for at in range(size):
        if company.place[own[at]] >= 0:
            place[company.place[own[at]]] = NONE
    return mates, meets


@compiled
def _swap(world: World, distant: Distant, own: Own, visit: Ints, rng: np.random.Generator) -> None:
    """A sweep of swaps: as many as the subject has links."""
    begin, base, local, row, field, held = own.begin, own.base, own.local, own.row, own.field, own.held
    together, law, offsets, size = own.together, own.law, distant.offsets, len(own.local)
    pull, alike, scale, of, most = own.pull, own.alike, own.scale, world.sizes.of, len(world.sizes.of) - 1
    for _ in range(size):
        one, other = int(rng.random() * size), int(rng.random() * size)
        a, b = local[one], local[other]
        here, there = visit[begin + one], visit[begin + other]
        first, second = here - base, there - base
        if first == second or a == b:
            continue
        worse = change(law, a, b, first, second) if len(law.rule) else 0
        if worse > 0:
            continue
        logit = field[first, a] + field[second, b] - field[first, b] - field[second, a]
        logit += 2.0 * together[a, b] - together[a, a] - together[b, b]
        gone = pull[first, a] - alike[a, a] - pull[first, b] + alike[a, b]
        logit += scale[of[min(held[first, 0], most)]] * gone
        gone = pull[second, b] - alike[b, b] - pull[second, a] + alike[a, b]
        logit += scale[of[min(held[second, 0], most)]] * gone
        if row[a] != row[b]:
            logit += _of_verb(world, distant.flat, held, row[a], first, second)
            logit += _of_verb(world, distant.flat, held, row[b], second, first)
        if len(own.mates):
            logit += traded_company(own, (one, other), (first, second))
        if offsets[begin + one] < offsets[begin + one + 1]:
            logit += leaves(distant, visit, (begin + one, begin + other, here, there), False)
        if offsets[begin + other] < offsets[begin + other + 1]:
            logit += leaves(distant, visit, (begin + other, begin + one, there, here), True)
        if worse < 0 or rng.random() * (1.0 + np.exp(min(logit, MOST_LOGIT))) < 1.0:
            visit[begin + one], visit[begin + other] = there, here
            relist(own.listed, one, first, second)
            relist(own.listed, other, second, first)
            _exchange(own, a, b, first, second)


@compiled
def _of_verb(world: World, flat: Singles, held: Ints, row: int, first: int, second: int) -> float:
    """What is lost by the terms of how many links of a verb visits have, when one goes; 0 of a verb without terms."""
    return recounted(world, flat, row, (held[first, row], held[second, row]), 0) if row else 0.0


@compiled
def _exchange(own: Own, a: int, b: int, first: int, second: int) -> None:
    """A link of kind `a` goes from visit `first` to `second`, and one of kind `b` comes back."""
    field, together, like, liked = own.field, own.together, own.like, own.liked
    exchange(own.law, a, b, first, second)
    pull, alike = own.pull, own.alike
    own.pairs[first] -= pull[first, a] - alike[a, a] - pull[first, b] + alike[a, b]
    own.pairs[second] -= pull[second, b] - alike[b, b] - pull[second, a] + alike[a, b]
    for at in range(field.shape[1]):
        gain, more = together[b, at] - together[a, at], alike[b, at] - alike[a, at]
        field[first, at] += gain
        field[second, at] -= gain
        pull[first, at] += more
        pull[second, at] -= more
    for at in range(liked.shape[1]):
        gain = like[b, at] - like[a, at]
        liked[first, at] += gain
        liked[second, at] -= gain
    count_one(own.held, own.row[a], first, second)
    count_one(own.held, own.row[b], second, first)
    if len(own.mates):
        own.company[first] += own.mates[b] - own.mates[a]
        own.company[second] += own.mates[a] - own.mates[b]


@compiled
def _transfer(
    world: World, distant: Distant, preference: Singles, own: Own, visit: Ints, rng: np.random.Generator
) -> None:
    """A sweep of transfers: as many as the subject has links.

    Args:
        preference: (C, P) of classes of sizes.
    """
    size, visits, held, law, most = len(own.local), len(own.held), own.held, own.law, len(world.sizes.of) - 1
    for _ in range(size):
        one = int(rng.random() * size)
        first = visit[own.begin + one] - own.base
        second = int(rng.random() * (visits - 1))
        second += second >= first
        if held[first, 0] < 2 or held[second, 0] >= most:
            continue
        worse = change_of_transfer(law, own.local[one], first, second) if len(law.rule) else 0
        if worse > 0:
            continue
        logit = loss(world, distant, preference, own, visit, one, second)
        if worse < 0 or rng.random() * (1.0 + np.exp(min(logit, MOST_LOGIT))) < 1.0:
            go(world, own, visit, one, second)
