"""The gate of the benchmark looks at what a competitor hands in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assoc_synth.benchmark import Work
from assoc_synth.benchmark.gates import Gates
from assoc_synth.gate.verdict import Status
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def gates(work: Work) -> Gates:
    return work.gates


def judged(gates: Gates, table: TransactionTable, work: Work) -> dict[str, Status]:
    verdict = gates.judge(work.unseen, table)
    return {scope.name: scope.status for scope in verdict.scopes}


def test_links_alone_are_judged_as_links(gates: Gates, work: Work) -> None:
    verdict = gates.judge(work.unseen)
    assert {scope.name for scope in verdict.scopes if scope.status is not Status.NOT_JUDGED} == {"links"}
    assert gates.judge(work.contaminated(work.unseen)).num_subjects == verdict.num_subjects


def test_rows_are_judged_in_every_scope(gates: Gates, work: Work) -> None:
    found = judged(gates, work.unseen_rows, work)
    assert Status.FAIL not in found.values()
    assert Status.NOT_JUDGED not in (found["links"], found["rows"])
    dear = replace(work.unseen_rows, amount=work.unseen_rows.amount + 1_000)  # type: ignore[operator]
    assert judged(gates, dear, work)["rows"] is Status.FAIL


def test_what_is_not_handed_in_is_not_judged(gates: Gates, work: Work) -> None:
    frame = work.unseen_rows.to_frame()
    roles = {role: column for role, column in work.train.schema.roles().items() if role not in ("time", "amount")}
    bare = TransactionTable.from_frame(frame[list(roles.values())], **roles)  # type: ignore[arg-type]
    found = judged(gates, bare, work)
    assert found["order"] is Status.NOT_JUDGED
    assert found["links"] is not Status.NOT_JUDGED


def test_unknown_names_are_left_out(gates: Gates, work: Work) -> None:
    frame = work.unseen_rows.to_frame()
    column = work.train.schema.object
    strange = pd.concat([frame, frame.iloc[:50].assign(**{column: "of another world"})], ignore_index=True)
    roles = work.train.schema.roles()
    table = TransactionTable.from_frame(strange, **roles)  # type: ignore[arg-type]
    assert gates.judge(work.unseen, table).p_value == gates.judge(work.unseen, work.unseen_rows).p_value
    assert np.isin("of another world", table.objects)
