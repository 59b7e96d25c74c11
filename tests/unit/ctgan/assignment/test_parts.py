"""Long subjects in parts: whole visits, all links, and no more memory than parts need."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.ctgan.assignment import parts
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.parts import MOST_LINKS, in_parts
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits


def make(links: list[int], visits: list[int], seed: int = 0) -> Assignment:
    """Subjects of so many different links in so many visits each."""
    rng = np.random.default_rng(seed)
    subject, owner = np.repeat(np.arange(len(links)), links), np.repeat(np.arange(len(visits)), visits)
    first = np.cumsum(visits) - visits
    visit = np.concatenate(
        [
            begin + rng.permutation(np.arange(count) % own)
            for begin, own, count in zip(first, visits, links, strict=True)
        ]
    )
    object = np.concatenate([rng.permutation(max(links))[:count] for count in links])
    days = np.arange(len(owner))
    return Assignment.of(
        Visits(owner, days, np.zeros(len(owner), np.int64), np.bincount(visit, minlength=len(owner))),
        Horizon(),
        subject=subject,
        verb=np.zeros(len(subject), np.int64),
        object=object,
        visit=visit,
    )


def test_short_subjects_are_as_they_are() -> None:
    own = make([5, 7], [2, 3])
    found, where = in_parts(own, 7)
    assert found is own
    assert where.tolist() == list(range(12))


def test_whole_visits_are_in_one_part_and_no_link_is_lost() -> None:
    own = make([5, 100, 6], [2, 20, 3])
    found, where = in_parts(own, 12)
    assert sorted(where.tolist()) == list(range(111))
    for name in ("verb", "object", "kind", "visit"):
        assert np.array_equal(getattr(found, name), getattr(own, name)[where])
    assert (np.diff(found.subject) >= 0).all()
    sizes = np.bincount(found.subject)
    assert sizes[0] == 5 and sizes[-1] == 6  # noqa: PT018
    assert len(sizes) > 9
    assert sizes.max() < 12 + 5
    for part in range(len(sizes)):
        inside = found.visit[found.subject == part]
        assert not set(inside) & set(found.visit[found.subject != part])
        assert (np.diff(np.unique(inside)) == 1).all()


def test_links_of_a_long_subject_keep_the_sizes_of_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_LINKS", 12)
    own, model = make([5, 100, 6], [2, 20, 3]), AssignmentModel(1, 100, CTGANConfig())
    visit = swap(model, own, np.random.default_rng(0), sweeps=5)
    assert np.array_equal(np.bincount(visit), np.bincount(own.visit))
    assert (visit != own.visit).mean() > 0.3
    assert np.array_equal(np.searchsorted([2, 22], visit, side="right"), own.subject)


def test_a_part_has_about_as_many_links_as_one_may_have() -> None:
    found, _ = in_parts(make([20_000, 40], [3_000, 4]))
    assert np.bincount(found.subject).max() < MOST_LINKS + 8
