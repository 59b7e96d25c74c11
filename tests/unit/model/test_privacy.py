"""What a model says that it stores."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from assoc_synth.attributes import AttributeEncoder, Thresholds
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.privacy import ALWAYS, UNKNOWN, Behind, PrivacyListing
from assoc_synth.transactions.table import TransactionTable


def listing(known: bool = True) -> PrivacyListing:
    frame = pd.DataFrame({"who": np.repeat(range(40), 2), "did": "buy", "what": ["tea", "mug"] * 40})
    frame.loc[0, "what"] = "crown"
    frame["job"] = np.repeat(["cook", "maid"] * 20, 2)
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    encoder = AttributeEncoder.learn(LinkGraph.from_table(table), np.random.default_rng(0), fewest=5)
    behind = Behind.count(encoder, table, Thresholds()) if known else None
    names = {"verb": table.verbs, "object": table.objects}
    return PrivacyListing.of(encoder, names, table.schema.roles(), behind)


def test_every_value_has_its_subjects() -> None:
    frame = listing().to_frame()
    assert frame[frame["column"] == "job"].to_dict("list") == {
        "column": ["job", "job"],
        "what": ["value", "value"],
        "value": ["cook", "maid"],
        "subjects": [20, 20],
    }
    assert dict(frame.loc[frame["what"] == "object", ["value", "subjects"]].to_numpy().tolist()) == {
        "crown": 1,
        "mug": 40,
        "tea": 39,
    }


def test_what_is_not_protected_is_said() -> None:
    found = listing()
    rare = "object: 1 of 3 have fewer than 5 subjects: --min-subjects-objects 5 leaves such out"
    assert found.unprotected == (rare, *ALWAYS)
    assert "`what`, object: 3, at least 1 subject each" in found.summary
    assert repr(found) == "<PrivacyListing: 6 stored values in 3 columns>"
    html = found._repr_html_()
    assert rare in html
    assert "<li><code>what</code>, object: 3, at least 1 subject each</li>" in html
    assert html.startswith("<div><p><b>PrivacyListing: 6 stored values in 3 columns</b></p>")


def test_where_subjects_are_not_known_that_is_said() -> None:
    found = listing(known=False)
    assert found.unprotected == (UNKNOWN, *ALWAYS)
    assert found.to_frame()["subjects"].isna().all()
    assert json.loads(json.dumps(found.to_dict()))["thresholds"] is None


def test_a_model_of_an_older_version_lists_its_values(small_model: FittedModel) -> None:
    found = small_model.privacy()
    assert {one.what for one in found} >= {"verb", "object"}
    assert found.thresholds is None
    assert all(one.subjects is None for one in found)
