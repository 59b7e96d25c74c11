"""Rows of pseudo-subjects follow the counts of their verbs and objects."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.privacy import domains
from assoc_synth.privacy.measurements import Measured
from assoc_synth.privacy.pseudo_links import Links
from assoc_synth.privacy.pseudo_rows import rows_of
from assoc_synth.transactions.schema import Schema

Make = Callable[..., Measured]
SCHEMA = Schema("who", "did", "what", amount="paid")


def _measured(make: Make) -> Measured:
    """Tea is bought and viewed together, at about 5; rope is only viewed, and costs nothing."""
    size = len(domains.NUMBER_STARTS)
    rows = np.zeros((2, size))
    rows[0, 0], rows[1, 1] = 10, 10  # bought once, viewed twice
    amounts = np.zeros((2, domains.NUM_AMOUNTS))
    amounts[0, domains.amount_bins(np.array([5.0, 80.0]))] = 10
    amounts[1, domains.MISSING] = 10
    of_objects = np.zeros((2, domains.NUM_SIZES))
    of_objects[0, domains.amount_sizes(domains.amount_bins(np.array([5.0])))] = 10
    return make(
        2,
        verbs=["bought", "viewed"],
        objects=["tea", "rope"],
        verbs_of=np.array([[0.0, 0.0, 0.0, 10.0], [0.0, 0.0, 10.0, 0.0]]),
        rows=rows,
        amounts=amounts,
        amounts_of=of_objects,
    )


def test_verbs_repeats_and_amounts(make_measured: Make) -> None:
    links = Links(np.array([0, 1] * 50), np.arange(0, 101, 2))
    frame = rows_of(links, _measured(make_measured), SCHEMA, np.random.default_rng(0))
    counts = frame.groupby(["what", "did"]).size()
    assert counts.to_dict() == {("rope", "viewed"): 100, ("tea", "bought"): 50, ("tea", "viewed"): 100}
    assert frame.loc[frame["did"] == "viewed", "paid"].isna().all()
    paid = frame.loc[frame["did"] == "bought", "paid"]
    assert paid.median() == pytest.approx(5.0, rel=0.2)
    assert paid.max() < 10  # tea is not sold at 80
    assert frame["who"].nunique() == 50


def test_one_verb_for_all_needs_no_column(make_measured: Make) -> None:
    links = Links(np.array([0, 1]), np.array([0, 1, 2]))
    frame = rows_of(
        links, _measured(make_measured), Schema("who", "verb", "what", verb_name="did"), np.random.default_rng(0)
    )
    assert frame.columns.tolist() == ["who", "what"]


def test_what_no_count_shows_is_even_and_told(make_measured: Make) -> None:
    """Without an hour that stands out, rows are at all hours, not at midnight, and the stand-in's notes say so."""
    days = (np.arange(domains.NUM_DAYS) == 45_000).astype(float)
    sizes = len(domains.NUMBER_STARTS)
    measured = make_measured(2, days=days, days_of=np.zeros((sizes, sizes)), hours=np.zeros((1, domains.NUM_HOURS)))
    links = Links(np.array([0, 1] * 400), np.arange(0, 801, 2))
    frame = rows_of(links, measured, Schema("who", "did", "what", time="when"), np.random.default_rng(0))
    assert frame["when"].dt.hour.nunique() == 24
    assert [clause.split(":")[0] for clause in measured.unseen] == [
        "verbs of each object",
        "rows of a link",
        "days of a subject",
        "hours",
    ]
