"""Numbers that are written as text: how a column writes them is found, and what it writes comes back as it was."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Values
from assoc_synth.transactions.columns.decimals import EXACT, MOST_DECIMALS, decimals_of, rounded
from assoc_synth.transactions.columns.exponents import Exponents, exponents_of
from assoc_synth.transactions.columns.missing_words import MOST_MISSING, missing_word, usual_word, words_said
from assoc_synth.transactions.columns.number_marks import (
    MARKS,
    Affixes,
    Marks,
    common_unit,
    find_affixes,
    find_marks,
    split,
)
from assoc_synth.transactions.stored import Stored

STYLES = ("fixed", "float", "shortest")
FEW = 1_000
NO_AFFIXES = Affixes()


@dataclass(frozen=True)
class NumberFormat(Stored):
    """How a column of text writes numbers.

    Args:
        style: "fixed" (always `decimals` decimals), "float" (such as 3.0 and 2.5) or "shortest" (such as 3 and 2.5).
        decimals: the most decimals that were seen; None if over six in another style than "fixed".
        marks: the decimal mark and the mark between thousands.
        affixes: what stands before and after a number: a currency, signs.
        missing: the word of a missing number; None is an empty cell.
        bare: whether nothing stands before the mark of a number below one, as in .5.
        exponents: how exponents are written where `style` does not say it; None for none.

    Raises:
        InputError: an unknown style or mark, or decimals that cannot be.

    Example:
        >>> price = NumberFormat("fixed", 2, Marks(",", "."), Affixes(after=" €"))
        >>> price.write(np.array([1234.5, -2.0, np.nan]))
        ['1.234,50 €', '-2,00 €', None]
    """

    style: str = "shortest"
    decimals: int | None = None
    marks: Marks = MARKS[0]
    affixes: Affixes = NO_AFFIXES
    missing: str | None = None
    bare: bool = False
    exponents: Exponents | None = None

    def __post_init__(self) -> None:
        most = 30 if self.style == "fixed" else MOST_DECIMALS
        sound = self.decimals is None if self.style != "fixed" else False
        if isinstance(self.decimals, int):
            sound = 0 <= self.decimals <= most
        if self.style not in STYLES or not sound or not isinstance(self.missing, str | None):
            raise InputError(f"a number format has no style {str(self.style)[:60]!r} with {self.decimals} decimals")

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are written."""
        return self.decimals == 0 and self.style != "float"

    def write(self, values: Floats) -> list[str | None]:
        """Numbers as text, rounded to the decimals of the column.

        Args:
            values: float64 (n,); NaN is missing.
        """
        values = np.asarray(values, dtype=np.float64)
        if self.decimals is not None and self.style != "fixed":
            values = rounded(values, self.decimals)
        codes, found = pd.factorize(values)
        texts = np.array([*self._texts(found), self.missing], dtype=object)
        # The two zeros are one number and two texts.
        texts = texts[codes]
        below = np.flatnonzero((values == 0) & np.signbit(values))
        if len(below):
            texts[below] = self._affixed(self._digits(0.0), "-")
        written: list[str | None] = texts.tolist()
        return written

    def _texts(self, values: Iterable[float]) -> list[str]:
        if self.affixes == NO_AFFIXES and self.marks == MARKS[0] and not self.bare and self.exponents is None:
            return [self._plain(float(value)) for value in values]
        texts = []
        for value in map(float, values):
            digits = self._digits(abs(value))
            sign = "0" if not digits.strip("0.,") else "-" if value < 0 else "+"
            texts.append(self._affixed(digits, sign))
        return texts

    def _plain(self, value: float) -> str:
        if self.style == "fixed":
            text = f"{value:.{self.decimals}f}"
            return text.removeprefix("-") if value and text.startswith("-0") and not text.strip("-0.") else text
        text = repr(value + 0.0 if value else 0.0)
        return text if self.style == "float" else text.removesuffix(".0")

    def _digits(self, value: float) -> str:
        plain = self._plain(value) if self.exponents is None else self.exponents.text(value)
        whole, point, decimals = plain.partition(".")
        if self.marks.thousands and whole.isdigit():
            whole = self.marks.grouped(whole)
        if self.bare and whole == "0" and point:
            whole = ""
        return whole + (self.marks.decimal if point else "") + decimals

    def _affixed(self, digits: str, sign: str) -> str:
        before, after = self.affixes.of(sign)
        return before + digits + after

    def shown(self) -> str:
        """An example of how numbers are written."""
        value = 0.5 if self.bare else 123456.0 if self.marks.lakh else 1234.0 if self.whole else 1234.5
        return self._affixed(self._digits(value), "+")

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class NumberText:
    """A column of text, read as numbers.

    Args:
        values: float64 (n,), NaN where missing.
        format: how they are written.
        exact: whether writing every number gives its cell again, character by character.
        notes: remarks for the user.
    """

    values: Floats
    format: NumberFormat
    exact: bool
    notes: tuple[str, ...]

    def write(self, values: Floats) -> list[str | None]:
        """Numbers (n,) as the column writes them."""
        return self.format.write(values)


def read_numbers(texts: pd.Series) -> NumberText | None:
    """Read a column of text as numbers, if writing them gives every cell again.

    One decimal mark, one mark between thousands, one currency, one sign, found in the whole column; a few words for
    missing. Codes that look like numbers stay what they are: leading zeros, phone numbers, versions, over 2^53.

    Args:
        texts: (n,) text, None and NaN missing; `texts.name` is used in notes.

    Returns:
        None if the column is not numeric.

    Example:
        >>> found = read_numbers(pd.Series(["1.234,50", "NA", "-2,00"], name="price"))
        >>> found.values.tolist(), found.write(found.values)
        ([1234.5, nan, -2.0], ['1.234,50', 'NA', '-2,00'])
        >>> read_numbers(pd.Series(["1.10", "1.9", "1.1"])) is None
        True
    """
    read = _read(texts, strict=True)
    return read if read is not None and read.exact else None


def read_asked(texts: pd.Series) -> NumberText | None:
    """Read a column of text that must be numbers: as `read_numbers`, and several ways of writing become one."""
    return _read(texts, strict=False) or _plain_floats(texts)


def _plain_floats(texts: pd.Series) -> NumberText | None:
    """Whatever Python reads as numbers: exponents, blanks, a point without digits on both sides."""
    codes, found = pd.factorize(texts.to_numpy(dtype=object))
    there = np.array([not missing_word(text) for text in found], dtype=bool)
    values = np.full(len(found) + 1, np.nan)
    try:
        values[:-1][there] = [math.nan if "_" in text else float(text) for text in found[there]]
    except ValueError:
        return None
    if not there.any() or np.isnan(values[:-1][there]).any():
        return None
    decimals = decimals_of(values)
    return NumberText(values[codes], NumberFormat("float" if decimals else "shortest", decimals), False, ())


def _read(texts: pd.Series, *, strict: bool) -> NumberText | None:
    codes, found = pd.factorize(texts.to_numpy(dtype=object))
    found = np.asarray(found, dtype=object)
    if not len(found) or not all(isinstance(text, str) for text in found):
        return None
    # A few cells decide about most columns that are no numbers.
    if strict and not _may_be_numbers(found[:FEW]):
        return None
    there = np.array([not missing_word(text) for text in found], dtype=bool)
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    if not there.any() or (strict and counts[~there].sum() > MOST_MISSING * counts.sum()):
        return None
    parsed = _parse_with_unit(found[there], counts[there], strict)
    if parsed is None:
        return None
    numbers, made, exact, told = parsed
    values = np.full(len(found) + 1, np.nan)
    values[:-1][there] = numbers
    words = Counter({str(text): int(count) for text, count in zip(found[~there], counts[~there], strict=True)})
    empty = int((codes < 0).sum())
    made = replace(made, missing=usual_word(words, empty))
    notes = [f"column {str(texts.name)!r}: {note}" for note in (*told, *_notes(made))]
    notes += words_said(str(texts.name), "a number", words, empty=bool(empty), missing=made.missing)
    return NumberText(values[codes], made, exact, tuple(notes))


def _may_be_numbers(texts: Values) -> bool:
    """Whether some distinct texts are numbers or words for missing, or have a unit or exponents."""
    some = [text for text in texts if not missing_word(text)]
    if all(split(text) is not None for text in some):
        return True
    return bool(some) and (common_unit(some, strict=True) != "" or any(True for _ in exponents_of(some)))


Parsed: TypeAlias = tuple[Floats, NumberFormat, bool, list[str]]


def _parse_with_unit(texts: Values, counts: Values, strict: bool) -> Parsed | None:
    """As `_parse`; of numbers with exponents, or with one unit behind all of them, too."""
    parsed = _parse(texts, counts, strict)
    if parsed is not None and parsed[2]:
        return parsed
    with_exponents = _parse_exponents(texts)
    if with_exponents is not None:
        return with_exponents
    unit = common_unit(texts.tolist(), strict=strict) if parsed is None else ""
    if not unit:
        return parsed
    bodies = np.array([*(text[: -len(unit)] for text in texts), None], dtype=object)[:-1]
    parsed = _parse(bodies, counts, strict)
    if parsed is None:
        return None
    numbers, made, exact, told = parsed
    around = made.affixes
    below = None if around.minus_after is None else around.minus_after + unit
    made = replace(made, affixes=replace(around, after=around.after + unit, minus_after=below))
    return numbers, made, exact and _same(made, numbers, texts), told


def _parse_exponents(texts: Values) -> Parsed | None:
    """Numbers of which some have exponents; None if they are not written so."""
    some: list[str] = texts.tolist()
    ways = list(exponents_of(some))
    if not ways:
        return None
    comma = any("," in text for text in some)
    plain = [text.replace("−", "-").replace(",", ".") for text in some]
    numbers = np.array([float(text) for text in plain])
    made = NumberFormat("shortest", None, Marks("," if comma else "."))
    if not np.isfinite(numbers).all():
        return None
    for way in (replace(made, exponents=way) for way in ways):
        if _same(way, numbers[:FEW], texts[:FEW]) and _same(way, numbers, texts):
            return numbers, way, True, []
    return None


def _parse(texts: Values, counts: Values, strict: bool) -> Parsed | None:
    """Distinct texts as numbers, how they are written, whether exactly so, and what to tell."""
    known = _parse_plain(texts)
    if known is None:
        parts = [part for part in map(split, texts) if part is not None]
        affixes = find_affixes(parts, counts, strict=strict) if len(parts) == len(texts) else None
        if affixes is None:
            return None
        cores = [part.digits for part in parts]
        signs = np.array([-1.0 if part.negative else 1.0 for part in parts])
        marks, note = find_marks(cores, strict=strict)
        if marks is None:
            return None
        plain = [marks.plain(core) for core in cores]
        known = signs * np.array([float(core) for core in plain])
        made = NumberFormat("shortest", None, marks, affixes)
    else:
        plain, made, note = texts.tolist(), NumberFormat(), ""
    if strict and (np.abs(known) > EXACT).any():
        return None
    made, exact = _written(texts, known, plain, made)
    return known, made, exact, [note] if note else []


def _parse_plain(texts: Values) -> Floats | None:
    """Texts that are nothing but digits, with a minus and a decimal point at most; None for others."""
    arrow = pa.array(texts, pa.string())
    if not pc.all(pc.match_substring_regex(arrow, r"^-?\d+(\.\d+)?$")).as_py():
        return None
    thousands = pc.all(pc.match_substring_regex(arrow, r"^-?\d+(\.\d{3})?$")).as_py()
    if thousands and pc.any(pc.match_substring(arrow, ".")).as_py():
        return None  # three decimals throughout may be marked thousands
    return np.asarray(arrow.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _written(texts: Values, numbers: Floats, plain: list[str], made: NumberFormat) -> tuple[NumberFormat, bool]:
    """How distinct numbers are written, and whether all of them are written so."""
    places = [len(core.partition(".")[2]) for core in plain if "e" not in core.lower()]
    # Text has no noise: what is tiny is meant.
    tiny = (numbers != 0) & (np.abs(numbers) < 10.0**-MOST_DECIMALS)
    seen = None if tiny.any() else decimals_of(numbers)
    ways = [replace(made, style=style, decimals=seen) for style in ("float", "shortest")]
    most = max(places, default=0)
    if most <= 15 and (seen is not None or len(set(places)) == 1):
        ways.insert(0, replace(made, style="fixed", decimals=most if seen is None else max(most, seen)))
    if any(core.startswith(".") for core in plain):
        ways = [replace(way, bare=True) for way in ways]
    if len(places) < len(plain) / 2:  # codes such as 1e+16
        return ways[0] if seen else ways[-1], False
    for way in ways:
        if _same(way, numbers[:FEW], texts[:FEW]) and _same(way, numbers, texts):
            return way, True
    return ways[0] if seen else ways[-1], False


def _same(way: NumberFormat, numbers: Floats, texts: Values) -> bool:
    return bool(way.write(numbers) == texts.tolist())


def _notes(made: NumberFormat) -> list[str]:
    if made.marks == MARKS[0] and made.affixes == NO_AFFIXES and not made.bare and made.exponents is None:
        return []
    return [f"numbers are written like {made.shown()!r}"]


def first_odd(texts: pd.Series) -> int | None:
    """The position of the first cell that is neither a number nor a word for missing; None if there is none."""
    codes, found = pd.factorize(texts.to_numpy(dtype=object))
    odd: Bools = np.array([split(text) is None and not missing_word(text) for text in found] + [False], dtype=bool)
    return int(np.argmax(odd[codes])) if odd.any() else None
