"""Tables drawn from a population well and badly: what the gate should let pass, and what it should stop.

Every sampler is a function of training subjects, a number of subjects and a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from assoc_synth.benchmark.gate_calibration.populations import (
    AVOIDING,
    OBJECTS,
    PLANTED,
    POPULAR,
    XOR,
    population,
    random_svo,
    rows_of,
    tokens_of,
)
from assoc_synth.gate.scopes.destroyers import dealt_within
from assoc_synth.gate.scopes.kinds import kind_of
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.rows import Extras, Rows, rows_of_edges
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Bools, Floats, Ints

DISTINCT = 10
"""A collapsed generator repeats each of its subjects this many times."""
INVENTED, INVENTED_LIFT = 30, 5.0
Sampler = Callable[[Rows, int, int], Rows]


def contaminated(scope: str, share: float) -> Sampler:
    """Fresh real subjects, a share of them replaced by other ones that a scope's destroyer has been at."""

    def draw(training: Rows, subjects: int, seed: int) -> Rows:
        replaced = round(share * subjects)
        rng = np.random.default_rng([seed, 1])
        if not replaced:
            return perfect(training, subjects, seed)
        other = population(replaced, seed + 10_000_019)
        destroyed = _independent(other, rng) if scope == "links" else kind_of(scope).destroy(other, rng)
        return joined(population(subjects - replaced, seed), destroyed) if replaced < subjects else destroyed

    return draw


def perfect(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects."""
    return population(subjects, seed)


def bootstrapped(training: Rows, subjects: int, seed: int) -> Rows:
    """Training subjects, drawn with replacement."""
    return taken(training, np.random.default_rng(seed).integers(0, training.num_subjects, subjects))


def shuffled_across(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, each with the verb 1 links of another."""

    def change(has: Bools, rng: np.random.Generator) -> None:
        has[:, OBJECTS:] = has[rng.permutation(len(has)), OBJECTS:]

    return _changed(subjects, seed, change)


def lifted(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, the planted pairs' lifts times 1.5."""
    return _changed(subjects, seed, lambda has, rng: _couple(has, np.stack([PLANTED, PLANTED + 1], axis=1), 1.5, rng))


def substitutes(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, the pairs that avoid each other raised to lift 1."""
    return _changed(subjects, seed, lambda has, rng: _permute(has, AVOIDING + 1, rng))


def flattened(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, the XOR triples made independent; their pairs were so already."""
    return _changed(subjects, seed, lambda has, rng: _permute(has, XOR + 2, rng))


def minor_randomised(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, the links of the minor verb drawn at random."""

    def change(has: Bools, rng: np.random.Generator) -> None:
        subject, object = np.nonzero(has[:, OBJECTS:])
        edges = Edges.from_links(
            subject, np.zeros(len(subject), np.int64), object, num_subjects=len(has), num_verbs=1, num_objects=OBJECTS
        )
        has[:, OBJECTS:] = independent_draw(edges, rng).tokens().toarray() > 0

    return _changed(subjects, seed, change)


def invented(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects with thirty pairs of rare objects that no real table has, of lift five."""

    def change(has: Bools, rng: np.random.Generator) -> None:
        rare = POPULAR - 1 - np.arange(24)
        every = np.array([(a, b) for at, a in enumerate(rare) for b in rare[at + 1 :] if abs(a - b) > 1])
        _couple(has, every[rng.permutation(len(every))[:INVENTED]], INVENTED_LIFT, rng)

    return _changed(subjects, seed, change)


def amounts_shuffled(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, the amounts dealt anew among the rows of a verb."""
    rows = population(subjects, seed)
    assert rows.amount is not None
    return replace(rows, amount=rows.amount[dealt_within(rows.verb, np.random.default_rng([seed, 1]))])


def doubled(training: Rows, subjects: int, seed: int) -> Rows:
    """Fresh real subjects, every row twice."""
    rows = population(subjects, seed)
    return _at(rows, np.repeat(np.arange(len(rows)), 2))


def collapsed(training: Rows, subjects: int, seed: int) -> Rows:
    """Ten times as many subjects, of whom two in ten are distinct: twice as many as the gate looks at."""
    few = 2 * subjects
    chosen = np.random.default_rng([seed, 1]).integers(0, few, DISTINCT * subjects)
    return taken(population(few, seed), chosen)


def thinned(training: Rows, subjects: int, seed: int) -> Rows:
    """Subjects of a table without associations, half of whose links are gone."""
    edges = random_svo(seed)
    kept = np.flatnonzero(np.random.default_rng([seed, 1]).random(len(edges)) < 0.5)
    return _of_links(edges, *(codes[kept].astype(np.int64) for codes in (edges.subject, edges.verb, edges.object)))


def paired(training: Rows, subjects: int, seed: int) -> Rows:
    """Subjects of a table without associations that twenty invented pairs tie together: who has one has the other."""
    edges = random_svo(seed)
    has = edges.tokens().toarray() > 0
    left = np.arange(0, 40, 2)
    has[:, left + 1] = np.where(
        np.random.default_rng([seed, 1]).random((len(has), 20)) < 0.8, has[:, left], has[:, left + 1]
    )
    subject, token = np.nonzero(has)
    verb, object = np.divmod(token, edges.num_objects)
    return _of_links(edges, subject, verb, object)


def taken(rows: Rows, chosen: Ints) -> Rows:
    """The rows of some subjects, in this order; a subject may come more than once and is another one each time."""
    order = np.argsort(rows.subject, kind="stable")
    size = np.bincount(rows.subject, minlength=rows.num_subjects)
    first = np.cumsum(size) - size
    length = size[chosen]
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    at = order[np.repeat(first[chosen], length) + place]
    subject = np.repeat(np.arange(len(chosen)), length)
    found = replace(_at(rows, at), subject=subject, attributes=rows.attributes.take(chosen), num_subjects=len(chosen))
    if rows.group is None:
        return found
    key = subject * (int(rows.group.max(initial=0)) + 2) + rows.group[at] + 1
    group = np.unique(key, return_inverse=True)[1]
    return replace(found, group=np.where(rows.group[at] >= 0, group, -1))


def joined(first: Rows, second: Rows) -> Rows:
    """The subjects of both, the second ones after the first; both have times, amounts, visits and extra columns."""
    (time, amount, group, extra), (time2, amount2, group2, extra2) = _columns(first), _columns(second)
    own, other = first.attributes, second.attributes
    shift = int(group.max(initial=-1)) + 1
    return replace(
        first,
        subject=np.append(first.subject, second.subject + first.num_subjects),
        verb=np.append(first.verb, second.verb),
        object=np.append(first.object, second.object),
        time=np.append(time, time2),
        amount=np.append(amount, amount2),
        group=np.append(group, np.where(group2 >= 0, group2 + shift, -1)),
        attributes=Attributes(own.names, own.owner, own.labels, np.concatenate([own.has, other.has])),
        num_subjects=first.num_subjects + second.num_subjects,
        extras=Extras(extra.names, extra.sizes, np.concatenate([extra.codes, extra2.codes])),
    )


def _columns(rows: Rows) -> tuple[Ints, Floats, Ints, Extras]:
    """Times, amounts, visits and extra columns of the population's rows, which have them all."""
    assert rows.time is not None
    assert rows.amount is not None
    assert rows.group is not None
    assert rows.extras is not None
    return rows.time, rows.amount, rows.group, rows.extras


def _independent(rows: Rows, rng: np.random.Generator) -> Rows:
    """The subjects with links of the independent generator, and rows as the population makes them."""
    has = independent_draw(rows.edges, rng).tokens().toarray() > 0
    own = rows.attributes
    return rows_of(has, own.take(rng.permutation(rows.num_subjects)), rng)


def _changed(subjects: int, seed: int, change: Callable[[Bools, np.random.Generator], None]) -> Rows:
    """Fresh real subjects whose 0/1 table has been changed in place, with rows that fit it."""
    rng = np.random.default_rng([seed, 1])
    real = population(subjects, seed)
    has = tokens_of(real)
    change(has, rng)
    return rows_of(has, real.attributes, rng)


def _permute(has: Bools, columns: Ints, rng: np.random.Generator) -> None:
    """Deal each column anew among the subjects: it keeps its share and loses what it goes with."""
    for column in columns:
        has[:, column] = rng.permutation(has[:, column])


def _couple(has: Bools, pairs: Ints, factor: float, rng: np.random.Generator) -> None:
    """Bring the lift of each pair of objects, under verb 0, to `factor` times what it is.

    The right object moves from one subject to another, so that both objects keep their share.
    """
    for left, right in pairs:
        gaining = rng.permutation(np.flatnonzero(has[:, left] & ~has[:, right]))
        losing = rng.permutation(np.flatnonzero(~has[:, left] & has[:, right]))
        wanted = round((factor - 1) * int((has[:, left] & has[:, right]).sum()))
        moved = min(wanted, len(gaining), len(losing))
        has[losing[:moved], right], has[gaining[:moved], right] = False, True


def _at(rows: Rows, at: Ints) -> Rows:
    """Rows by position; subjects stay."""
    return replace(
        rows,
        subject=rows.subject[at],
        verb=rows.verb[at],
        object=rows.object[at],
        time=None if rows.time is None else rows.time[at],
        amount=None if rows.amount is None else rows.amount[at],
        group=None if rows.group is None else rows.group[at],
        extras=None if rows.extras is None else rows.extras.take(at),
    )


def _of_links(edges: Edges, subject: Ints, verb: Ints, object: Ints) -> Rows:
    sizes = {"num_subjects": edges.num_subjects, "num_verbs": edges.num_verbs, "num_objects": edges.num_objects}
    return rows_of_edges(Edges.from_links(subject, verb, object, **sizes))
