"""The kinds of scope are those that are named, in their order."""

from __future__ import annotations

import pytest

from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.scopes.kinds import KINDS, kind_of


def test_every_name_has_its_kind() -> None:
    assert tuple(kind.name for kind in KINDS) == NAMES
    assert [kind_of(name).name for name in NAMES] == list(NAMES)
    with pytest.raises(KeyError):
        kind_of("privacy")
