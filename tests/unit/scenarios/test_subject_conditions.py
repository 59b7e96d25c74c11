"""Subjects with given values of their own columns are those that a plain draw would have left."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.date_functions import DateFunction
from assoc_synth.attributes.dates import DateCode
from assoc_synth.attributes.functions import ColumnFunction
from assoc_synth.attributes.subject_columns import BinnedNumbers, SubjectColumns
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios import subject_conditions
from assoc_synth.scenarios.subject_conditions import classes_asked, classes_of_value, sources_of, subjects_of
from assoc_synth.transactions.columns.times import read_times

BORN = np.repeat(np.arange(1930.0, 2010.0), 25)
JOINED = pd.Series(pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(400) // 4, unit="D"))
VERBS, OBJECTS = 2, 8


def columns() -> tuple[SubjectColumns, DateCode]:
    times, written, _ = read_times(JOINED)
    date = DateCode.learn(times, written, None)
    zips = pd.Series([f"{number:04d}" for number in range(900)], dtype=object)
    codes = (
        CategoryCode.learn("sex", pd.Series(["F", "M"])),
        BinnedNumbers.learn("born", BORN),
        BinnedNumbers.learn("joined", date.numbers(times)),
        CategoryCode.learn("zip", zips),
        CategoryCode.learn("age", pd.Series([1, 2, 30], dtype=object)),
    )
    return SubjectColumns(codes), date


@pytest.fixture(scope="module")
def model() -> Any:
    """Random weights; subjects have 1 to 4 links."""
    own, date = columns()
    torch.manual_seed(0)
    objects, verbs = OBJECTS + sum(own.sizes), VERBS + len(own)
    logits = torch.full((verbs, objects), -1e6)
    logits[:VERBS, :OBJECTS] = torch.randn(VERBS, OBJECTS)
    ends = OBJECTS + np.cumsum([0, *own.sizes])
    for place, (begin, end) in enumerate(pairwise(ends)):
        logits[VERBS + place, begin:end] = torch.randn(int(end - begin)) / 2
    config = CTGANConfig(noise_dim=2, context_dim=6, association_dim=4, hidden_dim=8, blocks=1)
    generator = EdgeGenerator(config, logits, 0.0, attributes=own.sizes).eval()
    with torch.no_grad():
        generator.output.mul_(20.0)
    rng = np.random.default_rng(0)
    plan = rng.integers(0, 3, (400, VERBS))
    plan[:, 0] += 1
    degrees = Degrees.learn(sample_edges(generator, plan, seeds=Seeds.of(9)).within(VERBS, OBJECTS))
    title = ColumnFunction("title", "sex", ("Ms", "Mr", None))
    clock = date.format.local(JOINED.to_numpy())
    month = DateFunction.learn("month", JOINED.dt.month.to_numpy(np.float64), "joined", {"joined": clock})
    extras = SimpleNamespace(subject=own, dates={"joined": date}, functions=(title,), of_dates=(month,))
    return SimpleNamespace(
        encoder=SimpleNamespace(extras=extras),
        edge_generator=generator,
        degrees=degrees,
        plans=Plans.of(degrees, generator),
        classes_of=lambda edges: own.classes_of(edges, VERBS, OBJECTS),
    )


def found(model: Any, edges: Edges) -> np.ndarray:
    """The classes of each subject's columns, (S, A)."""
    return model.classes_of(edges)


def test_classes_of_a_value(model: Any) -> None:
    assert classes_of_value(model, "sex", "M") == (1,)
    assert classes_of_value(model, "age", 30) == classes_of_value(model, "age", "30") == (2,)


@pytest.mark.parametrize(("column", "value"), [("sex", "X"), ("born", (2020, 2030)), ("born", (1930.2, 1930.8))])
def test_what_no_subject_has_is_an_error_at_once(model: Any, column: str, value: Any) -> None:
    if value == (1930.2, 1930.8):
        code = BinnedNumbers("born", np.array([1930.0]), np.array([1931.0]), np.array([1960.0]), 0, False)
        extras = SimpleNamespace(subject=SubjectColumns((code,)), dates={})
        model = SimpleNamespace(encoder=SimpleNamespace(extras=extras))
    with pytest.raises(InputError, match=f"no subject has such a value of column {column!r}: ask for another one"):
        classes_of_value(model, column, value)


def test_a_rare_value_of_a_column_of_many_is_its_shared_class(model: Any) -> None:
    code = model.encoder.extras.subject.codes[3]
    assert len(code.values) > code.classes
    (one,) = classes_of_value(model, "zip", code.values[700])
    assert one == code.class_of[700]


def test_what_is_computed_from_a_column_of_subjects_is_one(model: Any) -> None:
    own = {"sex": "sex", "born": "born", "joined": "joined", "zip": "zip", "age": "age"}
    assert sources_of(model) == own | {"title": "sex", "month": "joined"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({"title": "Mr"}, {"sex": (1,)}), ({"title": "Mr", "sex": "M"}, {"sex": (1,)}), ({"colour": "red"}, {})],
)
def test_classes_of_what_a_category_decides(model: Any, asked: dict[str, Any], expected: Any) -> None:
    assert classes_asked(model, asked) == expected


def test_classes_of_what_a_date_decides(model: Any) -> None:
    """The first of February is day 31 of the dates, the first of March is day 60."""
    joined = model.encoder.extras.subject.codes[2]
    assert classes_asked(model, {"month": 2}) == {"joined": tuple(joined.classes_in(31, 59).tolist())}
    assert classes_asked(model, {"month": (2, 3)}) == {"joined": tuple(joined.classes_in(31, 90).tolist())}


def test_values_that_contradict_each_other(model: Any) -> None:
    with pytest.raises(InputError, match="no subject has such values of 'title' and 'sex': ask for other ones"):
        classes_asked(model, {"title": "Mr", "sex": "F"})


def test_classes_of_a_window_of_numbers(model: Any) -> None:
    born = model.encoder.extras.subject.codes[1]
    classes = classes_of_value(model, "born", (1980, 1990))
    assert classes == tuple(born.classes_in(1980, 1990).tolist())
    assert set(born.encode(np.arange(1980.0, 1991.0)).tolist()) == set(classes)
    assert classes_of_value(model, "born", 1985) == classes_of_value(model, "born", (1985, 1985))


def test_classes_of_a_window_of_dates(model: Any) -> None:
    """Dates count from the first of them: day 10 to day 19 of a hundred."""
    joined, window = model.encoder.extras.subject.codes[2], ("2020-01-11", "2020-01-20")
    low, high = (int(pd.Timestamp(day).value) for day in window)
    assert classes_of_value(model, "joined", (low, high)) == tuple(joined.classes_in(10, 19).tolist())


@pytest.mark.parametrize(
    "asked", [{"sex": "F"}, {"born": (1980, 1990)}, {"sex": "M", "born": (1930, 1939)}], ids=["sex", "born", "both"]
)
def test_all_subjects_fit_and_are_as_many_as_asked_for(model: Any, asked: dict[str, Any]) -> None:
    allowed = {name: classes_of_value(model, name, value) for name, value in asked.items()}
    edges = subjects_of(model, allowed, 200, seeds=Seeds.of(0))
    assert edges.num_subjects == 200
    classes = found(model, edges)
    names = model.encoder.extras.subject.names
    for name, those in allowed.items():
        assert np.isin(classes[:, names.index(name)], those).all()
    assert (edges.degrees_by_verb()[:, VERBS:] == 1).all()
    links = edges.within(VERBS, OBJECTS)
    assert (np.diff(links.offsets) > 0).all()


def test_they_are_the_subjects_that_a_plain_draw_would_have_left(model: Any) -> None:
    """Their other column, their numbers of links and their objects."""
    subjects = 4_000
    edges = subjects_of(model, {"sex": (0,)}, subjects, seeds=Seeds.of(1))
    plan = model.degrees.draw(12_000, np.random.default_rng(2))
    plain = sample_edges(model.edge_generator, plan, seeds=Seeds.of(2))
    left = plain.take(np.flatnonzero(found(model, plain)[:, 0] == 0))
    assert 1_000 < left.num_subjects < 11_000
    for part in (
        lambda graph: np.bincount(found(model, graph)[:, 4], minlength=3) / graph.num_subjects,
        lambda graph: graph.tokens()[:, : VERBS * graph.num_objects].mean(0).A1,
        lambda graph: np.bincount(np.diff(graph.within(VERBS, OBJECTS).offsets), minlength=9)[:9] / graph.num_subjects,
    ):
        few = min(subjects, left.num_subjects)
        assert np.abs(part(edges) - part(left)).max() < 4 * np.sqrt(2 * 0.25 / few)


def test_the_seed_decides(model: Any) -> None:
    first, again, other = (subjects_of(model, {"sex": (0,)}, 50, seeds=Seeds.of(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.token, again.token)
    assert not np.array_equal(first.token, other.token)


def test_fewer_than_a_block_holds_are_drawn_in_several(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject_conditions, "BLOCK", 100)
    edges = subjects_of(model, {"sex": (0,)}, 300, seeds=Seeds.of(0))
    assert edges.num_subjects == 300
    assert (found(model, edges)[:, 0] == 0).all()
    assert len({tuple(found(model, edges)[at]) for at in range(300)}) > 200  # the blocks differ


def test_what_hardly_any_subject_has_is_an_error(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject_conditions, "MOST_DRAWN", 25_001)
    message = (
        r"too few subjects have such sex, zip: 41,000 were drawn, 0 of 10 fit; ask for fewer, or for a wider range"
    )
    with pytest.raises(InputError, match=message):
        subjects_of(model, {"sex": (0,), "zip": ()}, 10, seeds=Seeds.of(0))
