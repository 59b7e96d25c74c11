"""What is expected of a draw, and a disk that is too small."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from assoc_synth.errors import InputError
from assoc_synth.scale.estimate import Estimate


def test_a_disk_without_room_is_refused_with_a_number_that_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_234_567))
    Estimate(1_000, 1_000_000, 3.0).check(tmp_path)
    with pytest.raises(InputError, match=r"has 1\.2 MB free\. Give --rows 4400, or a path on a larger disk"):
        Estimate(10_000, 2_500_000, 3.0).check(tmp_path)
