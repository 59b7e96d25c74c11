"""The files of a checkpoint: safetensors behind a line with their SHA-256, in a folder that holds nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.files.leftovers import sweep

if TYPE_CHECKING:
    from assoc_synth.ctgan.trainer_state import Tensors

FINISHED, RUNNING = "finished", "running"
"""What the finished steps left, and the last epoch of the one that runs."""
MARK = b"assoc-synth checkpoint 1 "


def beside(model: str | os.PathLike[str]) -> Path:
    """Where the training of a model directory is kept.

    Example:
        >>> beside("models/shop").name
        '.shop.training'
    """
    target = Path(model).resolve()
    return target.with_name(f".{target.name}.training")


def spare(place: Path) -> Path:
    """Where a checkpoint goes that its own folder has no room for: among the temporary files, for the user alone."""
    digest = hashlib.sha256(os.fsencode(place.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"assoc-synth-{os.getuid()}" / digest


def check(path: str | os.PathLike[str]) -> None:
    """Refuse a folder for checkpoints that is something else.

    Raises:
        InputError: it is a file, or holds anything but a checkpoint.
    """
    place = Path(path)
    if place.exists() and not place.is_dir():
        raise InputError(f"the checkpoint {str(place)!r} is a file: give the name of a folder")
    foreign = sorted(name for name in os.listdir(place) if not _is_own(name)) if place.is_dir() else []
    if foreign:
        raise InputError(f"the checkpoint {str(place)!r} holds {foreign[0]!r}: give a folder with nothing else in it")


def is_trusted(place: Path, *, make: bool = False) -> bool:
    """Whether a spare folder is the user's own: others may write among the temporary files too.

    Args:
        make: the folder, where there is none.
    """
    with suppress(OSError):
        if make:
            place.parent.mkdir(mode=0o700, exist_ok=True)
        status = place.parent.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return False


def last(place: Path) -> int:
    """When a checkpoint was last written, in nanoseconds; 0 where there is none."""
    if not (place / FINISHED).is_file():
        return 0
    return max(file.stat().st_mtime_ns for file in (place / FINISHED, place / RUNNING) if file.is_file())


def newest(path: str | os.PathLike[str]) -> Path | None:
    """The folder that a training was last kept in, its own or the spare one; None where there is none."""
    places = [Path(path)] + ([spare(Path(path))] if is_trusted(spare(Path(path))) else [])
    found = max(places, key=last)
    return found if last(found) else None


def last_kept(path: str | os.PathLike[str]) -> int:
    """When the training of a folder was last kept, there or in the spare folder; 0 where there is none."""
    place = newest(path)
    return 0 if place is None else last(place)


def content(tensors: Mapping[str, Any], facts: Mapping[str, Any]) -> bytes:
    """The bytes of a file, from tensors and JSON values."""
    from safetensors.torch import save

    kept = save({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, {"training": json.dumps(facts)})
    return MARK + hashlib.sha256(kept).hexdigest().encode() + b"\n" + kept


def put(path: Path, data: bytes) -> str:
    """Write a file, for the user alone; why it could not be written, or ""."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path) as temporary:
            os.chmod(temporary, 0o600)
            temporary.write_bytes(data)
    except (OSError, InputError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


def read(path: Path) -> tuple[Tensors, dict[str, Any]]:
    """The tensors and the facts of a file.

    Raises:
        ModelFileError: it is not what was written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        head, _, rest = path.read_bytes().partition(b"\n")
        if head != MARK + hashlib.sha256(rest).hexdigest().encode():
            raise damaged(path)
        told = json.loads(rest[8 : 8 + int.from_bytes(rest[:8], "little")])["__metadata__"]["training"]
        return load(rest), json.loads(told)
    except (SafetensorError, KeyError, TypeError, ValueError, OSError):
        raise damaged(path) from None


def damaged(path: Path) -> ModelFileError:
    """What is raised about a file that is not what was written."""
    return ModelFileError(f"the checkpoint {path.name!r} is damaged (checksum): leave --resume out to begin anew")


def remove(place: Path) -> None:
    """Remove a checkpoint, and its folder where nothing else is in it."""
    if not place.is_dir():
        return
    with suppress(OSError):
        for name in (FINISHED, RUNNING):
            sweep(place / name, "")
            (place / name).unlink(missing_ok=True)
        place.rmdir()


def _is_own(name: str) -> bool:
    return name in (FINISHED, RUNNING) or name.startswith((f".{FINISHED}.", f".{RUNNING}."))
