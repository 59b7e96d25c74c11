"""Hyperparameters of the CTGAN: one frozen value, checked once."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from assoc_synth.errors import InputError

MANY_OBJECTS, NARROW = 200_000, 48


@dataclass(frozen=True)
class CTGANConfig:
    """What the networks and their training look like. The defaults are meant to do for any table.

    Attributes:
        noise_dim: width of z, drawn once per subject.
        context_dim: width of the link embedding whose running sum is the neighbourhood.
        association_dim: rank of the item–item association path; 0 switches the path off.
        hidden_dim, blocks: width and depth of the residual MLPs; `hidden_dim` 0 switches the latent path off.
        dropout, weight_decay: None chooses by the number of training subjects (strong on small tables).
        learning_rate: Adam's peak rate, after a short warm-up and before a cosine decay over `epochs`.
        epochs: passes over the training links; None chooses by the size of the table.
        patience: passes without a better validation loss before training stops; more where passes are short.
        batch_links: links of one generator step; whole subjects are packed up to this size. None chooses by the table.
        predicted_share: this share of a step's links is predicted; every link stays in the context.
        average: decay of the moving average of the weights, which is what is validated and kept.
        training_by_sampling: predicted links are drawn by log-frequency of their verb (Xu et al. 2019, section 4.3).
        adversarial_weight: weight of the critic's term in the generator's loss; 0 switches the critic off.
        pac: links of one subject that the critic sees together.
        critic_interval: generator steps per critic update.
        gradient_penalty: λ of WGAN-GP (Gulrajani et al. 2017).
        calibration_rounds: pilot samples after training; None chooses by the size of the table, 0 leaves it out.
        steering: whether calibration sets the steering path.
        pair_terms: whether calibration gives associated pairs terms of their own.
    """

    noise_dim: int = 16
    context_dim: int = 128
    association_dim: int = 128
    hidden_dim: int = 256
    blocks: int = 2
    dropout: float | None = None
    weight_decay: float | None = None
    learning_rate: float = 2e-3
    epochs: int | None = None
    patience: int = 4
    batch_links: int | None = None
    predicted_share: float = 0.5
    average: float = 0.99
    training_by_sampling: bool = True
    adversarial_weight: float = 0.05
    pac: int = 8
    critic_interval: int = 8
    gradient_penalty: float = 10.0
    calibration_rounds: int | None = None
    steering: bool = True
    pair_terms: bool = True

    def __post_init__(self) -> None:
        for name in ("context_dim", "patience", "pac", "critic_interval"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("noise_dim", "association_dim", "hidden_dim", "blocks"):
            if getattr(self, name) < 0:
                raise InputError(f"{name} must not be negative, got {getattr(self, name)}")
        if not (self.association_dim or self.hidden_dim):
            raise InputError("association_dim and hidden_dim are both 0: the generator needs at least one path")
        if self.calibration_rounds is not None and self.calibration_rounds < 0:
            raise InputError(f"calibration_rounds must not be negative, got {self.calibration_rounds}")
        if not 0 <= self.average < 1:
            raise InputError(f"average must be in [0, 1), not {self.average}")
        if self.batch_links is not None and self.batch_links < 1:
            raise InputError(f"batch_links must be at least 1, not {self.batch_links}")
        if not 0 < self.predicted_share <= 1:
            raise InputError(f"predicted_share must be in (0, 1], not {self.predicted_share}")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise InputError(f"dropout must be in [0, 1), not {self.dropout}")

    def for_objects(self, num_objects: int) -> CTGANConfig:
        """Narrower embeddings from 200,000 objects on: they, their gradients and averages are what fills the memory."""
        if num_objects <= MANY_OBJECTS:
            return self
        widest = {name: min(getattr(self, name), NARROW) for name in ("context_dim", "association_dim")}
        return replace(self, **widest)

    def dropout_for(self, num_subjects: int, links_per_subject: float) -> float:
        """Dropout on embeddings and hidden units: .1 from 50,000 training subjects; up to 1,500, .3 at a dozen links
        per subject and .5 at 200, since a long history is easier to remember; log-linear between.
        """
        if self.dropout is not None:
            return self.dropout
        return _between(num_subjects, 0.3 + 0.2 * _length(links_per_subject), 0.1)

    def weight_decay_for(self, num_subjects: int, links_per_subject: float) -> float:
        """Decoupled weight decay: .01 from 50,000 training subjects; up to 1,500, .1 at a dozen links per subject and
        .5 at 200; log-linear between.
        """
        if self.weight_decay is not None:
            return self.weight_decay
        return _between(num_subjects, 0.1 + 0.4 * _length(links_per_subject), 0.01)

    def batch_for(self, num_edges: int) -> int:
        """Links of a step: a twentieth of the table, between 512 and 8,192."""
        return self.batch_links if self.batch_links is not None else int(np.clip(num_edges // 20, 512, 8192))

    def patience_for(self, steps: int) -> int:
        """Passes of so many steps that training waits for a better validation loss: as many as 200 steps take."""
        return max(self.patience, math.ceil(200 / max(steps, 1)))

    def epochs_for(self, num_edges: int) -> int:
        """Passes over the edges: enough for about 12 million predicted links, between 8 and 150."""
        return self.epochs if self.epochs is not None else int(np.clip(round(12e6 / max(num_edges, 1)), 8, 150))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _between(num_subjects: int, small: float, large: float) -> float:
    share = np.interp(np.log(max(num_subjects, 1)), [np.log(1_500), np.log(50_000)], [0.0, 1.0])
    return float(small + (large - small) * share)


def _length(links_per_subject: float) -> float:
    """0 at a dozen links per subject, 1 at 200."""
    return float(np.interp(np.log(max(links_per_subject, 1.0)), [np.log(12), np.log(200)], [0.0, 1.0]))
