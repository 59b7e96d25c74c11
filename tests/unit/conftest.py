"""A small fitted model without training: version 5 of the format, its weights constants, 5 verbs and 72 objects."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.storage import load_model


@pytest.fixture(scope="session")
def version_5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory of format version 5. Do not change it: copy it."""
    folder = tmp_path_factory.mktemp("version-5")
    with tarfile.open(Path(__file__).parents[1] / "data" / "model-version-5.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "model-version-5"


@pytest.fixture(scope="session")
def small_model(version_5: Path) -> FittedModel:
    """Most links occur once, and the next visit is soon.

    Constants alone make four rows of each link on average, hundreds of visits, and visits after the last day, which are
    drawn again.
    """
    model = load_model(version_5)[0]
    occurrences = model.occurrence_generator
    occurrences.count.heads[0].bias.data[0] += 3.0
    gap = [column.name for column in occurrences.spec.step].index("gap")
    occurrences.step.heads[gap].bias.data[: occurrences.spec.step[gap].exact] += 4.0
    return model
