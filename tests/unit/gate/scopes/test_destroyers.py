"""What each destroyer takes, and what it leaves."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.gate.scopes.destroyers import dealt_within, without_columns, without_order, without_visits
from assoc_synth.link_graph.rows import UNDATED, Extras, Rows
from assoc_synth.link_graph.subject_attributes import Attributes

Thirds = Callable[..., tuple[Rows, Rows, Rows]]


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", ["toy_shop", "clickstream", "clinic"])
@pytest.mark.parametrize("destroy", [without_visits, without_order, without_columns])
def test_every_subject_keeps_its_links(thirds: Thirds, name: str, destroy: Callable[..., Rows]) -> None:
    rows = thirds(name)[0]
    found = destroy(rows, rng())
    assert (found.edges.token == rows.edges.token).all()
    assert (found.edges.subject == rows.edges.subject).all()
    assert (found.edges.count == rows.edges.count).all()
    assert found.num_subjects == rows.num_subjects


@pytest.mark.parametrize("name", ["toy_shop", "clickstream", "clinic"])
def test_visits_keep_their_number_sizes_and_times(thirds: Thirds, name: str) -> None:
    rows = thirds(name)[0]
    found = without_visits(rows, rng())
    assert (found.visits.sizes == rows.visits.sizes).all()
    assert (found.visits.start == rows.visits.start).all()
    assert (found.token != rows.token).mean() > 0.3


@pytest.mark.parametrize("name", ["toy_shop", "clickstream", "clinic"])
def test_without_order_a_visit_holds_what_it_held(thirds: Thirds, name: str) -> None:
    rows = thirds(name)[0]
    found = without_order(rows, rng())
    assert rows.group is not None

    def held(given: Rows) -> list[tuple[int, int]]:
        assert given.group is not None
        return sorted(zip(given.group.tolist(), given.token.tolist(), strict=True))

    def starts(given: Rows) -> list[tuple[int, int]]:
        return sorted(zip(given.visits.subject.tolist(), given.visits.start.tolist(), strict=True))

    assert held(found) == held(rows)
    assert starts(found) == starts(rows)
    assert found.time is not None
    assert (found.time != rows.time).mean() > 0.3


def test_undated_rows_stay_without_a_time(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 4, [1, 2, 3, 4], visit=[0, 0, 1, 1], seconds=[1, 2, 9, 9])
    assert rows.time is not None
    rows.time[[1, 2, 3]] = UNDATED
    found = without_order(rows, rng())
    assert found.time is not None
    assert (found.time == UNDATED).tolist() == [False, True, True, True]
    assert found.token.tolist() == [1, 2, 3, 4]


def test_what_belongs_to_the_visit_stays_with_it(make_rows: Callable[..., Rows]) -> None:
    codes = np.array([[visit % 3, at] for visit in range(30) for at in range(2)])
    rows = make_rows(
        [0] * 60,
        [*range(10)] * 6,
        visit=np.repeat(range(30), 2).tolist(),
        extras=Extras(("ward", "own"), (4, 3), codes),
        amount=np.arange(60.0),
    )
    found = without_visits(rows, rng())
    assert found.extras is not None
    assert (found.extras.codes[:, 0] == codes[:, 0]).all()
    dealt = found.amount
    assert dealt is not None
    assert (found.extras.codes[:, 1] == dealt % 2).all(), "the other column moves with its link, as the amount does"
    assert (dealt % 10 == found.token).all()


def test_columns_are_dealt_by_themselves_within_a_verb(make_rows: Callable[..., Rows]) -> None:
    size = 400
    verb = np.arange(size) % 2
    has = np.zeros((size, 4), bool)
    has[np.arange(size), np.arange(size) % 2] = has[np.arange(size), 2 + np.arange(size) % 2] = True
    rows = make_rows(
        [*range(size)],
        (10 * verb).tolist(),
        num_verbs=2,
        amount=verb * 100 + np.arange(size) % 7.0,
        extras=Extras(("a",), (20,), (10 * verb + np.arange(size) % 7)[:, None]),
        attributes=Attributes(("x", "y"), np.array([0, 0, 1, 1]), ("x0", "x1", "y0", "y1"), has),
    )
    found = without_columns(rows, rng())
    assert found.amount is not None
    assert found.extras is not None
    assert (found.amount // 100 == verb).all()
    assert (found.extras.codes[:, 0] // 10 == verb).all()
    assert 0.05 < (found.amount % 100 == found.extras.codes[:, 0] % 10).mean() < 0.3
    own = found.attributes.has
    assert own.sum(axis=0).tolist() == has.sum(axis=0).tolist()
    assert 0.4 < (own[:, 0] == own[:, 2]).mean() < 0.6, "columns are dealt each by itself"


def test_without_times_order_has_nothing_to_lose(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0], [1, 2])
    assert without_order(rows, rng()) is rows


def test_positions_stay_in_their_group() -> None:
    group = np.array([3, 1, 3, 3, 1])
    dealt = dealt_within(group, rng())
    assert sorted(dealt.tolist()) == [0, 1, 2, 3, 4]
    assert (group[dealt] == group).all()
