"""Every table of a data set is judged once, by the same gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import Cost, Outcome, Work
from assoc_synth.benchmark.peers.process import PeerStoppedError
from assoc_synth.benchmark.verdicts import run as verdicts
from assoc_synth.benchmark.verdicts.judged import HELD_OUT, OWN, Judged
from assoc_synth.benchmark.verdicts.run import SHARES, destroyed_name, judge_tables
from assoc_synth.errors import InputError
from assoc_synth.gate.scopes import NAMES
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


class Rows:
    """Hands in the rows of the training table."""

    name = "rows"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        return Outcome(LinkGraph.from_table(train).edges, None, train, Cost(60.0, None, 1.0, 1.0), library="rows 1.0")


class Slow:
    name = "slow"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        raise PeerStoppedError("stopped: its fit was not over")


@pytest.fixture(scope="module")
def halves() -> Work:
    return Work("toy-shop", *datasets.halves(datasets.toy_shop(subjects=1_000, seed=1)))


@pytest.fixture(scope="module")
def found(halves: Work, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Judged], list[str]]:
    """The page, the lines, and what was announced."""
    page = tmp_path_factory.mktemp("verdicts") / "VERDICTS.md"
    own = page.parent / "own.csv"
    halves.train.to_frame().to_csv(own, index=False)
    said: list[str] = []
    lines = judge_tables(halves, page, own=own, peers=[Rows(), Slow()], max_minutes=1.0, progress=said.append)
    return page, lines, said


def by_table(lines: list[Judged]) -> dict[str, Judged]:
    return {line.table: line for line in lines}


def scopes(line: Judged) -> dict[str, str]:
    return {scope.name: scope.status for scope in line.scopes}


def test_every_table_has_a_line(found: tuple[Path, list[Judged], list[str]]) -> None:
    page, lines, said = found
    names = [destroyed_name(scope, share) for scope in NAMES for share in SHARES]
    assert [line.table for line in lines] == [OWN, HELD_OUT, *names, "rows"]
    assert said[-1] == "slow: stopped: its fit was not over"
    assert by_table(lines)["rows"].notes == ("rows 1.0", "fitted in 1.0 min")
    assert by_table(lines)["rows"].source == "1 min"
    text = page.read_text()
    assert all(f"| {name} " in text for name in [HELD_OUT, *names])


def test_real_rows_pass_and_destroyed_ones_fail_in_their_scope(found: tuple[Path, list[Judged], list[str]]) -> None:
    lines = by_table(found[1])
    assert lines[HELD_OUT].status == "PASS"
    assert set(scopes(lines[OWN]).values()) <= {"PASS", "PASS_LIMITED"}, "they are training rows"
    for scope in NAMES:
        assert scopes(lines[destroyed_name(scope, 1.0)])[scope] == "FAIL"
    assert scopes(lines[destroyed_name("visits", 1.0)])["links"] == "PASS", "its links are what they were"


def test_what_has_a_line_is_not_judged_again(
    found: tuple[Path, list[Judged], list[str]], halves: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, lines, _ = found
    monkeypatch.setattr(verdicts, "partly_destroyed", None)
    said: list[str] = []
    assert judge_tables(halves, page, progress=said.append) == lines
    assert said == []


def test_a_scope_that_real_rows_have_nothing_of_is_not_destroyed(tmp_path: Path) -> None:
    shop = datasets.toy_shop(subjects=400, seed=1)
    columns = [shop.schema.columns()[role] for role in ("subject", "verb", "object")]
    subject, verb, thing = columns
    links = TransactionTable.from_frame(shop.to_frame()[columns], subject=subject, verb=verb, object=thing)
    names = [line.table for line in judge_tables(Work("links", *datasets.halves(links)), tmp_path / "page.md")]
    assert names == [HELD_OUT, *(destroyed_name(scope, share) for scope in ("links", "rows") for share in SHARES)]


def test_a_file_that_cannot_be_read_is_an_error(halves: Work, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("a,b\n1,2\n")
    with pytest.raises(InputError):
        judge_tables(halves, tmp_path / "page.md", own=own)
