"""Which files are triples without a header."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assoc_synth.link_graph.imports.triples import is_triples


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("uk\texports\tusa\nfr\texports\tuk\n", True),
        ("uk\texports\tusa\nusa\tlikes\tuk\n", True),
        ("who\tdid\twhat\nuk\texports\tusa\n", False),
        ("subject\texports\tusa\nfr\texports\tuk\n", False),
        ("uk\texports\n", False),
        ("uk\texports\tusa\t1\nfr\texports\tuk\t2\n", False),
        ("uk,exports,usa\nfr,exports,uk\n", False),
        ("a\ta\ta\na\ta\ta\n", False),
        ("", False),
    ],
)
def test_the_first_line_is_like_the_others(text: str, found: bool, tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(text)
    (tmp_path / "t.csv").write_text(text)
    (tmp_path / "t.tsv.gz").write_bytes(gzip.compress(text.encode()))
    assert [is_triples(tmp_path / name) for name in ("t.tsv", "t.tsv.gz", "t.csv")] == [found, found, False]


def test_what_is_no_text_is_none(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "u.tsv.gz").write_bytes(b"no gzip")
    assert not any(is_triples(tmp_path / name) for name in ("t.tsv", "u.tsv.gz", "none.tsv"))
