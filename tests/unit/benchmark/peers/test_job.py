"""The folder of a job."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark.peers.job import Job, extra_names, role_frame, roles_of, without_extras
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return Job(tmp_path_factory.mktemp("job"))


def test_what_is_written_is_read(job: Job) -> None:
    assert (job.request(), job.fitted(), job.result(), job.failure()) == (None, None, None, None)
    job.write_request(7, None)
    assert job.request() == {"seed": 7, "seconds": None}
    assert not job.is_fitted
    job.write_fitted({"fit_seconds": 1.5, "fit_links_per_second": None, "library": "x", "notes": ["a"]})
    assert job.is_fitted
    assert job.fitted() == {"fit_seconds": 1.5, "fit_links_per_second": None, "library": "x", "notes": ["a"]}
    job.write_failure({"error": "no", "verdict": "FAIL"})
    assert job.failure() == {"error": "no", "verdict": "FAIL"}
    assert sorted(path.name for path in job.folder.iterdir()) == ["error.json", "fitted.json", "job.json"]


def test_keys_beyond_the_contract_are_left_out(job: Job) -> None:
    (job.folder / "error.json").write_text(json.dumps({"error": "no", "verdict": None, "more": 1}))
    assert job.failure() == {"error": "no", "verdict": None}


@pytest.mark.parametrize(("text", "missing"), [("{}", "error, verdict"), ("[1]", "error, verdict")])
def test_a_file_without_its_keys_is_an_error(job: Job, text: str, missing: str) -> None:
    (job.folder / "error.json").write_text(text)
    with pytest.raises(ValueError, match=f"error.json has no {missing}"):
        job.failure()


def test_roles_become_columns_and_names_text() -> None:
    frame = pd.DataFrame({"who": [3, 1], "act": ["v", "v"], "what": [10, 20], "order": ["q", None], "hue": ["a", "b"]})
    table = TransactionTable.from_frame(frame, subject="who", verb="act", object="what", basket="order")
    rows = role_frame(table)
    assert rows.columns.tolist() == ["subject", "verb", "object", "basket"]
    assert rows["subject"].tolist() == ["3", "1"]
    assert rows["object"].tolist() == ["10", "20"]
    assert rows["basket"].tolist() == ["q", None]


def test_extra_columns_travel_under_names_of_their_own() -> None:
    frame = pd.DataFrame({"who": [3, 1], "what": [1, 2], "hue": ["a", 7], "time": [2.5, 1.5], "amount": ["x", None]})
    table = TransactionTable.from_frame(
        frame.assign(act="v"), subject="who", verb="act", object="what", time="", amount=""
    )
    rows = role_frame(table, extras=True)
    assert rows.columns.tolist() == ["subject", "verb", "object", "extra: hue", "extra: time", "extra: amount"]
    assert rows["extra: hue"].tolist() == ["a", "7"]
    assert rows["extra: amount"].isna().tolist() == [False, True]
    assert extra_names(rows) == {"extra: hue": "hue"}, "a name of a role stays as it is"
    assert without_extras(rows).columns.tolist() == ["subject", "verb", "object"]
    again = TransactionTable.from_frame(rows, **roles_of(rows))
    assert role_frame(again, extras=True).columns.tolist() == rows.columns.tolist(), "the prefix comes once"


def test_times_and_amounts_stay_as_they_are() -> None:
    times = pd.to_datetime(["2024-01-02", None])
    frame = pd.DataFrame({"subject": ["a", "b"], "verb": "v", "object": "x", "time": times, "amount": [1.5, np.nan]})
    rows = role_frame(TransactionTable.from_frame(frame, time="time", amount="amount"))
    assert rows["time"].tolist()[0] == pd.Timestamp("2024-01-02")
    assert rows["amount"].tolist()[0] == 1.5
    assert rows[["time", "amount"]].isna().sum().tolist() == [1, 1]


def test_a_frame_of_roles_is_read_by_its_own_columns() -> None:
    assert roles_of(["subject", "verb", "object", "basket"]) == {
        "subject": "subject",
        "verb": "verb",
        "object": "object",
        "time": "",
        "amount": "",
        "basket": "basket",
    }
