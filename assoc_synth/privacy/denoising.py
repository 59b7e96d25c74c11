"""Denoising: the pairs' common factors, found in noisy counts.

Counts of pairs are E_ij · exp(Σ_k s_k u_ik u_jk + b_i + b_j) with few factors, E the counts by chance, and the noise is
Gaussian with a known deviation, so that the factors are fitted by penalised maximum likelihood: what thousands of pairs
have in common stands out of a noise in which no single pair can be seen. Nothing but noisy counts is read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from assoc_synth.privacy.measurements import Measured
from assoc_synth.transactions.arrays import Floats

MOST_FACTORS, PENALTY = 64, 10.0
STEPS, RATE = 250, 0.05
LARGEST_LOG = 6.0
"""No pair's count is more than e⁶ times what chance makes."""


@dataclass(frozen=True, eq=False)
class Denoised:
    """What pairs are taken to be.

    Attributes:
        log_lift: (O, O) by the factors alone, 0 on the diagonal.
        pairs: (O, O) expected counts, weighted as `Measured.pairs`.
    """

    log_lift: Floats
    pairs: Floats


def denoise(measured: Measured) -> Denoised:
    """Fit the factors: as many as stand out of the noise."""
    noisy, chance = torch.from_numpy(measured.pairs), torch.from_numpy(_chance(measured))
    noise = measured.pair_noise
    scale = chance + 3 * noise
    values, vectors = torch.linalg.eigh((noisy - chance) / scale)
    # A symmetric matrix of noise has no eigenvalue beyond twice the root of its rows' variance (Wigner's edge).
    edge = 2 * ((noise**2 + chance) / scale**2).sum(1).max().sqrt()
    first = torch.argsort(-values.abs())[: max(min(int((values.abs() > edge).sum()), MOST_FACTORS), 1)]
    signs = torch.sign(values[first])
    factors = (vectors[:, first] * values[first].abs().sqrt()).float().requires_grad_()
    own = torch.zeros(len(noisy), requires_grad=True)
    noisy, chance, signs = noisy.float(), chance.float(), signs.float()
    optimizer = torch.optim.Adam([factors, own])
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / STEPS) + 1e-3
        expected = _expected(chance, (factors * signs) @ factors.T, own)
        misfit = (noisy - expected) ** 2 / (noise**2 + expected.detach())
        loss = (misfit.sum() - misfit.diagonal().sum()) / 2 + PENALTY * ((factors**2).sum() + (own**2).sum())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        log_lift = ((factors * signs) @ factors.T).fill_diagonal_(0.0)
        pairs = _expected(chance, log_lift, own).fill_diagonal_(0.0)
        pairs *= chance.sum() / pairs.sum()  # the total is known best of all
    return Denoised(log_lift.double().numpy(), pairs.double().numpy())


def _expected(chance: torch.Tensor, log_lift: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    return chance * torch.exp((log_lift + own[:, None] + own[None, :]).clamp(-LARGEST_LOG, LARGEST_LOG))


def _chance(measured: Measured) -> Floats:
    """Counts of pairs by the objects' counts alone, as many in all as were measured: (O, O)."""
    chance = np.outer(measured.objects_of, measured.objects_of)
    np.fill_diagonal(chance, 0.0)
    total = max(float(measured.pairs.sum()), 1.0)
    found: Floats = chance * (total / chance.sum())
    return found
