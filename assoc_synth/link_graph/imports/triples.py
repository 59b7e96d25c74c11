"""A file of triples without a header: subject, verb and object in three columns of tabs."""

from __future__ import annotations

import gzip
from pathlib import Path

from assoc_synth.transactions.role_names import obvious

LOOKED_AT = 5_000


def is_triples(path: Path) -> bool:
    r"""Whether a file is such one, by its first lines: three columns, and the first line is like the others.

    It is like the others if its verb, or both of its ends, are there again below, and no cell is the usual name of a
    column.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "nations.tsv"
        >>> _ = path.write_text("uk\texports\tusa\nusa\texports\tuk\n")
        >>> is_triples(path)
        True
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not {".tsv", ".txt"} & set(suffixes[-2:]):
        return False
    try:
        with gzip.open(path, "rt", encoding="utf-8") if suffixes[-1] == ".gz" else path.open(encoding="utf-8") as file:
            lines = [line.rstrip("\r\n").split("\t") for _, line in zip(range(LOOKED_AT), file, strict=False)]
    except (OSError, UnicodeDecodeError, EOFError):
        return False
    if not lines or len(lines[0]) != 3 or len(set(lines[0])) == 1:
        return False
    if any(
        obvious(role, [cell]) is not None for role, cell in zip(("subject", "verb", "object"), lines[0], strict=True)
    ):
        return False
    rest = [line for line in lines[1:] if len(line) == 3]
    if lines[0][1] in {line[1] for line in rest}:
        return True
    ends = {line[0] for line in rest} | {line[2] for line in rest}
    return lines[0][0] in ends and lines[0][2] in ends
