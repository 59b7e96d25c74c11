"""Denoising: what pairs have in common, found in noisy counts.

No single pair stands out of the noise, but thousands of them follow few common factors. Two estimates find them, and
err in different ways, so that their mean is nearer to the truth than either:

- the eigenvalues of the standardised residuals, each shrunk as is best for the mean squared error (Gavish and Donoho
  2017; of a symmetric matrix of noise the edge is 2 √O, Wigner's);
- E_ij · exp(Σ_k s_k u_ik u_jk + b_i + b_j) by penalised maximum likelihood, with as many factors as eigenvalues are
  beyond the edge, E the counts by chance.

What a pair has beyond both is kept as far as such rests exceed their noise (empirical Bayes; Efron and Morris 1975).
Nothing but noisy counts is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from assoc_synth.privacy.measurements import Measured
from assoc_synth.transactions.arrays import Floats

MOST_FACTORS, PENALTY = 64, 20.0
STEPS, RATE = 250, 0.05
LARGEST_LOG = 6.0
"""No pair's count is more than e⁶ times what chance makes."""
LEAST_SHARE = 0.05
"""No pair's count is less than this share of what chance, or its factors, make: a difference can be negative."""


@dataclass(frozen=True, eq=False)
class Denoised:
    """What pairs are taken to be.

    Attributes:
        log_lift: (O, O) log ratio to chance, 0 on the diagonal.
        pairs: (O, O) expected counts, weighted as `Measured.pairs`; 0 on the diagonal.
    """

    log_lift: Floats
    pairs: Floats


def denoise(measured: Measured) -> Denoised:
    """The pairs, as far as they stand out of the noise."""
    noisy, chance, noise = measured.pairs, _chance(measured), measured.pair_noise
    shrunk, factors = _shrunk(noisy, chance, noise)
    pairs = _with_rests((shrunk + _by_factors(noisy, chance, noise, factors)) / 2, noisy, noise)
    pairs *= chance.sum() / pairs.sum()  # the total is known best of all
    ratio = np.divide(pairs, chance, out=np.ones_like(pairs), where=chance > 0)
    return Denoised(np.log(np.clip(ratio, math.exp(-LARGEST_LOG), math.exp(LARGEST_LOG))), pairs)


def _shrunk(noisy: Floats, chance: Floats, noise: float) -> tuple[Floats, int]:
    """Chance and the residuals' shrunk eigenvalues, and how many of these stand out."""
    scale = np.sqrt(chance + noise**2 + 1e-12)
    values, vectors = np.linalg.eigh((noisy - chance) / scale)
    square = values**2 - 4 * len(values)
    kept = np.flatnonzero(square > 0)
    residual = (vectors[:, kept] * (np.sign(values[kept]) * np.sqrt(square[kept]))) @ vectors[:, kept].T
    found = np.maximum(chance + residual * scale, LEAST_SHARE * chance)
    np.fill_diagonal(found, 0.0)
    return found, len(kept)


def _by_factors(noisy: Floats, chance: Floats, noise: float, number: int) -> Floats:
    """The counts that so many factors, and at least one, make most likely."""
    counts, expected = torch.from_numpy(noisy), torch.from_numpy(chance)
    values, vectors = torch.linalg.eigh((counts - expected) / (expected + 3 * noise + 1e-12))
    first = torch.argsort(-values.abs())[: max(min(number, MOST_FACTORS), 1)]
    signs = torch.sign(values[first]).float()
    factors = (vectors[:, first] * values[first].abs().sqrt()).float().requires_grad_()
    own = torch.zeros(len(noisy), requires_grad=True)
    counts, expected = counts.float(), expected.float()
    optimizer = torch.optim.Adam([factors, own])
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / STEPS) + 1e-3
        log_lift = (factors * signs) @ factors.T + own[:, None] + own[None, :]
        made = expected * torch.exp(log_lift.clamp(-LARGEST_LOG, LARGEST_LOG))
        misfit = (counts - made) ** 2 / (noise**2 + made.detach() + 1e-6)
        loss = (misfit.sum() - misfit.diagonal().sum()) / 2 + PENALTY * ((factors**2).sum() + (own**2).sum())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found: Floats = made.detach().fill_diagonal_(0.0).double().numpy()
    return found


def _with_rests(pairs: Floats, noisy: Floats, noise: float) -> Floats:
    """With what the counts have beyond the estimate, shrunk by how much of such rests is noise.

    Rests are taken to be proportional to the estimate; their variance is what all rests together have beyond the noise.
    """
    upper = np.triu_indices(len(pairs), 1)
    own, rest = pairs[upper], (noisy - pairs)[upper]
    weight = (own / (own + noise**2 + 1e-12)) ** 2
    relative = float((weight * (rest**2 - noise**2)).sum() / max(float((weight * own**2).sum()), 1e-12))
    variance = max(relative, 0.0) * pairs**2
    found = pairs + (noisy - pairs) * variance / (variance + noise**2 + 1e-12)
    found = np.maximum(found, LEAST_SHARE * pairs)
    np.fill_diagonal(found, 0.0)
    return found


def _chance(measured: Measured) -> Floats:
    """Counts of pairs by the objects' counts alone, as many in all as were measured: (O, O)."""
    chance = np.outer(measured.objects_of, measured.objects_of)
    np.fill_diagonal(chance, 0.0)
    total = max(float(measured.pairs.sum()), 1.0)
    found: Floats = chance * (total / chance.sum())
    return found
