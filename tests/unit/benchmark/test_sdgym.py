"""SDGym's two functions: by themselves, and where SDGym is installed through its own class."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import sdgym as adapter
from assoc_synth.errors import UndertrainedWarning
from assoc_synth.synthesizer import AssociativeSynthesizer

TABLE = datasets.toy_shop(subjects=40, seed=1)
"""So few subjects that the gate cannot refuse what was learned in seconds."""


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "MAX_MINUTES", 0.03)
    sample = AssociativeSynthesizer.sample

    def undertrained(self: AssociativeSynthesizer, **asked: object) -> object:
        return sample(self, allow_undertrained=True, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(AssociativeSynthesizer, "sample", undertrained)


def test_the_functions_take_what_sdgym_gives() -> None:
    frame = TABLE.to_frame(typed=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndertrainedWarning)
        made = adapter.get_trained_synthesizer(frame, TABLE.to_metadata().to_dict())
    rows = adapter.sample_from_synthesizer(made, 100)
    pd.testing.assert_index_equal(rows.columns, frame.columns)
    assert len(rows) == 100


def test_sdgym_makes_a_synthesizer_of_them() -> None:
    # SDGym 0.15 imports private names that SDV 2 no longer has: tried where one is installed that can be imported.
    sdgym = pytest.importorskip("sdgym", exc_type=ImportError)
    ours = sdgym.create_single_table_synthesizer(
        display_name="assoc-synth",
        get_trained_synthesizer_fn=adapter.get_trained_synthesizer,
        sample_from_synthesizer_fn=adapter.sample_from_synthesizer,
    )
    frame = TABLE.to_frame(typed=True)
    synthesizer = ours()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndertrainedWarning)
        trained = synthesizer.get_trained_synthesizer(frame, TABLE.to_metadata().to_dict())
    assert len(synthesizer.sample_from_synthesizer(trained, 50)) == 50
