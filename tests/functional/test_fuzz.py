"""Damaged tables and crafted models: an error in words or a table, never a crash, a hang or a full memory."""

from __future__ import annotations

import copy
import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from assoc_synth.attributes import plan_columns
from assoc_synth.datasets import clinic
from assoc_synth.errors import AssocSynthError, ModelFileError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model import directory, storage
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

TRIALS = "ASSOC_SYNTH_FUZZ"
"""Set this environment variable to the number of inputs of each kind."""
FEW_TABLES, FEW_MODELS = 60, 60
HANG = 2.0
TOY_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"
PIECES = (
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"-",
        b"--",
        b"=1+1",
        b"\x1b[31m",
    ),
    *(b"nan", b"null", b"true", b"inf", b"1e999", b"-1e308", b"9" * 400, b"99999999999999999999", b"1,5", b"1.5.2020"),
    *(b"12/31/2020", b"2262-04-12", b"0000-00-00", b"9999-12-31T25:00", b"1970-01-01T00:00:00+99:99", b"20:26 20:27"),
    *(b"\xed\xa0\x80", b"\xe2\x80\xae", b'"\\ud800"', b"\x1b[31m", b"{", b"[", b"[[" * 600, b'{"a":' * 300, b"A" * 100),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 1e308, -0.5, "", "x", "nan", "\x1b[31m", "9" * 5000),
    *([], {}, [None], [[]], {"a": 1}, [1] * 50),
)


@contextmanager
def no_hang() -> Iterator[None]:
    """Stop what takes over two seconds of the processor.

    Raises:
        TimeoutError: it did.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A file with bits flipped, and pieces taken out, doubled or put in."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.choice((1, 2, 5, 20, 200)))
        change = rng.randrange(5)
        if change == 0 and at < len(made):
            made[at] ^= 1 << rng.randrange(8)
        elif change == 1:
            del made[at:end]
        elif change == 2:
            made[at:at] = made[at:end]
        else:
            made[at : end if change == 3 else at] = rng.choice(PIECES)
    return bytes(made)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_damaged_table_is_read_or_refused_in_words(tmp_path: Path, suffix: str) -> None:
    path, rng = tmp_path / f"t{suffix}", random.Random(0)
    frame = clinic(subjects=12).to_frame().head(60)
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True, date_format="iso")
    else:
        frame.to_parquet(path)
    data, refused = path.read_bytes(), 0
    for _ in range(int(os.environ.get(TRIALS, FEW_TABLES))):
        path.write_bytes(mutated(data, rng))
        try:
            with no_hang():
                table = TransactionTable.read(path)
                plan_columns(table, {})
                LinkGraph.from_table(table)
                table.to_frame()
        except AssocSynthError:
            refused += 1
    assert refused


def places(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a JSON document are."""
    if place:
        yield place
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*place, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value[:6]):
            yield from places(inner, (*place, key))


def changed(config: dict[str, Any], place: tuple[Any, ...], rng: random.Random) -> dict[str, Any]:
    """A configuration with one value taken out, moved or replaced."""
    made = copy.deepcopy(config)
    holder: Any = made
    for key in place[:-1]:
        holder = holder[key]
    key, change = place[-1], rng.randrange(4)
    value = holder[key]
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = rng.choice((value + 1, value - 1, -value, value * 1000 + 7))
    elif change == 2 and isinstance(value, list) and value:
        holder[key] = rng.choice((value[:-1], value + value, value[::-1], [*value, None]))
    else:
        holder[key] = rng.choice(VALUES)
    return made


def draw(model: str | Path) -> None:
    """Rows of five subjects of a model."""
    loaded, _ = storage.load_model(model)
    emit_rows(loaded, generate_edges(loaded, 5, seeds=Seeds.of(0)), seeds=Seeds.of(0)).to_frame()


def test_a_crafted_configuration_draws_rows_or_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    draw(TOY_SHOP)  # what is compiled once is no hang
    files = directory.read_files(TOY_SHOP)
    config = json.loads(files["config.json"])
    everywhere, rng, refused = list(places(config)), random.Random(0), 0
    for _ in range(int(os.environ.get(TRIALS, FEW_MODELS))):
        crafted = directory.to_json(changed(config, rng.choice(everywhere), rng))
        monkeypatch.setattr(directory, "read_files", lambda _, data=crafted: files | {"config.json": data})
        try:
            with no_hang():
                draw("crafted")
        except ModelFileError:
            refused += 1
    assert refused
