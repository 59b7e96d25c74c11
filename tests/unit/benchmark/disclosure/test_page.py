"""The page of the audits."""

from dataclasses import replace

from assoc_synth.benchmark.disclosure.audit import Audit
from assoc_synth.benchmark.disclosure.emitted import Shares
from assoc_synth.benchmark.disclosure.page import page_of
from assoc_synth.benchmark.disclosure.search import Found

AUDIT = Audit(
    "clinic", 0, 2_000, 5, 5, 150.0, 400, (), (), 0,
    (Shares("ssn", 2_000, 2_000, 1.0, 0.0, 0.0, (0.0, 0.0)), Shares("sex", 0, 2, 0.0, 0.0, 0.0, (0.0, 0.0))),
    {"attribute_tv": (0.02, 0.03)},
)  # fmt: skip


def test_a_page_has_files_columns_and_use() -> None:
    before = replace(
        AUDIT, min_subjects=1, min_subjects_objects=None, found=(Found("job", "config.json", "x"),), thin=7
    )
    page = page_of([AUDIT, replace(AUDIT, seed=1, figures={"attribute_tv": (0.04, 0.03)}), before])
    assert "| 5 | 5 | 0 | 400 | 0 | 0 | 0 | 150 s |" in page
    assert "| 1 | – | 0 | 400 | 0 | 1 | 7 | 150 s |" in page
    assert "| `ssn` | 2,000 of 2,000 | 1.0000 | 0 | 0 | 0 |" in page
    assert "`sex`" not in page
    assert "| `attribute_tv` | 0.030 (0.020–0.040) | 0.020 | 0.030 (0.030–0.030) |" in page
    assert "Found at 5" not in page


def test_what_is_found_at_the_threshold_is_named() -> None:
    page = page_of([replace(AUDIT, found=(Found("job", "config.json/notes", "x"),), figures={})])
    assert "Found at 5: job (config.json/notes)." in page
    assert "What it costs" not in page
