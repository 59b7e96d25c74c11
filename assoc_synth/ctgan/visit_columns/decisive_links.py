"""DecisiveLinks: the one link of a visit that says most about a column, and the shares of classes that go with it.

The odds of the links are not added up: links that go together say the same thing, and one procedure decides how long a
stay is, whatever else is done in the visit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import chi2
from torch import Tensor, nn

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import positions

FEWEST = 5
"""Visits that must have a link before its shares are looked at."""
MOST_CELLS = 4_000_000
"""The most numbers in the tables of links."""
LEVEL = 0.01
"""The links of a table that chance alone makes decisive for a column."""
PRIOR = 2.0
"""Visits of the whole table that a link's own shares are mixed with."""
EXPECTED = 12.0
"""Subjects that chance must have given a class under a decisive link where none has it, for it never to be drawn."""


class DecisiveLinks(nn.Module):
    """What the links of a visit say of each column's classes, by a table.

    A link is a candidate if its visits' classes differ from the table's beyond chance (G-test, each subject counted
    once; Bonferroni). Of a visit's candidates the decisive one has the largest divergence KL(q ‖ p) of its classes'
    smoothed shares q from those p of the table; row 0 is for visits without one. A row's logits begin at log q'/p with
    the shares q' of the visits that the row is decisive for; `calibration` moves them.

    Shape:
        rows: G visits → (G, columns) int64; logits of a column: (n,) rows → (n, classes).
    """

    def __init__(self, columns: tuple[ColumnSpec, ...], tokens: int = 0) -> None:
        super().__init__()
        self.columns = columns
        self.tokens: Tensor
        self.information: Tensor
        self.resize(tokens)

    def resize(self, tokens: int) -> None:
        """Make room for so many links, which say nothing yet."""
        self.register_buffer("tokens", torch.zeros(tokens, dtype=torch.int64))
        self.register_buffer("information", torch.zeros(tokens + 1, len(self.columns)))
        for index, column in enumerate(self.columns):
            self.register_buffer(f"logits{index}", torch.zeros(tokens + 1, column.classes))
            self.register_buffer(f"never{index}", torch.zeros(tokens + 1, column.classes, dtype=torch.bool))

    def table(self, index: int) -> Tensor:
        """The logits of a column: (T + 1, classes)."""
        return self.get_buffer(f"logits{index}")

    def never(self, index: int) -> Tensor:
        """Which classes a row never has: (T + 1, classes)."""
        return self.get_buffer(f"never{index}")

    def is_sound(self) -> bool:
        """Whether the links are in order, and each row may have a class."""
        return bool((self.tokens[1:] > self.tokens[:-1]).all()) and all(
            not self.never(index).all(1).any() for index in range(len(self.columns))
        )

    @torch.no_grad()
    def learn(self, groups: VisitGroups, columns: Sequence[CodedColumn]) -> None:
        """Count the classes of each link's visits: columns (G,) each, code −1 where unknown."""
        device = self.tokens.device
        places = _Places.of(groups, max(column.spec.classes for column in columns))
        found = [_informative(places, groups, column) for column in columns]
        kept = np.flatnonzero(np.any([information > 0 for information, _ in found], axis=0))
        self.resize(len(kept))
        self.tokens.copy_(torch.from_numpy(places.tokens[kept]))
        information = np.stack([np.append(0.0, own[kept]) for own, _ in found], axis=1)
        self.information.copy_(torch.from_numpy(information))
        rows = self.rows(groups)
        for index, (column, (_, share)) in enumerate(zip(columns, found, strict=True)):
            margin = _margin(column)
            start = np.concatenate([margin[None], share[kept]])
            logits, never = _row_tables(groups, column, rows[:, index], start, margin)
            self.table(index).copy_(torch.from_numpy(logits))
            self.never(index).copy_(torch.from_numpy(never))
        self.to(device)

    def rows(self, groups: VisitGroups) -> Ints:
        """The row of each visit in each column's table: (G, columns), 0 where no link is decisive."""
        tokens, information = self.tokens.cpu().numpy(), self.information.cpu().numpy()
        result = np.zeros((len(groups), len(self.columns)), np.int64)
        at = positions(groups.token, tokens)
        known = at >= 0
        row, group = at[known] + 1, groups.group[known]
        if not len(row):
            return result
        begins = np.flatnonzero(np.diff(group, prepend=-1))
        sizes = np.diff(np.append(begins, len(group)))
        for index in range(len(self.columns)):
            value = information[row, index]
            best = np.repeat(np.maximum.reduceat(value, begins), sizes)
            found = np.maximum.reduceat(np.where((value == best) & (value > 0), row, 0), begins)
            result[group[begins], index] = found
        return result


class _Places:
    """The links that are looked at: tokens ascending, the place of each link among them, −1 for none."""

    def __init__(self, tokens: Ints, place: Ints, subjects: Ints) -> None:
        self.tokens, self.place, self.subjects = tokens, place, subjects

    @classmethod
    def of(cls, groups: VisitGroups, classes: int) -> _Places:
        every, own, visits = np.unique(groups.token, return_inverse=True, return_counts=True)
        kept = np.sort(np.argsort(-visits, kind="stable")[: MOST_CELLS // max(classes, 1)])
        kept = kept[visits[kept] >= FEWEST]
        position = np.full(len(every), -1, np.int64)
        position[kept] = np.arange(len(kept))
        place = position[own]
        used = place >= 0
        width = int(groups.subject.max(initial=0)) + 1
        pairs = np.unique(place[used] * width + groups.subject[groups.group[used]])
        return cls(every[kept], place, np.bincount(pairs // width, minlength=len(kept)))


def _margin(column: CodedColumn) -> Floats:
    """(classes,) shares of the whole table, none of them 0."""
    counts = np.bincount(column.code[column.code >= 0], minlength=column.spec.classes) + 0.5
    margin: Floats = counts / counts.sum()
    return margin


def _informative(places: _Places, groups: VisitGroups, column: CodedColumn) -> tuple[Floats, Floats]:
    """(U,) how much each link says of a column, 0 where chance may be all, and (U, classes) its smoothed shares."""
    code, classes, margin = column.code[groups.group], column.spec.classes, _margin(column)
    use = (places.place >= 0) & (code >= 0)
    cell = places.place[use] * classes + code[use]
    counts = np.bincount(cell, minlength=len(places.tokens) * classes).reshape(-1, classes).astype(np.float64)
    visits = counts.sum(1, keepdims=True)
    plain = _divergence(counts / np.maximum(visits, 1.0), margin)
    statistic = 2 * np.minimum(visits[:, 0], places.subjects) * plain
    degrees = max(int((np.bincount(code[use], minlength=classes) > 0).sum()) - 1, 1)
    clear = statistic > chi2.isf(LEVEL / max(len(places.tokens), 1), degrees)
    share = (counts + PRIOR * margin) / (visits + PRIOR)
    return np.where(clear & (visits[:, 0] >= FEWEST), _divergence(share, margin), 0.0), share


def _divergence(share: Floats, margin: Floats) -> Floats:
    """KL(share ‖ margin) in nats: (U, classes), (classes,) → (U,)."""
    result: Floats = np.where(share > 0, share * np.log(np.maximum(share, 1e-300) / margin), 0.0).sum(1)
    return result


def _row_tables(
    groups: VisitGroups, column: CodedColumn, row: Ints, start: Floats, margin: Floats
) -> tuple[Floats, Bools]:
    """Logits of each row and the classes that it never has: (T + 1, classes) each."""
    shape, use = start.shape, column.code >= 0
    classes, own = shape[1], row[use]
    counts = np.bincount(own * classes + column.code[use], minlength=start.size).reshape(shape)
    share = (counts + PRIOR * start) / (counts.sum(1, keepdims=True) + PRIOR)
    width = int(groups.subject.max(initial=0)) + 1
    subjects = np.bincount(np.unique(own * width + groups.subject[use]) // width, minlength=shape[0])
    never = (counts == 0) & (subjects[:, None] * margin >= EXPECTED)
    spec = column.spec
    if spec.continuous:  # modes overlap: that one is unseen says nothing
        never[:, spec.exact : classes - spec.missing] = False
    return np.log(share / margin), never
