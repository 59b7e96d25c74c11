"""ColumnChain: coded columns one after another, each given a condition and the columns before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.categorical import draw_rows
from assoc_synth.ctgan.interface import ColumnSpec
from assoc_synth.ctgan.layers import LowPrecisionCopy, ResidualMLP
from assoc_synth.ctgan.losses import gumbel_softmax
from assoc_synth.transactions.arrays import Ints

MIN_LOG_STD, MAX_LOG_STD = -4.0, 0.0
"""Bounds of the log standard deviation within a mode, in the normaliser's units: 4 standard deviations of the mode."""

SharesCallback = Callable[[int, Tensor], None]


class ColumnChain(nn.Module):
    """Columns one after another, each given the condition and the columns before it.

    Shape:
        condition (n, D); per column a class (n,) and a number (n,).
    """

    def __init__(self, columns: tuple[ColumnSpec, ...], condition_dim: int, hidden_dim: int, dropout: float) -> None:
        super().__init__()
        self.columns = columns
        self.trunk = ResidualMLP(condition_dim, hidden_dim, hidden_dim, 1, dropout)
        self.norm = nn.LayerNorm(hidden_dim)
        self.heads = nn.ModuleList(nn.Linear(hidden_dim, c.classes * (3 if c.continuous else 1)) for c in columns)
        self.feeds = nn.ModuleList(nn.Linear(c.classes + 1, hidden_dim) for c in columns)

    @torch.no_grad()
    def start_at(self, codes: Iterable[Ints]) -> None:
        """Let each column begin at its classes' shares, so that rare classes need not be unlearned."""
        for head, column, code in zip(self.heads, self.columns, codes, strict=True):
            counts = np.bincount(code, minlength=column.classes) + 0.5
            head.get_parameter("bias")[: column.classes] = torch.from_numpy(np.log(counts / counts.sum()))

    def loss(
        self, condition: Tensor, codes: list[Tensor], values: list[Tensor], added: list[Tensor] | None = None
    ) -> Tensor:
        """Negative log-likelihood, summed over the columns, mean over n.

        It is the cross-entropy of the class plus the Gaussian in the mode. `added`, per column (n, classes), is added
        to the classes' logits.
        """
        hidden, total = self.trunk(condition), condition.new_zeros(())
        for index, column in enumerate(self.columns):
            active, code, value = self._activated(hidden), codes[index], values[index]
            logits = self._logits(index, active)
            total = total + functional.cross_entropy(logits if added is None else logits + added[index], code)
            rows = self._numbered(column, code)
            if len(rows):
                mean, spread = self._moments(index, active[rows], code[rows])
                error = (value[rows] - mean) * torch.exp(-spread)
                total = total + (0.5 * error**2 + spread).sum() / len(code)
            hidden = self._feed(index, hidden, code, value)
        return total

    def logits(
        self, condition: Tensor, codes: list[Tensor], values: list[Tensor], added: list[Tensor] | None = None
    ) -> list[Tensor]:
        """Of each column's classes, given the true columns before it: [(n, classes)]; arguments as in `loss`."""
        hidden, found = self.trunk(condition), []
        for index in range(len(self.columns)):
            own = self._logits(index, self._activated(hidden))
            found.append(own if added is None else own + added[index])
            hidden = self._feed(index, hidden, codes[index], values[index])
        return found

    def first_logits(self, condition: Tensor, added: Tensor, *, trunk: LowPrecisionCopy | None = None) -> Tensor:
        """Of the first column's classes, `added` to them: (n, classes); `trunk` as in `draw`."""
        return self._logits(0, self._activated((trunk or LowPrecisionCopy(self.trunk))(condition))) + added

    def draw(
        self,
        condition: Tensor,
        random: torch.Generator,
        added: list[Tensor] | None = None,
        *,
        trunk: LowPrecisionCopy | None = None,
        uniform: list[Tensor] | None = None,
        callback: SharesCallback | None = None,
    ) -> list[tuple[Tensor, Tensor]]:
        """Classes and numbers, drawn: [(n,), (n,)] per column; `added` as in `loss`.

        Args:
            trunk: the low-precision copy of `trunk`, where many draws share one.
            uniform: by which the classes are drawn, (n,) per column; None spreads them evenly over the n.
            callback: called for each column with its place and the shares that its classes were drawn by, (n, classes).
        """
        hidden, drawn = (trunk or LowPrecisionCopy(self.trunk))(condition), []
        for index in range(len(self.columns)):
            active = self._activated(hidden)
            logits = self._logits(index, active)
            if added is not None:
                logits = logits + added[index]
            if callback is not None:
                callback(index, torch.softmax(logits, 1))
            level = stratified(len(logits), random) if uniform is None else uniform[index]
            code = categories(logits, level)
            value = self._number(index, active, code, random)
            hidden = self._feed(index, hidden, code, value)
            drawn.append((code, value))
        return drawn

    def soft_draw(self, condition: Tensor, random: torch.Generator, added: list[Tensor], temperature: float) -> Tensor:
        """The same, differentiable, as the critic sees it: (n, Σ(classes + 1)), soft one-hot and number per column."""
        hidden, parts = self.trunk(condition), []
        for index in range(len(self.columns)):
            active = self._activated(hidden)
            soft = gumbel_softmax(self._logits(index, active) + added[index], temperature, random)
            value = self._number(index, active, soft.argmax(1), random)
            parts += [soft, value.unsqueeze(1)]
            if index < len(self.columns) - 1:
                hidden = hidden + self.feeds[index](torch.cat(parts[-2:], dim=1))
        return torch.cat(parts, dim=1)

    def _activated(self, hidden: Tensor) -> Tensor:
        return functional.gelu(self.norm(hidden))

    def _logits(self, index: int, active: Tensor) -> Tensor:
        """Of a column's classes: the first rows of its head. (n, hidden) → (n, classes)."""
        head, classes = self.heads[index], self.columns[index].classes
        return functional.linear(active, head.get_parameter("weight")[:classes], head.get_parameter("bias")[:classes])

    def _moments(self, index: int, active: Tensor, code: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation in the modes of `code`, those alone: (n, hidden), (n,) → (n,), (n,)."""
        head, classes = self.heads[index], self.columns[index].classes
        weight, bias = head.get_parameter("weight"), head.get_parameter("bias")
        mean, spread = (
            (active * functional.embedding(place, weight)).sum(1) + bias[place]
            for place in (classes + code, 2 * classes + code)
        )
        return mean, spread.clamp(MIN_LOG_STD, MAX_LOG_STD)

    def _feed(self, index: int, hidden: Tensor, code: Tensor, value: Tensor) -> Tensor:
        """What later columns are drawn by, given this one; the same after the last, which has none."""
        if index == len(self.columns) - 1:
            return hidden
        weight, bias = self.feeds[index].get_parameter("weight"), self.feeds[index].get_parameter("bias")
        return hidden + functional.embedding(code, weight.T) + value.unsqueeze(1) * weight[:, -1] + bias

    def _number(self, index: int, active: Tensor, code: Tensor, random: torch.Generator) -> Tensor:
        """Numbers within the modes, 0 where a class has none: (n, hidden), (n,) → (n,)."""
        rows, value = self._numbered(self.columns[index], code), active.new_zeros(len(code))
        if not len(rows):
            return value
        mean, spread = self._moments(index, active[rows], code[rows])
        normal = torch.randn(len(rows), generator=random, device=code.device)
        return value.index_put((rows,), (mean + torch.exp(spread) * normal).clamp(-1.0, 1.0))

    @staticmethod
    def _numbered(column: ColumnSpec, code: Tensor) -> Tensor:
        """Which of (n,) classes go with a number."""
        if not column.continuous:
            return code[:0]
        return ((code >= column.exact) & (code < column.classes - column.missing)).nonzero().squeeze(1)


def categories(logits: Tensor, level: Tensor) -> Tensor:
    """A class of each row by a uniform number, in the order of the classes: (n, classes), (n,) → (n,)."""
    if logits.device.type == "cpu":
        return torch.from_numpy(draw_rows(logits.detach().contiguous().numpy(), level.contiguous().numpy()))
    below = torch.softmax(logits, 1).cumsum(1)
    return (below < below[:, -1:] * level.unsqueeze(1)).sum(1).clamp_(max=logits.shape[1] - 1)


def stratified(count: int, random: torch.Generator) -> Tensor:
    """Uniform numbers in random order, one in each of `count` equal parts of [0, 1): (count,).

    Each is uniform by itself; together they have little chance left in how many fall below a bound.
    """
    place = torch.randperm(count, generator=random, device=random.device)
    return (place + torch.rand(count, generator=random, device=random.device)) / max(count, 1)
