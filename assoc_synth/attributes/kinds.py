"""What a column is: constant, category, number, date, identifier, free text or empty. Each rule has its reason."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times, Values
from assoc_synth.transactions.columns.new_names import invented
from assoc_synth.transactions.columns.number_codes import CODE_WORDS, ID_WORDS, are_codes, are_years, words_of
from assoc_synth.transactions.columns.times import TimeFormat, read_times

KINDS = ("constant", "category", "number", "date", "identifier", "text", "empty")
FEWEST, NEARLY = 20, 0.9
"""A column identifies groups if there are more than `FEWEST` and at least the share `NEARLY` has a value of its own."""
SHORT, FEWEST_REPEATS, FEW_REPEAT, MANY_REPEAT = 8, 3, 0.01, 0.2
"""Codes of at most so many characters are shared if so many subjects, and this share of them, have one that another
one has; of longer ones, such as phone numbers, whose slips and households repeat, many must."""
FEWEST_CODES, REPEATED = 50, 0.7
"""Whole numbers are codes of categories if at least this many differ, and fewer than this share of those that chance
would make in their range."""
LONG, PER_WORD, PER_NOTE = 3.0, 2, 5
"""Words of an average cell from which it is a note, and cells per different value that a category has at least."""
ONE_SUBJECT, SHARED = 0.9, 0.5
"""Shares of the different values: of one subject each, from which they belong to subjects; of several, from which they
belong to nobody."""
WORD = re.compile(r"[^\W\d_]{4,}")


def is_text(column: pd.Series) -> bool:
    """Whether the cells are texts, also as categories."""
    return pd.api.types.infer_dtype(uncategorised(column).dropna(), skipna=True) == "string"


def uncategorised(column: pd.Series) -> pd.Series:
    """The cells themselves, also of a column that is stored as categories."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    whole = column.notna().all()
    return column.astype(column.cat.categories.dtype if whole else object)


def is_number(column: pd.Series) -> bool:
    """Whether the cells are numbers; truth values are none."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def as_floats(column: pd.Series) -> Floats:
    """(n,) numbers, NaN where missing."""
    return np.asarray(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), np.float64)


def are_infinite(column: pd.Series) -> Bools:
    """Which cells are infinite numbers, also among texts: (n,)."""
    cells = uncategorised(column)
    if is_number(cells):
        return np.isinf(as_floats(cells))
    if pd.api.types.infer_dtype(cells, skipna=True) not in (
        "floating",
        "mixed",
        "mixed-integer-float",
        "mixed-integer",
    ):
        return np.zeros(len(cells), bool)
    return np.array([isinstance(cell, float | np.floating) and bool(np.isinf(cell)) for cell in cells], bool)


def is_whole(column: pd.Series) -> bool:
    """Whether the cells are whole numbers from 0 on, exactly; also such as missing cells have made floats."""
    if not is_number(column) or not column.notna().any():
        return False
    if pd.api.types.is_integer_dtype(column.dtype):
        return bool(column.min() >= 0)
    known = as_floats(column)
    known = known[~np.isnan(known)]
    return bool((known == np.rint(known)).all() and known.min() >= 0 and known.max() <= 2**53)


def read_dates(column: pd.Series) -> tuple[Times, TimeFormat] | None:
    """A column of dates and how they are written; None where it is none."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "fb" or isinstance(column.dtype, pd.CategoricalDtype) or not column.notna().any():
        return None
    try:
        times, made, _ = read_times(column)
    except InputError:
        return None
    days = made.style == "digits" and "%d" in made.pattern  # years alone are numbers
    return None if made.style == "epoch" or (kind in "iu" and not days) else (times, made)


def identifies(column: pd.Series, group: Ints, subject: Values | None = None) -> bool:
    """Whether nearly every group has a value of its own: whole numbers that count nothing, codes, or names.

    Args:
        subject: (n,) whose each row is; codes that several subjects have identify nobody.
    """
    column = uncategorised(column)
    inside = (group >= 0) & column.notna().to_numpy()
    known = column[inside]
    groups = len(np.unique(group[inside]))
    distinct = known.drop_duplicates()
    if groups <= FEWEST or len(distinct) <= NEARLY * groups:
        return False
    if subject is not None and are_shared_codes(column, subject):
        return False
    if is_whole(known):
        return are_codes(np.sort(distinct.to_numpy(dtype=np.int64)), str(column.name))
    return is_text(known) and _are_names([str(text) for text in distinct])


def are_shared_codes(column: pd.Series, subject: Values) -> bool:
    """Whether codes repeat over subjects, as postal codes do: they are categories, however many there are.

    Example:
        >>> code = pd.Series([f"{number:05d}" for number in [*range(90), *range(10)]])
        >>> are_shared_codes(code, np.arange(100)), are_shared_codes(code, np.append(np.arange(90), np.arange(10)))
        (True, False)
    """
    column, words = uncategorised(column), words_of(str(column.name))
    known, whole = column.notna().to_numpy(), is_whole(column)
    if not known.any() or words & ID_WORDS or not (is_text(column) or (whole and words & CODE_WORDS)):
        return False
    cells = as_floats(column)[known].astype(np.int64).astype(str) if whole else column[known].astype(str).to_numpy()
    code, found = pd.factorize(cells)
    distinct = [str(text) for text in found]
    if sum(WORD.search(text) is not None for text in distinct) > (1 - NEARLY) * len(distinct):
        return False
    pairs = pd.DataFrame({"code": code, "subject": subject[known]}).drop_duplicates()
    shared = int((pairs.groupby("code")["subject"].transform("size") > 1).sum())
    subjects = pairs["subject"].nunique()
    short = max(map(len, distinct)) <= SHORT
    return shared >= FEWEST_REPEATS and shared >= (FEW_REPEAT if short else MANY_REPEAT) * subjects


def belongs_to_subjects(column: pd.Series, subject: Values) -> bool:
    """Whether nearly every text belongs to one subject alone, as the number of a device does."""
    known = column.notna().to_numpy()
    if not known.any() or not is_text(column):
        return False
    pairs = pd.DataFrame({"value": uncategorised(column)[known].astype(str), "subject": subject[known]})
    subjects = pairs.groupby("value")["subject"].nunique()
    many = len(subjects) > FEWEST and pairs["subject"].nunique() > FEWEST and not are_shared_codes(column, subject)
    return bool(many and (subjects == 1).mean() > ONE_SUBJECT and _are_names(subjects.index.tolist()))


def are_shared(column: pd.Series, subject: Values) -> bool:
    """Whether most of the short texts of a column are of several subjects each, as cities are: they identify nobody."""
    known = column.notna().to_numpy()
    if not known.any() or not is_text(column) or _words_per_cell(column) >= LONG:
        return False
    pairs = pd.DataFrame({"value": uncategorised(column)[known].astype(str), "subject": subject[known]})
    return bool((pairs.groupby("value")["subject"].nunique() > 1).mean() > SHARED)


def are_categories(column: pd.Series, groups: int) -> bool:
    """Whether values repeat: fewer different ones than half of the groups, a fifth where they are long."""
    known = column.dropna()
    distinct = known.nunique()
    words = _words_per_cell(column) if is_text(column) else 1.0
    return bool(distinct <= max(groups // (PER_NOTE if words >= LONG else PER_WORD), 1))


def _words_per_cell(column: pd.Series) -> float:
    return float(column.dropna().astype(str).str.count(" ").mean()) + 1


def are_code_numbers(column: pd.Series, group: Ints) -> bool:
    """Whether whole numbers are codes that repeat, such as postal codes, and no quantity."""
    if not is_whole(column):
        return False
    inside = (group >= 0) & column.notna().to_numpy()
    first = np.unique(group[inside], return_index=True)[1]
    values = as_floats(column[inside])[first].astype(np.int64)
    distinct = np.unique(values)
    words = words_of(str(column.name))
    if words & CODE_WORDS:
        return len(distinct) <= max(len(values) // PER_WORD, 1)
    width = len(str(distinct[-1]))
    even = len(str(distinct[0])) == width >= 4 and np.gcd.reduce(distinct) == 1
    if not even or len(distinct) < FEWEST_CODES or are_years(distinct):
        return False
    size = int(distinct[-1] - distinct[0]) + 1
    expected = size * -np.expm1(-len(values) / size)
    return bool(len(distinct) < REPEATED * expected)


def _are_names(texts: list[str]) -> bool:
    """Whether texts are codes without words, or names of people."""
    worded = [any(map(str.isspace, text)) and WORD.search(text) is not None for text in texts]
    return sum(worded) <= (1 - NEARLY) * len(texts) or invented(texts) is not None
