"""SDV's metadata in and out."""

from __future__ import annotations

import pandas as pd
import pytest
from sdv.metadata import Metadata

from assoc_synth import AssociativeSynthesizer, datasets
from assoc_synth.errors import InputError
from assoc_synth.transactions.sdv_metadata import roles_of
from assoc_synth.transactions.table import TransactionTable

FRAME = pd.DataFrame(
    {"who": ["a", "b"], "verb": "buys", "item": ["tea", "cup"], "at": ["03/02/2026", "04/02/2026"], "odd": [1.5, 2.5]}
)
COLUMNS = {name: {"sdtype": "categorical"} for name in FRAME} | {
    "who": {"sdtype": "id"},
    "at": {"sdtype": "datetime", "datetime_format": "%d/%m/%Y"},
    "odd": {"sdtype": "numerical"},
}
SHOP = {"columns": COLUMNS, "sequence_key": "who", "sequence_index": "at"}
SPECIFICATION = {"tables": {"shop": SHOP}, "relationships": [], "METADATA_SPEC_VERSION": "V2"}


@pytest.mark.parametrize("metadata", [SPECIFICATION, SHOP, Metadata.load_from_dict(SPECIFICATION)])
def test_subject_time_and_its_format_are_read(metadata: object) -> None:
    table = TransactionTable.from_frame(FRAME, metadata)
    assert (table.schema.subject, table.schema.time) == ("who", "at")
    assert table.time is not None
    assert str(table.time[0])[:10] == "2026-02-03"


def test_a_format_is_for_times_that_are_text() -> None:
    dated = FRAME.assign(at=pd.to_datetime(FRAME["at"], format="%d/%m/%Y"))
    assert TransactionTable.from_frame(dated, SPECIFICATION).schema.time == "at"


def test_what_is_named_is_not_overruled() -> None:
    table = TransactionTable.from_frame(FRAME, SPECIFICATION, subject="item", object="who", time="")
    assert (table.schema.subject, table.schema.time) == ("item", None)


def test_metadata_go_out_and_come_back() -> None:
    table = datasets.toy_shop(subjects=40)
    metadata = table.to_metadata()
    metadata.validate()
    frame = table.to_frame(typed=True)
    metadata.validate_data({"transactions": frame})
    again = TransactionTable.from_frame(frame, metadata)
    assert again.schema == table.schema
    assert roles_of(metadata, {}) == {"subject": "customer", "time": "date"}


def test_several_tables_are_refused() -> None:
    two = {"tables": {"a": SHOP, "b": SHOP}}
    for read in (
        TransactionTable.from_frame,
        lambda frame, metadata: AssociativeSynthesizer().fit(frame, metadata=metadata),
    ):
        with pytest.raises(InputError, match="the metadata describe 2"):
            read(FRAME, two)
