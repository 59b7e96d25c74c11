"""A stand-in has the table's counts, up to noise, and no name or value of few subjects."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.privacy import Promise, Wanted
from assoc_synth.privacy.stand_in import stand_in
from assoc_synth.transactions.table import TransactionTable

pytest.importorskip("opendp")
SUBJECTS = 3_000


def _table(seed: int = 0) -> TransactionTable:
    """Tea goes with mugs and screws with nuts; rent is paid back; one subject has a name of its own."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(SUBJECTS):
        is_first = rng.random() < 0.5
        liked = ["tea", "mug", "pot"] if is_first else ["screw", "nut", "bolt"]
        day = pd.Timestamp("2024-03-01") + pd.Timedelta(days=int(rng.integers(0, 60)))
        for name in liked:
            if rng.random() < 0.8:
                rows.append((f"p{subject}", "bought", name, day + pd.Timedelta(hours=9), 5.0 if is_first else 80.0))
        rows.append((f"p{subject}", "viewed", str(rng.choice(["tea", "nut", "rope"])), day, np.nan))
    rows.append(("p7", "bought", "THE ONLY ONE", pd.Timestamp("1931-05-05"), 123_456.0))
    frame = pd.DataFrame(rows, columns=["who", "did", "what", "when", "paid"])
    return TransactionTable.from_frame(
        frame, subject="who", verb="did", object="what", time="when", amount="paid", basket=""
    )


@pytest.fixture(scope="module")
def made() -> TransactionTable:
    return stand_in(_table(), Wanted(8.0), np.random.default_rng(0))[0]


def test_objects_pairs_and_verbs_are_as_often(made: TransactionTable) -> None:
    real, own = (table.to_frame(typed=True) for table in (_table(), made))

    def share(frame: pd.DataFrame, *names: str) -> float:
        having = [set(frame.loc[frame["what"] == name, "who"]) for name in names]
        return len(set.intersection(*having)) / frame["who"].nunique()

    for names in (("tea",), ("rope",), ("tea", "mug"), ("screw", "bolt"), ("tea", "bolt")):
        assert share(own, *names) == pytest.approx(share(real, *names), abs=0.05), names
    assert (own["did"] == "viewed").mean() == pytest.approx((real["did"] == "viewed").mean(), abs=0.05)
    assert own["who"].nunique() == pytest.approx(SUBJECTS, rel=0.05)


def test_amounts_and_times_are_as_their_verbs_and_objects(made: TransactionTable) -> None:
    own = made.to_frame(typed=True)
    assert own.loc[own["did"] == "viewed", "paid"].isna().mean() > 0.95
    bought = own[own["did"] == "bought"].dropna(subset="paid")
    assert bought.loc[bought["what"] == "mug", "paid"].median() == pytest.approx(5.0, rel=0.25)
    assert bought.loc[bought["what"] == "bolt", "paid"].median() == pytest.approx(80.0, rel=0.25)
    assert own["when"].dt.strftime("%Y-%m").isin(["2024-03", "2024-04"]).mean() > 0.95
    assert (bought["when"].dt.hour == 9).mean() > 0.8


def test_one_subjects_name_and_values_are_not_in_it(made: TransactionTable) -> None:
    own = made.to_frame(typed=True)
    assert "THE ONLY ONE" not in set(own["what"])
    assert not (own["when"] < "2000").any()
    assert not (own["paid"] > 10_000).any()


def test_the_promise_lists_every_release_and_stays_within_it() -> None:
    _, promise = stand_in(_table(), Wanted(2.0), np.random.default_rng(0))
    assert {"links", "names", "objects", "pairs", "amounts"} <= {release.what for release in promise.releases}
    assert sum(release.delta for release in promise.releases) <= 1e-6
    assert Promise.from_dict(promise.to_dict()) == promise


def test_public_names_are_all_there() -> None:
    made, promise = stand_in(_table(), Wanted(8.0, public_names=True), np.random.default_rng(0))
    assert promise.num_names == 8
    assert "names" not in {release.what for release in promise.releases}
    assert "public" in " ".join(made.notes)


def test_a_table_of_few_subjects_says_what_to_do() -> None:
    small = _table().take_subjects(np.arange(12))
    with pytest.raises(InputError, match="more subjects"):
        stand_in(small, Wanted(1.0), np.random.default_rng(0))
