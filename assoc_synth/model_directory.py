"""A model directory: a few plain files and a manifest with a SHA-256 per file, written whole and read with distrust.

::

    config.json            format version, package version, schema, hyperparameters, seeds
    weights.safetensors    both generators
    vocabulary.parquet     verbs and objects; never subjects
    reference.parquet      aggregate statistics: degree histograms and what the gate needs
    MODEL_CARD.md          what this model is, for people
    manifest.json          SHA-256 of each of the above
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError, ModelFileError

FORMAT_VERSION = 1
FILES = ("config.json", "weights.safetensors", "vocabulary.parquet", "reference.parquet", "MODEL_CARD.md")
MANIFEST = "manifest.json"
MAX_BYTES = 16 * 2**30


def is_model(path: str | os.PathLike[str]) -> bool:
    """Whether there is a model directory at `path`."""
    return (Path(path) / MANIFEST).is_file()


def write_files(path: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write a model directory: all of it or nothing; a model that is there already is replaced.

    Raises:
        InputError: `path` is something else than a model directory, or can not be written.
    """
    target = Path(path)
    if target.exists() and not is_model(target) and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target.name!r} exists and is no model directory: choose another path for the model")
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    manifest = {"format_version": FORMAT_VERSION, "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}}
    try:
        fresh.mkdir(parents=True)
        for name, data in [*files.items(), (MANIFEST, _json(manifest))]:
            with open(fresh / name, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        _swap(fresh, target)
    except OSError as error:
        raise InputError(f"the model can not be written to {target.name!r}: {error.strerror}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_files(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """The files of a model directory, each checked against the manifest before anything is made of it.

    Raises:
        ModelFileError: a file is missing, too large or not the one that was written, or the format is another version.
    """
    target = Path(path)
    if not target.is_dir():
        raise ModelFileError(f"there is no model directory {target.name!r}")
    manifest = parse_json(_bytes(target / MANIFEST), MANIFEST)
    version, sums = manifest.get("format_version"), manifest.get("sha256")
    if version != FORMAT_VERSION:
        raise ModelFileError(f"the model has format version {str(version)[:20]}, this package reads {FORMAT_VERSION}: fit it again")
    if not isinstance(sums, dict) or set(sums) != set(FILES):
        raise ModelFileError("manifest.json does not list the files of a model: restore the directory or fit again")
    files = {name: _bytes(target / name) for name in FILES}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != sums[name]:
            raise ModelFileError(f"{name} is not the file that was written (checksum): restore it or fit again")
    return files


def parse_json(data: bytes, name: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        ModelFileError: it is none.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} is no JSON object: restore it or fit again")
    return value


def to_json(value: Mapping[str, Any]) -> bytes:
    """A JSON object, readable, with its keys in the order given."""
    return _json(value)


def vocabulary_bytes(verbs: pd.Index, objects: pd.Index) -> bytes:
    """Names of verbs and objects by code, as Parquet: kind, name as text, and whether it is a whole number or a truth value."""
    names = [*verbs, *objects]
    table = pa.table({
        "kind": ["verb"] * len(verbs) + ["object"] * len(objects),
        "name": [str(name) for name in names],
        "type": [_type_of(name) for name in names],
    })
    return _parquet(table)


def parse_vocabulary(data: bytes) -> tuple[pd.Index, pd.Index]:
    """Inverse of `vocabulary_bytes`: verbs and objects.

    Raises:
        ModelFileError: it is no vocabulary.
    """
    table = _read_parquet(data, "vocabulary.parquet", {"kind", "name", "type"})
    kinds = table["kind"].to_pylist()
    names = [_CASTS.get(kind, str)(name) for name, kind in zip(table["name"].to_pylist(), table["type"].to_pylist(), strict=True)]
    return tuple(  # type: ignore[return-value]
        pd.Index([name for name, kind in zip(names, kinds, strict=True) if kind == wanted]) for wanted in ("verb", "object")
    )


def arrays_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Named arrays of numbers as Parquet: name, dtype, shape, values."""
    kinds = {name: "float64" if array.dtype.kind == "f" else "int64" for name, array in arrays.items()}
    table = pa.table({
        "name": list(arrays),
        "dtype": list(kinds.values()),
        "shape": [list(array.shape) for array in arrays.values()],
        "integers": [array.ravel().astype(np.int64) if kinds[name] == "int64" else None for name, array in arrays.items()],
        "floats": [array.ravel().astype(np.float64) if kinds[name] == "float64" else None for name, array in arrays.items()],
    }, schema=pa.schema([
        ("name", pa.string()), ("dtype", pa.string()), ("shape", pa.list_(pa.int64())),
        ("integers", pa.list_(pa.int64())), ("floats", pa.list_(pa.float64())),
    ]))
    return _parquet(table)


def parse_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Inverse of `arrays_bytes`.

    Raises:
        ModelFileError: it holds no such arrays.
    """
    table = _read_parquet(data, "reference.parquet", {"name", "dtype", "shape", "integers", "floats"})
    arrays: dict[str, npt.NDArray[Any]] = {}
    for row in range(table.num_rows):
        values = table["floats" if table["dtype"][row].as_py() == "float64" else "integers"][row].values
        try:
            flat = values.to_numpy(zero_copy_only=False)
            arrays[table["name"][row].as_py()] = flat.reshape(table["shape"][row].as_py()).copy()
        except (ValueError, AttributeError):
            raise ModelFileError("reference.parquet holds an array that does not fit its shape: fit the model again") from None
    return arrays


_CASTS: dict[str, Any] = {"integer": int, "boolean": lambda text: text == "True"}


def _type_of(name: Any) -> str:
    if isinstance(name, bool | np.bool_):
        return "boolean"
    return "integer" if isinstance(name, int | np.integer) else "text"


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _read_parquet(data: bytes, name: str, columns: set[str]) -> pa.Table:
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowInvalid, OSError):
        raise ModelFileError(f"{name} is no Parquet file: restore it or fit again") from None
    if set(table.column_names) != columns:
        raise ModelFileError(f"{name} has other columns than a model's: restore it or fit again")
    return table.combine_chunks()


def _bytes(path: Path) -> bytes:
    if not path.is_file() or path.is_symlink():
        raise ModelFileError(f"{path.name} is missing from the model directory: restore it or fit again")
    if path.stat().st_size > MAX_BYTES:
        raise ModelFileError(f"{path.name} is larger than {MAX_BYTES // 2**30} GiB: this is no model of this package")
    return path.read_bytes()


def _swap(fresh: Path, target: Path) -> None:
    """Put the fresh directory in the target's place; the old one goes only when the new one stands."""
    if not target.exists():
        os.rename(fresh, target)
        return
    old = target.with_name(f".{target.name}.{secrets.token_hex(4)}.old")
    os.rename(target, old)
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
