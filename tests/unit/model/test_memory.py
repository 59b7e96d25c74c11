"""The estimate of memory and time, what is narrowed for it, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.clusters import head_size
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.plan_links import CLASSES
from assoc_synth.errors import InputError
from assoc_synth.model.machine import Room
from assoc_synth.model.memory import WIDTHS, Estimate, Narrowed, Sizes, narrower

SMALL = Sizes(rows=2_000, links=1_800, subjects=500, verbs=2, objects=100, extras=1, pairs=5_000, longest=20)
LARGE = replace(SMALL, rows=600_000, links=580_000, subjects=60_000, objects=60_000, pairs=6_000_000)


@pytest.mark.parametrize("objects", [300, 3_000, 20_000])
def test_weights_are_those_of_a_generator(objects: int) -> None:
    """All but the layers whose sizes do not depend on the table."""
    sizes, config = replace(SMALL, objects=objects), CTGANConfig(context_dim=24, association_dim=8, hidden_dim=16)
    rare = objects - head_size(objects)
    clusters = sizes.classes - head_size(objects)
    slots = (clusters, -(-rare // max(clusters, 1))) if rare else (0, 0)
    with torch.device("meta"):
        model = EdgeGenerator(
            config,
            torch.zeros(4, sizes.classes + 2 * CLASSES),
            0.0,
            num_objects=objects + 2 * CLASSES,
            slots=slots,
            attributes=(CLASSES, CLASSES),
            planned=2,
        )
    large = sum(part.numel() for part in model.parameters() if part.numel() > 1_200)
    assert sizes.num_weights(config) == pytest.approx(large, rel=0.06)


def test_the_estimate_grows_with_all_that_takes_memory() -> None:
    first = Estimate.of(LARGE).bytes
    for name in ("rows", "objects", "extras", "longest"):
        assert Estimate.of(replace(LARGE, **{name: 40 * getattr(LARGE, name)})).bytes > first, name
    assert Estimate.of(replace(LARGE, pairs=250_000_000)).bytes > first
    assert Estimate.of(LARGE, CTGANConfig(context_dim=512)).bytes > first
    assert Estimate.of(LARGE, CTGANConfig(batch_links=100_000)).bytes > first


def test_the_sentence_says_how_much_and_how_long() -> None:
    assert Estimate.of(SMALL).sentence == "about 555 MB of memory and 46 seconds"
    assert Estimate.of(LARGE, max_minutes=3).sentence == "about 3.2 GB of memory and at most 3 minutes"
    assert Estimate.of(SMALL, max_minutes=3).sentence == Estimate.of(SMALL).sentence


def test_with_room_nothing_changes() -> None:
    own = CTGANConfig(epochs=3)
    assert Narrowed.to_room(LARGE, own, Room(9_000_000_000)) == Narrowed(own)
    assert Narrowed.to_room(LARGE, None, None) == Narrowed(None)


@pytest.mark.parametrize("level", [1, 2])
def test_with_too_little_room_a_fit_is_narrowed_and_that_is_told(level: int) -> None:
    needed = Estimate.of(LARGE, narrower(None, LARGE, level)).bytes
    found = Narrowed.to_room(LARGE, None, Room(needed))
    assert found.level == level
    assert found.config is not None
    assert found.config.context_dim == found.config.association_dim == WIDTHS[level - 1]
    assert found.config.batch_links == CTGANConfig().batch_for(LARGE.links) // 2**level
    (note,) = found.notes
    assert f"at most {WIDTHS[level - 1]} wide" in note
    assert "--min-subjects-objects" in note
    again = Narrowed.to_room(LARGE, None, Room(10**12), level)  # as it goes on where there is more room
    assert again == found


def test_what_does_not_fit_is_refused_with_what_it_needs_what_there_is_and_what_to_type() -> None:
    with pytest.raises(InputError, match=r"objects needs 1.* GB .* the control group has 500 MB: leave out rare"):
        Narrowed.to_room(LARGE, None, Room(500_000_000, "the control group"))
    many = replace(SMALL, rows=50_000_000, links=40_000_000, objects=50)
    with pytest.raises(InputError, match=r"50,000,000 rows and 50 objects needs .* take fewer subjects, or a machine"):
        Narrowed.to_room(many, None, Room(8_000_000_000))


def test_a_fit_under_a_real_limit_is_refused_in_one_sentence() -> None:
    code = """
import resource, numpy as np, pandas as pd, torch
from assoc_synth import AssociativeSynthesizer
from assoc_synth.errors import InputError
rng = np.random.default_rng(0)
frame = pd.DataFrame({"who": rng.integers(0, 900, 3_000), "did": "buy", "what": rng.integers(0, 900, 3_000)})
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000, used + 400_000_000))
try:
    AssociativeSynthesizer(max_minutes=0.05).fit(frame, subject="who", verb="did", object="what")
except InputError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "needs " in done.stdout, done.stderr
    assert "(ulimit -v) has " in done.stdout
    assert done.stdout.count("\n") == 1
