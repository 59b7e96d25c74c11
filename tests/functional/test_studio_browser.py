"""The studio in a real browser: the five steps, with the mouse and the keyboard, on a desk and on a phone.

It takes the package `playwright` and a Chromium of the machine, such as Debian's package `chromium`.
"""

from __future__ import annotations

import csv
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("starlette", reason="needs the extra studio")
pytest.importorskip("playwright", reason="needs playwright")

from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]
LONG = 480_000
"""Milliseconds that something may take on a busy machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=LONG)
    with sync_playwright() as play:
        # Chromium's own sandbox does not run as root, which is who runs the tests in a container.
        alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        found = play.chromium.launch(executable_path=CHROMIUM, args=alone)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("studio")
    process = subprocess.Popen(
        [sys.executable, "-m", "assoc_synth.cli", "studio", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(place), "COLUMNS": "200"},
    )
    assert process.stdout is not None
    said = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/\S+/", said)):
        line = process.stdout.readline()
        assert line, "the studio ended before it had an address"
        said += line
    yield found.group()
    process.terminate()
    process.wait(60)
    process.stdout.close()
    assert list(place.iterdir()) == []


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which nothing is chosen; a script that fails, and a word in the console, fail the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    context.set_default_timeout(LONG)
    found, wrong = context.new_page(), list[str]()
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    found.on("dialog", lambda dialog: wrong.append(dialog.message))
    found.goto(address)
    if found.get_by_role("button", name="Start over").count():
        found.get_by_role("button", name="Start over").click()
        expect(found.get_by_role("button", name="Start over")).to_have_count(0)
    yield found
    context.close()
    assert wrong == []


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Read it").click()


def write(path: Path, header: str, rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header.split(","), *rows])
    return path


def sales(path: Path, subjects: int = 40) -> Path:
    """A small table whose columns no one recognises."""
    rows = [
        (f"k{at}", f"w{(at * step) % 5}", "nord" if at % 2 else "west") for at in range(subjects) for step in (1, 2)
    ]
    return write(path, "kt,wg,rg", rows)


def check_access(page: Page) -> None:
    """What axe-core finds, and that nothing is wider than a phone."""
    pytest.importorskip("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1200, "height": 900})
    page.emulate_media(color_scheme="light")


def test_the_five_steps_on_the_demo(page: Page, tmp_path: Path) -> None:
    check_access(page)
    page.get_by_role("button", name="toy-shop").click()
    page.get_by_role("button", name="Use the stored model").click()
    expect(page.locator("#verdict .sentence")).to_contain_text("PASS")

    page.get_by_label("Who takes this").fill("laptop")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="What goes with laptop")).to_be_visible()
    page.locator("#associations svg a", has_text="laptop bag").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What goes with laptop bag")).to_be_focused()
    expect(page.get_by_role("img", name="lifts among 20 objects")).to_be_visible()

    page.locator("#verdict summary").first.click()
    expect(page.get_by_text("Association lost", exact=True)).to_be_visible()
    page.get_by_label("The verbs’ shares").check()
    page.locator("[name=rows]").fill("90")
    page.get_by_role("slider", name="viewed", exact=True).fill("60")
    expect(page.locator(".promise")).to_contain_text("Exactly 90 rows: ")
    promised = re.findall(r"([\d,]+) of (\w+)", page.locator(".promise").inner_text())
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take 90 rows").click()
    taken.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="") as stream:
        verbs = [row["action"] for row in csv.DictReader(stream)]
    assert {verb: verbs.count(verb) for _, verb in promised} == {verb: int(count) for count, verb in promised}
    expect(page.locator("#data")).to_contain_text("What this table can carry")
    for summary in page.locator("summary").all():
        if not summary.evaluate("one => one.parentElement.open"):
            summary.click()
    check_access(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="The whole report").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("toy-shop")


def test_wrong_columns_are_named_and_a_training_is_left_paused_and_cancelled(page: Page, tmp_path: Path) -> None:
    upload(page, sales(tmp_path / "sales.csv"))
    expect(page.get_by_role("alert")).to_contain_text("No column was found for the subject and the object")
    check_access(page)
    page.get_by_label("What kt is").select_option("role:subject")
    page.get_by_label("What wg is").select_option("role:object")
    page.get_by_label("Verb of every row").fill("kauft")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="40 subjects, 80 rows")).to_be_visible()

    page.get_by_label("Minutes at most").fill("")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Who does what")).to_be_visible()
    page.reload()
    expect(page.locator("#train progress").first).to_be_visible()
    check_access(page)
    page.get_by_role("button", name="toy-shop").click()
    expect(page.get_by_role("alert")).to_contain_text("A training runs with this table")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("What is trained is kept")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("When and how often")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled: nothing of it is kept")).to_be_visible()

    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#verdict .sentence")).to_contain_text("UNDERPOWERED")
    page.locator("#take-away summary").first.click()
    expect(page.locator("#take-away pre").first).to_have_text("assoc-synth sample model -o rows.csv --seed 0")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    taken.value.save_as(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().startswith("kt,wg,rg\n")


def test_files_that_are_refused(page: Page, tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as stream:
        stream.truncate(200 * 2**20)
    upload(page, tmp_path / "large.csv")
    expect(page.get_by_role("alert")).to_contain_text("The file has 200 MB and this page takes 100 MB")
    (tmp_path / "evil.csv").write_bytes(pickle.dumps({"subject": ["a"], "object": [b"\0"]}))
    upload(page, tmp_path / "evil.csv")
    expect(page.locator("[data-part=data-choice] [role=alert]").first).to_contain_text("NUL byte")
    expect(page.get_by_role("heading", name="subjects")).to_have_count(0)


def test_names_are_text_whatever_they_say(page: Page, tmp_path: Path) -> None:
    names = ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{{ 7*7 }}", "a&b#c?d=e/../f"]
    rows = [(f"s{at}", "</select><b>", name) for at in range(30) for name in names if (at + len(name)) % 3]
    upload(page, write(tmp_path / "<i>names<b>.csv", "subject,verb,object", rows))
    expect(page.get_by_role("heading", name="_i_names_b_.csv: 30 subjects")).to_be_visible()
    for name in names:
        page.locator("#associations .chips").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=f"What goes with {name}")).to_be_visible()
    assert page.locator("main img, main script, main b:text('x')").count() == 0


def test_a_second_tab_follows_the_first(page: Page, address: str) -> None:
    other = page.context.new_page()
    other.goto(address)
    page.get_by_role("button", name="random-svo").click()
    other.bring_to_front()
    expect(other.get_by_role("heading", name="random-svo:")).to_be_visible()
    other.get_by_label("Who takes this").fill("typed and not sent")
    page.bring_to_front()
    page.get_by_label("Who takes this").fill("nothing of this name")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_the_keyboard_alone_comes_to_the_first_step(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the steps")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="toy-shop")).to_be_focused()


def test_without_a_script_the_forms_do_the_same(browser: Browser, address: str, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(LONG)
    plain = context.new_page()
    plain.goto(address)
    plain.get_by_role("button", name="random-svo").click()
    plain.get_by_label("under the verb").select_option(index=1)
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain.locator("#associations")).to_contain_text("Most frequent")
    plain.get_by_role("button", name="Start over").click()
    expect(plain.get_by_role("button", name="Start over")).to_have_count(0)
    context.close()
