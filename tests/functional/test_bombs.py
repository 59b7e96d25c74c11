"""Small files of a model that stand for far more than they are: refused in words, at once, in little memory."""

from __future__ import annotations

import io
import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import ModelFileError
from assoc_synth.model import directory, storage

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measures by Linux")
TOY_SHOP = Path(__file__).parents[2] / "models" / "toy-shop"
SECONDS, BYTES = 2.0, 200 * 2**20
MANY = 2_000_000


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
def test_a_config_that_swells(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    refused(monkeypatch, files | {"config.json": CONFIGS[kind]()})


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
}


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_a_vocabulary_that_swells(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    refused(monkeypatch, files | {"vocabulary.parquet": VOCABULARIES[kind]()})


@pytest.mark.parametrize("kind", ["zeros", "shape", "negative shape"])
def test_arrays_that_swell(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    shape = {"zeros": [12_000_000], "shape": [2**40, 2**20], "negative shape": [-1]}[kind]
    values = [0] * (12_000_000 if kind == "zeros" else 2)
    columns: dict[str, list[object]] = {
        "name": ["margins"],
        "dtype": ["int64"],
        "shape": [shape],
        "integers": [values],
        "floats": [None],
    }
    made = parquet(columns, directory._ARRAYS)
    refused(monkeypatch, files | {"reference.parquet": made})


@pytest.mark.parametrize("kind", ["100,000 tensors", "a long header", "a header beyond the file", "one tensor of 2^60"])
def test_weights_that_swell(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({f"x{number}": empty for number in range(100_000)}).encode()
    if kind == "a long header":
        header = b"{" + b" " * 50_000_000 + b"}"
    if kind == "one tensor of 2^60":
        header = json.dumps({"x": {"dtype": "F32", "shape": [2**30, 2**30], "data_offsets": [0, 2**62]}}).encode()
    size = 2**62 if kind == "a header beyond the file" else len(header)
    refused(monkeypatch, files | {"weights.safetensors": size.to_bytes(8, "little") + header})


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
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...], value: int
) -> None:
    config = json.loads(files["config.json"])
    holder = config
    for key in place[:-1]:
        holder = holder[key]
    assert place[-1] in holder
    holder[place[-1]] = value
    refused(monkeypatch, files | {"config.json": directory.to_json(config)})


def refused(monkeypatch: pytest.MonkeyPatch, crafted: dict[str, bytes]) -> None:
    """A model of these files is none; the process takes little memory to say so, and little time."""
    monkeypatch.setattr(directory, "read_files", lambda _: crafted)
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory begins anew
    before = resident("VmRSS")
    with no_hang(), pytest.raises(ModelFileError):
        storage.load_model("crafted")
    assert resident("VmHWM") - before < BYTES


@contextmanager
def no_hang() -> Iterator[None]:
    """Stop what takes more of the processor.

    Raises:
        TimeoutError: it did.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def resident(what: str) -> int:
    """Bytes of this process in memory, now or at most."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return 1024 * int(found[1])
