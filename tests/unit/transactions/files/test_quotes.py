"""Quotes: rows that are swallowed are an error with its line; what is quoted rightly is read."""

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.delimited import read_csv
from assoc_synth.transactions.files.quotes import sound_quotes

HEADER = b"subject,verb,object\n"


def read(data: bytes) -> list[list[str]]:
    rows: list[list[str]] = read_csv(data, "t.csv", "csv")[0].to_numpy().tolist()
    return rows


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        (b'a,b,"32 inch\nc,b,tea\nc,b,"40 inch\n', 2, "text follows a closing quote"),
        (b'a,b,x\na,b,"32 inch\nc,b,tea\nc,b,40 inch"\n', 3, "closes in line 5 only"),
        (b'a,b,"32 inch\nc,b,40 inch"\n', 2, "closes in line 3 only"),
        (b'a,"32 inch,x\nc,40 inch",y\n', 2, "closes in line 3 only"),
        (b'"a,b,x\nc",b,y\n', 2, "closes in line 3 only"),
        (b'\r\na,b,x\r\na,b,"32 inch\r\nc,b,40 inch"\r\n', 4, "closes in line 5 only"),
        (b'a,b,"x"y\n', 2, "text follows a closing quote"),
        (b'a,b,"x\n', 2, "a quote is never closed"),
    ],
)
def test_rows_that_would_be_swallowed_are_an_error(rows: bytes, line: int, what: str) -> None:
    header = HEADER
    with pytest.raises(InputError) as caught:
        read(header + rows)
    assert f"'t.csv', line {line}: " in str(caught.value)
    assert what in str(caught.value)
    assert 'a closing quote may be missing; a quote that is part of the text is written twice ("")' in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (b'a,b,"x\ny"\n', ["a", "b", "x\ny"]),
        (b'"x\ny",b,c\n', ["x\ny", "b", "c"]),
        (
            b'a,b,"5th Street 1, first floor\nBerlin, Germany, EU"\n',
            ["a", "b", "5th Street 1, first floor\nBerlin, Germany, EU"],
        ),
        (b'a,b,"say ""hi"""\n', ["a", "b", 'say "hi"']),
        (b'a,b,"say ""hi,\nyou"""\n', ["a", "b", 'say "hi,\nyou"']),
        (b'a,b,""\n', ["a", "b", None]),
        (b'"a","b","c,d"', ["a", "b", "c,d"]),
        (b'a,b,5" pipe\na,b,6" pipe\n', ["a", "b", '5" pipe']),
    ],
)
def test_what_is_quoted_rightly_is_read(rows: bytes, cells: list[str]) -> None:
    assert read(HEADER + rows)[0] == cells


def test_a_column_of_cells_with_line_breaks_is_read() -> None:
    found = read(HEADER + b'a,b,"one\ntwo"\na,b,"one\nc,d,two"\n')
    assert [row[2] for row in found] == ["one\ntwo", "one\nc,d,two"]


def test_sound_quotes() -> None:
    for data, sound in (
        (b"a,b", True),
        (b'"a","b"\r\n', True),
        (b'a,"b""c"', True),
        (b'""', True),
        (b'"', False),
        (b'a"b"', False),
        (b'"a"b', False),
        (b'a, "b"', False),
        (b'"a"\n"b"', True),
    ):
        assert sound_quotes(data, ",") is sound, data
