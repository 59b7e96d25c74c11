"""ColumnChain: coded columns one after another, each given a condition and the columns before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

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
            logits, mean, log_std = self._split(index, hidden)
            total = total + functional.cross_entropy(logits if added is None else logits + added[index], codes[index])
            if column.continuous:
                own = codes[index].unsqueeze(1)
                spread = log_std.gather(1, own).squeeze(1)
                error = (values[index] - mean.gather(1, own).squeeze(1)) * torch.exp(-spread)
                numbered = (codes[index] >= column.exact) & (codes[index] < column.classes - column.missing)
                total = total + torch.where(numbered, 0.5 * error**2 + spread, 0.0).mean()
            hidden = self._feed(
                index, hidden, functional.one_hot(codes[index], column.classes).to(hidden.dtype), values[index]
            )
        return total

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
        for index, column in enumerate(self.columns):
            logits, mean, log_std = self._split(index, hidden)
            if added is not None:
                logits = logits + added[index]
            shares = torch.softmax(logits, 1)
            if callback is not None:
                callback(index, shares)
            below = shares.cumsum(1)
            level = stratified(len(logits), random) if uniform is None else uniform[index]
            code = (below < below[:, -1:] * level.unsqueeze(1)).sum(1).clamp_(max=column.classes - 1)
            value = self._number(column, code.unsqueeze(1), mean, log_std, random)
            hidden = self._feed(index, hidden, functional.one_hot(code, column.classes).to(hidden.dtype), value)
            drawn.append((code, value))
        return drawn

    def soft_draw(self, condition: Tensor, random: torch.Generator, added: list[Tensor], temperature: float) -> Tensor:
        """The same, differentiable, as the critic sees it: (n, Σ(classes + 1)), soft one-hot and number per column."""
        hidden, parts = self.trunk(condition), []
        for index, column in enumerate(self.columns):
            logits, mean, log_std = self._split(index, hidden)
            soft = gumbel_softmax(logits + added[index], temperature, random)
            value = self._number(column, soft.argmax(1, keepdim=True), mean, log_std, random)
            hidden = self._feed(index, hidden, soft, value)
            parts += [soft, value.unsqueeze(1)]
        return torch.cat(parts, dim=1)

    def _split(self, index: int, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out, classes = self.heads[index](functional.gelu(self.norm(hidden))), self.columns[index].classes
        if not self.columns[index].continuous:
            return out, out, out
        return out[:, :classes], out[:, classes : 2 * classes], out[:, 2 * classes :].clamp(MIN_LOG_STD, MAX_LOG_STD)

    def _feed(self, index: int, hidden: Tensor, one_hot: Tensor, value: Tensor) -> Tensor:
        fed: Tensor = hidden + self.feeds[index](torch.cat([one_hot, value.unsqueeze(1)], dim=1))
        return fed

    @staticmethod
    def _number(column: ColumnSpec, code: Tensor, mean: Tensor, log_std: Tensor, random: torch.Generator) -> Tensor:
        if not column.continuous:
            return mean.new_zeros(len(code))
        normal = torch.randn(len(code), generator=random, device=code.device)
        value = mean.gather(1, code).squeeze(1) + torch.exp(log_std.gather(1, code).squeeze(1)) * normal
        numbered = (code >= column.exact) & (code < column.classes - column.missing)
        return torch.where(numbered.squeeze(1), value.clamp(-1.0, 1.0), 0.0)


def stratified(count: int, random: torch.Generator) -> Tensor:
    """Uniform numbers in random order, one in each of `count` equal parts of [0, 1): (count,).

    Each is uniform by itself; together they have little chance left in how many fall below a bound.
    """
    place = torch.randperm(count, generator=random, device=random.device)
    return (place + torch.rand(count, generator=random, device=random.device)) / max(count, 1)
