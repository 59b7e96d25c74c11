"""A file of triples without a header: subject, verb and object in three columns of tabs."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.opening import opened
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES
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
        with opened(path) as file:
            text = io.TextIOWrapper(file, encoding="utf-8")
            read = islice(iter(lambda: text.readline(MAX_CELL_BYTES), ""), LOOKED_AT)
            lines = [line.rstrip("\r\n").split("\t") for line in read]
    except (InputError, UnicodeDecodeError):
        # The reader of tables says what is wrong with it.
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
