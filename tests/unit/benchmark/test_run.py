"""The benchmark's rows on a small toy shop."""

import platform

import pytest

from assoc_synth.benchmark import PEERS, Row, Work, run, run_on
from assoc_synth.benchmark.run import DEFAULT_MINUTES, machine
from assoc_synth.errors import InputError


def test_one_row_each_and_the_floor_first(rows: list[Row], work: Work) -> None:
    assert [row.name for row in rows] == ["floor", "tenth-random", "destroyed", "same", "unrelated", "absent", "slow"]
    assert {row.dataset for row in rows} == {"toy-shop"}
    assert rows[3].links == work.train_edges.num_links
    assert rows[0].subjects == work.heldout_edges.num_subjects


def test_a_peer_that_fails_is_a_row_with_its_reason(rows: list[Row]) -> None:
    absent, slow = rows[5:]
    assert absent.measures is None
    assert absent.status == "skipped"
    assert absent.error is not None
    assert "assoc-synth[peer]" in absent.error
    assert (slow.status, slow.error) == ("stopped", "stopped: its fit was not over")


def test_a_peer_that_took_more_time_than_allowed_gets_a_note(rows: list[Row]) -> None:
    assert rows[4].notes == ("its fit took 2.5 times the time allowed",)


def test_unknown_names_are_refused_before_any_work() -> None:
    with pytest.raises(InputError, match=f"there are: {', '.join(PEERS)}"):
        run("toy-shop", peers=["nobody"])
    with pytest.raises(InputError, match="unknown data set"):
        run("nothing", peers=["independent"])


def test_a_budget_is_the_same_for_all_when_none_is_given(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    monkeypatch.setattr(Work, "load", lambda name, seed: work)
    assert {row.max_minutes for row in run("toy-shop", peers=[])} == {DEFAULT_MINUTES}


def test_a_row_says_what_was_run_and_where(rows: list[Row]) -> None:
    assert {(row.seed, row.max_minutes, row.machine) for row in rows} == {(3, 1.0, machine())}
    assert [row.status for row in rows] == ["done"] * 5 + ["skipped", "stopped"]


def test_progress_is_called_before_each_row(work: Work) -> None:
    seen: list[str] = []

    class Peer:
        name = "nobody"

        def run(self, train: object, *, seed: int, max_minutes: float | None) -> object:
            assert seen[-1] == "nobody"
            raise InputError("cannot")

    found = run_on(work, [Peer()], progress=seen.append)  # type: ignore[list-item]
    assert seen == ["floor", "tenth-random", "destroyed", "nobody"]
    assert (found[3].status, found[3].error) == ("failed", "InputError: cannot")


def test_the_machine_has_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert ", OMP_NUM_THREADS=3, " in machine()
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert "OMP_NUM_THREADS" not in machine()
    assert machine().endswith(platform.python_version())
