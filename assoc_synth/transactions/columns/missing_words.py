"""What stands for a missing number or time in text: the words, and what is told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MISSING_WORDS = frozenset((
    "", "na", "n/a", "#n/a", "n.a.", "<na>", "nan", "null", "(null)", "\\n", "none", "nat", "nil", "-", "--", "–", "—",
    ".", "?", "k.a.", "#n/d", "#nv", "missing", "unknown", "not available",
))  # fmt: skip
"""What stands for a missing number or time, in lower case and without blanks around it."""
MOST_MISSING = 0.5
"""Words for missing are no more than so large a share of a column's cells that are not empty."""
MOST_WORDS = 12
"""Words for missing that a note names."""


def missing_word(text: str) -> bool:
    """Whether a text stands for a missing number or time.

    Example:
        >>> missing_word(" N/A "), missing_word("0")
        (True, False)
    """
    # Most texts of numbers and times begin with a digit, no word for missing does.
    return not "0" <= text[:1] <= "9" and text.strip().lower() in MISSING_WORDS


def usual_word(words: Counter[str], empty: int) -> str | None:
    """The word that most missing cells have; None where most are empty or none is usual."""
    word, count = max(words.items(), key=lambda item: item[1], default=(None, 0))
    return word if 2 * count > words.total() + empty else None


def words_said(
    column: str, what: str, words: Mapping[str, int], *, empty: bool = False, missing: str | None = None
) -> list[str]:
    """Notes on the words that stand for missing values.

    Args:
        column: its name.
        what: one of the values, such as "a number".
        words: how often each word occurs.
        empty: whether empty cells are beside them.
        missing: the word in which missing values are given back; None is an empty cell.

    Example:
        >>> words_said("price", "a number", {"NA": 3, "-": 1})[0]
        "column 'price': 'NA', '-' mean that a number is missing"
    """
    shown = [repr(word[:20]) for word, _ in Counter(words).most_common()]
    notes = []
    if shown:
        more = f" and {len(shown) - MOST_WORDS} more" if len(shown) > MOST_WORDS else ""
        verb = "means" if len(shown) == 1 else "mean"
        notes.append(f"column {column!r}: {', '.join(shown[:MOST_WORDS])}{more} {verb} that {what} is missing")
    if len(words) + empty > 1:
        back = "as an empty cell" if missing is None else f"as {missing[:20]!r}"
        notes.append(f"column {column!r}: missing values are given back {back}")
    return notes
