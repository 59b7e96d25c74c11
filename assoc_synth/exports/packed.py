"""Opening the file that a stream of bytes goes to."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """An open file, packed where its name ends in .gz; neither its name nor the time of day is part of its bytes."""
    with open(path, "wb") as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            yield cast(IO[bytes], packed)
