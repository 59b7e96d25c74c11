"""Uses the compiled loops once, as `make kernels`, so that what is compiled lies there when the tests begin.

Numba compiles a loop when it is first called: for a minute and a half, in every process that does so beside another.
"""

from __future__ import annotations

from unittest.mock import patch

from assoc_synth import AssociativeSynthesizer, datasets
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.gate.verdict import Status

BRIEF = CTGANConfig(epochs=1, calibration_rounds=1, count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1)


def main() -> None:
    """Fit tables that differ in what they have, and draw rows of each; their quality does not matter."""
    with (
        patch.multiple("assoc_synth.ctgan.assignment.training", SMALL_SWEEPS=2, EPOCH=5),
        patch("assoc_synth.ctgan.assignment.calibration.FIRST_SWEEPS", 2),
        patch("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED),
    ):
        for make in (datasets.toy_shop, datasets.clinic, datasets.clickstream):
            AssociativeSynthesizer(config=BRIEF, random_state=0).fit(make(subjects=60, seed=0)).sample()


if __name__ == "__main__":
    main()
