"""Whole numbers that identify something or are codes, and no quantity."""

from __future__ import annotations

import re

import numpy as np

from assoc_synth.transactions.arrays import Ints

ID_WORDS = frozenset((
    "id", "ids", "uid", "uuid", "guid", "key", "nr", "num", "number", "nummer", "numero", "record", "mrn", "ssn",
    "account", "konto", "iban", "phone", "tel", "telefon", "mobile", "fax", "imei", "serial", "ref", "reference",
    "invoice", "ticket",
))  # fmt: skip
CODE_WORDS = frozenset(("zip", "zipcode", "plz", "postcode", "postal", "postleitzahl", "cp", "code", "codes"))
"""Words of a column's name that say that its whole numbers identify something, or are codes."""
DENSE, FEWEST_DENSE = 0.3, 50
"""Whole numbers count things off if there are at least this many and they fill this share of their range."""
WIDE, VERY_WIDE, UNEVEN = 7, 9, 0.15
"""Digits, all numbers having as many, from which evenly spread numbers, and from which any, are codes."""
YEARS = (1000, 2100)


def are_codes(distinct: Ints, name: str) -> bool:
    """Whether distinct whole numbers, ascending, are numbers of things: sums, years and salaries are none.

    Args:
        distinct: (n,), from 0 on; name: the column's, whose words may say so.

    Example:
        >>> are_codes(np.arange(1, 200), "x"), are_codes(np.array([21_300, 40_120, 95_777]), "income")
        (True, False)
    """
    if words_of(name) & (ID_WORDS | CODE_WORDS):
        return True
    if np.gcd.reduce(distinct) > 1 or are_years(distinct):
        return False
    low, high = int(distinct[0]), int(distinct[-1])
    if len(distinct) >= FEWEST_DENSE and len(distinct) >= DENSE * (high - low + 1):
        return True
    width = len(str(high))
    if len(str(low)) != width or width < WIDE:
        return False
    share = (distinct - 10 ** (width - 1)) / (9 * 10 ** (width - 1))
    gap = np.abs(share - np.linspace(0, 1, len(share))).max()
    return width >= VERY_WIDE or bool(gap < UNEVEN)


def are_years(distinct: Ints) -> bool:
    """Whether numbers (n,), ascending, may be years."""
    return YEARS[0] <= int(distinct[0]) and int(distinct[-1]) <= YEARS[1]


def words_of(name: str) -> set[str]:
    """The words of a column's name."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return set(re.split(r"[\W_\d]+", spaced.lower()))
