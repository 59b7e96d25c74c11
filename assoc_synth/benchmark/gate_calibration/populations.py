"""Populations whose structure is known: what the gate is tried on, and the tables that are drawn from them.

Subjects have rows: links under two verbs, in visits, at times, with amounts, a channel and an attribute. Planted are:

- three preferences over 40 Zipf-popular objects, ten pairs of neighbours that are bought together;
- six pairs of objects that avoid each other, four triples of which everybody has none or two (XOR);
- the second verb, a minor one, repeats the first in a quarter of its links, and has pairs of its own;
- pairs are bought in one visit, the first object before the second, and the second verb comes later;
- amounts and the channel follow the object, the attribute follows the preference.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.rows import Extras, Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.days import DAY, HOUR

POPULAR, OBJECTS = 40, 64
PLANTED = np.arange(0, 20, 2)
"""An object and the next one are a planted pair of verb 0."""
AVOIDING = np.arange(40, 52, 2)
"""An object and the next one are hardly ever had by one subject."""
XOR = np.arange(52, 64, 3)
"""Of an object and the next two, a subject has none or two: every two of them are independent, the three are not."""
VERBS = 2
CHANNELS, SEGMENTS = 4, 3
TOGETHER, FIRST = 0.7, 0.85
"""How often a planted pair is in one visit, and how often its first object comes first."""
SECOND = 1_000_000_000


def population(subjects: int, seed: int) -> Rows:
    """Fresh subjects with their rows."""
    rng = np.random.default_rng(seed)
    segment = rng.integers(0, SEGMENTS, subjects)
    return rows_of(_links(segment, rng), _attributes(segment, rng), rng)


def _links(segment: Ints, rng: np.random.Generator) -> Bools:
    """Which subject has which object under which verb: (subjects, 2 · 64)."""
    subjects = len(segment)
    preference = np.exp(1.0 * (np.arange(POPULAR)[None, :] % SEGMENTS == segment[:, None]))
    utility = np.log(preference / (1 + np.arange(POPULAR))) + rng.gumbel(size=(subjects, POPULAR))
    rank = np.argsort(np.argsort(-utility, axis=1), axis=1)
    has = np.zeros((subjects, OBJECTS), bool)
    has[:, :POPULAR] = rank < (1 + rng.geometric(0.25, subjects))[:, None]
    has[:, PLANTED + 1] |= has[:, PLANTED] & (rng.random((subjects, len(PLANTED))) < 0.5)
    left = rng.random((subjects, len(AVOIDING))) < 0.3
    has[:, AVOIDING] = left
    has[:, AVOIDING + 1] = rng.random(left.shape) < np.where(left, 0.03, 0.4)
    first, second = (rng.random((subjects, len(XOR))) < 0.5 for _ in range(2))
    has[:, XOR], has[:, XOR + 1], has[:, XOR + 2] = first, second, first ^ second
    minor = has & (rng.random(has.shape) < 0.25)
    minor[:, PLANTED + 1] |= minor[:, PLANTED] & has[:, PLANTED + 1] & (rng.random((subjects, len(PLANTED))) < 0.6)
    return np.concatenate([has, minor], axis=1)


def _attributes(segment: Ints, rng: np.random.Generator) -> Attributes:
    """A column that is the preference in four of five subjects."""
    shown = np.where(rng.random(len(segment)) < 0.8, segment, rng.integers(0, SEGMENTS, len(segment)))
    labels = tuple(f"segment = {code}" for code in range(SEGMENTS))
    return Attributes(("segment",), np.zeros(SEGMENTS, np.int64), labels, shown[:, None] == np.arange(SEGMENTS))


def rows_of(has: Bools, attributes: Attributes, rng: np.random.Generator) -> Rows:
    """Rows of a 0/1 table over (verb, object): visits, times, repeats, amounts and channels."""
    subject, token = (codes.astype(np.int64) for codes in np.nonzero(has))
    times = 1 + (rng.random(len(token)) < 0.15) + (rng.random(len(token)) < 0.03)
    subject, token = np.repeat(subject, times), np.repeat(token, times)
    verb, object = np.divmod(token, OBJECTS)
    visit, minute = _placed(subject, verb, object, len(has), rng)
    start = _starts(subject, visit, rng)
    order = np.lexsort((minute, visit, subject))
    subject, verb, object, visit, minute, start = (
        column[order] for column in (subject, verb, object, visit, minute, start)
    )
    _, group = np.unique(subject * (visit.max(initial=0) + 1) + visit, return_inverse=True)
    price = np.exp(1.0 + 0.08 * (object * 7 % OBJECTS) + 0.25 * rng.normal(size=len(object)))
    channel = np.where(rng.random(len(object)) < 0.6, object % CHANNELS, rng.integers(0, CHANNELS, len(object)))
    return Rows(
        subject,
        verb,
        object,
        time=start + (minute * 60 * SECOND).astype(np.int64),
        amount=np.where(verb == 0, np.round(price, 2), np.nan),
        group=group.astype(np.int64),
        visit_kind="basket",
        attributes=attributes,
        num_subjects=len(has),
        num_verbs=VERBS,
        num_objects=OBJECTS,
        extras=Extras(("channel",), (CHANNELS + 1,), channel[:, None].astype(np.int64)),
    )


def _placed(subject: Ints, verb: Ints, object: Ints, subjects: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """In which visit of its subject each row is, from 0 on, and its minute in it."""
    links = np.bincount(subject, minlength=subjects)
    visits = 1 + rng.binomial(np.maximum(links - 1, 0), 0.35)
    visit = (rng.random(len(subject)) * visits[subject]).astype(np.int64)
    # The visit of a pair's first object becomes that of its second one; a minor link comes at the end.
    home = np.full((subjects, OBJECTS), -1, np.int64)
    major = verb == 0
    home[subject[major], object[major]] = visit[major]
    second = major & np.isin(object, PLANTED + 1)
    other = np.where(second, home[subject, np.maximum(object - 1, 0)], -1)
    visit = np.where((other >= 0) & (rng.random(len(visit)) < TOGETHER), other, visit)
    known = home[subject, object]
    later = np.maximum(visit, np.maximum(known, 0))
    visit = np.where(major, visit, np.where(rng.random(len(visit)) < 0.8, later, visit))
    minute = rng.integers(0, 30, len(subject))
    early = major & np.isin(object, PLANTED) & (rng.random(len(subject)) < FIRST)
    minute = np.where(second, rng.integers(8, 30, len(subject)), minute)
    minute = np.where(early, rng.integers(0, 8, len(subject)), minute)
    return visit, np.where(major, minute, 30 + minute)


def _starts(subject: Ints, visit: Ints, rng: np.random.Generator) -> Ints:
    """When each row's visit starts: some days after the one before it, mostly in the evening."""
    most = int(visit.max(initial=0)) + 1
    subjects = int(subject.max(initial=-1)) + 1
    days = np.cumsum(1 + rng.geometric(0.1, (subjects, most)), axis=1) + rng.integers(0, 200, (subjects, 1))
    hour = np.clip(np.round(rng.normal(17, 3, (subjects, most))), 0, 22).astype(np.int64)
    return (days[subject, visit] * DAY + hour[subject, visit] * HOUR).astype(np.int64)


def tokens_of(rows: Rows) -> Bools:
    """The 0/1 table over (verb, object) of rows: (subjects, 2 · 64)."""
    has: Bools = rows.edges.tokens().toarray() > 0
    return has


def random_svo(seed: int) -> Edges:
    """20,000 rows of independent uniform subject, verb and object, as in the data set `random-svo`: no association."""
    rng = np.random.default_rng(seed)
    return Edges.from_links(
        rng.integers(0, 1_000, 20_000),
        rng.integers(0, 4, 20_000),
        rng.integers(0, 50, 20_000),
        num_subjects=1_000,
        num_verbs=4,
        num_objects=50,
    )
