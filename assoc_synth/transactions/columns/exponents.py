"""Numbers that are written with exponents: how a column writes them, and numbers written so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.stored import Stored

WHEN = ("always", "large", "shorter")
"""Whether all numbers have an exponent; or those below 0.001 and from ten million on, as in Java; or those that are
shorter with one, as in R."""
MOST_DIGITS = 17
_EXPONENT = re.compile(r"(?P<mantissa>\d*[.,]?\d+)(?P<letter>[eE])(?P<sign>[+-]?)(?P<digits>\d{1,3})")
_NUMBER = re.compile(r"[-−]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class Exponents(Stored):
    """How exponents are written.

    Args:
        letter: "e" or "E".
        plus: whether a positive one has a sign.
        width: its least digits.
        decimals: the most decimals of a number before its exponent.
        fixed: whether there are always so many.
        when: which numbers have one, see `WHEN`.

    Raises:
        InputError: an unknown letter or `when`, or digits that cannot be.

    Example:
        >>> Exponents("E", True, 2, 2, True).text(150000.0), Exponents("E", False, 1, 2, False, "large").text(1e7)
        ('1.50E+05', '1.0E7')
    """

    letter: str = "e"
    plus: bool = True
    width: int = 2
    decimals: int = 0
    fixed: bool = False
    when: str = "always"

    def __post_init__(self) -> None:
        sound = self.letter in ("e", "E") and self.when in WHEN and self.width in (1, 2, 3)
        if not sound or self.decimals not in range(MOST_DIGITS + 1):
            raise InputError(f"exponents are not written with {str(self.letter)[:9]!r} and {self.decimals} decimals")

    def text(self, value: float) -> str:
        """A number from 0 on, with a decimal point."""
        near = float(f"{value:.{self.decimals}e}")
        mantissa, _, exponent = f"{near:.{self.decimals}e}".partition("e")
        if not self.fixed and "." in mantissa:
            mantissa = mantissa.rstrip("0").removesuffix(".")
        if self.when == "large":
            if near == 0 or 1e-3 <= near < 1e7:
                return repr(near)
            mantissa += "" if "." in mantissa else ".0"
        power = int(exponent)
        sign = "-" if power < 0 else "+" if self.plus else ""
        written = f"{mantissa}{self.letter}{sign}{abs(power):0{self.width}d}"
        if self.when != "shorter":
            return written
        plain = str(np.format_float_positional(near, trim="-"))
        return plain if len(plain) <= len(written) else written


def exponents_of(texts: Sequence[str]) -> Iterator[Exponents]:
    """The ways in which numbers may be written of which some have exponents; none where they may be codes.

    Codes such as 1E15 and 3E7 have neither a decimal mark nor a sign.

    Example:
        >>> [way.when for way in exponents_of(["1.5E+05", "2.25E-03"])], list(exponents_of(["1E15", "12"]))
        (['always', 'always', 'large', 'shorter'], [])
    """
    if not any("e" in text or "E" in text for text in texts) or not all(map(_NUMBER.fullmatch, texts)):
        return
    found = [match for text in texts if (match := _EXPONENT.search(text))]
    if not any(match["sign"] or not match["mantissa"].isdigit() for match in found):
        return
    letters = {match["letter"] for match in found}
    positive = {match["sign"] for match in found if match["sign"] != "-"}
    if len(letters) > 1 or len(positive) > 1:
        return
    digits = [_significant(text) for text in texts]
    most = min(max(digits) - 1, MOST_DIGITS)
    always = max(len(re.sub(r"^\d*[.,]?", "", match["mantissa"], count=1)) for match in found)
    width = min(len(match["digits"]) for match in found)
    letter, plus = letters.pop(), positive != {""}
    for decimals, fixed in ((min(always, MOST_DIGITS), True), (most, False)):
        yield Exponents(letter, plus, width, decimals, fixed)
    for when in WHEN[1:]:
        yield Exponents(letter, plus, width, most, False, when)


def _significant(text: str) -> int:
    """How many digits of a number count, at least one."""
    mantissa = re.split("[eE]", text)[0]
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return max(len(digits.rstrip("0") if "e" not in text.lower() else digits), 1)
