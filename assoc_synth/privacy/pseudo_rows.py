"""Rows of pseudo-subjects: verbs, repeats, days, hours and amounts of their links, each drawn from its noisy counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.privacy import domains
from assoc_synth.privacy.measurements import Measured
from assoc_synth.privacy.pseudo_links import Links
from assoc_synth.transactions.arrays import Floats, Ints, Times, Values
from assoc_synth.transactions.schema import Schema

_FIRST_WEEKDAY = int((domains.FIRST_DAY.astype("datetime64[D]").astype(int) + 3) % 7)
_AT_ONCE = 65_536


def rows_of(links: Links, measured: Measured, schema: Schema, rng: np.random.Generator) -> pd.DataFrame:
    """A frame with the schema's columns of subject, verb, object, time and amount."""
    subject = np.repeat(np.arange(len(links.offsets) - 1), np.diff(links.offsets))
    at, verb = _verbs(links.object, measured, rng)
    subject, thing = subject[at], links.object[at]
    numbers = domains.draw_numbers(_drawn(_filled(measured.rows)[verb], rng), rng)
    again = np.repeat(np.arange(len(subject)), numbers)
    subject, thing, verb = subject[again], thing[again], verb[again]
    width = len(str(len(links.offsets)))
    columns: dict[str, Values] = {schema.subject: np.char.add("s", np.char.zfill(subject.astype(str), width))}
    if schema.verb_name is None:
        columns[schema.verb] = np.array(measured.verbs, object)[verb]
    columns[schema.object] = np.array(measured.objects, object)[thing]
    if measured.days is not None and schema.time is not None:
        columns[schema.time] = _times(subject, verb, links, measured, rng)
    if measured.amounts is not None and schema.amount is not None:
        columns[schema.amount] = _amounts(verb, thing, measured, rng)
    return pd.DataFrame(columns)


def _verbs(object: Ints, measured: Measured, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The verbs of each link: positions of links, once for each verb, and the verbs."""
    num_verbs = len(measured.verbs)
    counts = measured.verbs_of.copy()
    counts[:, 0] = 0.0
    overall = counts.sum(0)
    overall = overall if overall.any() else (np.arange(counts.shape[1]) > 0).astype(float)
    empty = counts.sum(1) == 0
    counts[empty] = overall
    sets = _drawn_rows(counts, object, rng)
    has = (sets[:, None] >> np.arange(num_verbs)[None, :]) & 1
    at, verb = np.nonzero(has)
    return at.astype(np.int64), verb.astype(np.int64)


def _times(subject: Ints, verb: Ints, links: Links, measured: Measured, rng: np.random.Generator) -> Times:
    """The time of each row: a day among its subject's, and an hour by the verb and the weekday."""
    assert measured.days is not None, "asked of tables with times"
    assert measured.days_of is not None, "as the days"
    assert measured.hours is not None, "as the days"
    bins = domains.number_bins(np.diff(links.offsets))
    number = domains.draw_numbers(_drawn(_filled(measured.days_of)[bins], rng), rng)
    share = measured.days if measured.days.any() else np.ones(len(measured.days))
    which = rng.integers(0, number[subject])  # of its subject's days
    day = rng.choice(len(share), int(number.sum()), p=share / share.sum())
    starts = np.concatenate([[0], np.cumsum(number)[:-1]])
    own = day[starts[subject] + which]
    weekday = (own + _FIRST_WEEKDAY) % 7
    hourly = measured.hours if measured.hours.any() else np.ones(measured.hours.shape)
    by_day = _filled(hourly).reshape(len(measured.verbs), 7, 24)
    hours = _drawn_rows(_filled(by_day.reshape(-1, 24)), verb * 7 + weekday, rng)
    return domains.draw_times(own, hours, rng)


def _amounts(verb: Ints, object: Ints, measured: Measured, rng: np.random.Generator) -> Floats:
    """The amount of each row: present and of a sign as its verb's, of a size as its object's, if that is known."""
    assert measured.amounts is not None, "asked of tables with amounts"
    assert measured.amounts_of is not None, "as the amounts"
    by_verb = _filled(measured.amounts)
    bins = _drawn(by_verb[verb], rng)
    known = np.flatnonzero((measured.amounts_of.sum(1) > 0)[object] & (bins >= 2))
    size = _drawn(measured.amounts_of[object[known]], rng)
    # Inside a size, and with the sign that was drawn, a bin as the verb's.
    negative = bins[known] >= 2 + len(domains.AMOUNT_ENDS)
    all_bins = np.arange(domains.NUM_AMOUNTS)
    sizes = domains.amount_sizes(all_bins)
    signs = all_bins >= 2 + len(domains.AMOUNT_ENDS)
    allowed = np.zeros((2 * domains.NUM_SIZES, domains.NUM_AMOUNTS))
    allowed[np.where(sizes >= 0, sizes + signs * domains.NUM_SIZES, 0), all_bins] = sizes >= 0
    cell = (verb[known] * 2 + negative) * domains.NUM_SIZES + size
    weights = (allowed.reshape(1, 2 * domains.NUM_SIZES, -1) * (by_verb[:, None, :] + 1e-9)).reshape(
        -1, domains.NUM_AMOUNTS
    )
    bins[known] = _drawn_rows(weights, cell, rng)
    return domains.draw_amounts(bins, rng)


def _filled(counts: Floats) -> Floats:
    """Counts by row; a row without any has those of all rows, and bin 0 where there are none at all."""
    overall = counts.sum(0)
    if not overall.any():
        overall = (np.arange(counts.shape[1]) == 0).astype(float)
    found: Floats = np.where(counts.sum(1, keepdims=True) > 0, counts, overall)
    return found


def _drawn_rows(counts: Floats, row: Ints, rng: np.random.Generator) -> Ints:
    """A column for each entry, in proportion to the counts of its row: (n,)."""
    cumulative = np.cumsum(counts, 1)
    cumulative /= cumulative[:, -1:]
    found = np.empty(len(row), np.int64)
    for start in range(0, len(row), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        found[part] = (cumulative[row[part]] <= rng.random(len(row[part]))[:, None]).sum(1)
    drawn: Ints = np.minimum(found, counts.shape[1] - 1)
    return drawn


def _drawn(counts: Floats, rng: np.random.Generator) -> Ints:
    """A column for each row, in proportion to its counts."""
    return _drawn_rows(counts, np.arange(len(counts)), rng)
