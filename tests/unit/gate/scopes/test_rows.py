"""The scope of rows on built-in tables: near another real part, far where columns are dealt anew."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.destroyers import without_order, without_visits
from assoc_synth.gate.scopes.rows import RowScope
from assoc_synth.gate.scopes.scope import ScopeKind
from assoc_synth.link_graph.rows import Extras, Rows

Thirds = Callable[..., tuple[Rows, Rows, Rows]]
Apart = Callable[..., dict[str, float]]
KIND: ScopeKind = RowScope()
FAR = {
    "toy_shop": ("rows.amounts_by_object",),
    "clickstream": (
        "rows.amounts_by_object",
        "rows.columns_by_object",
        "rows.dependencies",
        "rows.attributes_together",
    ),
    "clinic": (
        "rows.amounts_by_object",
        "rows.columns_by_object",
        "rows.dependencies",
        "rows.attributes_together",
        "rows.attributes_by_object",
    ),
}


@pytest.mark.parametrize("name", FAR)
def test_columns_dealt_anew_are_far_and_another_real_part_is_near(thirds: Thirds, apart: Apart, name: str) -> None:
    training, real, other = thirds(name)
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near, far = (apart(watched, sample, real) for sample in (other, KIND.destroy(other, np.random.default_rng(1))))
    assert abs(near["rows.loss"]) < 0.1
    assert 0.9 < far["rows.loss"] < 1.1
    for block in FAR[name]:
        assert far[block] > 2 * near[block], block
    assert {block.name for block in watched.blocks if block.is_association} >= {*FAR[name]}


@pytest.mark.parametrize("destroy", [without_visits, without_order])
def test_other_destroyers_change_only_when_rows_are(thirds: Thirds, destroy: Callable[..., Rows]) -> None:
    training, _, other = thirds("clinic")
    watched = KIND.choose(training, 200, np.random.default_rng(0))
    assert watched is not None
    changed = abs(watched.features(destroy(other, np.random.default_rng(1))) - watched.features(other)).sum(axis=0)
    columns = np.flatnonzero(np.asarray(changed).ravel() > 1e-3)
    for block in watched.blocks:
        if not block.name.startswith(("rows.times", "rows.occurrences", "rows.never")) and not block.is_signed:
            own = block.measure.columns  # type: ignore[attr-defined]
            moved = np.intersect1d(own, columns)
            of_visits = ("rows.column", "rows.dependencies")
            assert not len(moved) or block.name.startswith(of_visits), block.name


def changed_table(other: Rows, change: str) -> Rows:
    if change == "price -1":
        return replace(other, amount=np.full(len(other), -1.0))
    if change == "no price":
        return replace(other, amount=np.full(len(other), np.nan))
    if change == "some prices -1":
        assert other.amount is not None
        amount = np.where(np.random.default_rng(0).random(len(other)) < 0.05, -1.0, other.amount)
        return replace(other, amount=np.where(np.isnan(other.amount), np.nan, amount))
    if change == "dates":
        assert other.time is not None
        days = 86_400_000_000_000
        return replace(other, time=other.time // days * days)
    index = np.repeat(np.arange(len(other)), 2)
    names = ("subject", "verb", "object", "time", "amount", "group")
    extras = None if other.extras is None else other.extras.take(index)
    return replace(other, **{column: getattr(other, column)[index] for column in names}, extras=extras)


@pytest.mark.parametrize("name", ["toy_shop", "clinic"])
def test_few_negative_prices_are_what_real_rows_never_have(thirds: Thirds, apart: Apart, name: str) -> None:
    training, real, other = thirds(name)
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near, far = (apart(watched, sample, real) for sample in (other, changed_table(other, "some prices -1")))
    assert far["rows.never"] > 0 == near["rows.never"]


@pytest.mark.parametrize(
    ("change", "seen_in"),
    [
        ("price -1", "rows.amounts"),
        ("no price", "rows.amounts"),
        ("some prices -1", "rows.amounts"),
        ("dates", "rows.times"),
        ("twice", "rows.occurrences"),
    ],
)
@pytest.mark.parametrize("name", ["toy_shop", "clinic"])
def test_changes_of_rows_are_seen(thirds: Thirds, apart: Apart, name: str, change: str, seen_in: str) -> None:
    training, real, other = thirds(name)
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    near, far = (apart(watched, sample, real) for sample in (other, changed_table(other, change)))
    blocks = [block for block in near if block.startswith(seen_in)]
    least = 0.02 if change == "some prices -1" else 0.1
    assert max(far[block] - near[block] for block in blocks) > least


def test_a_value_of_another_subject_is_seen(thirds: Thirds, apart: Apart) -> None:
    training, real, other = thirds("clinic")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    attributes = replace(other.attributes, has=other.attributes.has | np.roll(other.attributes.has, 1, axis=0))
    near, far = (apart(watched, sample, real) for sample in (other, replace(other, attributes=attributes)))
    assert far["rows.attributes"] > 0.2 > 3 * near["rows.attributes"]


def test_what_is_stored_comes_back_without_a_subject(thirds: Thirds) -> None:
    training, real, _ = thirds("clinic")
    watched = KIND.choose(training, real.num_subjects, np.random.default_rng(0))
    assert watched is not None
    arrays, scalars = watched.to_arrays()
    again = KIND.from_arrays(arrays, json.loads(json.dumps(scalars)))
    assert (again.features(real) != watched.features(real)).nnz == 0
    assert training.num_subjects not in {length for array in arrays.values() for length in array.shape}
    assert watched.num_features <= 3000


def test_rows_that_lack_a_column_are_an_error(thirds: Thirds) -> None:
    training, _, other = thirds("clinic")
    watched = KIND.choose(training, 200, np.random.default_rng(0))
    assert watched is not None
    none = Extras((), (), np.zeros((len(other), 0), np.int64))
    for lacking in (replace(other, amount=None), replace(other, time=None), replace(other, extras=none)):
        with pytest.raises(InputError, match=r"the gate watches .*, the rows have none"):
            watched.features(lacking)


def test_links_alone_still_have_occurrences(make_rows: Callable[..., Rows], apart: Apart) -> None:
    rows = make_rows([0, 0, 1, 1, 2], [0, 0, 1, 2, 3])
    watched = KIND.choose(rows, 3, np.random.default_rng(0))
    assert watched is not None
    assert [block.name for block in watched.blocks] == ["rows.occurrences"]
    assert KIND.choose(make_rows([], []), 3, np.random.default_rng(0)) is None
