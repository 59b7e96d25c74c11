"""What stands around and within a number that is written as text: currencies, signs, decimal and thousands marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assoc_synth.errors import InputError
from assoc_synth.transactions.stored import Stored

MINUS = "-−"
BLANKS = " \u00a0\u202f\u2009"
_SYMBOL = r"[A-Z]{0,3}[$¢£¤¥฿﷼\u20a0-\u20cf]"
_CODE = (
    "EUR|USD|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|ILS|ZAR|BRL|MXN|ARS|CLP|COP|"
    r"PEN|KRW|THB|SGD|HKD|TWD|MYR|IDR|PHP|VND|AED|SAR|EGP|NGN|KES|kr\.?|zł|Kč|Ft|lei|Fr\.|Rs\.?|[Ee]uro"
)
_UNIT = rf"(?:{_SYMBOL}|[%‰]|{_CODE})"
_SIGN = rf"[+{re.escape(MINUS)}]"
_AROUND = rf"(?:{_SIGN}[{BLANKS}]?)?(?:{_UNIT}[{BLANKS}]?)?(?:{_SIGN}[{BLANKS}]?)?"
_BEHIND = rf"(?:[{BLANKS}]?{_SIGN})?(?:[{BLANKS}]?{_UNIT})?(?:[{BLANKS}]?{_SIGN})?"
_DIGITS = rf"\d(?:[\d.,'’{BLANKS}]*\d)?(?:e[+-]\d{{2,3}})?|[.,]\d+"
_NUMBER = re.compile(rf"(?P<before>\(?{_AROUND})(?P<digits>{_DIGITS})(?P<after>{_BEHIND}\)?)")
_WORD = r"[A-Za-zµμΩ]{1,12}[²³]?\.?(?:/[A-Za-z]{1,8}[²³]?)?"
_BEHIND_DIGITS = re.compile(rf"(?<=[\d)])[{BLANKS}]?(?:{_WORD}|°[CF]?|['\"′″])$")
_ORDINALS = frozenset(("st", "nd", "rd", "th", "e", "er", "ème"))
LONG_CODE = 4
CAPITALS = "CFGKMVW"
"""Letters that are units directly behind a number; others, as in 12A, make a code of it."""
_GROUPED = r"\d{1,3}(?:T\d{3})+"
_GROUPED_BY_TWO = r"\d{1,2}(?:T\d\d)*T\d{3}"


@dataclass(frozen=True)
class Part:
    """A text cut into what stands before its digits, the digits with their marks, and what stands after."""

    before: str
    digits: str
    after: str
    negative: bool

    @property
    def unsigned(self) -> tuple[str, str]:
        """What stands around it without the sign of a negative number."""
        signs = MINUS + "()"
        return tuple("".join(ch for ch in text if ch not in signs) for text in (self.before, self.after))  # type: ignore[return-value]


def split(text: str) -> Part | None:
    """Cut a text that may be a number; None if it is none.

    Example:
        >>> split("€ -1.234,50").digits, split("(5)").negative, split("A5")
        ('1.234,50', True, None)
    """
    if text.isdigit() and text.isascii():
        return Part("", text, "", False)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    before, after = found["before"], found["after"]
    signs = sum(ch in MINUS for ch in before + after) + before.count("(")
    signed = before + after
    if signs > 1 or before.count("(") != after.count(")") or (signs and "+" in signed) or signed.count("+") > 1:
        return None
    if not all(ch.isascii() or ch in BLANKS or ch == "’" for ch in found["digits"]):
        return None
    return Part(before, found["digits"], after, signs == 1)


@dataclass(frozen=True)
class Marks(Stored):
    """The decimal mark, and the mark between thousands or "".

    Args:
        decimal, thousands: the marks.
        lakh: whether the digits before the last three are in groups of two, as in 1,23,456.

    Raises:
        InputError: marks that cannot be.

    Example:
        >>> Marks(".", ",", lakh=True).grouped("1234567"), Marks(",", ".").grouped("1234567")
        ('12,34,567', '1.234.567')
    """

    decimal: str = "."
    thousands: str = ""
    lakh: bool = False

    def __post_init__(self) -> None:
        if self.decimal not in (".", ",") or self.thousands not in ("", *THOUSANDS) or self.decimal == self.thousands:
            raise InputError(f"no numbers have the marks {str(self.decimal)[:9]!r} and {str(self.thousands)[:9]!r}")

    def fits(self, digits: str) -> bool:
        """Whether digits are written with these marks; the thousands have to be marked."""
        return self._pattern().fullmatch(digits) is not None

    def _pattern(self) -> re.Pattern[str]:
        found = _PATTERNS.get(self)
        if found is None:
            groups = _GROUPED_BY_TWO if self.lakh else _GROUPED
            whole = groups.replace("T", re.escape(self.thousands)) if self.thousands else r"\d+"
            short = r"|\d{1,3}" if self.thousands else ""
            tail = r"(?:e[+-]\d{2,3})?" if not self.thousands else ""
            decimal = re.escape(self.decimal)
            found = _PATTERNS[self] = re.compile(rf"(?:{whole}{short})(?:{decimal}\d+)?{tail}|{decimal}\d+")
        return found

    def plain(self, digits: str) -> str:
        """Digits with a decimal point and no other mark."""
        digits = digits.replace(self.thousands, "") if self.thousands else digits
        return digits if self.decimal == "." else digits.replace(",", ".")

    def grouped(self, whole: str) -> str:
        """Digits of a whole number with the marks between thousands."""
        if not self.lakh:
            return f"{int(whole):,}".replace(",", self.thousands)
        first, last = whole[:-3], whole[-3:]
        pairs = [first[max(at - 2, 0) : at] for at in range(len(first), 0, -2)]
        return self.thousands.join([*reversed(pairs), last])


THOUSANDS = (",", ".", "'", "’", *BLANKS)
MANY = 10
"""So many different numbers in groups of three, besides whole numbers below 1000, have marked thousands."""
_PATTERNS: dict[Marks, re.Pattern[str]] = {}
MARKS = (
    Marks(".", ""), Marks(".", ","), Marks(",", ""), Marks(",", "."), *(
        Marks(decimal, mark) for mark in THOUSANDS[2:] for decimal in (".", ",")
    ), Marks(".", ",", lakh=True),
)  # fmt: skip
"""All marks, those first that are taken where several would do."""


@dataclass(frozen=True)
class Affixes(Stored):
    """What stands before and after a number.

    Args:
        before, after: around a positive number.
        minus_before, minus_after: around a negative one.
        zero_before: before a zero.

    Raises:
        InputError: one is no text.
    """

    before: str = ""
    after: str = ""
    minus_before: str | None = None
    minus_after: str | None = None
    zero_before: str | None = None

    def __post_init__(self) -> None:
        texts = (self.before, self.after, self.minus_before or "", self.minus_after or "", self.zero_before or "")
        if not all(isinstance(text, str) for text in texts):
            raise InputError("what stands around a number must be text")

    def of(self, sign: str) -> tuple[str, str]:
        """What stands around a number of the sign "+", "-" or "0".

        Example:
            >>> Affixes("$").of("-"), Affixes("", "%", "(", "%)").of("-")
            (('-$', ''), ('(', '%)'))
        """
        if sign == "-":
            before = "-" + self.before.replace("+", "") if self.minus_before is None else self.minus_before
            return before, self.after.replace("+", "") if self.minus_after is None else self.minus_after
        return (self.zero_before if sign == "0" and self.zero_before is not None else self.before), self.after


def find_affixes(parts: Sequence[Part], counts: npt.ArrayLike, *, strict: bool) -> Affixes | None:
    """What stands around the numbers of a column; None if that differs from number to number.

    Args:
        parts: the distinct numbers.
        counts: how often each occurs.
        strict: whether a column is refused that only looks like numbers: phone numbers, codes in brackets.
    """
    if all(not part.before and not part.after for part in parts):
        return Affixes()
    plus, minus, zero = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for part, count in zip(parts, np.asarray(counts).tolist(), strict=True):
        nothing = not part.digits.strip("0.,")
        (minus if part.negative else zero if nothing else plus)[part.before, part.after] += count
    if strict and (len(plus) > 1 or len(minus) > 1 or len(zero) > 1):
        return None
    if strict and minus and not plus and not zero and not _leading(minus):
        return None
    if strict and _phones([part for part in parts if "+" in part.before], bool(minus)):
        return None
    units = {(b.replace("+", ""), a.replace("+", "")) for b, a in (*plus, *zero)}
    units |= {part.unsigned for part in parts if part.negative}
    if len(units) > 1:
        return None
    main = plus or zero or Counter([next(iter(units))])
    before, after = main.most_common(1)[0][0]
    zero_before = zero.most_common(1)[0][0][0] if zero else None
    found = Affixes(before, after, zero_before=None if zero_before == before else zero_before)
    below = minus.most_common(1)[0][0] if minus else found.of("-")
    return found if below == found.of("-") else replace(found, minus_before=below[0], minus_after=below[1])


def _leading(minus: Counter[tuple[str, str]]) -> bool:
    """Whether negative numbers have a usual minus: a column of nothing but (212) or 5- holds codes."""
    return all(any(ch in MINUS for ch in before) for before, _ in minus)


def _phones(signed: Sequence[Part], negative: bool) -> bool:
    """Whether numbers with a plus look like phone numbers."""
    return bool(signed) and not negative and any(sum(ch.isdigit() for ch in part.digits) > 6 for part in signed)


def common_unit(texts: Sequence[str], *, strict: bool) -> str:
    """The unit that stands behind every number, such as " kg"; empty if there is none.

    Args:
        texts: distinct texts.
        strict: whether codes are refused: long whole numbers of one length with letters directly behind them.

    Example:
        >>> common_unit(["5 kg", "12.5 kg"], strict=True), common_unit(["5 kg", "5 g"], strict=True)
        (' kg', '')
    """
    found = _BEHIND_DIGITS.search(texts[0])
    unit = found.group() if found else ""
    if not unit or unit.lower().strip() in _ORDINALS or not all(text.endswith(unit) for text in texts):
        return ""
    bodies = [text[: -len(unit)] for text in texts]
    if any(split(body) is None for body in bodies):
        return ""
    lengths = {len(body) for body in bodies}
    if len(unit) == 1 and unit.isupper() and unit not in CAPITALS:
        return ""
    codes = unit[0] not in BLANKS and len(lengths) == 1 and min(lengths) >= LONG_CODE and "".join(bodies).isdigit()
    return "" if strict and codes else unit


def find_marks(digits: Sequence[str], *, strict: bool) -> tuple[Marks | None, str]:
    """The marks that all numbers of a column have, and a note if others would do as well.

    A comma before three digits is taken for a mark between thousands, a point for a decimal point, where nothing in the
    column tells which; but where whole numbers below 1000 are beside them, a point is taken for a mark as well.

    Args:
        digits: distinct numbers as text without signs.
        strict: whether codes in groups of three are refused.

    Example:
        >>> find_marks(["1.234", "999,5"], strict=True)[0] == Marks(",", ".")
        True
        >>> find_marks(["1,234", "999"], strict=True)[1]
        "the comma in '1,234' is read as a mark between thousands"
    """
    some = digits[:1000]
    fitting = [marks for marks in MARKS if all(map(marks.fits, some)) and all(map(marks.fits, digits[1000:]))]
    marked = next((text for text in digits if not text.isdigit()), "")
    fitting = [marks for marks in fitting if not _zero_first(digits, marks)]
    if not fitting:
        return None, ""
    chosen = fitting[0]
    if not chosen.thousands and _all_in_threes(digits, chosen):
        chosen = next((marks for marks in fitting if marks.thousands == chosen.decimal), chosen)
    if chosen.thousands and strict and not chosen.lakh and _codes(digits, chosen):
        return None, ""
    others = [marks for marks in fitting if marks.plain(marked) != chosen.plain(marked)]
    if not marked or not others:
        return chosen, ""
    mark, what = next(ch for ch in marked if not ch.isdigit()), "a decimal point"
    if chosen.thousands:
        what = "a mark between thousands"
    name = {",": "comma", ".": "point"}[mark]
    return chosen, f"the {name} in {marked[:20]!r} is read as {what}"


def _all_in_threes(digits: Sequence[str], marks: Marks) -> bool:
    """Whether numbers have three decimals or none, so often that these are no decimals."""
    decimals = [text.partition(marks.decimal)[2] for text in digits]
    marked = sum(len(part) == 3 for part in decimals)
    return marked >= MANY and sum(not part for part in decimals) == len(digits) - marked > 0


def _zero_first(digits: Sequence[str], marks: Marks) -> bool:
    """Whether a number with marked thousands would begin with 0, which none does."""
    return bool(marks.thousands) and any(text[0] == "0" and text[1:2] == marks.thousands for text in digits)


def _codes(digits: Sequence[str], marks: Marks) -> bool:
    """Whether numbers in groups of three are codes: all of one length, three groups or more and no decimals."""
    groups = {text.count(marks.thousands) for text in digits}
    lengths = {len(text) for text in digits}
    return min(groups) >= 2 and len(lengths) == 1 and not any(marks.decimal in text for text in digits)
