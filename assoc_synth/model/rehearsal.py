"""A rehearsal of a save, before the training: whatever would fail at its end fails now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.model.directory import CONTENTS, check_target, to_json, vocabulary_bytes
from assoc_synth.transactions.files.atomic import flush
from assoc_synth.transactions.files.leftovers import owned, sweep, temporary_beside
from assoc_synth.transactions.table import TransactionTable

OF_ANY, OF_AN_OBJECT = 6 * 2**20, 8 * 2**10
"""Bytes of a model: of any, and of each object beyond. Stored models have 5 MB with 160 objects, 17 MB with 2,100."""
_SUFFIX = ".rehearsal"


def rehearse(path: str | os.PathLike[str], table: TransactionTable) -> None:
    """Write a directory as large as the model will be beside its path, rename it and remove it.

    Raises:
        InputError: the path is taken or cannot be written to, or its disk is too full or its quota too small; or a name
            of the table cannot be stored.

    Example:
        >>> import tempfile
        >>> from assoc_synth.datasets import toy_shop
        >>> folder = Path(tempfile.mkdtemp())
        >>> rehearse(folder / "models" / "shop", toy_shop(subjects=30))
        >>> list(folder.iterdir())
        []
    """
    check_target(path)
    vocabulary_bytes(table.verbs, table.objects), to_json({"table": table.format.to_dict()})
    target, size = Path(path).resolve(), expected_bytes(len(table.objects))
    around = next(folder for folder in target.parents if folder.exists())
    try:
        sweep(around / target.name, _SUFFIX)
        _write(around / target.name, size)
    except PermissionError:
        raise InputError(f"no model can be written to {str(path)!r}: permission denied; choose another path") from None
    except OSError as error:
        raise InputError(
            f"no model of about {size / 2**20:,.0f} MB can be written to {str(path)!r}: {error.strerror}; make room or "
            "choose another path"
        ) from None


def expected_bytes(objects: int) -> int:
    """About how many bytes a model of so many objects takes.

    Example:
        >>> expected_bytes(2_000) // 2**20
        21
    """
    return OF_ANY + objects * OF_AN_OBJECT


def _write(target: Path, size: int) -> None:
    """A directory of this size, under two names one after the other; it is gone afterwards."""
    places = [temporary_beside(target, _SUFFIX) for _ in range(2)]
    try:
        places[0].mkdir()
        with owned(places[0]):
            for name in CONTENTS:
                with open(places[0] / name, "wb") as file:
                    if name == CONTENTS[1]:
                        _reserve(file.fileno(), size)
            flush(places[0] / CONTENTS[1])
            places[0].rename(places[1])
            flush(places[1])
    finally:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


def _reserve(handle: int, size: int) -> None:
    """Blocks of the disk for a file, without writing them where the file system can."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
    else:  # macOS
        os.write(handle, b"\0" * size)
