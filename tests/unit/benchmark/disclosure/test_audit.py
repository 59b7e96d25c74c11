"""An audit of a small fit, kept and read again."""

from pathlib import Path

from assoc_synth.benchmark.disclosure.audit import Wanted, audited, read, stored
from tests.unit.benchmark.disclosure.conftest import QUICKEST


def test_an_audit_is_made_once_and_read_again(tmp_path: Path) -> None:
    wanted = Wanted("clinic", subjects=120, config=QUICKEST)
    made = audited(wanted, 1, tmp_path, measures=False)
    # What begins or ends the range moves the days of the most extreme subjects, and so the days between their visits.
    assert {one.column for one in made.found} <= {"days between visits"}
    assert (made.listed_below, made.thin) == ((), 0)
    assert made.listed > 100
    shares = {one.column: one for one in made.columns}
    for name in ("patient_id", "visit_id", "ssn", "mrn", "email", "description", "note"):
        assert shares[name].emitted == 0.0, name
        assert shares[name].real > 0.0, name
    assert made.cpu_seconds is not None
    assert audited(wanted, 1, tmp_path, measures=False).cpu_seconds is None  # the model is there already
    stored([made, made], tmp_path / "kept.jsonl")
    assert read(tmp_path / "kept.jsonl") == [made, made]
    assert read(tmp_path / "none.jsonl") == []
