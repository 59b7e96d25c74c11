"""Terms of a link and its visit's day of the month, and its weekday: a rent is due on the third, whatever else is.

Preferences of links for visits are low-rank, and learn such a day slowly. Here each frequent token, and what is left of
each verb, has a term for every day of the month and every weekday, where its links clearly come on other days than
those on which their subjects have visits. The terms begin at the log ratio of how often, and calibration goes on.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import chi2
from torch import Tensor, nn

from assoc_synth.ctgan.assignment.calendar_terms import UNDATED
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles
from assoc_synth.transactions.distinct import positions

DAYS, WEEKDAYS = 31, 7
CLASSES = DAYS + WEEKDAYS
NO_DATE = CLASSES
"""The class of undated visits, which have no terms."""
PHASE = 4
"""Where the weekdays are among the features of visits, see `visit_phases`."""
MOST_TOKENS, LEAST_LINKS = 400, 100
"""Tokens that are looked at, the most frequent ones, and links of each at least."""
LEVEL, PRIOR, MOST = 0.001, 3.0, 8.0
"""Probability that chance gives any term; links of each class that shrink a term; and how large one gets."""
NONE = -1


def date_classes(features: Singles, calendar: Ints) -> Ints:
    """The day of the month and the weekday of visits: (M, features), (M, 4) → (M, 2)."""
    weekday = DAYS + features[:, PHASE : PHASE + WEEKDAYS].argmax(1)
    found = np.stack([calendar[:, 0], weekday], axis=1)
    return np.where(calendar[:, :1] == UNDATED, NO_DATE, found).astype(np.int64)


class DateTerms(nn.Module):
    """Terms of R rows: tokens, and −1 − v for the links of verb v whose tokens have no row.

    Args:
        rows: R, 0 where there are none: then nothing is stored.

    Shape:
        codes (R,) ascending, weight (R, `CLASSES`).
    """

    codes: Tensor
    weight: Tensor

    def __init__(self, rows: int = 0) -> None:
        super().__init__()
        # What no file fills is not left without memory while a model is read.
        device = None if rows else "cpu"
        self.register_buffer("codes", torch.zeros(rows, dtype=torch.int64, device=device), persistent=rows > 0)
        self.register_buffer("weight", torch.zeros(rows, CLASSES, device=device), persistent=rows > 0)

    def __len__(self) -> int:
        return len(self.codes)

    def fits(self, num_verbs: int, num_objects: int) -> bool:
        """Whether the rows, as read from a file, are ones of a table."""
        inside = bool(((self.codes >= -num_verbs) & (self.codes < num_verbs * num_objects)).all())
        return inside and bool((self.codes.diff() > 0).all())

    def row_of(self, verb: Ints, object: Ints, num_objects: int) -> Ints:
        """(n,) the row of each link, `NONE` without one."""
        return _rows(self.codes.cpu().numpy(), verb, verb * num_objects + object)

    def of_kinds(self, verb: Ints, object: Ints, num_objects: int) -> Singles:
        """(K, `CLASSES` + 1) the terms of kinds of links; (K, 0) where there are none."""
        if not len(self):
            return np.zeros((len(verb), 0), np.float32)
        table = np.pad(self.weight.cpu().numpy(), ((0, 1), (0, 1)))
        found: Singles = table[self.row_of(verb, object, num_objects)]
        return found

    @torch.no_grad()
    def match(self, row: Ints, real: Ints, drawn: list[Ints], step: float) -> None:
        """Move the terms by a share of the log ratio of how often they apply.

        Args:
            row: (L,) of the links; real, drawn: (L, 2) classes of their visits, true and of chains.
        """
        if not len(self):
            return
        wanted = _counts(row, real, len(self))
        found = np.mean([_counts(row, own, len(self)) for own in drawn], axis=0)
        shift = torch.from_numpy(step * np.log((wanted + PRIOR) / (found + PRIOR))).to(self.weight)
        self.weight.add_(shift).clamp_(-MOST, MOST)


def learned_terms(verb: Ints, token: Ints, real: Ints, dealt: list[Ints]) -> DateTerms:
    """The terms of links, (L,) each, whose days are clearly not by chance those of their subjects' visits.

    Args:
        real, dealt: (L, 2) classes of their visits, true and of links dealt at random, see `date_classes`.
    """
    found, counts = np.unique(token, return_counts=True)
    often = found[np.argsort(-counts, kind="stable")[:MOST_TOKENS]]
    often = np.sort(often[counts[np.searchsorted(found, often)] >= LEAST_LINKS])
    codes = np.concatenate([often, -1 - np.unique(verb)])
    for looked_at in range(2):  # once for tokens, then for verbs' other links and the tokens that are left
        codes = np.sort(codes)
        row = _rows(codes, verb, token)
        seen = _counts(row, real, len(codes))
        expected = np.mean([_counts(row, own, len(codes)) for own in dealt], axis=0)
        clear = _clear(seen, expected, max(len(codes), 1))
        codes = codes[clear | ((codes < 0) & (looked_at == 0))]
    row = _rows(codes, verb, token)
    seen, expected = _counts(row, real, len(codes)), np.mean([_counts(row, own, len(codes)) for own in dealt], axis=0)
    terms = DateTerms(len(codes))
    terms.codes.copy_(torch.from_numpy(codes))
    terms.weight.copy_(torch.from_numpy(np.log((seen + PRIOR) / (expected + PRIOR)).clip(-MOST, MOST)))
    return terms


def _rows(codes: Ints, verb: Ints, token: Ints) -> Ints:
    """The row of each link: its token's, else its verb's, else `NONE`."""
    result = np.full(len(verb), NONE)
    for own in (-1 - verb, token):
        at = positions(own, codes)
        result = np.where(at >= 0, at, result)
    return result


def _counts(row: Ints, classes: Ints, rows: int) -> Floats:
    """How many links of each row are in visits of each class: (L,), (L, 2) → (rows, `CLASSES`)."""
    own, wide = row >= 0, CLASSES + 1
    cells = (row[own, None] * wide + classes[own]).ravel()
    found: Floats = np.bincount(cells, minlength=rows * wide).reshape(rows, wide)[:, :CLASSES].astype(np.float64)
    return found


def _clear(seen: Floats, expected: Floats, rows: int) -> Bools:
    """Which rows have more than chance in their days of the month or weekdays: (R, `CLASSES`) each → (R,)."""
    parts = (slice(0, DAYS), slice(DAYS, CLASSES))
    statistic = [((seen[:, own] - expected[:, own]) ** 2 / (expected[:, own] + 1)).sum(1) for own in parts]
    limits = [chi2.isf(LEVEL / rows, size - 1) for size in (DAYS, WEEKDAYS)]
    is_clear: Bools = (statistic[0] > limits[0]) | (statistic[1] > limits[1])
    enough: Bools = seen.sum(1) >= LEAST_LINKS
    return np.logical_and(is_clear, enough)
