"""A comparison as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from assoc_synth.report.comparison import Comparison

VOID = {"meta", "br", "wbr", "img", "link"}


@pytest.fixture(scope="module")
def page(comparison: Comparison) -> str:
    return comparison.to_html()


def test_it_is_one_document_without_a_script_or_an_address(page: str) -> None:
    assert "<script" not in page
    assert "default-src 'none'" in page
    addresses = set(re.findall(r"(?:https?:)?//[\w.]+", page)) - {"http://www.w3.org"}
    assert not addresses


def test_tags_are_closed_and_names_are_text(page: str) -> None:
    class Tags(HTMLParser):
        open: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.open += [] if tag in VOID or self.get_starttag_text().endswith("/>") else [tag]  # type: ignore[union-attr]

        def handle_endtag(self, tag: str) -> None:
            if tag not in ("svg", "circle", "line", "path", "rect") or self.open[-1] == tag:
                assert self.open.pop() == tag

    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    assert "<b>a_copy" not in page


def test_every_group_table_and_verdict_is_there(page: str, comparison: Comparison) -> None:
    for group in comparison.frame["group"].unique():
        assert f"<h2>{group}</h2>" in page
    assert comparison.verdicts["shuffled"].sentence[:40] in page
    assert 'class="bad" title="no better than independent"' in page
    for colour in range(3):
        # Each picture is drawn twice: for a desk and for a phone.
        assert page.count(f'class="mark t{colour}"') > 20


def test_without_a_gate_there_is_no_word_of_it(comparison: Comparison) -> None:
    from dataclasses import replace

    bare = {name: replace(one, verdict=None) for name, one in comparison.compared.items()}
    assert "The gate" not in replace(comparison, compared=bare).to_html()
