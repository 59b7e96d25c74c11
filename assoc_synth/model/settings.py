"""Settings: what a synthesizer was made with and a model directory keeps, so that the same fit can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError
from assoc_synth.model.arguments import check_config, check_minutes
from assoc_synth.privacy import Wanted
from assoc_synth.randomness import check_seed


@dataclass(frozen=True)
class Settings:
    """Checked arguments of the synthesizer's constructor.

    Attributes:
        random_state: the seed.
        max_minutes: of training; None for no limit.
        config: hyperparameters; None for the defaults.
        thresholds: what a model may store.
        private: the differential privacy that is wanted; None for none.
    """

    random_state: int = 0
    max_minutes: float | None = None
    config: CTGANConfig | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    private: Wanted | None = None

    @classmethod
    def of(
        cls,
        random_state: object,
        max_minutes: object,
        config: object,
        thresholds: Thresholds | None = None,
        private: Wanted | None = None,
    ) -> Settings:
        """Settings as a user gives them.

        Raises:
            InputError: one of them is wrong; the message names it.

        Example:
            >>> Settings.of(7, 2, None).max_minutes
            2.0
        """
        seed, minutes = check_seed(random_state, "random_state"), check_minutes(max_minutes)
        return cls(seed, minutes, check_config(config), thresholds or Thresholds(), private)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; None stays None."""
        config = None if self.config is None else self.config.to_dict()
        own = {"random_state": self.random_state, "max_minutes": self.max_minutes, "config": config}
        private = {} if self.private is None else self.private.to_dict()
        return own | self.thresholds.to_dict() | private

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Settings:
        """Inverse of `to_dict`.

        Raises:
            InputError, KeyError, TypeError: these are no settings.
        """
        config = state.get("config")
        if config is not None and not isinstance(config, Mapping):
            raise InputError(f"the hyperparameters are a {type(config).__name__}, not a mapping")
        own = None if config is None else CTGANConfig.from_dict(config)
        private = Wanted.of(state.get("epsilon"), state.get("delta"), state.get("public_names", False))
        return cls.of(state["random_state"], state.get("max_minutes"), own, Thresholds.from_dict(state), private)
