"""`python -m assoc_synth.benchmark.gate_calibration`: rewrites CALIBRATION.md."""

from pathlib import Path

from assoc_synth.benchmark.gate_calibration.run import calibrate

if __name__ == "__main__":
    calibrate(Path(__file__).parents[1] / "CALIBRATION.md")
