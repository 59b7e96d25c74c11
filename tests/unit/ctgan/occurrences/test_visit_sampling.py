"""Visits: their sizes add up, their days are in order and within the table's."""

from collections.abc import Callable

import numpy as np
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.month_days import month_day
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.ctgan.occurrences.visit_sampling import fit_sizes
from assoc_synth.transactions.arrays import Ints

Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]


def test_sizes_are_scaled_to_the_links_and_no_visit_stays_empty() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 9, 60)
    links = counts + rng.integers(0, 40, 60)
    wanted = rng.integers(1, 12, int(counts.sum()))
    own = np.repeat(np.arange(60), counts)
    found = fit_sizes(wanted, counts, links, rng)
    assert found.min() >= 1
    assert np.bincount(own, weights=found).tolist() == links.tolist()
    more = np.bincount(own, weights=wanted - 1)
    exact = 1 + (wanted - 1) * ((links - counts) / np.maximum(more, 1))[own]
    assert np.abs(found - exact)[more[own] > 0].max() <= 1.0


class Weekly:
    """Visits begin on day 0, 7 or 14 by class; gaps are the class in weeks; times of day are the class in hours."""

    horizon = Horizon(0, 20)

    def first_day(self, week: CodedColumn, weekday: Ints) -> Ints:
        return 7 * week.code

    def next_day(self, day: Ints, gap: CodedColumn, weekday: Ints) -> Ints:
        return day + 7 * gap.code

    def clock_after(self, clock: Ints, pause: CodedColumn) -> Ints:
        return np.where(pause.code == 0, -1, clock + 1)

    def time_of_day(self, code: Ints, rng: np.random.Generator) -> Ints:
        return 3_600 * code


def spec(*step: ColumnSpec) -> OccurrenceSpec:
    size, weekday = ColumnSpec("size", 3, False), ColumnSpec("weekday", 7, False)
    start = (ColumnSpec("week", 3, False), weekday, ColumnSpec("clock", 24, False), size)
    once = ColumnSpec("count", 1, False)
    return OccurrenceSpec(once, once, (), (ColumnSpec("visits", 5, False),), start, (*step, weekday, size))


def draw(untrained: Untrained, shapes: OccurrenceSpec, counts: Ints, links: Ints, **options: object):
    generator, sampler = untrained(shapes, calendar=Weekly(), has_visits=True, **options)
    subjects = 2 * np.arange(len(counts))
    condition = torch.zeros(len(counts), generator.interest.in_features)
    with torch.inference_mode():
        return sampler.visits.draw(subjects, condition, links, counts)


class Daily(Weekly):
    """Gaps are the class in days, in 2024 and after it."""

    horizon = Horizon(19_723, 1_500)

    def next_day(self, day: Ints, gap: CodedColumn, weekday: Ints) -> Ints:
        return day + gap.code


def test_visits_come_on_the_days_of_the_month_that_have_the_most_weight(untrained: Untrained) -> None:
    size, weekday = ColumnSpec("size", 3, False), ColumnSpec("weekday", 7, False)
    once, gap = ColumnSpec("count", 1, False), ColumnSpec("gap", 41, False, exact=41)
    start = (ColumnSpec("week", 3, False), weekday, size)
    shapes = OccurrenceSpec(
        once, once, (), (ColumnSpec("visits", 5, False),), start, (gap, weekday, size), month_days=True
    )
    generator, sampler = untrained(shapes, calendar=Daily(), has_visits=True)
    assert generator.month_days is not None
    generator.month_days.days.copy_(torch.arange(41))
    counts = np.full(20, 6)
    condition = torch.zeros(20, generator.interest.in_features)
    with torch.inference_mode():
        generator.month_days.weight[4] = 50.0
        visits = sampler.visits.draw(np.arange(20), condition, counts, counts)
    later = month_day(visits.day[visits.later], Daily.horizon)
    assert (later == 4).all()


def test_each_subject_has_its_visits_in_order_within_the_table(untrained: Untrained) -> None:
    counts, links = np.array([1, 4, 2, 5] * 30), np.array([1, 9, 2, 5] * 30)
    clock = ColumnSpec("clock", 24, False)
    visits = draw(untrained, spec(ColumnSpec("gap", 4, False), clock), counts, links)
    assert np.bincount(visits.subject, minlength=240)[::2].tolist() == counts.tolist()
    assert np.bincount(visits.subject, weights=visits.size)[::2].tolist() == links.tolist()
    assert visits.size.min() >= 1
    assert visits.day.min() >= 0
    assert visits.day.max() <= 20
    same = visits.subject[1:] == visits.subject[:-1]
    when = visits.day * 86_400 + visits.clock
    assert (np.diff(when)[same] >= 0).all()


def test_a_visit_of_the_same_day_follows_by_its_pause(untrained: Untrained) -> None:
    """Every gap is 0 days, so that each visit comes one unit after the one before."""
    shapes = spec(ColumnSpec("gap", 1, False), ColumnSpec("clock", 24, False), ColumnSpec("pause", 2, False))
    generator, sampler = untrained(shapes, calendar=Weekly(), has_visits=True)
    with torch.no_grad():
        generator.step.heads[2].bias[1] = 1e4  # there always is a pause
    condition = torch.zeros(20, generator.interest.in_features)
    with torch.inference_mode():
        visits = sampler.visits.draw(np.arange(20), condition, np.full(20, 3), np.full(20, 3))
    assert (visits.day.reshape(20, 3) == visits.day.reshape(20, 3)[:, :1]).all()
    assert (np.diff(visits.clock.reshape(20, 3), axis=1) == 1).all()


def test_no_visit_is_larger_than_the_largest_where_the_links_fit() -> None:
    rng = np.random.default_rng(0)
    counts, links = np.array([4, 3, 2]), np.array([40, 9, 60])
    found = fit_sizes(np.array([1, 1, 1, 30, 2, 2, 2, 1, 20]), counts, links, rng, most=12)
    assert np.add.reduceat(found, [0, 4, 7]).tolist() == links.tolist()
    assert found[:7].max() <= 12


def test_the_last_visit_has_what_is_left(untrained: Untrained) -> None:
    """Sizes are drawn one after another: here nothing has to be scaled."""
    counts, links = np.array([1, 4, 2, 5] * 30), np.array([3, 9, 2, 12] * 30)
    visits = draw(untrained, spec(ColumnSpec("gap", 4, False)), counts, links)
    assert np.bincount(visits.subject, weights=visits.size)[::2].tolist() == links.tolist()
    assert visits.size.min() >= 1
