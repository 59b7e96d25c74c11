"""Small files that stand for far more than they are: refused in words, at once, in little memory."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model import directory, storage
from assoc_synth.transactions.table import TransactionTable

TOY_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"
SECONDS, BYTES, BYTES_OF_TABLES = 2.0, 200 * 2**20, 500 * 2**20
REPORT = "ASSOC_SYNTH_BOMBS"
"""Set this environment variable to a file that gets the time and memory of each."""
MANY = 2_000_000
Refused = Callable[[dict[str, bytes]], None]
Bounded = Callable[[float, int], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    found = directory.read_files(TOY_SHOP)
    storage.load_model(TOY_SHOP)  # what is imported once counts for no bomb
    return found


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * depth + b"]" * depth + b"}"


CONFIGS: dict[str, Callable[[], bytes]] = {
    "empty lists": lambda: b'{"a":[' + b"[]," * MANY + b"0]}",
    "empty mappings": lambda: b'{"a":[' + b"{}," * MANY + b"0]}",
    "numbers": lambda: b'{"a":[' + b"1," * MANY + b"0]}",
    "keys": lambda: b"{" + b",".join(b'"%d":0' % number for number in range(400_000)) + b"}",
    "texts": lambda: b'{"a":[' + b'"x",' * MANY + b"0]}",
    "deep lists": lambda: nested(100_000),
    "less deep lists": lambda: nested(900),
    "deep mappings": lambda: b'{"a":' * 100_000 + b"0" + b"}" * 100_000,
    "digits": lambda: b'{"a":' + b"9" * 5_000_000 + b"}",
    "blanks": lambda: b" " * 50_000_000,
    "a key twice": lambda: b'{"format_version":10,"format_version":10}',
    "no number": lambda: b'{"a":NaN}',
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_that_swells(files: dict[str, bytes], refused: Refused, kind: str) -> None:
    refused(files | {"config.json": CONFIGS[kind]()})


def parquet(columns: dict[str, list[object]], schema: pa.Schema) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), sink, compression="zstd")
    return sink.getvalue()


def names(count: int, name: str, kind: str = "object", of: str = "text") -> bytes:
    return parquet({"kind": [kind] * count, "name": [name] * count, "type": [of] * count}, directory._VOCABULARY)


VOCABULARIES: dict[str, Callable[[], bytes]] = {
    "one name": lambda: names(MANY, "tea"),
    "one verb": lambda: names(MANY, "bought", "verb"),
    "one number": lambda: names(MANY, "7", of="integer"),
    "a long name": lambda: names(5_000, "x" * 100_000),
    "long kinds": lambda: names(5_000, "tea", "k" * 100_000),
    "long types": lambda: names(5_000, "tea", of="t" * 100_000),
    "no name": lambda: names(MANY, ""),
    "a number of many digits": lambda: names(2, "9" * 5_000_000, of="integer"),
    "other columns": lambda: parquet({"kind": ["object"] * MANY}, pa.schema([("kind", pa.string())])),
    "no kind": lambda: names(MANY, "tea", ""),
}


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_a_vocabulary_that_swells(files: dict[str, bytes], refused: Refused, kind: str) -> None:
    refused(files | {"vocabulary.parquet": VOCABULARIES[kind]()})


def arrays(
    shape: list[int], values: list[object], *, of: str = "integers", rows: int = 1, dtype: str = "int64"
) -> bytes:
    """Rows of `reference.parquet`."""
    columns: dict[str, list[object]] = {"name": [f"margins{row}" for row in range(rows)], "dtype": [dtype] * rows}
    columns |= {"shape": [shape] * rows, "integers": [None] * rows, "floats": [None] * rows}
    return parquet(columns | {of: [values] * rows}, directory._ARRAYS)


ARRAYS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: arrays([12_000_000], [0] * 12_000_000),
    "zeros with a point": lambda: arrays([12_000_000], [0.0] * 12_000_000, of="floats", dtype="float64"),
    "many rows of zeros": lambda: arrays([1_000_000], [0] * 1_000_000, rows=12),
    "a shape": lambda: arrays([2**40, 2**20], [0, 0]),
    "a negative shape": lambda: arrays([-1], [0, 0]),
    "a long shape": lambda: arrays([1] * MANY, [0]),
    "a shape of one number too few": lambda: arrays([3], [0, 0]),
    "very many arrays": lambda: arrays([1], [0], rows=500_000),
    "no values": lambda: arrays([2**40], [], dtype="float64"),
    "a long type": lambda: arrays([1], [0], rows=500, dtype="x" * 1_000_000),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_that_swell(files: dict[str, bytes], refused: Refused, kind: str) -> None:
    refused(files | {"reference.parquet": ARRAYS[kind]()})


def weights(tensors: dict[str, list[int]], *, end: int = 0, size: int | None = None, before: bytes = b"") -> bytes:
    """A file of weights that claims tensors of these shapes."""
    claimed = {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, end]} for name, shape in tensors.items()}
    header = before + json.dumps(claimed).encode()
    return (len(header) if size is None else size).to_bytes(8, "little") + header


WEIGHTS: dict[str, Callable[[], bytes]] = {
    "100,000 tensors": lambda: weights({f"x{number}": [0] for number in range(100_000)}),
    "a long header": lambda: weights({}, before=b" " * 50_000_000),
    "a header beyond the file": lambda: weights({}, size=2**62),
    "a header as long as the number is": lambda: weights({}, size=2**64 - 1),
    "one tensor of 2^60": lambda: weights({"x": [2**30, 2**30]}, end=2**62),
    "a shape that overflows": lambda: weights({"x": [2**32, 2**32, 2**32]}, end=4),
    "a long shape": lambda: weights({"x": [1] * MANY}, end=4),
    "a long name": lambda: weights({"x" * 20_000_000: [1]}, end=4),
    "a deep header": lambda: weights({}, before=b'{"a":' + b"[" * 1_000_000),
    "zeros": lambda: bytes(100_000_000),
}


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_that_swell(files: dict[str, bytes], refused: Refused, kind: str) -> None:
    refused(files | {"weights.safetensors": WEIGHTS[kind]()})


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("generator", "num_objects"), 10**9),
        (("generator", "num_verbs"), 10**6),
        (("generator", "steering_dim"), 65_535),
        (("generator", "pair_terms"), 2**31),
        (("generator", "hyperparameters", "hidden_dim"), 65_000),
        (("generator", "hyperparameters", "blocks"), 1_000),
        (("generator", "columns", "count", "classes"), 2**31),
        (("table", "new_subjects", "width"), 2_000_000_000),
        (("gate", "whole", "num_reference"), 2**40),
        (("attributes", "calendar", "clock", "resolution"), 0),
        (("attributes", "implications", "allowed", "price", "classes"), 2**31),
    ],
    ids=lambda own: ".".join(own) if isinstance(own, tuple) else None,
)
def test_sizes_that_a_config_claims(
    files: dict[str, bytes], refused: Refused, place: tuple[str, ...], value: int
) -> None:
    config = json.loads(files["config.json"])
    holder = config
    for key in place[:-1]:
        holder = holder[key]
    assert place[-1] in holder
    holder[place[-1]] = value
    refused(files | {"config.json": directory.to_json(config)})


HEADER = b"subject,verb,object\n"
TEXTS: dict[str, Callable[[], bytes]] = {
    "rows": lambda: HEADER + b"a,b,c\n" * 30_000_000,
    "zero bytes": lambda: HEADER + bytes(200_000_000),
    "one long cell": lambda: HEADER + b"a,b," + b"x" * 200_000_000,
    "a quote that is open": lambda: HEADER + b'a,b,"' + b"x\n" * 50_000_000,
    "blanks": lambda: b" " * 200_000_000,
    "line ends": lambda: b"\n" * 100_000_000,
    "columns": lambda: b"x," * 50_000_000,
    "delimiters in a row": lambda: HEADER + b"," * 100_000_000,
    "quotes": lambda: HEADER + b'""' * 50_000_000,
    "a line of digits": lambda: HEADER + b"a,b," + b"9" * 100_000_000 + b"\n",
}
LINE = b'{"subject":"a","verb":"b","object":"c"}\n'
LINES: dict[str, Callable[[], bytes]] = {
    "rows": lambda: LINE * 5_000_000,
    "deep lists": lambda: LINE + b"[" * 50_000_000,
    "deep mappings": lambda: LINE + b'{"a":' * 20_000_000,
    "keys": lambda: LINE + b"{" + b",".join(b'"%d":0' % number for number in range(2_000_000)) + b"}",
    "one long text": lambda: LINE + b'{"subject":"' + b"x" * 200_000_000 + b'"}',
    "digits": lambda: LINE + b'{"subject":' + b"9" * 100_000_000 + b"}",
    "blanks": lambda: LINE + b" " * 200_000_000,
    "line ends": lambda: LINE + b"\n" * 100_000_000,
    "a long list": lambda: LINE + b'{"subject":[' + b"0," * 50_000_000 + b"0]}",
    "another key in each line": lambda: b"".join(b'{"k%d":0}\n' % number for number in range(300_000)),
}


def packed(columns: dict[str, pa.Array]) -> bytes:
    """A Parquet file of columns."""
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def same(value: object, count: int, kind: pa.DataType | None = None) -> pa.Array:
    """A column of one value, a thousand times in each entry of a dictionary."""
    values = pa.array([value], kind)
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), values)


def rows_of(value: object, count: int = 60_000_000) -> bytes:
    column = same(value, count)
    return packed({"subject": column, "verb": column, "object": column})


def with_column(name: str, column: pa.Array) -> bytes:
    few = pa.array(["a"] * len(column))
    return packed({"subject": few, "verb": few, "object": few, name: column})


PARQUETS: dict[str, Callable[[], bytes]] = {
    "rows": lambda: rows_of("a", 40_000_000),
    "rows of long names": lambda: rows_of("x" * 10_000, 1_000_000),
    "a long cell": lambda: with_column("note", pa.array(["x" * 100_000_000])),
    "columns": lambda: packed({f"c{number}": pa.array([0]) for number in range(3_000)}),
    "a long name of a column": lambda: with_column("c" * 20_000_000, pa.array([0])),
    "a long list": lambda: with_column("list", pa.array([list(range(3)) * 5_000_000])),
    "lists in lists": lambda: with_column("list", pa.array([[[[[[[[[0]]]]]]]]])),
    "very many zeros": lambda: packed({"subject": pa.array(np.zeros(80_000_000, np.int8))}),
    "nulls": lambda: packed({name: pa.nulls(40_000_000) for name in ("subject", "verb", "object")}),
    "a metadata of its own": lambda: b"PAR1" + bytes(100_000_000) + (90_000_000).to_bytes(4, "little") + b"PAR1",
}
TABLES = {".csv.gz": TEXTS, ".jsonl.gz": LINES, ".parquet": PARQUETS}


@pytest.mark.parametrize(("suffix", "kind"), [(suffix, kind) for suffix, kinds in TABLES.items() for kind in kinds])
def test_a_table_that_swells_is_read_or_refused(
    tmp_path: Path, bounded: Bounded, suffix: str, kind: str, request: pytest.FixtureRequest
) -> None:
    data = TABLES[suffix][kind]()
    path = tmp_path / f"t{suffix}"
    path.write_bytes(gzip.compress(data, 6) if suffix.endswith(".gz") else data)
    del data
    with bounded(SECONDS, BYTES_OF_TABLES) as taken, suppress(InputError):
        TransactionTable.read(path)
    reported(request, path.stat().st_size, taken)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, bounded: Bounded, request: pytest.FixtureRequest) -> Refused:
    """A model of these files is none; the process takes little memory to say so, and little time."""

    def refuse(crafted: dict[str, bytes]) -> None:
        monkeypatch.setattr(directory, "read_files", lambda _: crafted)
        with bounded(SECONDS, BYTES) as taken, pytest.raises(ModelFileError):
            storage.load_model("crafted")
        reported(request, sum(map(len, crafted.values())), taken)

    return refuse


def reported(request: pytest.FixtureRequest, size: int, taken: Any) -> None:
    """Time and memory, as a row of a table, where they are asked for."""
    if target := os.environ.get(REPORT):
        name = request.node.name.removeprefix("test_").replace("[", " | ").removesuffix("]").replace("_", " ")
        with open(target, "a", encoding="utf-8") as file:
            file.write(f"| {name} | {size / 1e6:,.1f} MB | {taken.seconds:.2f} s | {taken.bytes / 2**20:,.0f} MB |\n")
