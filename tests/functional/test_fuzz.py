"""Damaged tables and crafted models: an error in words or a table, never a crash, a hang or a full memory."""

from __future__ import annotations

import copy
import gzip
import io
import json
import os
import random
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load, save

from assoc_synth.attributes import Thresholds, plan_columns
from assoc_synth.datasets import clinic
from assoc_synth.errors import AssocSynthError, InputError
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model import attempts, directory, storage
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitting import _look
from assoc_synth.model.preparation import _shared
from assoc_synth.model.split import Split
from assoc_synth.model.stages import Training
from assoc_synth.randomness import Seeds
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.table import TransactionTable

TRIALS, FROM, REPORT = "ASSOC_SYNTH_FUZZ", "ASSOC_SYNTH_FUZZ_FROM", "ASSOC_SYNTH_FUZZ_REPORT"
"""Environment variables: how many inputs of each kind, the number of the first, and a file that gets the figures;
beside it, in one that ends with `.now`, stands the number that is tried."""
FEW = 60
SECONDS, BYTES = 2.0, 500 * 2**20
TOY_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"
PIECES = (
    *(b'"', b'""', b",", b";", b"\t", b"\n", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"-", b"--", b"=1+1"),
    *(b"nan", b"null", b"true", b"inf", b"1e999", b"-1e308", b"9" * 400, b"99999999999999999999", b"1,5", b"1.5.2020"),
    *(b"12/31/2020", b"2262-04-12", b"0000-00-00", b"9999-12-31T25:00", b"1970-01-01T00:00:00+99:99", b"20:26 20:27"),
    *(b"\xed\xa0\x80", b"\xe2\x80\xae", b'"\\ud800"', b"\x1b[31m", b"{", b"[", b"[[" * 600, b'{"a":' * 300, b"A" * 100),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 1e308, -0.5, "", "x", "nan", "\x1b[31m", "9" * 5000),
    *([], {}, [None], [[]], {"a": 1}, [1] * 50),
)
KINDS_OF_CELLS: tuple[pa.DataType, ...] = (
    *(pa.int8(), pa.uint64(), pa.float16(), pa.float64(), pa.bool_(), pa.large_string(), pa.binary(), pa.null()),
    *(pa.date32(), pa.date64(), pa.timestamp("ns"), pa.timestamp("us", tz="Asia/Tokyo"), pa.time64("us")),
    *(pa.decimal128(38, 10), pa.duration("ms"), pa.list_(pa.string()), pa.dictionary(pa.int32(), pa.string())),
    *(pa.struct({"a": pa.string()}), pa.map_(pa.string(), pa.int64()), pa.float32(), pa.int64(), pa.string()),
)
KINDS_OF_NUMBERS = (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool)
Files = dict[str, bytes]
Bounded = Callable[[float, int], AbstractContextManager[None]]


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


def tried(kind: str, attempt: Callable[[random.Random], str], bounded: Bounded) -> Counter[str]:
    """Make attempts with numbers as their seeds: how often each word was said. One that says nothing of ours failed."""
    found, failed, first, target = Counter[str](), list[str](), int(os.environ.get(FROM, "0")), os.environ.get(REPORT)
    for number in range(first, first + int(os.environ.get(TRIALS, FEW))):
        if target:
            Path(f"{target}.{kind}.now").write_text(str(number))
        try:
            with bounded(SECONDS, BYTES), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[attempt(random.Random(f"{kind} {number}"))] += 1
        except AssocSynthError:
            found["refused"] += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "assoc_synth/" in frame.filename]
            place = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[:-4:-1])
            failed.append(f"{kind} {number}: {type(error).__name__} {str(error)[:80]} ({place})")
        if target and (number % 200 == 199 or failed):
            Path(f"{target}.{kind}").write_text("\n".join([f"{number + 1 - first} tried {dict(found)}", *failed]))
    assert not failed, "\n".join(failed[:20])
    return found


def look_at(table: TransactionTable) -> None:
    """All that a fit does with a table before it trains."""
    seeds, limits = Seeds.of(0), Thresholds()
    graph = LinkGraph.from_table(table)
    planned = plan_columns(graph, None, None, limits)
    split = Split.of(table.num_subjects, seeds.child("split"), table.clusters).with_every_verb(graph.edges)
    shared, split, kept = _shared(table, planned, split, limits)
    seen = _look(LinkGraph.from_table(kept.table), split, Training(seeds), kept.plan, kept.days)
    seen.encoder.encode(seen.graph, np.random.default_rng(0))
    directory.to_json(seen.encoder.to_dict() | {"table": shared.format.to_dict()})
    directory.vocabulary_bytes(shared.verbs, shared.objects)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_damaged_table_is_read_or_refused_in_words(tmp_path: Path, bounded: Bounded, suffix: str) -> None:
    frame = clinic(subjects=12).to_frame().head(60)
    whole = cells(frame, suffix)
    use(tmp_path / f"whole{suffix}", whole)  # what is imported or compiled once is no hang

    def attempt(rng: random.Random) -> str:
        packed = suffix != ".parquet" and rng.random() < 0.1
        path = tmp_path / f"t{suffix}{'.gz' if packed else ''}"
        if suffix == ".parquet" and rng.random() < 0.6:
            data = recast(frame, rng)
        elif suffix == ".jsonl" and rng.random() < 0.4:
            data = rekeyed(whole, rng)
        else:
            data = mutated(whole, rng)
        if packed:
            data = gzip.compress(data) if rng.random() < 0.5 else mutated(gzip.compress(data), rng)
        use(path, data, rng.choice((None, "plan", "look", "csv", "jsonl", "parquet")))
        return "read"

    assert set(tried(suffix, attempt, bounded)) == {"read", "refused"}


def cells(frame: pd.DataFrame, suffix: str) -> bytes:
    """A table as a file of a kind."""
    if suffix == ".csv":
        return frame.to_csv(index=False).encode()
    if suffix == ".jsonl":
        return frame.to_json(orient="records", lines=True, date_format="iso").encode()
    sink = io.BytesIO()
    frame.to_parquet(sink)
    return sink.getvalue()


def use(path: Path, data: bytes, then: str | None = "look") -> None:
    """Read a table, and do something with it."""
    path.write_bytes(data)
    table = TransactionTable.read(path)
    if then == "look":
        look_at(table)
    elif then == "plan":
        plan_columns(table, {})
    elif then is not None:
        export(table, then, path.with_name(f"out.{then}"))
    LinkGraph.from_table(table)
    table.to_frame()


def recast(frame: pd.DataFrame, rng: random.Random) -> bytes:
    """A Parquet file whose columns are of other types, twice there, renamed or without values."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(table.num_columns)
        name, column, change = table.column_names[at], table.column(at).combine_chunks(), rng.randrange(5)
        kind = rng.choice(KINDS_OF_CELLS)
        if change == 0:
            name = rng.choice(("", "subject", "x" * 5000, "a\nb", name, "\x1b[31m", "__index_level_0__"))
        elif change == 1:
            column = pa.nulls(len(column), kind)
        elif change == 2:
            mixed = [rng.choice((value, None, str(value), value)) for value in column.to_pylist()]
            column = pa.array([None if value is None else str(value) for value in mixed], pa.string())
        else:
            try:
                column = column.cast(kind, safe=False)
            except (pa.ArrowException, ValueError):
                column = filled(kind, len(column), rng)
        table = table.append_column(name, column) if rng.random() < 0.2 else table.set_column(at, name, column)
    sink = io.BytesIO()
    try:
        pq.write_table(table, sink, compression=rng.choice(("none", "zstd", "snappy")))
    except (pa.ArrowException, ValueError):
        raise InputError("no such file can be made") from None
    return sink.getvalue()


def filled(kind: pa.DataType, length: int, rng: random.Random) -> pa.Array:
    """A column of a type, with values where that is simple."""
    few: dict[str, list[Any]] = {
        "list": [["a"], [], None],
        "struct": [{"a": "x"}, None],
        "map": [[("a", 1)], []],
        "binary": [b"\xff\x00", b"tea"],
        "decimal": [None],
        "duration": [0, 10**12],
    }
    values = few.get(str(kind).partition("[")[0].partition("<")[0].partition("128")[0], [None])
    return pa.array([rng.choice(values) for _ in range(length)], kind)


def rekeyed(data: bytes, rng: random.Random) -> bytes:
    """JSON lines with values of other kinds, and keys that come and go."""
    rows = [json.loads(line) for line in data.splitlines()]
    whole_column = rng.random() < 0.5
    key, value = rng.choice(list(rows[0])), rng.choice(VALUES)
    for row in rows if whole_column else rng.sample(rows, 2):
        change = rng.randrange(4)
        if change == 0:
            row.pop(key, None)
        elif change == 1:
            row[rng.choice(("new", "", "subject", key + " "))] = value
        else:
            row[key] = value
    return "\n".join(map(json.dumps, rows)).encode()


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


def crafted_config(files: Files, rng: random.Random) -> Files:
    """One to three edits of `config.json`, or damage of its text."""
    if rng.random() < 0.1:
        return {"config.json": mutated(files["config.json"], rng)}
    config = json.loads(files["config.json"])
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        config = changed(config, rng.choice(list(places(config))), rng)
    return {"config.json": directory.to_json(config)}


def crafted_weights(files: Files, rng: random.Random) -> Files:
    """Tensors swapped, renamed, taken out, of other shapes, kinds and numbers; or a damaged file."""
    data = files["weights.safetensors"]
    if rng.random() < 0.2:
        return {"weights.safetensors": mutated(data, rng) if rng.random() < 0.7 else data[: rng.randrange(len(data))]}
    tensors = dict(sorted(_loaded(data).items()))  # the reader gives another order each time
    for _ in range(rng.choice((1, 1, 2, 5))):
        name = rng.choice(list(tensors))
        tensors[name] = spoilt(tensors[name], rng)
        if rng.random() < 0.3:
            other, change = rng.choice(list(tensors)), rng.randrange(4)
            if change == 0:
                tensors[name], tensors[other] = tensors[other], tensors[name]
            elif change == 1:
                tensors[f"{name}.x"] = tensors.pop(name)
            elif change == 2:
                del tensors[name]
            else:
                tensors[rng.choice(("edges.x", "", "occurrences.order.x"))] = tensors[other]
    return {"weights.safetensors": save({name: one.clone().contiguous() for name, one in tensors.items()})}


@lru_cache(maxsize=1)
def _loaded(data: bytes) -> dict[str, torch.Tensor]:
    """Tensors that nobody changes."""
    return load(data)


def spoilt(tensor: torch.Tensor, rng: random.Random) -> torch.Tensor:
    """A tensor of other numbers, or of another shape or kind."""
    made, change = tensor.clone(), rng.randrange(8)
    if change == 0:
        return made.to(rng.choice(KINDS_OF_NUMBERS))
    if change == 1:
        return rng.choice(
            (made[:-1] if made.dim() else made[None], made.flatten(), made[None], torch.cat([made[None]] * 2))
        )
    if not made.numel():
        return made
    flat = made.view(-1)
    at = slice(None) if change == 2 else slice(first := rng.randrange(len(flat)), first + rng.choice((1, 3)))
    if made.is_floating_point():
        flat[at] = rng.choice((float("nan"), -float("inf"), 0.0, -1.0, 1e4, -1e4, 1e8, -1e8, 1e30, 1e-30, 3e38))
    elif made.dtype == torch.bool:
        flat[at] = ~flat[at]
    elif change in (3, 4):
        flat[at] = flat[at] ^ (1 << rng.randrange(7))
    else:
        flat[at] = rng.choice((0, -1, 1, torch.iinfo(made.dtype).max, torch.iinfo(made.dtype).min, 10_000 % 127))
    return made


def crafted_reference(files: Files, rng: random.Random) -> Files:
    """The gate's numbers: others, of other shapes, under other names."""
    if rng.random() < 0.1:
        return {"reference.parquet": mutated(files["reference.parquet"], rng)}
    arrays = directory.parse_arrays(files["reference.parquet"])
    for _ in range(rng.choice((1, 1, 2, 4))):
        name, other = rng.choice(list(arrays)), rng.choice(list(arrays))
        arrays[name] = spoilt(torch.as_tensor(arrays[name]), rng).to(torch.float64).numpy()
        if arrays[other].dtype.kind != "f" or rng.random() < 0.5:
            arrays[name] = np.nan_to_num(arrays[name]).clip(-(2.0**62), 2.0**62).astype(np.int64)
        if rng.random() < 0.3:
            arrays[name], arrays[other] = arrays[other], arrays[name]
        if rng.random() < 0.1:
            arrays[f"{name}x"] = arrays.pop(name)
    return {"reference.parquet": directory.arrays_bytes(arrays)}


def crafted_vocabulary(files: Files, rng: random.Random) -> Files:
    """Names that are missing, twice there, of other kinds or in another order."""
    if rng.random() < 0.2:
        return {"vocabulary.parquet": mutated(files["vocabulary.parquet"], rng)}
    rows = pq.read_table(io.BytesIO(files["vocabulary.parquet"])).to_pylist()
    for _ in range(rng.choice((1, 1, 2, 4))):
        row, change = rng.choice(rows), rng.randrange(5)
        if change == 0:
            rows.remove(row)
        elif change == 1:
            rows.insert(rng.randrange(len(rows)), dict(row))
        elif change == 2:
            row["kind"] = rng.choice(("verb", "object", "x", None))
        elif change == 3:
            row["type"] = rng.choice(("integer", "boolean", "text", None))
        else:
            row["name"] = rng.choice(("", None, "9" * 400, "7", "True", "\x1b[31m", "\u202e", "x" * 5000))
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=directory._VOCABULARY), sink)
    return {"vocabulary.parquet": sink.getvalue()}


CRAFTED = {
    "config": crafted_config,
    "weights": crafted_weights,
    "reference": crafted_reference,
    "vocabulary": crafted_vocabulary,
}


def draw(model: str | Path) -> None:
    """Rows of five subjects of a model, and what it says of itself."""
    loaded, _ = storage.load_model(model)
    emit_rows(loaded, generate_edges(loaded, 5, seeds=Seeds.of(0)), seeds=Seeds.of(0)).to_frame()
    loaded.privacy()


def emit(model: str | Path) -> None:
    """Rows behind the gate."""
    AssociativeSynthesizer.load(model).sample(5, allow_undertrained=True)


@pytest.mark.parametrize("part", CRAFTED)
def test_a_crafted_model_draws_rows_or_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, bounded: Bounded, part: str
) -> None:
    monkeypatch.setattr(attempts, "ATTEMPTS", 1)  # three refused ones take seconds in words as well
    emit(TOY_SHOP)  # what is compiled once is no hang
    files = directory.read_files(TOY_SHOP)
    crafted = dict(files)
    monkeypatch.setattr(directory, "read_files", lambda _: dict(crafted))

    def attempt(rng: random.Random) -> str:
        crafted.update(files | CRAFTED[part](files, rng))
        (emit if rng.random() < 0.05 else draw)("crafted")
        return "drawn"

    assert set(tried(part, attempt, bounded)) <= {"drawn", "refused"}
