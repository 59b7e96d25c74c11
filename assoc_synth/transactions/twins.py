"""Names that differ only in blanks, case or how their characters are encoded: told, or merged on request."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.columns.names import Names

INVISIBLE = r"[\x{00AD}\x{200B}-\x{200F}\x{2060}\x{FEFF}]"
"""Soft hyphens, zero-width characters and marks of direction."""
BLANKS = r"[\s\x{0085}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+"
SHOWN = 3


@dataclass(frozen=True, eq=False)
class Twins:
    """Names of a column that look alike.

    Args:
        group: int64 (names,) a number for each name; twins share it.
        rows: int64 (names,) in how many rows each name is.
        kept: int64 (names,) the most frequent name of each one's group, the first by its text among equals.
    """

    group: Ints
    rows: Ints
    kept: Ints

    @classmethod
    def of(cls, names: pd.Index, codes: Ints) -> Twins | None:
        """The twins among names; None if there are none.

        Args:
            names: (names,) distinct.
            codes: int64 (rows,) positions in them, -1 where missing.
        """
        group = _groups(names)
        if group is None:
            return None
        rows = np.bincount(codes[codes >= 0], minlength=len(names)).astype(np.int64)
        order = np.lexsort((np.arange(len(names)), -rows, group))
        first = np.r_[True, np.diff(group[order]) != 0]
        kept = np.empty(group.max() + 1, np.int64)
        kept[group[order[first]]] = order[first]
        return cls(group, rows, kept[group])

    @property
    def num_twins(self) -> int:
        """How many names look like a more frequent one."""
        return int((self.kept != np.arange(len(self.kept))).sum())

    def examples(self, names: pd.Index) -> list[str]:
        """The groups with the most rows outside their most frequent spelling, each as its spellings with their rows."""
        others = np.where(self.kept == np.arange(len(names)), 0, self.rows)
        weight = np.bincount(self.group, weights=np.maximum(others, 0))
        has_twin = np.bincount(self.group) > 1
        found = [number for number in np.argsort(-weight, kind="stable") if has_twin[number]][:SHOWN]
        return [self._example(names, np.flatnonzero(self.group == number)) for number in found]

    def _example(self, names: pd.Index, members: Ints) -> str:
        ordered = members[np.argsort(-self.rows[members], kind="stable")][:SHOWN]
        return ", ".join(f"{ascii_shown(names[at])} ({self.rows[at]:,})" for at in ordered)


def treat_twins(names: Names, column: str, *, merge: bool, private: bool) -> Names:
    """The names with a note on twins, or with twins merged to their most frequent spelling.

    Args:
        names: of the column.
        column: its name, for the note.
        merge: merge them.
        private: whether the names are persons', which no note shows.

    Example:
        >>> from assoc_synth.transactions.columns.names import read_names
        >>> made = treat_twins(read_names(pd.Series(["tea", "Tea ", "tea"])), "item", merge=True, private=False)
        >>> made.names.tolist(), made.codes.tolist()
        (['tea'], [0, 0, 0])
    """
    twins = Twins.of(names.names, names.codes)
    if twins is None:
        return names
    shown = "" if private else f": {'; '.join(twins.examples(names.names))}"
    done = "they are merged to the most frequent" if merge else "they are kept apart; --normalise-names merges them"
    what = f"column {column!r}: {twins.num_twins:,} names differ from another one only in blanks, case or encoding"
    noted = replace(names, notes=(*names.notes, f"{what}{shown}: {done}"))
    if not merge:
        return noted
    used = np.unique(twins.kept)
    number = np.full(len(names.names) + 1, -1, np.int64)
    number[:-1] = np.searchsorted(used, twins.kept)
    return replace(noted, codes=number[names.codes], names=names.names[used])


def ascii_shown(name: object) -> str:
    """A name in quotes, cut at 40 characters, in which what cannot be seen is written out.

    Example:
        >>> ascii_shown("caf\\u0065\\u0301\\u200b"), ascii_shown("Käse ")
        ("'cafe\\\\u0301\\\\u200b'", "'Käse '")
    """
    text = str(name)[:40]
    seen = "".join(ch if ch.isalnum() or 32 <= ord(ch) < 127 else ascii(ch)[1:-1] for ch in text)
    return f"'{seen}'"


def _groups(names: pd.Index) -> Ints | None:
    """A number for each name, the same for names that look alike; None if no two do, or they are no text."""
    if names.dtype != object or len(names) < 2 or not isinstance(names[0], str):
        return None
    try:
        text = pa.array(names.to_numpy(), type=pa.large_string())
    except (pa.ArrowException, UnicodeEncodeError, TypeError):
        return None
    plain = pc.utf8_normalize(text, form="NFKC")
    plain = pc.replace_substring_regex(plain, pattern=INVISIBLE, replacement="")
    plain = pc.replace_substring_regex(plain, pattern=BLANKS, replacement=" ")
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(plain))
    # What is nothing but invisible is no twin of anything but itself.
    coded = pc.if_else(pc.equal(plain, ""), text, plain).dictionary_encode()
    if len(coded.dictionary) == len(names):
        return None
    return np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
