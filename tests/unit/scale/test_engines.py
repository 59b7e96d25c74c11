"""Engines: an unknown one is refused, and one that works out of order writes what one process writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Status
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import Chunk, Drawn, Recipe
from assoc_synth.scale.encoding import Encoded
from assoc_synth.scale.engines import Engine, Local, engine_of, side_by_side
from assoc_synth.scale.finish import Finish
from assoc_synth.scale.writing import sample_to
from assoc_synth.transactions.table import TransactionTable


class Backwards(Local):
    """Draws three chunks at a time, the last one first, and finishes all of them at the end."""

    def __init__(self) -> None:
        self.waiting: list[tuple[FittedModel, TransactionTable, Finish]] = []

    def draws(self, model: FittedModel, recipe: Recipe, chunks: Iterable[Chunk]) -> Iterator[Drawn]:
        every = list(chunks)
        for begin in range(0, len(every), 3):
            yield from [recipe.draw(model, chunk) for chunk in every[begin : begin + 3][::-1]][::-1]

    def finished(self, model: FittedModel, drawn: Drawn, finish: Finish) -> list[Encoded | int]:
        assert isinstance(drawn.table, TransactionTable)
        self.waiting.append((model, drawn.table, finish))
        return []

    def rest(self) -> list[Encoded | int]:
        made = {finish.place.used.subjects: finish.run(model, table) for model, table, finish in self.waiting[::-1]}
        return [made[begin] for begin in sorted(made)]


@pytest.mark.parametrize("name", ["rows.csv", "rows/"])
def test_the_order_of_work_makes_no_difference(
    small_model: FittedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    @contextmanager
    def other(asked: str | None) -> Iterator[Engine]:
        yield Local() if asked is None else Backwards()

    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    monkeypatch.setattr("assoc_synth.model.plain.CHUNK", 24)
    monkeypatch.setattr("assoc_synth.model.streaming.PROBE", 8)
    monkeypatch.setattr("assoc_synth.scale.writing.engine_of", other)
    monkeypatch.setattr("assoc_synth.scale.writing.check_engine", lambda _: None)  # Ray may not be installed
    found = []
    for engine in (None, "ray"):
        (tmp_path / str(engine)).mkdir()
        path = f"{tmp_path}/{engine}/{name}"
        sample_to(path, Attempts(small_model, seed=3), 90, engine=engine)
        files = sorted(Path(path).iterdir()) if name.endswith("/") else [Path(path)]
        found.append([file.read_bytes() for file in files])
    assert found[0] == found[1]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(InputError, match="the engine must be ray or ray://HOST:PORT, not 'dask'"), engine_of("dask"):
        pass
    with engine_of(None) as engine:
        assert engine.workers == 1
        assert engine.rest() == []


def test_work_is_done_in_its_order_and_by_what_there_is() -> None:
    seen: list[int] = []
    works = side_by_side(None, [lambda: seen.append(1) or 1, lambda: seen.append(2) or 2])
    assert next(works) == 1
    assert seen == [1], "the second one is not begun before it is asked for"
    assert list(works) == [2]
    with pytest.raises(InputError, match="the engine must be ray"):
        list(side_by_side("dask", []))
