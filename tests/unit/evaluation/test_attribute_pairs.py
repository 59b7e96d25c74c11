"""Attributes beside objects and beside each other, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.attribute_pairs import attribute_distances
from assoc_synth.evaluation.destroyed import without_columns
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def table(groups: list[tuple[str, str, str, int]]) -> TransactionTable:
    """So many subjects of a sex, a gender and one object."""
    frame = pd.DataFrame(
        [(sex, gender, thing) for sex, gender, thing, size in groups for _ in range(size)],
        columns=["sex", "gender", "object"],
    )
    frame.insert(0, "subject", [f"s{at:04d}" for at in range(len(frame))])
    return TransactionTable.from_frame(frame.assign(verb="had"), subject="subject", verb="verb", object="object")


REAL = [("F", "woman", "birth", 30), ("F", "woman", "flu", 30), ("M", "man", "flu", 60)]


def figures(second: list[tuple[str, str, str, int]]) -> dict[str, float]:
    return attribute_distances(*coded_rows(table(REAL), table(second)))


def test_equal_tables_have_no_distance() -> None:
    assert figures(REAL) == {"attribute_tv": 0.0, "attribute_joint_tv": 0.0}
    assert figures([(*kind[:3], 2 * kind[3]) for kind in REAL])["attribute_tv"] == 0.0, "sizes may differ"


def test_a_birth_on_a_man_is_seen() -> None:
    found = figures(
        [("F", "woman", "birth", 15), ("F", "woman", "flu", 45), ("M", "man", "birth", 15), ("M", "man", "flu", 45)]
    )
    # Of women .5 → .25 and of men 0 → .25, and the same of the flu.
    assert found == {"attribute_tv": pytest.approx(0.25), "attribute_joint_tv": 0.0}


def test_attributes_that_no_longer_agree() -> None:
    found = figures(
        [("F", "man", "birth", 30), ("F", "woman", "flu", 30), ("M", "man", "flu", 30), ("M", "woman", "flu", 30)]
    )
    # (F, woman) and (M, man) were half each: a quarter of the subjects moved from each.
    assert found["attribute_joint_tv"] == pytest.approx(0.5)


def test_classes_of_few_subjects_are_not_compared() -> None:
    real = [*REAL, ("X", "other", "flu", 29)]
    x, y = coded_rows(table(real), table([*REAL, ("X", "other", "birth", 29)]))
    assert attribute_distances(x, y)["attribute_tv"] == 0.0


def test_without_attributes_there_are_no_figures() -> None:
    bare = TransactionTable.from_frame(table(REAL).to_frame()[["subject", "verb", "object"]])
    assert attribute_distances(*coded_rows(bare, bare)) == {}
    single = TransactionTable.from_frame(table(REAL).to_frame().drop(columns="gender"))
    assert set(attribute_distances(*coded_rows(single, single))) == {"attribute_tv"}


def test_attributes_dealt_anew_are_far_and_other_subjects_near() -> None:
    rng = np.random.default_rng(0)
    halves = [rng.multinomial(300, [0.25, 0.25, 0.5]) for _ in range(2)]
    x, y = coded_rows(*(table([(*kind[:3], int(n)) for kind, n in zip(REAL, half, strict=True)]) for half in halves))
    near, far = attribute_distances(x, y), attribute_distances(x, without_columns(y, rng))
    assert near["attribute_tv"] < 0.07 < 0.15 < far["attribute_tv"]
    assert near["attribute_joint_tv"] < 0.1 < 0.3 < far["attribute_joint_tv"]
