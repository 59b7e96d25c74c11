"""Drawing the columns of visits, when their links are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.allowed_classes import AllowedClasses, allowed_together
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.ctgan.layers import LowPrecisionCopy
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.history import ClassHistory, by_rank
from assoc_synth.ctgan.visit_columns.model import EdgeEmbedding, VisitBatch, VisitColumnModel, history_features
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Values
from assoc_synth.transactions.distinct import distinct

Callback = Callable[[int, Ints, Tensor], None]
CHUNK = 1 << 15
"""Visits that are drawn together."""


class VisitColumnSampler:
    """Draws the columns of visits.

    Args:
        allowed: which classes a visit with a link may have, by column; any of the others.
    """

    def __init__(self, model: VisitColumnModel, allowed: Mapping[str, AllowedClasses], *, seeds: Seeds) -> None:
        self.model, self.allowed, self.device = model, allowed, model.same.device
        self.rng = seeds.child("levels").generator()
        self.random = torch.Generator(device=self.device).manual_seed(seeds.child("numbers").integer())

    @torch.inference_mode()
    def draw(
        self, groups: VisitGroups, known: EdgeEmbedding, *, callback: Callback | None = None
    ) -> tuple[CodedColumn, ...]:
        """The columns of all visits, (G,) each.

        Args:
            known: what stage 1 knows of their subjects and links.
            callback: called for each part of the visits with the place of the column, their rows in the table of
                decisive links, (n,), and the shares that their classes are drawn by, (n, classes).
        """
        model, columns = self.model.eval(), self.model.columns
        hidden, rows = self._hidden(groups, known), model.decisive.rows(groups)
        levels = self._levels(rows)
        barred = [self._barred(groups, index) for index in range(len(columns))]
        codes = np.zeros((len(columns), len(groups)), np.int64)
        values = np.zeros((len(columns), len(groups)), np.float32)
        for history, at, subject in self._parts(groups):
            own, rank = hidden[self._tensor(at)], self._tensor(groups.rank[at])
            for index in range(len(columns)):
                row = rows[at, index]
                last, usual, share = (
                    (np.full(len(at), -1), np.full(len(at), -1), np.zeros(len(at), np.float32))
                    if history is None
                    else history.earlier(subject, index)
                )
                features = history_features(rank, torch.from_numpy(share).to(self.device))
                earlier = self._tensor(last), self._tensor(usual)
                added = model.added(index, self._tensor(row), *earlier, features)
                added = self._without(added, model.decisive.never(index), row, barred[index], at)
                level = torch.from_numpy(levels[index][at]).to(self.device)
                code, value, logits, own = model.chain.step(index, own, added, level, self.random)
                codes[index, at], values[index, at] = code.cpu().numpy(), value.cpu().numpy()
                if history is not None:
                    history.add(subject, index, np.where(groups.features[at, -1] > 0, codes[index, at], -1))
                if callback is not None:
                    callback(index, row, torch.softmax(logits, 1))
        return tuple(CodedColumn(spec, codes[index], values[index]) for index, spec in enumerate(columns))

    def shares(self, groups: VisitGroups, known: EdgeEmbedding) -> list[Floats]:
        """How many visits each decisive link is expected to have in each class: (T + 1, classes) by column."""
        tables = [self.model.decisive.table(index) for index in range(len(self.model.columns))]
        found = [torch.zeros(table.shape, dtype=torch.float64, device=self.device) for table in tables]

        def add(index: int, row: Ints, shares: Tensor) -> None:
            found[index].index_add_(0, self._tensor(row), shares.double())

        self.draw(groups, known, callback=add)
        return [table.cpu().numpy() for table in found]

    def _parts(self, groups: VisitGroups) -> Iterator[tuple[ClassHistory | None, Ints, Ints]]:
        """Visits that are drawn together, and their subjects in the history; None where no column persists."""
        if not bool(self.model.persists.any()):
            for begin in range(0, len(groups), CHUNK):
                yield None, np.arange(begin, min(begin + CHUNK, len(groups))), np.zeros(0, np.int64)
            return
        for history, ranks in by_rank(groups, [column.classes for column in self.model.columns]):
            for at, subject in ranks:
                for begin in range(0, len(at), CHUNK):
                    part = slice(begin, begin + CHUNK)
                    yield history, at[part], subject[part]

    def _hidden(self, groups: VisitGroups, known: EdgeEmbedding) -> Tensor:
        """What the chain starts from: (G, H)."""
        model, trunk = self.model, LowPrecisionCopy(self.model.chain.trunk)
        tokens = distinct(groups.token)
        place = np.searchsorted(tokens, groups.token)
        verb, object = (self._tensor(part) for part in np.divmod(tokens, groups.num_objects))
        links = model.embed(verb, object, known.embed(verb, object))
        parts = []
        for begin in range(0, len(groups), CHUNK):
            at = slice(begin, begin + CHUNK)
            offsets = groups.offsets[begin : begin + CHUNK + 1]
            batch = VisitBatch(
                known.neighbourhood[self._tensor(groups.subject[at])],
                torch.from_numpy(groups.features[at]).to(self.device),
                links,
                self._tensor(place[offsets[0] : offsets[-1]]),
                self._tensor(offsets - offsets[0]),
            )
            parts.append(trunk(model.condition(batch)))
        return torch.cat(parts) if parts else torch.zeros(0, 1, device=self.device)

    def _barred(self, groups: VisitGroups, index: int) -> tuple[Ints, Bools] | None:
        """By a rule for each visit, (G,), the classes that its links do not allow, (rules, classes); None for none."""
        rule = self.allowed.get(self.model.columns[index].name)
        if rule is None or rule.is_free:
            return None
        pattern = rule.pattern_of(*np.divmod(groups.token, groups.num_objects))
        found, patterns = allowed_together(pattern, groups.offsets, rule.patterns)
        return found, ~patterns

    def _without(self, added: Tensor, never: Tensor, row: Ints, barred: tuple[Ints, Bools] | None, at: Ints) -> Tensor:
        """Logits in which no class is left that a visit cannot have; links that leave none do not count."""
        gone = never[self._tensor(row)]
        if barred is not None:
            both = gone | torch.from_numpy(barred[1][barred[0][at]]).to(self.device)
            gone = torch.where(both.all(1, keepdim=True), gone, both)
        return added.masked_fill(gone, -torch.inf)

    def _levels(self, rows: Ints) -> list[Floats]:
        """Uniform numbers to draw by, spread evenly over the visits of each decisive link: (G,) for each column.

        An additive recurrence by the root of x^(d+1) = x + 1, as for the columns of links.
        """
        count, columns = rows.shape
        root = 2.0
        for _ in range(50):
            root = (1.0 + root) ** (1.0 / (columns + 1))
        levels = []
        for index in range(columns):
            order = self.rng.permutation(count)
            place = order[np.argsort(rows[order, index], kind="stable")].argsort()
            levels.append(((self.rng.random() + place * root ** -(index + 1.0)) % 1.0).astype(np.float32))
        return levels

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)
