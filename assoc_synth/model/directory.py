"""A model directory: a few plain files and a manifest with a SHA-256 per file, written whole and read with distrust.

::

    config.json            format version, package version, schema, hyperparameters, seeds
    weights.safetensors    both generators, with the weights of all three stages (see `ctgan`)
    vocabulary.parquet     verbs and objects; never subjects
    reference.parquet      aggregate statistics: degree histograms and what the gate needs
    README.md              what this model is, for people
    manifest.json          SHA-256 of each of the above, and a seal: that of the manifest itself
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model import migration
from assoc_synth.model.named import MANIFEST, located
from assoc_synth.transactions.arrays import Values
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.files.locks import reserved

FORMAT_VERSION = migration.LATEST
FILES = ("config.json", "weights.safetensors", "vocabulary.parquet", "reference.parquet", "README.md")
CARD = "README.md"
CONTENTS = (*FILES, MANIFEST, migration.CARD)
"""Every name that this or an earlier version writes."""
MAX_BYTES = {MANIFEST: 2**20, "README.md": 2**20, "config.json": 2**27, "weights.safetensors": 2**34}
SEALED = 7
"""The oldest format version whose manifest has a seal: else one flipped bit would make it a manifest of another one."""
MAX_PARQUET = 2**32
"""Bytes of a Parquet file, packed and unpacked."""
SMALL_PARQUET, MOST_PACKED = 2**26, 256
"""Bytes that any Parquet file may unpack to, and bytes for each byte of a larger one."""
MOST_VALUES, MOST_VALUES_OF_NAMES = 200_000, 50
"""Values that a JSON file may hold, and as many more for each name of the vocabulary."""
MOST_ARRAYS = 10_000
"""Arrays that the gate's reference may have: some hundred are usual."""
MOST_REPLACED = 20
"""How many times a directory may be replaced while it is read."""


def is_model(path: str | os.PathLike[str]) -> bool:
    """Whether there is a model directory at `path`."""
    return (Path(path) / MANIFEST).is_file()


def check_target(path: str | os.PathLike[str]) -> None:
    """Refuse a wrong path before the training, not after it.

    Raises:
        InputError: something else is at `path`, or the folder around it cannot be written to.
    """
    target = Path(path).resolve()
    if target.exists() and not is_model(target) and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target.name!r} exists and is not a model directory: choose another path for the model")
    foreign = sorted({entry.name for entry in target.iterdir()} - set(CONTENTS)) if target.exists() else []
    if foreign:
        raise InputError(f"{target.name!r} holds {foreign[0]!r}, which would be lost: move it or choose another path")
    around = next(folder for folder in target.parents if folder.exists())
    if not around.is_dir() or not os.access(around, os.W_OK):
        raise InputError(f"no model can be written to {str(path)!r}: {str(around)!r} is not a folder to write in")


def write_files(path: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write a model directory: all of it or nothing; a model that is there already is replaced.

    Raises:
        InputError: `path` is something else than a model directory, or cannot be written.
    """
    check_target(path)
    target = Path(path).resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with reserved(target), replacing_directory(target, CONTENTS) as fresh:
            for name, data in [*files.items(), (MANIFEST, to_json(manifest_of(files)))]:
                (fresh / name).write_bytes(data)
    except OSError as error:
        raise InputError(f"the model cannot be written to {target.name!r}: {error.strerror}") from None


def read_files(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """The files of a model directory, each checked against the manifest before anything is made of it.

    While another process replaces the directory, these are all of the old one or all of the new one.

    Args:
        path: the directory, or the name of a model that comes with the package where there is nothing at this path.

    Raises:
        ModelFileError: a file is missing, too large or not the one that was written, or the format is another version.
    """
    target = located(path)
    for _ in range(MOST_REPLACED):
        try:
            folder = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            raise ModelFileError(f"there is no model directory {target.name!r}") from None
        try:
            return _read_files(folder)
        except ModelFileError:
            if _is_at(folder, target):
                raise
        finally:
            os.close(folder)
    raise ModelFileError(f"{target.name!r} is replaced again and again: try once more when no process writes it")


def _is_at(folder: int, target: Path) -> bool:
    """Whether an open directory is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(folder), target.stat())
    except FileNotFoundError:
        return False


def _read_files(folder: int) -> dict[str, bytes]:
    """The files of an open directory: a new one of the same name does not mix with it."""
    manifest = parse_json(_bytes(folder, MANIFEST), MANIFEST)
    version, sums = manifest.get("format_version"), manifest.get("sha256")
    if not isinstance(version, int) or version not in range(migration.OLDEST, FORMAT_VERSION + 1):
        known = f"{migration.OLDEST} to {FORMAT_VERSION}"
        found = f"the model has format version {str(version)[:20]}, this package reads {known}"
        raise ModelFileError(f"{found}: fit it again, or use the package that wrote it")
    card = migration.CARD if version == migration.OLDEST else CARD
    names = (*(name for name in FILES if name != CARD), card)
    seal = _seal(version, sums) if version >= SEALED else None
    if not isinstance(sums, dict) or set(sums) != set(names) or manifest.get("seal") != seal:
        raise ModelFileError("manifest.json does not list the files of a model: restore the directory or fit again")
    files = {name: _bytes(folder, name) for name in names}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != sums[name]:
            raise ModelFileError(f"{name} is not the file that was written (checksum): restore it or fit again")
    return files | {CARD: files[card]}


def manifest_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest of the files of a model directory."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return {"format_version": FORMAT_VERSION, "sha256": sums, "seal": _seal(FORMAT_VERSION, sums)}


def _seal(version: object, sums: object) -> str:
    return hashlib.sha256(json.dumps([version, sums], sort_keys=True).encode()).hexdigest()


def parse_json(data: bytes, name: str, names: int = 0) -> dict[str, Any]:
    """A JSON object.

    Args:
        names: of the vocabulary that it goes with.

    Raises:
        ModelFileError: it is something else, has a key twice, or holds more values than such a model needs.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES + MOST_VALUES_OF_NAMES * names:
        raise ModelFileError(f"{name} holds more values than any model: restore it or fit again")
    try:
        value = json.loads(data, object_pairs_hook=_distinct, parse_constant=_no_number)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} is not a JSON object: restore it or fit again")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def to_json(value: Mapping[str, Any]) -> bytes:
    """A JSON object, readable, with its keys in the order given.

    Raises:
        ValueError: it holds a number that JSON does not have, such as NaN.
    """
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def vocabulary_bytes(verbs: pd.Index, objects: pd.Index) -> bytes:
    """Names of verbs and objects by code, as Parquet: kind, name as text, and type: text, integer or boolean."""
    names = [*verbs, *objects]
    columns = [
        ["verb"] * len(verbs) + ["object"] * len(objects),
        [str(name) for name in names],
        [_type_of(n) for n in names],
    ]
    return _parquet(pa.table(columns, schema=_VOCABULARY))


def parse_vocabulary(data: bytes) -> tuple[pd.Index, pd.Index]:
    """Inverse of `vocabulary_bytes`: verbs and objects.

    Raises:
        ModelFileError: it is something else.
    """
    table = _read_parquet(data, "vocabulary.parquet", _VOCABULARY)
    if table.num_rows > 2 * pc.count_distinct(table["name"]).as_py():  # of verbs and of objects
        raise ModelFileError("vocabulary.parquet holds a name twice: restore it or fit again")
    rows = table.to_pylist()
    try:
        named: dict[str, list[Any]] = {"verb": [], "object": []}
        for row in rows:
            named[row["kind"]].append(_CASTS[row["type"]](row["name"]))
    except (KeyError, TypeError, ValueError):
        raise ModelFileError("vocabulary.parquet holds a name of no known kind: restore it or fit again") from None
    verbs, objects = (pd.Index(found) for found in named.values())
    if not (verbs.is_unique and objects.is_unique):
        raise ModelFileError("vocabulary.parquet holds a name twice: restore it or fit again")
    return verbs, objects


def arrays_bytes(arrays: Mapping[str, Values]) -> bytes:
    """Named arrays of numbers as Parquet: name, dtype, shape, values."""
    real = {name: array.dtype.kind == "f" for name, array in arrays.items()}
    columns = [
        list(arrays),
        ["float64" if real[name] else "int64" for name in arrays],
        [list(array.shape) for array in arrays.values()],
        [None if real[name] else array.ravel().astype(np.int64) for name, array in arrays.items()],
        [array.ravel().astype(np.float64) if real[name] else None for name, array in arrays.items()],
    ]
    return _parquet(pa.table(columns, schema=_ARRAYS), numbers=("floats.list.element",))


def parse_arrays(data: bytes) -> dict[str, Values]:
    """Inverse of `arrays_bytes`.

    Raises:
        ModelFileError: it holds anything else.
    """
    table = _read_parquet(data, "reference.parquet", _ARRAYS)
    if table.num_rows > MOST_ARRAYS:
        raise ModelFileError("reference.parquet holds more arrays than any model: restore it or fit again")
    arrays: dict[str, Values] = {}
    for row in range(table.num_rows):
        values = table["floats" if table["dtype"][row].as_py() == "float64" else "integers"][row].values
        try:
            flat = values.to_numpy(zero_copy_only=False)
            shape = tuple(table["shape"][row].as_py())
            if any(size < 0 for size in shape):  # NumPy would work one out
                raise ValueError
            arrays[table["name"][row].as_py()] = flat.reshape(shape).copy()
        except (ValueError, AttributeError, TypeError):
            raise ModelFileError("reference.parquet holds an array that does not fit its shape: fit again") from None
    return arrays


_VOCABULARY = pa.schema([("kind", pa.string()), ("name", pa.string()), ("type", pa.string())])
_ARRAYS = pa.schema(
    [
        ("name", pa.string()),
        ("dtype", pa.string()),
        ("shape", pa.list_(pa.int64())),
        ("integers", pa.list_(pa.int64())),
        ("floats", pa.list_(pa.float64())),
    ]
)
_CASTS: dict[str, Any] = {"text": str, "integer": int, "boolean": lambda text: text == "True"}


def _type_of(name: object) -> str:
    if isinstance(name, bool | np.bool_):
        return "boolean"
    return "integer" if isinstance(name, int | np.integer) else "text"


def _parquet(table: pa.Table, numbers: tuple[str, ...] = ()) -> bytes:
    """The file; of `numbers`, which hardly repeat, the first bytes lie together, then the second: a third less."""
    sink = io.BytesIO()
    texts = [field.name for field in table.schema if field.type == pa.string()]
    pq.write_table(table, sink, compression="zstd", use_dictionary=texts, use_byte_stream_split=list(numbers) or False)
    return sink.getvalue()


def _read_parquet(data: bytes, name: str, schema: pa.Schema) -> pa.Table:
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        metadata = file.metadata
        if metadata.schema.to_arrow_schema().remove_metadata() != schema:
            raise ModelFileError(f"{name} has other columns than a model's: restore it or fit again")
        # What Arrow says of a column ends the process where it is damaged; what goes through its values says so first.
        file.scan_contents()
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        cells = sum(group.column(at).num_values for group in groups for at in range(group.num_columns))
        most = min(MAX_PARQUET, max(SMALL_PARQUET, MOST_PACKED * len(data)))
        if max(sum(group.total_byte_size for group in groups), 8 * cells) > most:
            raise ModelFileError(f"{name} unpacks to more than {most:,} bytes: no model of its size does")
        texts = [field.name for field in schema if field.type == pa.string()]
        table = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts).read().unify_dictionaries().combine_chunks()
        if sum(_expanded(table[text]) for text in texts) > most:
            raise ModelFileError(f"{name} unpacks to more than {most:,} bytes: no model of its size does")
        return table.cast(schema).combine_chunks()
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise ModelFileError(f"{name} is not a sound Parquet file: restore it or fit again") from None


def _expanded(column: pa.ChunkedArray) -> int:
    """Bytes of a column of text once each cell is written out: one long text may stand in a million cells."""
    return sum(
        pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0 for chunk in column.chunks
    )


def _bytes(folder: int, name: str) -> bytes:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            raise ModelFileError(f"{name} is missing from the model directory: restore it or fit again") from None
        raise ModelFileError(f"{name} cannot be read: {error.strerror or type(error).__name__}") from None
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{name} is missing from the model directory: restore it or fit again")
        if status.st_size > MAX_BYTES.get(name, MAX_PARQUET):
            raise ModelFileError(f"{name} is too large: no file of a model is")
        try:
            return file.read()
        except OSError as error:
            raise ModelFileError(f"{name} cannot be read: {error.strerror or type(error).__name__}") from None
