"""Rows of pseudo-subjects follow the counts of their verbs and objects."""

import numpy as np
import pytest

from assoc_synth.privacy import domains
from assoc_synth.privacy.measurements import Measured
from assoc_synth.privacy.pseudo_links import Links
from assoc_synth.privacy.pseudo_rows import rows_of
from assoc_synth.transactions.schema import Schema

SCHEMA = Schema("who", "did", "what", amount="paid")


def _measured() -> Measured:
    """Tea is bought and viewed together, at about 5; rope is only viewed, and costs nothing."""
    size = len(domains.NUMBER_STARTS)
    rows = np.zeros((2, size))
    rows[0, 0], rows[1, 1] = 10, 10  # bought once, viewed twice
    amounts = np.zeros((2, domains.NUM_AMOUNTS))
    amounts[0, domains.amount_bins(np.array([5.0, 80.0]))] = 10
    amounts[1, domains.MISSING] = 10
    of_objects = np.zeros((2, domains.NUM_SIZES))
    of_objects[0, domains.amount_sizes(domains.amount_bins(np.array([5.0])))] = 10
    links = np.zeros(size)
    return Measured(
        ["bought", "viewed"],
        ["tea", "rope"],
        3,
        links=links,
        objects_of=np.ones(2),
        pairs=np.zeros((2, 2)),
        pair_noise=1.0,
        verbs_of=np.array([[0.0, 0.0, 0.0, 10.0], [0.0, 0.0, 10.0, 0.0]]),
        rows=rows,
        days_of=None,
        days=None,
        hours=None,
        amounts=amounts,
        amounts_of=of_objects,
    )


def test_verbs_repeats_and_amounts() -> None:
    links = Links(np.array([0, 1] * 50), np.arange(0, 101, 2))
    frame = rows_of(links, _measured(), SCHEMA, np.random.default_rng(0))
    counts = frame.groupby(["what", "did"]).size()
    assert counts.to_dict() == {("rope", "viewed"): 100, ("tea", "bought"): 50, ("tea", "viewed"): 100}
    assert frame.loc[frame["did"] == "viewed", "paid"].isna().all()
    paid = frame.loc[frame["did"] == "bought", "paid"]
    assert paid.median() == pytest.approx(5.0, rel=0.2)
    assert paid.max() < 10  # tea is not sold at 80
    assert frame["who"].nunique() == 50


def test_one_verb_for_all_needs_no_column() -> None:
    links = Links(np.array([0, 1]), np.array([0, 1, 2]))
    frame = rows_of(links, _measured(), Schema("who", "verb", "what", verb_name="did"), np.random.default_rng(0))
    assert frame.columns.tolist() == ["who", "what"]
