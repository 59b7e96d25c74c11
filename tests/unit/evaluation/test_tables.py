"""Every measure of one table, each beside its floor and its baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.tables import MOST_OBJECTS, table_figures
from assoc_synth.transactions.table import TransactionTable

Named = dict[str, Figure]


@pytest.fixture(scope="module")
def halves() -> tuple[TransactionTable, TransactionTable]:
    return datasets.halves(datasets.toy_shop(subjects=200, seed=1))


@pytest.fixture(scope="module")
def found(halves: tuple[TransactionTable, TransactionTable]) -> dict[str, Named]:
    """Figures of held-out rows, and of rows whose objects are dealt anew among all."""
    real, held = halves
    frame = real.to_frame()
    shuffled = frame.assign(product=frame["product"].sample(frac=1, random_state=0).to_numpy())
    unseen = datasets.toy_shop(subjects=100, seed=2)
    tables = {"held out": held, "shuffled": TransactionTable.from_frame(shuffled)}
    return {
        name: {figure.name: figure for figure in table_figures(real, table, unseen)} for name, table in tables.items()
    }


def test_every_kind_of_measure_is_there_once(found: dict[str, Named]) -> None:
    for figures in found.values():
        assert {"pair_l1", "verb_tv", "transition_tv", "ndcg@10", "closer_to_train", "c2st"} <= set(figures)
        assert all((figure.value is None) == bool(figure.why) for figure in figures.values())


def test_every_figure_of_rows_and_links_has_a_floor_and_a_baseline(found: dict[str, Named]) -> None:
    known = [figure for figures in found.values() for figure in figures.values() if figure.value is not None]
    assert all(figure.floor is not None for figure in known)
    single = {"verb_tv", "object_tv", "month_tv", "hour_tv", "weekday_tv", "time_missing", "amount_ks"}
    single |= {"amount_missing"}
    lacking = {figure.name for figure in known if figure.independent is None}
    assert lacking <= single, "single columns have no associations to lose"
    limits = [(figure.low, figure.value, figure.high) for figure in known if figure.low is not None]
    assert len(limits) > 0.8 * len(known)
    assert all(low <= value <= high for low, value, high in limits if high is not None)  # type: ignore[operator]


def test_what_is_shuffled_is_as_far_as_the_independent_table(found: dict[str, Named]) -> None:
    def values(name: str) -> tuple[float, float]:
        first, second = (found[side][name].value for side in ("held out", "shuffled"))
        assert first is not None
        assert second is not None
        return first, second

    for name in ("pair_l1", "c2st"):
        assert values(name)[0] < values(name)[1]
    assert values("ndcg@10")[0] > values("ndcg@10")[1]


def test_without_held_out_subjects_nothing_is_said_of_use_and_closeness(
    halves: tuple[TransactionTable, TransactionTable],
) -> None:
    real, held = halves
    figures = {figure.name: figure for figure in table_figures(real, held, None)}
    assert not {"ndcg@10", "closer_to_train"} & set(figures)
    assert figures["pair_l1"].floor is not None


def test_clusters_are_kept_together() -> None:
    frame = datasets.toy_shop(subjects=300, seed=1).to_frame()
    frame["family"] = pd.factorize(frame["customer"])[0] // 10
    table = TransactionTable.from_frame(frame, subject="customer", cluster="family")
    by_name = {figure.name: figure for figure in table_figures(table, table, None)}
    # Half of thirty families is too few for ten groups of two.
    assert by_name["pair_l1"].low is None
    assert by_name["pair_l1"].floor is not None
    assert by_name["verb_tv"].low is not None, "single columns are not halved: thirty families"


def test_what_cannot_be_computed_says_why() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"who": rng.integers(0, 40, 200), "what": np.arange(200) * 30, "did": "buy"})
    roles = {"subject": "who", "verb": "did", "object": "what"}
    table = TransactionTable.from_frame(frame, **roles)  # type: ignore[arg-type]
    figures = {figure.name: figure for figure in table_figures(table, table, table)}
    assert figures["rule_f1"].value is None
    assert "lift is 2 or more" in figures["rule_f1"].why
    wide = frame.loc[frame.index.repeat(30)].assign(what=np.arange(6_000))
    many = TransactionTable.from_frame(wide, **roles)  # type: ignore[arg-type]
    assert figures["ndcg@10"].why == "no held-out subject has 5 objects" or figures["ndcg@10"].value is not None
    told = {figure.name: figure.why for figure in table_figures(many, many, many)}["ndcg@10"]
    assert told == f"6,000 objects are more than {MOST_OBJECTS:,}"


def test_tables_that_share_nothing_are_refused(halves: tuple[TransactionTable, TransactionTable]) -> None:
    real, held = halves
    other = TransactionTable.from_frame(held.to_frame().assign(product="nothing that is known"))
    with pytest.raises(InputError, match="share no object"):
        table_figures(real, other, None)
