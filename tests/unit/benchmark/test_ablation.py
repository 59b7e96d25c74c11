"""The parts that are left out."""

import pytest

from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.ctgan.config import CTGANConfig

DEFAULTS = CTGANConfig().to_dict()


def test_the_parts_are_those_of_the_results_page() -> None:
    assert {"no-critic", "no-latent-path", "no-association-path", "no-pair-terms", "no-calibration"} <= set(ABLATIONS)


@pytest.mark.parametrize("part", ABLATIONS)
def test_one_thing_differs_from_the_defaults(part: str) -> None:
    changed = {key for key, value in ABLATIONS[part].to_dict().items() if value != DEFAULTS[key]}
    assert len(changed) == (2 if part == "weak-regularisation" else 1)


def test_no_two_parts_are_the_same() -> None:
    configs = [str(config.to_dict()) for config in ABLATIONS.values()]
    assert len(set(configs)) == len(configs)
