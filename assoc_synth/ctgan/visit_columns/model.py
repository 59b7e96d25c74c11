"""VisitColumnModel: the columns of visits, given their links, their time, their subject and the visits before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.column_chain import ColumnChain, categories
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.visit_columns.decisive_links import DecisiveLinks
from assoc_synth.ctgan.visit_columns.groups import FEATURES, VisitGroups
from assoc_synth.ctgan.visit_columns.history import earlier_classes
from assoc_synth.transactions.arrays import Bools, Floats

SUBJECT_DIM, LINK_DIM, HIDDEN_DIM = 32, 32, 64
HISTORY_FEATURES = 3
"""What the pull of earlier classes depends on: a constant, log1p of the visits before, the usual class's share."""
PERSISTENT = 4.0
"""Standard deviations by which consecutive visits have the same class more often than their links say."""


@dataclass(frozen=True)
class EdgeEmbedding:
    """What stage 1 knows.

    Attributes:
        neighbourhood: (S, W) of subjects.
        embed: of links, by verb and object: (U,), (U,) → (U, W).
    """

    neighbourhood: Tensor
    embed: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class VisitBatch:
    """What the columns of n visits depend on.

    Attributes:
        subject: (n, W) the neighbourhoods of their subjects.
        features: (n, `FEATURES`).
        links: (U, `LINK_DIM`) distinct links, see `VisitColumnModel.embed`.
        place, offsets: (N,) each link's row among them, and (n + 1,) where visits begin.
    """

    subject: Tensor
    features: Tensor
    links: Tensor
    place: Tensor
    offsets: Tensor


class VisitChain(ColumnChain):
    """A chain that starts from hidden units, and whose entries may be unknown.

    Shape:
        hidden (n, H); per column a class (n,), −1 where unknown, and a number (n,).
    """

    def losses(self, hidden: Tensor, codes: Sequence[Tensor], values: Sequence[Tensor], added: list[Tensor]) -> Tensor:
        """Negative log-likelihood of each visit, summed over its known columns: (n,)."""
        total = hidden.new_zeros(len(hidden))
        for index, column in enumerate(self.columns):
            known, own = codes[index] >= 0, codes[index].clamp(min=0)
            active = self._activated(hidden)
            logits = self._logits(index, active) + added[index]
            loss = functional.cross_entropy(logits, own, reduction="none")
            rows = self._numbered(column, codes[index])
            if len(rows):
                mean, spread = self._moments(index, active[rows], own[rows])
                error = (values[index][rows] - mean) * torch.exp(-spread)
                loss = loss.index_add(0, rows, 0.5 * error**2 + spread)
            total = total + torch.where(known, loss, 0.0)
            fed = self._feed(index, hidden, own, values[index])
            hidden = torch.where(known.unsqueeze(1), fed, hidden)
        return total

    def step(
        self, index: int, hidden: Tensor, added: Tensor, level: Tensor, random: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One column of n visits.

        Args:
            added: (n, classes) added to the logits; level: (n,) uniform numbers to draw by.

        Returns:
            Its classes (n,), numbers (n,), the logits that were drawn by (n, classes), and the next hidden units.
        """
        active = self._activated(hidden)
        logits = self._logits(index, active) + added
        code = categories(logits, level)
        value = self._number(index, active, code, random)
        return code, value, logits, self._feed(index, hidden, code, value)


class VisitColumnModel(nn.Module):
    """A chain over the columns of visits.

    Its condition is the summary of the subject's neighbourhood, what is known of the visit, and the mean and the
    maximum of its links' embeddings (Deep Sets, Zaheer et al. 2017). Added to the logits are those of the decisive
    link, see `DecisiveLinks`, and, where a column persists, the pull of the class of the visit before and of the
    subject's usual one.

    Args:
        columns: their shapes.
        width: of neighbourhoods and of links as stage 1 embeds them.

    """

    def __init__(
        self, columns: tuple[ColumnSpec, ...], num_verbs: int, num_objects: int, width: int, dropout: float
    ) -> None:
        super().__init__()
        self.columns = columns
        self.subject = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, SUBJECT_DIM), nn.GELU())
        self.link = LinkEmbedding(num_verbs, num_objects, LINK_DIM, std=0.1)
        self.known_link = nn.Linear(width, LINK_DIM)
        self.chain = VisitChain(columns, SUBJECT_DIM + FEATURES + 2 * LINK_DIM, HIDDEN_DIM, dropout)
        self.decisive = DecisiveLinks(columns)
        self.same = nn.Parameter(torch.zeros(len(columns), HISTORY_FEATURES))
        self.usual = nn.Parameter(torch.zeros(len(columns), HISTORY_FEATURES))
        self.persists: Tensor
        self.register_buffer("persists", torch.zeros(len(columns), dtype=torch.bool))

    @torch.no_grad()
    def start_at(self, groups: VisitGroups, columns: Sequence[CodedColumn]) -> None:
        """Take the shares of classes of a table, those of its decisive links, and whether classes persist."""
        self.chain.start_at([column.code[column.code >= 0] for column in columns])
        for head, column in zip(self.chain.heads, self.columns, strict=True):
            head.get_parameter("weight")[: column.classes] = 0.0  # the decisive links' shares are a good beginning
        self.decisive.learn(groups, columns)
        rows = self.decisive.rows(groups)
        codes, classes = [column.code for column in columns], [column.classes for column in self.columns]
        last = earlier_classes(groups, codes, classes)[0]
        for index, code in enumerate(codes):
            use = np.flatnonzero((last[:, index] >= 0) & (code >= 0))
            bias = self.chain.heads[index].get_parameter("bias")[: classes[index]]
            expected = torch.softmax(bias + self.decisive.table(index)[rows[use, index]], 1).cpu().numpy()
            by_chance = expected[np.arange(len(use)), last[use, index]].astype(np.float64)
            pull = _pull(code[use] == last[use, index], by_chance)
            self.persists[index], self.same[index, 0] = pull > 0, pull

    def embed(self, verb: Tensor, object: Tensor, known: Tensor) -> Tensor:
        """Links by what stage 1 knows of them and by themselves: (U,), (U,), (U, W) → (U, `LINK_DIM`)."""
        embedded: Tensor = self.link(verb, object) + self.known_link(known)
        return embedded

    def condition(self, batch: VisitBatch) -> Tensor:
        """What the chain is given: (n, D)."""
        pooled = [
            functional.embedding_bag(batch.place, batch.links, batch.offsets, mode=mode, include_last_offset=True)
            for mode in ("mean", "max")
        ]
        return torch.cat([self.subject(batch.subject), batch.features, *pooled], dim=1)

    def added(self, index: int, row: Tensor, last: Tensor, usual: Tensor, history: Tensor) -> Tensor:
        """Logits of a column's classes beside the chain's: (n, classes).

        Args:
            row: (n,) of the decisive links; last, usual: (n,) classes of earlier visits, −1 for none.
            history: (n, `HISTORY_FEATURES`).
        """
        logits = self.decisive.table(index)[row]
        if not self.persists[index]:
            return logits
        for code, weight in ((last, self.same[index]), (usual, self.usual[index])):
            pull = torch.where(code >= 0, history @ weight, 0.0)
            logits = logits.scatter_add(1, code.clamp(min=0).unsqueeze(1), pull.unsqueeze(1))
        return logits


def history_features(rank: Tensor, share: Tensor) -> Tensor:
    """(n,) visits before, (n,) the usual class's share of them → (n, `HISTORY_FEATURES`)."""
    return torch.stack([torch.ones_like(share), torch.log1p(rank.float()), share], dim=1)


def _pull(same: Bools, by_chance: Floats) -> float:
    """Log odds ratio of visits that have the class of the one before; 0 where chance may be all."""
    made, expected = float(same.sum()), float(by_chance.sum())
    deviation = float(np.sqrt((by_chance * (1 - by_chance)).sum()))
    if not len(same) or made - expected <= PERSISTENT * max(deviation, 1.0):
        return 0.0
    total = len(same)
    return float(np.log((made + 0.5) / (total - made + 0.5)) - np.log((expected + 0.5) / (total - expected + 0.5)))
