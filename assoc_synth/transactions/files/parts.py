"""A folder of part files: where a path means one, what the parts are called, and which an earlier write has left."""

from __future__ import annotations

import os
import re
from pathlib import Path


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a path names a folder of part files: it ends in a slash, or there is such a folder.

    Example:
        >>> is_folder("rows/"), is_folder("rows.parquet")
        (True, False)
    """
    return os.fspath(path).endswith(("/", os.sep)) or os.path.isdir(path)


def part_name(number: int, suffix: str, stem: str = "part") -> str:
    """The name of a part, by which parts sort in their order.

    Example:
        >>> part_name(7, ".csv"), part_name(0, ".parquet", "link")
        ('part-00007.csv', 'link-00000.parquet')
    """
    return f"{stem}-{number:05d}{suffix}"


def parts_in(path: str | os.PathLike[str], suffix: str = ".parquet", stem: str = "part") -> list[str]:
    """The names of the parts that an earlier write may have left in a folder."""
    folder, name = Path(path), re.compile(rf"{re.escape(stem)}-\d{{5,}}{re.escape(suffix)}")
    return sorted(one for one in os.listdir(folder) if name.fullmatch(one)) if folder.is_dir() else []
