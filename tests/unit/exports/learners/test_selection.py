"""One verb, missing words, and rows without repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports.learners.selection import MISSING_WORDS, merged, refuse_missing_words, rows_of_verb
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def test_one_verb_is_named_or_the_only_one(people: TransactionTable) -> None:
    assert rows_of_verb(people, "likes", "lenskit").tolist() == [3]
    assert rows_of_verb(people.take_rows(np.arange(3)).with_own_names(), None, "lenskit").tolist() == [0, 1, 2]
    with pytest.raises(InputError, match="name it with --only-verb; there are 'knows', 'likes'"):
        rows_of_verb(people, None, "lenskit")
    with pytest.raises(InputError, match="lykes"):
        rows_of_verb(people, "lykes", "lenskit")


def test_missing_words_are_those_of_pandas(tmp_path: object) -> None:
    from pandas._libs.parsers import STR_NA_VALUES

    assert set(MISSING_WORDS) == STR_NA_VALUES
    table = TransactionTable.from_frame(
        pd.DataFrame({"subject": ["a", "b"], "verb": "has", "object": ["x", "None"]}), layout="rows"
    )
    with pytest.raises(InputError, match=r"row 2, object: .* recbole cannot hold it"):
        refuse_missing_words(table, "recbole")


def test_repeats_are_counted_and_the_latest_stays() -> None:
    frame = pd.DataFrame({"subject": ["a", "a", "a", "b"], "verb": "saw", "object": ["x", "x", "y", "x"]})
    frame["t"] = pd.to_datetime(["2026-01-03", "2026-01-02", None, "2026-01-01"])
    graph = LinkGraph.from_table(TransactionTable.from_frame(frame, time="t", layout="rows"))
    subject, object, count, last = merged(graph, np.arange(4))
    assert (subject.tolist(), object.tolist()) == ([0, 0, 1], [0, 1, 0])
    assert (count.tolist(), last.tolist()) == ([2, 1, 1], [0, 2, 3])
    assert [part.tolist() for part in merged(graph, np.zeros(0, np.int64))] == [[], [], [], []]
