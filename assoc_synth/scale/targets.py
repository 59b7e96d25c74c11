"""Where chunks are written: one file, or a folder of Parquet files, which other processes can write as well."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.scale.encoding import Encoded
from assoc_synth.transactions.files.atomic import check_file, replacing, stream
from assoc_synth.transactions.files.directories import check_directory, replacing_directory
from assoc_synth.transactions.files.kinds import kind_of
from assoc_synth.transactions.files.parts import is_folder, part_name, parts_in

__all__ = [
    "FileTarget", "FolderTarget", "check_target", "is_folder", "kind_at", "opened", "parts_in", "put", "size_of",
]  # fmt: skip


def kind_at(path: str | os.PathLike[str]) -> str:
    """The kind of file that is written to a path.

    Raises:
        InputError: the suffix is unknown.
    """
    return "parquet" if is_folder(path) else kind_of(path)


def check_target(path: str | os.PathLike[str]) -> None:
    """Refuse a path that cannot be written to; call it before long work.

    Raises:
        InputError: it holds something else, or its folder is absent or read-only.
    """
    if is_folder(path):
        check_directory(path, parts_in(path))
    else:
        check_file(path)


class FileTarget:
    """One file, to which chunks are appended in their order.

    Args:
        temporary: what is written and takes its name at the end.
        kind: of the file.
    """

    def __init__(self, temporary: Path, kind: str) -> None:
        self.temporary, self.kind = temporary, kind
        self._open = ExitStack()
        self._file: IO[bytes] | None = None
        self._writer: pq.ParquetWriter | None = None

    def begin(self, schema: pa.Schema | None) -> None:
        """An empty file."""
        self.close()
        if self.kind == "parquet":
            self._writer = self._open.enter_context(pq.ParquetWriter(self.temporary, schema))
        else:
            self._file = self._open.enter_context(stream(self.temporary))

    def place(self, number: int) -> Path | None:
        """No place: a chunk is appended here."""
        return None

    def add(self, encoded: Encoded) -> None:
        """The next chunk."""
        if isinstance(encoded, bytes):
            assert self._file is not None, "it has begun"
            self._file.write(encoded)
        else:
            assert self._writer is not None, "it has begun"
            self._writer.write_table(encoded)

    def close(self) -> None:
        """Nothing more comes."""
        self._open.close()
        self._file = self._writer = None


class FolderTarget:
    """A folder with a Parquet file for each chunk, each complete."""

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary

    def begin(self, schema: pa.Schema | None) -> None:
        """An empty folder."""
        for entry in self.temporary.iterdir():
            entry.unlink()

    def place(self, number: int) -> Path | None:
        """The file of a chunk."""
        return self.temporary / part_name(number, ".parquet")

    def add(self, encoded: Encoded) -> None:
        """Nothing: the chunk is in its place."""

    def close(self) -> None:
        """Nothing: every file is closed."""


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[FileTarget | FolderTarget]:
    """A target that takes the place of what is at a path when the block ends without an error.

    Raises:
        InputError: as `check_target`.
    """
    if is_folder(path):
        with replacing_directory(path, parts_in(path)) as temporary:
            yield FolderTarget(temporary)
        return
    with replacing(path) as temporary:
        target = FileTarget(temporary, kind_of(path))
        try:
            yield target
        finally:
            target.close()


def size_of(encoded: Encoded) -> int:
    """Bytes that rows add to a file: of Parquet as they are packed, without what each file has once.

    What few rows repeat less often than many do is packed less well: an upper limit.

    Example:
        >>> size_of(b"tea"), size_of(pa.table({"item": ["tea"] * 100_000})) < 2_000
        (3, True)
    """
    if isinstance(encoded, bytes):
        return len(encoded)
    sizes = []
    for table in (encoded, encoded[:0]):
        file = io.BytesIO()
        pq.write_table(table, file)
        sizes.append(file.tell())
    return sizes[0] - sizes[1]


def put(encoded: Encoded, place: Path) -> int:
    """Write the file of a chunk; a second try writes the same again. Its size in bytes.

    Raises:
        InputError: it is no Parquet.
    """
    if isinstance(encoded, bytes):
        raise InputError("a folder holds Parquet files: give a path that ends in .csv for one file of text")
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    pq.write_table(encoded, beside)
    os.replace(beside, place)
    return place.stat().st_size
