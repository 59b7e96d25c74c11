"""What each part of the generator contributes: this package with one part left out."""

from __future__ import annotations

from collections.abc import Mapping

from assoc_synth.ctgan.config import CTGANConfig

ABLATIONS: Mapping[str, CTGANConfig] = {
    "no-latent-path": CTGANConfig(hidden_dim=0),
    "no-association-path": CTGANConfig(association_dim=0),
    "no-critic": CTGANConfig(adversarial_weight=0.0),
    "no-training-by-sampling": CTGANConfig(training_by_sampling=False),
    "no-steering-path": CTGANConfig(steering=False),
    "no-pair-terms": CTGANConfig(pair_terms=False),
    "no-calibration": CTGANConfig(calibration_rounds=0),
    "no-count-levels": CTGANConfig(count_levels=False),
    "no-habits": CTGANConfig(habits=False),
    "weak-regularisation": CTGANConfig(dropout=0.1, weight_decay=0.01),
}
"""By the name that follows `assoc-synth/`."""
