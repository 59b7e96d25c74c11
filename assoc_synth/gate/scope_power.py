"""What the gate can tell in each scope of a table, by its own simulation, and how many subjects it would take."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from assoc_synth.gate.reference import Reference
from assoc_synth.gate.results import ALPHA, CERTIFICATE, TOLERANCE
from assoc_synth.gate.scope_part import ScopePart
from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.simultaneous import TAIL, Simultaneous
from assoc_synth.gate.split import HELD_OUT, MAX_HELD_OUT
from assoc_synth.gate.tier import Tier
from assoc_synth.gate.tolerance import bounds_of, tau_interval
from assoc_synth.link_graph.sample_size import POWER, round_up
from assoc_synth.transactions.arrays import Floats


@dataclass(frozen=True)
class ScopeAtSize:
    """One scope at one size.

    Attributes:
        size: synthetic subjects that are evaluated, against at least as many real ones.
        certificate: share of destroyed tables that the gate stops; None where nothing shows them.
        passes: share of the draws of a perfect generator whose τ is at most 20 %; None where nothing bounds τ.
    """

    size: int
    certificate: float | None
    passes: float | None

    @property
    def has_power(self) -> bool:
        """Whether a claim can be made at all."""
        return self.certificate is not None and self.certificate >= CERTIFICATE


@dataclass(frozen=True)
class ScopePower:
    """What the gate can tell in one scope.

    Attributes:
        name: "links", "visits", "order" or "rows".
        watched: what is watched at the largest size, and how many of it; empty where the table has nothing of it.
        sizes: largest first.
        needs_power: about how many subjects the table needs, so that a destroyed one is stopped: the smallest of
            `sizes` that does it, else extrapolated; None where no table is large enough, since the gate keeps at most
            5,000 subjects to itself, or nothing of the scope is in the table.
        needs_pass: subjects of the table from which a perfect generator passes in four of five draws; None likewise.
    """

    name: str
    watched: tuple[tuple[str, int], ...]
    sizes: tuple[ScopeAtSize, ...]
    needs_power: int | None
    needs_pass: int | None

    @property
    def here(self) -> ScopeAtSize | None:
        """The scope at the table's own size."""
        return self.sizes[0] if self.sizes else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"watched": dict(self.watched)}


def scope_powers(reference: Reference) -> tuple[ScopePower, ...]:
    """The power of every scope, in the gate's order; those that the table has nothing of are empty."""
    return tuple(_scope_power(reference, name) for name in NAMES)


def _scope_power(reference: Reference, name: str) -> ScopePower:
    found = [(tier, part) for tier in reference.tiers for part in tier.parts if part.watched.name == name]
    if not found:
        return ScopePower(name, (), (), None, None)
    sizes = tuple(_at_size(tier, part) for tier, part in found)
    tier, part = found[0]
    power, passing = _needed(tier, part)
    powerful = [at.size for at in sizes if at.has_power]
    passed = [at.size for at in sizes if at.has_power and at.passes is not None and at.passes >= POWER]
    needs = [_of_table(_settled(*pair, tier.size)) for pair in ((power, powerful), (passing, passed))]
    return ScopePower(name, part.watched.watched, sizes, needs[0], needs[1])


def _at_size(tier: Tier, part: ScopePart) -> ScopeAtSize:
    """The certificate, and how often the τ of real subjects against H is at most 20 %."""
    ends = np.cumsum([0, *(len(own.blocks) for own in tier.parts)])
    at = [own is part for own in tier.parts].index(True)
    null = Simultaneous.of(tier.null).of_blocks(np.arange(ends[at], ends[at + 1]))
    certificate = part.certificate(null, np.ones(len(part.blocks), bool))
    loss = _loss(part)
    if loss is None:
        return ScopeAtSize(tier.size, certificate, None)
    bounds = bounds_of(loss[:, :, None])[:, :, 0]
    passes = [tau_interval(bounds, max(float(value), 0.0))[1] <= TOLERANCE for value in loss[0]]
    return ScopeAtSize(tier.size, certificate, float(np.mean(passes)))


def _loss(part: ScopePart) -> Floats | None:
    """The scope's loss, see `ScopePart.tolerance`: (τ grid, replicates); None where no block has a sign."""
    if not len(part.signed):
        return None
    weight = np.array([part.blocks[k].weight for k in part.signed])
    loss: Floats = part.losses @ (weight / weight.sum())
    return loss


def _needed(tier: Tier, part: ScopePart) -> tuple[float, float]:
    """Evaluated subjects that give the scope power, and that let a perfect generator pass.

    The loss of a destroyed table is m on average whatever the size, its standard errors s (real data) and s' (destroyed
    ones) fall with 1/√n. The gate stops it with probability 99 % where ``m − z_.99·s' ≥ c·s``, c being the simultaneous
    limit in standard errors; real data pass with probability 80 % where ``(z_.95 + z_.80)·s ≤ τ·m``, τ = 20 %.
    """
    loss = _loss(part)
    if loss is None:
        return math.inf, math.inf
    real, destroyed, lost = float(loss[0].std()), float(loss[-1].std()), float(loss[-1].mean())
    if lost <= 0:
        return math.inf, math.inf
    limit = norm.ppf(TAIL) * float(np.quantile(Simultaneous.of(tier.null).largest, 1 - ALPHA, axis=1).max())
    power = tier.size * ((norm.ppf(CERTIFICATE) * destroyed + limit * real) / lost) ** 2
    passing = tier.size * ((norm.ppf(1 - ALPHA) + norm.ppf(POWER)) * real / (TOLERANCE * lost)) ** 2
    return power, max(passing, power)


def _settled(extrapolated: float, simulated: list[int], largest: int) -> float:
    """The smallest size that was simulated and does; where none does, the extrapolated one, beyond the largest."""
    return min(simulated) if simulated else max(extrapolated, 1.01 * largest)


def _of_table(evaluated: float) -> int | None:
    """Subjects of a table that keeps so many to the gate."""
    return int(round_up(evaluated / HELD_OUT)) if evaluated <= MAX_HELD_OUT else None
