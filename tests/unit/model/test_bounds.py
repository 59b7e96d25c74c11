"""What a fit is cut down to: subjects for its time, hyperparameters for its memory."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model import bounds
from assoc_synth.model.bounds import LARGEST, LEAST_SUBJECTS, WHOLE, Bounds, largest_share, slowness
from assoc_synth.model.machine import Room
from assoc_synth.model.memory import Narrowed
from assoc_synth.model.settings import Settings
from assoc_synth.model.split import Split
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

LOOKED_AT = 921
"""Of 2,000 subjects of three rows, in 3,000 s, on a slow machine."""
SETTINGS = Settings(config=CTGANConfig(epochs=1))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(2_000), 3)
    return pd.DataFrame({"who": who, "did": "buy", "what": rng.integers(0, 40, len(who)), "home": who // 4})


@pytest.fixture(scope="module")
def graph(frame: pd.DataFrame) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(frame, subject="who", verb="did", object="what"))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that takes 10,000 times as long for rows."""
    monkeypatch.setattr(bounds, "slowness", lambda: 1.0)
    monkeypatch.setattr(bounds, "ROW_SECONDS", 0.65)


def test_with_time_and_room_nothing_is_cut(graph: LinkGraph) -> None:
    for left in (np.inf, 3_600.0):
        found = Bounds.of(graph, SETTINGS, left)
        assert (found.subjects, found.narrowed.config, found.facts, found.notes(2_000)) == (
            None,
            SETTINGS.config,
            WHOLE,
            (),
        )
        split = Split.of(2_000, Seeds.of(0))
        assert found.split(split, Seeds.of(1)) is split


@pytest.mark.usefixtures("slow")
def test_of_a_table_that_is_large_for_its_time_some_subjects_are_looked_at(graph: LinkGraph) -> None:
    found = Bounds.of(graph, SETTINGS, 3_000.0)
    assert found.subjects == LOOKED_AT
    assert pytest.approx((LARGEST * 3_000 - 3) / 0.65 / 3, abs=2) == LOOKED_AT
    (note,) = found.notes(2_000)
    assert note.startswith(f"the time is short for this table: {found.subjects} of its 2,000 subjects were looked at")
    assert "raise --max-minutes" in note
    split = found.split(Split.of(2_000, Seeds.of(0)), Seeds.of(1))
    sizes = [len(part) for part in (split.training, split.validation, split.gate)]
    assert sum(sizes) == pytest.approx(found.subjects, abs=2)
    assert sizes[2] / sum(sizes) == pytest.approx(0.2, abs=0.01)


@pytest.mark.usefixtures("slow")
def test_however_short_the_time_is_some_subjects_are_left(graph: LinkGraph) -> None:
    assert Bounds.of(graph, SETTINGS, 0.0).subjects == LEAST_SUBJECTS


@pytest.mark.usefixtures("slow")
def test_who_goes_on_is_cut_as_before(graph: LinkGraph) -> None:
    first = Bounds.of(graph, SETTINGS, 3_000.0)
    assert Bounds.of(graph, SETTINGS, 10.0, first.facts) == first
    assert Bounds.of(graph, SETTINGS, 10.0, WHOLE).subjects is None


def test_rare_objects_go_first(graph: LinkGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each object has 150 rows: with a twentieth of the subjects all are still there, and cost what they cost."""
    monkeypatch.setattr(bounds, "OBJECT_SECONDS", 1.0)
    assert largest_share(graph, 43.5 / LARGEST) == 1.0
    assert largest_share(graph, 42.0 / LARGEST) < 0.03


def test_clusters_stay_whole() -> None:
    clusters = np.arange(2_000) // 4
    few = Split.of(2_000, Seeds.of(0), clusters).part(400, Seeds.of(1))
    assert len(few.known) + len(few.gate) == pytest.approx(400, abs=12)
    of = [set(clusters[part].tolist()) for part in (few.training, few.validation, few.gate)]
    assert len(set.union(*of)) == sum(map(len, of))
    assert (np.bincount(clusters[few.training])[sorted(of[0])] == 4).all()


def test_a_machine_is_as_slow_as_its_best_try() -> None:
    ticks = iter([0.0, 5.0, 5.0, 5.0 + 3 * bounds.PROBE_SECONDS])
    assert slowness(lambda: next(ticks)) == pytest.approx(3.0)
    assert slowness() > 0


def test_a_fit_says_what_was_cut_and_goes_on_with_the_same_subjects(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "room", lambda: Room(450_000_000))  # the narrowest takes 550 MB
    monkeypatch.setattr("assoc_synth.model.memory.LIBRARIES", 400_000_000)
    roles, kept = {"subject": "who", "verb": "did", "object": "what"}, tmp_path / "kept"

    class Stopped(Exception):
        pass

    def stop(_: object) -> None:
        raise Stopped

    monkeypatch.setattr(bounds, "largest_share", lambda *_: LOOKED_AT / 2_000)
    settings = {"max_minutes": 50, "config": CTGANConfig(epochs=1, calibration_rounds=1, visit_rounds=0)}
    with pytest.raises(Stopped):
        AssociativeSynthesizer(**settings, progress=stop).fit(frame[["who", "did", "what"]], **roles, checkpoint=kept)
    again = AssociativeSynthesizer(**settings)
    monkeypatch.setattr(bounds, "largest_share", lambda *_: 1.0)
    again.fit(frame[["who", "did", "what"]], **roles, checkpoint=kept, resume=True)
    subjects = next(note for note in again.notes_ if note.startswith("the time is short"))
    assert f"{LOOKED_AT} of its 2,000 subjects" in subjects
    assert again.model_.known_subjects == pytest.approx(0.8 * LOOKED_AT, abs=2)
    assert again.model_.num_subjects == 2_000


def test_narrowing_is_told(graph: LinkGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    narrowed = dataclasses.replace(Narrowed(None), level=1, notes=("memory is short",))
    assert Bounds(3, narrowed).notes(5)[1:] == ("memory is short",)
    assert Bounds(None, narrowed).facts == {"subjects": None, "level": 1}
