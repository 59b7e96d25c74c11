"""Planted leaks: who is planted, and what is flagged in small tables."""

import re

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark.leaks import LEAKS, changed, copied, main, repeated, trial
from assoc_synth.evaluation.copies import exact_copies, near_copies
from assoc_synth.link_graph.rows import coded_rows

TABLE = datasets.toy_shop(subjects=600, seed=2)
(ROWS,) = coded_rows(TABLE)
TRAIN, HONEST = ROWS.take(np.arange(0, 200)), ROWS.take(np.arange(200, 400))


def test_copies_take_the_places_of_others() -> None:
    planted = copied(TRAIN, HONEST, np.random.default_rng(0), share=0.1)
    assert planted.num_subjects == 200
    long = int((np.diff(TRAIN.edges.offsets) >= 4).sum())
    assert 10 <= exact_copies(TRAIN.edges, planted.edges).count <= min(20, long) + 2


def test_links_alone_are_copied_without_times() -> None:
    planted = copied(TRAIN, HONEST, np.random.default_rng(0), share=1.0, rows_too=False)
    assert planted.edges.token.tolist() == TRAIN.edges.token.tolist()
    assert np.isin(planted.time, HONEST.time).all()


def test_one_link_is_changed() -> None:
    planted = changed(TRAIN, HONEST, np.random.default_rng(0), number=60)
    before = near_copies(TRAIN.edges, HONEST.edges).count
    assert near_copies(TRAIN.edges, planted.edges).count >= 55 + before - 60 * before
    assert exact_copies(TRAIN.edges, planted.edges).count < 20


def test_subjects_are_repeated() -> None:
    planted = repeated(TRAIN, HONEST, np.random.default_rng(0), number=3, times=50)
    assert planted.num_subjects == 200
    assert exact_copies(TRAIN.edges, planted.edges).count >= 150


@pytest.mark.parametrize("leak", [name for name in LEAKS if name not in ("honest", "1 % copied, links alone")])
def test_every_leak_is_flagged(leak: str) -> None:
    assert trial(TABLE, leak, 0).flags


def test_honest_tables_are_not_flagged() -> None:
    table = datasets.toy_shop(subjects=200, seed=4)
    assert sum(bool(trial(table, "honest", seed).flags) for seed in range(20)) <= 1


def test_a_page_of_one_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.benchmark.leaks.SUBJECTS", 200)
    monkeypatch.setattr("assoc_synth.benchmark.leaks.LEAKS", {name: LEAKS[name] for name in ("honest", "half copied")})
    main(["toy-shop", "--runs", "1", "--honest", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("### toy-shop: 200 subjects (")
    assert lines[-2].startswith("| half copied | 1 of 1 | ")
    assert re.search(r"\| [^|]+ -?\d\.\d{3} \(-?\d\.\d{3}–-?\d\.\d{3}, floor \d\.\d{3}\) \|$", lines[-2])
