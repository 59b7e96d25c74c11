"""The page: well formed, sealed off, escaped, and the same bytes for the same facts."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import PairDifference, ScopeVerdict, Status, Verdict
from assoc_synth.report import Report
from assoc_synth.report.facts import Stage, TrainingFacts
from assoc_synth.report.page import breakable
from assoc_synth.transactions.table import TransactionTable

VOID = {"meta", "br", "hr", "img", "link", "input", "wbr"}


class Structure(HTMLParser):
    """Checks that every tag is closed in order; collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "head" not in self.open and data.strip():
            self.texts.append(data.strip())


def read(page: str) -> Structure:
    parser = Structure()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def nasty_page(nasty: TransactionTable, verdict: Verdict) -> str:
    report = Report.of(nasty, nasty, verdict, title="<h1>T", command="rm <x>", notes=("<script>n</script>",))
    return report.to_html()


def test_verdict_first(page: str) -> None:
    texts = read(page).texts
    assert texts[0] == "PASS"
    assert texts[1].startswith(": 40 watched pairs within verbs are kept")
    assert texts[2] == "A & B"


@pytest.mark.parametrize("which", ["page", "nasty_page"])
def test_well_formed_and_sealed_off(which: str, request: pytest.FixtureRequest) -> None:
    html = request.getfixturevalue(which)
    found = read(html)
    assert not found.tags & {"script", "link", "iframe", "img", "object", "embed", "form", "base", "use", "image"}
    names = {name for name, _ in found.attributes}
    targets = [value or "" for name, value in found.attributes if name == "href"]
    assert all(re.fullmatch(r"#[a-z-]+", target) for target in targets), "links lead to places of the page itself"
    assert not names & {"src", "srcset", "xlink:href", "action", "poster", "background"}
    assert not any(name.startswith("on") for name in names)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in html
    drawn = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(drawn) > 5
    for picture in drawn:
        ElementTree.fromstring(picture)


def test_markup_in_names_is_text(nasty_page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in nasty_page
    assert "<script" not in nasty_page
    assert "<img" not in nasty_page
    assert "<h1>T" not in nasty_page
    assert "\u202e" not in nasty_page
    assert "\x07" not in nasty_page
    assert "line␊feed␇" in nasty_page


def test_nothing_lies_outside_its_picture(nasty_page: str, page: str) -> None:
    for picture in re.findall(r"<svg.*?</svg>", nasty_page + page, re.DOTALL):
        root = ElementTree.fromstring(picture)
        wide, high = map(float, root.attrib["viewBox"].split()[2:])
        for shape in root.iter("{http://www.w3.org/2000/svg}rect"):
            x, y, width, height = (float(shape.attrib[name]) for name in ("x", "y", "width", "height"))
            assert x >= -0.1
            assert y >= -0.1
            assert x + width <= wide + 0.2
            assert y + height <= high + 0.2
        for point in root.iter("{http://www.w3.org/2000/svg}circle"):
            assert 0 <= float(point.attrib["cx"]) <= wide
            assert 0 <= float(point.attrib["cy"]) <= high


def test_sections(page: str, nasty_page: str) -> None:
    for heading in (
        "What the gate saw",
        "Those who take this also take that",
        "Associations at a glance",
        "Rows: visits, order, amounts, columns",
        "How far from real",
        "Columns and degrees",
        "Privacy",
        "The same again",
    ):
        assert heading in page
    assert "no differential privacy is claimed" in page
    assert "Nothing is claimed: that takes real subjects" in nasty_page
    assert "mind &lt;this&gt;" in page
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page
    assert "max-width:640px" in page


def test_contents_lead_to_every_section(page: str) -> None:
    targets = re.findall(r'<a href="#([a-z-]+)"', page)
    assert targets == re.findall(r'<section id="([a-z-]+)"', page)
    assert len(targets) >= 8


def test_names_are_broken_between_words_only() -> None:
    assert str(breakable("claimed_warranty & co")) == "claimed_<wbr>warranty &amp; co"
    assert str(breakable("x" * 21)) == f'<span class="long">{"x" * 21}</span>'
    assert str(breakable("espresso machine")) == "espresso machine"


def test_the_page_says_where_everything_comes_from(verdict: Verdict) -> None:
    stage = Stage("edges", 1_234, 10, 55, 1.5, "out of time", True)
    report = Report.of(
        None,
        None,
        verdict,
        date="2026-11-26",
        model="models/<shop>",
        training=TrainingFacts("0.0.9", 7, 2.0, 500, (stage,)),
    )
    page = report.to_html()
    for words in ("2026-11-26", "models/<wbr>&lt;shop&gt;", "1,234", "10 of 55", "out of time", "cut short", "0.0.9"):
        assert words in page
    assert "at most 2.0 minutes" in page
    assert "cut short" not in Report.of(None, None, verdict).to_html()


def test_a_failure_names_scopes_and_pairs() -> None:
    scopes = (
        ScopeVerdict("links", Status.FAIL, 1.0, 0.3, 0.8, 0.001, (("pairs_within", 40),)),
        ScopeVerdict("visits", Status.UNDERPOWERED, 0.4, None, None, 0.5, note="there are few visits"),
    )
    worst = (PairDifference("bought <tea>", "bought milk", 0.12, 0.04),)
    verdict = Verdict(Status.FAIL, 0.001, blocks=(), scopes=scopes, pairs=worst)
    page = Report.of(None, None, verdict).to_html()
    for words in ("Who has what", "30–80", "underpowered", "there are few visits", "&lt;tea&gt;", "12.00", "4.00"):
        assert words.lower() in page.lower()


def test_a_draw_that_was_not_judged_says_so() -> None:
    page = Report.of(None, None, Verdict(Status.NOT_JUDGED, about="these rows are of conditions")).to_html()
    assert 'class="verdict not_judged"' in page
    assert "These rows are of conditions." in page
    assert "What the gate saw" not in page


def test_a_figure_of_nothing_says_what_is_missing(nasty: TransactionTable, verdict: Verdict) -> None:
    report = Report.of(nasty, nasty, verdict)
    unknown = Figure("rule_f1", None, why="neither table has a pair of 20 subjects")
    page = replace(report, facts=replace(report.facts, figures=(unknown,))).to_html()
    assert "– <small>neither table has a pair of 20 subjects</small>" in re.sub("<[/]?span[^>]*>", "", page)


def test_data_sets_are_named_beside_their_sizes(nasty: TransactionTable, verdict: Verdict) -> None:
    page = Report.of(nasty, nasty, verdict, data={"real": "sales <1>.csv"}).to_html()
    assert "sales &lt;1&gt;.<wbr>csv</bdi>:" in page


def test_undecided_pairs_are_no_failure(page: str) -> None:
    assert "An undecided pair is no failure: with 2,000 subjects in each table" in page
    assert "≈ " in page


def test_same_input_same_bytes(nasty: TransactionTable, verdict: Verdict, nasty_page: str) -> None:
    again = Report.of(nasty, nasty, verdict, title="<h1>T", command="rm <x>", notes=("<script>n</script>",))
    assert again.to_html() == nasty_page


def test_every_status_has_its_colour(nasty: TransactionTable) -> None:
    for status in Status:
        page = Report.of(None, None, Verdict(status, 0.5, 1.0, 0.1, 0.3, watched=(("pairs_within", 3),))).to_html()
        assert f'class="verdict {status.value.lower()}"' in page
        assert read(page).texts[0] == status.value


def test_the_command_is_shown_only_where_there_is_one(verdict: Verdict) -> None:
    call = "assoc-synth sample 'my model' -o rows.csv --verb 'a & b' --seed 4"
    shown = read(Report.of(None, None, verdict, command=call, seed=4).to_html()).texts
    assert call in shown
    assert any("seed 4" in line for line in shown)
    without = Report.of(None, None, verdict, seed=4).to_html()
    assert "<code>" not in without
    assert "seed 4" in without
