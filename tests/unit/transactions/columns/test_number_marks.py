"""What stands around and within numbers that are written as text."""

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.number_marks import Affixes, Marks, find_affixes, find_marks, split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12", ("", "12", "", False)),
        ("€ -1.234,50", ("€ -", "1.234,50", "", True)),
        ("(5)", ("(", "5", ")", True)),
        ("5-", ("", "5", "-", True)),
        ("−5", ("−", "5", "", True)),
        ("12,5 %", ("", "12,5", " %", False)),
        ("US$3", ("US$", "3", "", False)),
    ],
)
def test_a_number_is_cut(text: str, parts: tuple[str, str, str, bool]) -> None:
    found = split(text)
    assert found is not None
    assert (found.before, found.digits, found.after, found.negative) == parts


@pytest.mark.parametrize(
    "text", ["", "A5", "5 kg", "--5", "(5", "-5-", "1E15", "1_000", "１２", "inf", "+-5", "5e3", "5\n"]
)
def test_what_is_no_number(text: str) -> None:
    assert split(text) is None


@pytest.mark.parametrize(
    ("texts", "marks"),
    [
        (["1", "20"], Marks()),
        (["1,5", "2"], Marks(",")),
        (["1.234,5", "2"], Marks(",", ".")),
        (["1,234.5", "2"], Marks(".", ",")),
        (["1 234", "2,5"], Marks(",", " ")),
        (["1'234.5"], Marks(".", "'")),
        (["1\u202f234,5"], Marks(",", "\u202f")),
        (["1.5", "1,5"], None),
        (["1,234", "1234"], Marks(",")),
        (["0,123", "1,234"], Marks(",")),
        (["732 829 320", "542 107 651"], None),
        (["1 234 567", "999"], Marks(".", " ")),
    ],
)
def test_marks_are_those_of_the_whole_column(texts: list[str], marks: Marks | None) -> None:
    assert find_marks(texts, strict=True)[0] == marks


def test_what_cannot_be_decided_is_told() -> None:
    assert find_marks(["1,234"], strict=True) == (
        Marks(".", ","),
        "the comma in '1,234' is read as a mark between thousands",
    )
    assert find_marks(["1.234"], strict=True) == (Marks(), "the point in '1.234' is read as a decimal point")
    many = [f"{n}.{n}{n}{n}" for n in range(1, 10)] + ["10.500", "7"]
    assert find_marks(many, strict=True)[0] == Marks(",", ".")


@pytest.mark.parametrize(
    ("texts", "affixes"),
    [
        (["5", "-3"], Affixes()),
        (["$5", "-$3"], Affixes("$")),
        (["$5", "$-3"], Affixes("$", "", "$-", "")),
        (["5 €", "(3 €)"], Affixes("", " €", "(", " €)")),
        (["+5", "-3", "0"], Affixes("+", zero_before="")),
        (["$5", "€5"], None),
        (["5", "5 €"], None),
        (["(212)", "(313)"], None),
        (["5-", "6-"], None),
        (["-5", "-6"], Affixes()),
        (["+49300000136"], None),
        (["+5", "+6"], Affixes("+")),
    ],
)
def test_affixes_are_those_of_the_whole_column(texts: list[str], affixes: Affixes | None) -> None:
    parts = [part for text in texts if (part := split(text))]
    assert len(parts) == len(texts)
    assert find_affixes(parts, [1] * len(parts), strict=True) == affixes


def test_marks_that_cannot_be_are_refused() -> None:
    for marks in ((";", ""), (".", "."), (".", "x")):
        with pytest.raises(InputError, match="no numbers have the marks"):
            Marks(*marks)


def test_affixes_are_text() -> None:
    with pytest.raises(InputError, match="must be text"):
        Affixes(5)  # type: ignore[arg-type]
