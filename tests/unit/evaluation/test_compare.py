"""Every measure of several tables in one frame, each beside its floor and its baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth import compare, datasets
from assoc_synth.errors import InputError, SchemaError
from assoc_synth.evaluation.compare import MOST_OBJECTS, table_figures
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def halves() -> tuple[TransactionTable, TransactionTable]:
    return datasets.halves(datasets.toy_shop(subjects=200, seed=1))


def shuffled(table: TransactionTable) -> pd.DataFrame:
    """Objects dealt anew among all rows: no association is left."""
    frame = table.to_frame()
    return frame.assign(product=frame["product"].sample(frac=1, random_state=0).to_numpy())


@pytest.fixture(scope="module")
def found(halves: tuple[TransactionTable, TransactionTable]) -> pd.DataFrame:
    real, held = halves
    return compare(real, {"held out": held, "shuffled": shuffled(real)}, datasets.toy_shop(subjects=100, seed=2))


def test_one_row_for_each_table_and_measure(found: pd.DataFrame) -> None:
    numbers = ["value", "low", "high", "floor", "independent"]
    assert found.columns.tolist() == ["table", "measure", *numbers, "aim", "why"]
    assert found["table"].unique().tolist() == ["held out", "shuffled"]
    assert not found.duplicated(["table", "measure"]).any()
    assert {"pair_l1", "verb_tv", "transition_tv", "ndcg@10", "closer_to_train", "c2st"} <= set(found["measure"])
    assert (found["value"].isna() == (found["why"] != "")).all()


def test_every_figure_of_rows_and_links_has_a_floor_and_a_baseline(found: pd.DataFrame) -> None:
    known = found[found["value"].notna()]
    assert known["floor"].notna().all()
    single = known["measure"].isin(["verb_tv", "object_tv", "month_tv", "hour_tv", "weekday_tv", "time_missing"])
    single |= known["measure"].isin(["amount_ks", "amount_missing"])
    assert known.loc[~single, "independent"].notna().all(), "single columns have no associations to lose"
    limited = known[known["low"].notna() & known["high"].notna()]
    assert len(limited) > 0.8 * len(known)
    assert ((limited["low"] <= limited["value"]) & (limited["value"] <= limited["high"])).all()


def test_what_is_shuffled_is_as_far_as_the_independent_table(found: pd.DataFrame) -> None:
    value = found.pivot(index="measure", columns="table", values="value")
    assert value.loc["pair_l1", "shuffled"] > value.loc["pair_l1", "held out"]
    assert value.loc["ndcg@10", "shuffled"] < value.loc["ndcg@10", "held out"]
    assert value.loc["c2st", "shuffled"] > value.loc["c2st", "held out"]


def test_without_held_out_subjects_nothing_is_said_of_use_and_closeness(
    halves: tuple[TransactionTable, TransactionTable],
) -> None:
    real, held = halves
    figures = {figure.name: figure for figure in table_figures(real, held, None)}
    assert not {"ndcg@10", "closer_to_train"} & set(figures)
    assert figures["pair_l1"].floor is not None


def test_the_same_seed_gives_the_same_frame() -> None:
    real, held = datasets.halves(datasets.toy_shop(subjects=50, seed=1))
    first, again = (compare(real, {"x": held}, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


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


def test_wrong_use_is_refused(halves: tuple[TransactionTable, TransactionTable]) -> None:
    real, held = halves
    for tables in ({}, [held]):
        with pytest.raises(InputError, match="takes the synthetic tables by name"):
            compare(real, tables)  # type: ignore[arg-type]
    other = held.to_frame().assign(product="nothing that is known")
    with pytest.raises(InputError, match="share no object"):
        compare(real, {"other": other})
    with pytest.raises(SchemaError):
        compare(real, {"other": pd.DataFrame({"a": [1]})}, subject="b")
