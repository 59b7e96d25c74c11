"""Exponents come back as they were, and codes that look like them are left alone."""

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.exponents import Exponents, exponents_of


@pytest.mark.parametrize(
    "texts",
    [
        ["1.50E+05", "2.25E-03"],
        ["1.5e5", "2e6"],
        ["0.00E+00", "1.25E+01"],
        ["1.0E7", "100.0", "1.0E-4", "12345.678", "0.0"],
        ["1e+05", "99999", "123456", "1e-04"],
        ["6.02214076E+023", "1.00000000E+000"],
    ],
)
def test_one_way_writes_every_number_as_it_was(texts: list[str]) -> None:
    assert any([way.text(float(text)) for text in texts] == texts for way in exponents_of(texts))


@pytest.mark.parametrize(
    "texts", [["1E15", "3E7"], ["3E12", "12"], ["1.5E5", "2.5e5"], ["1E5", "1.5E+5"], ["12.5"], ["1.5E5", "tea"], []]
)
def test_codes_and_mixtures_have_no_way(texts: list[str]) -> None:
    assert list(exponents_of(texts)) == []


def test_a_new_number_has_no_more_digits_than_the_column() -> None:
    assert Exponents("E", True, 2, 1, False).text(123456.789) == "1.2E+05"
    assert Exponents("E", False, 1, 3, False, "large").text(1 / 3) == "0.3333"


@pytest.mark.parametrize("damage", [{"letter": "x"}, {"when": "never"}, {"decimals": 99}, {"width": 0}])
def test_a_damaged_format_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError, match="exponents"):
        Exponents(**damage)  # type: ignore[arg-type]
