"""What numbers begin at: how often an edge occurs, how many visits a subject has, when, and how many links each has.

Each is nearly given by a number that is known before it is drawn: the links per edge of the subject's class, its links,
its links and days that are left per visit that is still to come. These shares are counted, and smoothed, before
training; they are added to the logits of the column chains, which then learn only what is beyond them. So a small table
has them right at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Occurrences
from assoc_synth.transactions.arrays import Floats, Ints, Singles

BUCKETS, PER_DOUBLING = 64, 4
"""Buckets of the known number, and how many there are from one number to its double."""
WIDE, NARROW = 2.0, 1.0
"""Buckets that a share is smoothed over, as a standard deviation: that of the neighbourhood, and of a bucket in it."""
PRIOR, CLOSE_PRIOR = 3.0, 0.3
"""Counts that shrink a bucket's share to that of its neighbourhood; and those that shrink the neighbourhood's to that
of all, and a bucket's where the known number is a prediction: with more, one subject in forty has a number of visits
that nothing tells, and those with few links or many have too many visits or too few."""


@dataclass(frozen=True, eq=False)
class Known:
    """A column of whole numbers, and the number that is known before: (n,) at least 1, 0 counts as 1.

    `prior` are the counts that shrink shares to those of the neighbourhood.
    """

    column: CodedColumn
    known: Floats
    prior: float = PRIOR


class SizeLogits(nn.Module):
    """Logits of columns given a known number; 0 where a column has none, as in models of before.

    Args:
        columns: by name.

    Shape:
        known (n,) → (n, classes).
    """

    def __init__(self, columns: dict[str, ColumnSpec]) -> None:
        super().__init__()
        for name, column in columns.items():
            self.register_buffer(name, torch.zeros(BUCKETS, column.classes))

    def learn(self, data: dict[str, Known]) -> None:
        """Count the shares of a table."""
        for name, own in data.items():
            self.get_buffer(name).copy_(torch.from_numpy(_log_ratios(own)))

    def forward(self, name: str, known: Tensor) -> Tensor:
        if name not in dict(self.named_buffers()):
            return known.new_zeros((len(known), 1), dtype=torch.float32)
        found: Tensor = self.get_buffer(name)[self.rows(known)]
        return found

    @staticmethod
    def rows(known: Tensor) -> Tensor:
        """The bucket of each known number: (n,)."""
        return (PER_DOUBLING * torch.log2(known.float().clamp(min=1.0))).clamp(max=BUCKETS - 1).long()


def links_by_verb(data: Occurrences) -> Ints:
    """How many links of each verb are in visits, of each subject that has any: (T, V)."""
    assert data.visits is not None, "the table has visits"
    inside = data.link_visit >= 0
    edge = data.link_edge[inside]
    rows = np.searchsorted(data.visits.subject[data.visits.first], data.edges.subject[edge])
    counts = np.zeros((len(data.visits.first), data.edges.num_verbs), np.int64)
    np.add.at(counts, (rows, data.edges.verb[edge]), 1)
    return counts


def gain_of(column: CodedColumn, known: Floats) -> float:
    """How much a known number, (n,), says of a column, in nats, mean."""
    ratios = _log_ratios(Known(column, known))
    return float(ratios[_buckets(known), column.code].mean())


def anchor_verb(data: Occurrences) -> int:
    """The verb whose links say most of how many visits a subject has; −1 where all links together say more.

    Where every visit has a diagnosis, there are no more visits than diagnoses.
    """
    if data.visits is None or data.num_visits is None:
        return -1
    by_verb = links_by_verb(data)
    known = [by_verb.sum(1), *by_verb.T]
    return int(np.argmax([gain_of(data.num_visits, own.astype(np.float64)) for own in known])) - 1


def table_sizes(data: Occurrences, anchor: int = -1, expected: Floats | None = None) -> dict[str, Known]:
    """What a table's numbers are known by.

    "repeat" by the subject's edges, "count" by the links per edge of its subject's class, "visits" by the subject's
    links, "size" and "gap" by its links and days per visit to come. A subject's last visit has all links that are left:
    its size is not counted.

    Args:
        anchor: the verb whose links "visits" is known by; −1 for all.
        expected: by which it is known instead, (T,), see `VisitNumbers`.
    """
    level = data.repeat_level[data.repeat.code[data.edges.subject]]
    edges = np.diff(data.edges.offsets).astype(np.float64)
    count = {"repeat": Known(data.repeat, edges), "count": Known(data.count, np.exp(level.astype(np.float64)))}
    visits = data.visits
    if visits is None or data.num_visits is None or not data.start:
        return count
    links = np.add.reduceat(visits.size, visits.first)
    known = links_by_verb(data)[:, anchor] if anchor >= 0 else links
    known = known if expected is None else expected
    counts = visits.per_subject
    rank = np.arange(len(visits)) - np.repeat(visits.first, counts)
    before = np.cumsum(visits.size) - visits.size
    left = np.repeat(links + before[visits.first], counts) - before
    to_come = np.repeat(counts, counts) - rank
    columns = [(data.start[-1], visits.first), *([(data.step[-1], visits.later)] if data.step else [])]
    code = np.concatenate([column.code for column, _ in columns])
    at = np.concatenate([at for _, at in columns])
    open_ = to_come[at] > 1
    size = CodedColumn(data.start[-1].spec, code[open_], np.zeros(int(open_.sum()), np.float32))
    gap = {}
    if data.step and data.step[0].spec.name == "gap":
        days = np.maximum(data.horizon.last_day - np.maximum(visits.day[visits.later - 1], 0), 0)
        gap = {"gap": Known(data.step[0], days / to_come[visits.later])}
    return (
        count
        | gap
        | {
            "visits": Known(data.num_visits, known.astype(np.float64), PRIOR if expected is None else CLOSE_PRIOR),
            "size": Known(size, (left / to_come)[at][open_]),
        }
    )


def _buckets(known: Floats) -> Ints:
    return (PER_DOUBLING * np.log2(np.maximum(known, 1.0))).astype(np.int64).clip(max=BUCKETS - 1)


def _log_ratios(own: Known) -> Singles:
    """log of the share of each class in a bucket to its share of all: (buckets, classes)."""
    classes = own.column.spec.classes
    bucket = _buckets(own.known)
    counts = np.bincount(bucket * classes + own.column.code, minlength=BUCKETS * classes).reshape(BUCKETS, classes)
    apart = np.arange(BUCKETS)[:, None] - np.arange(BUCKETS)[None, :]
    whole = counts.sum(0) + 0.5
    found = shares = whole / whole.sum()
    for width, prior in ((WIDE, CLOSE_PRIOR), (NARROW, own.prior)):
        smooth = np.exp(-0.5 * (apart / width) ** 2) @ counts + prior * found
        found = smooth / smooth.sum(1, keepdims=True)
    ratios: Singles = np.log(found / shares).astype(np.float32)
    return ratios
