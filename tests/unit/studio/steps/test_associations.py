"""The step Associations: the first look, and what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Data, Session
from assoc_synth.studio.sources import built_in
from assoc_synth.studio.steps import associations


def test_a_table_is_looked_at_before_anything_is_asked(tmp_path: Path) -> None:
    session = Session(tmp_path)
    assert associations.view(session)["verbs"] == []
    with pytest.raises(InputError, match="choose a table first"):
        associations.ACTIONS["explore"](session, Form())
    session.data = Data(built_in("toy-shop"), graph=LinkGraph.from_table(toy_shop(subjects=600)))
    associations.first_look(session)
    assert session.explored["view"].verb == "bought"
    assert len(session.explored["found"].pairs) > 3
    associations.explore(session, Form([("object", "tea"), ("verb", "bought"), ("per", "basket")]))
    assert session.explored["found"].view.address == "explore?object=tea&verb=bought&per=basket"
    with pytest.raises(InputError, match="what is counted is one of"):
        associations.explore(session, Form([("per", "shop")]))
    session.data.graph = LinkGraph.from_table(toy_shop(subjects=20))
    associations.first_look(session)
    assert "no pair is certain" in session.explored["none"]
