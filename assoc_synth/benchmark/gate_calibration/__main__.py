"""`python -m assoc_synth.benchmark.gate_calibration`: rewrites CALIBRATION.md; interrupted, it goes on where it was."""

import sys
import time
from pathlib import Path

from assoc_synth.benchmark.gate_calibration.run import calibrate

STEP = 25
"""Runs between two lines."""


def show(done: int, total: int) -> None:
    """A line on standard error now and then."""
    if done % STEP == 0 or done == total:
        sys.stderr.write(f"{time.strftime('%H:%M')} {done:,} of {total:,} runs\n")


if __name__ == "__main__":
    calibrate(Path(__file__).parents[1] / "CALIBRATION.md", progress=show)
