"""Atomic files of RecBole: NAME/NAME.inter with tabs and a header that types its columns.

Source: RecBole's documentation, "Atomic Files".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assoc_synth.exports.learners.pykeen import cell
from assoc_synth.exports.learners.selection import refuse_missing_words
from assoc_synth.exports.output import put_lines
from assoc_synth.exports.source import Source, names_of, numbers, slices, table_of
from assoc_synth.transactions.arrays import Times
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.table import TransactionTable

CONTENTS = ("*.inter",)
SECOND = 1_000_000_000


def write_recbole(source: Source, path: Path) -> None:
    """Write the folder NAME with NAME.inter: user_id:token, item_id:token, verb:token, and timestamp:float in Unix
    seconds, amount:float if the table has them.

    Args:
        source: table or graph.
        path: the folder; RecBole's `dataset` is its name, and `data_path` the folder around it.

    Raises:
        InputError: a name is one that RecBole takes for a missing value.
    """
    table = table_of(source)
    refuse_missing_words(table, "recbole")
    name = path.resolve().name
    with replacing_directory(path, [f"{name}.inter"]) as folder:
        put_lines(folder / f"{name}.inter", lines(table))


def lines(table: TransactionTable) -> Iterator[str]:
    """The file in pieces: the header, then a line per row."""
    timed, paid = table.time is not None, table.amount is not None
    more = ["timestamp:float"] * timed + ["amount:float"] * paid
    yield "\t".join(["user_id:token", "item_id:token", "verb:token", *more]) + "\n"
    subjects, verbs, objects = (
        [cell(name) for name in names_of(x)] for x in (table.subjects, table.verbs, table.objects)
    )
    for part in slices(len(table)):
        absent = [""] * (part.stop - part.start)
        times = absent if table.time is None else unix_seconds(table.time[part])
        amounts = absent if table.amount is None else [_text(value) for value in numbers(table.amount[part])]
        codes = (column[part].tolist() for column in (table.subject, table.object, table.verb))
        for s, o, v, time, amount in zip(*codes, times, amounts, strict=True):
            cells = [subjects[s], objects[o], verbs[v], *([time] * timed), *([amount] * paid)]
            yield "\t".join(cells) + "\n"


def unix_seconds(time: Times) -> list[str]:
    """Seconds since 1970, with a fraction where there is one; "" where missing.

    Example:
        >>> unix_seconds(np.array(["1970-01-01T00:01", "1970-01-01T00:00:00.5", "NaT"], "datetime64[ns]"))
        ['60', '0.5', '']
    """
    ticks = time.astype("datetime64[ns]").astype(np.int64).tolist()
    missing = np.isnat(time).tolist()
    return ["" if gone else _seconds(tick) for tick, gone in zip(ticks, missing, strict=True)]


def _seconds(tick: int) -> str:
    whole, rest = divmod(abs(tick), SECOND)
    return ("-" if tick < 0 else "") + str(whole) + (f".{rest:09d}".rstrip("0") if rest else "")


def _text(value: float | None) -> str:
    return "" if value is None else repr(value)
