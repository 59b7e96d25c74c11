"""How a graph's file is opened: unpacked if its name ends in .gz, damage and bombs refused in one sentence."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.kinds import check_unpacked

AT_ONCE = 2**20


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked.

    Raises:
        InputError: the file, also later while it is read in the block, is a folder, may not be read, is no whole gzip
            file, or unpacks to far more than its size.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "shop.nt.gz"
        >>> _ = path.write_bytes(gzip.compress(b"<a> <b> <c> ."))
        >>> with opened(path) as file:
        ...     file.read()
        b'<a> <b> <c> .'
    """
    try:
        with _Unpacked(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            yield cast(IO[bytes], file)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path.name!r} is a broken gzip file: it ends early or its content is damaged") from None
    except OSError as error:
        raise InputError(f"{path.name!r} cannot be read: {error.strerror or type(error).__name__}") from None


def content(path: Path) -> bytes:
    """The whole of what `opened` gives.

    Raises:
        InputError: as there.
    """
    with opened(path) as file:
        return b"".join(iter(lambda: file.read(AT_ONCE), b""))


class _Unpacked(gzip.GzipFile):
    """A packed file that counts what it has unpacked."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._file, self._packed, self._seen = path.name, path.stat().st_size, 0

    def read(self, size: int | None = -1) -> bytes:
        return self._counted(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._counted(super().read1(size))

    def _counted(self, part: bytes) -> bytes:
        self._seen += len(part)
        check_unpacked(self._seen, self._packed, self._file)
        return part
