"""A stored model that training starts from: its names are matched by their text, and the user is told how many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth import AssociativeSynthesizer, datasets
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.initialisation import Start
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.init import init_notes, pretrained_for
from assoc_synth.model.storage import load_model
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

QUICK = CTGANConfig(
    noise_dim=4, context_dim=8, association_dim=8, hidden_dim=8, blocks=1, epochs=1, calibration_rounds=0,
    count_rounds=0, link_rounds=0, order_rounds=0, visit_rounds=0,
)  # fmt: skip


def links(names: dict[str, list[object]]) -> TransactionTable:
    return TransactionTable.from_frame(pd.DataFrame(names), subject="who", verb="did", object="what", time="")


def edges_of(table: TransactionTable) -> Edges:
    return LinkGraph.from_table(table).edges


def test_names_are_matched_by_their_text(small_model: FittedModel) -> None:
    verb, object = str(small_model.verbs[1]), str(small_model.objects[3])
    table = links({"who": [1, 1, 2], "did": [verb, "sold", verb], "what": [object, "moon", "moon"]})
    found = pretrained_for(edges_of(table), table, small_model)
    assert dict(zip(table.verbs, found.verb.tolist(), strict=True)) == {verb: 1, "sold": -1}
    assert dict(zip(table.objects, found.object.tolist(), strict=True)) == {object: 3, "moon": -1}
    (note,) = init_notes(found)
    assert note.startswith("training starts from the model of init where names are in both: 1 of its 5 verbs and 1 of ")
    assert init_notes(None) == ()


def test_attributes_have_no_names(small_model: FittedModel) -> None:
    object = str(small_model.objects[0])
    table = links({"who": [1, 2], "did": ["has", "has"], "what": [object, "moon"]})
    edges = edges_of(table)
    wider = Edges.from_links(
        edges.subject, edges.verb, edges.object, num_subjects=2, num_verbs=3, num_objects=edges.num_objects + 4
    )
    found = pretrained_for(wider, table, small_model)
    assert (len(found.verb), len(found.object)) == (3, edges.num_objects + 4)
    assert (found.verb[1:] == -1).all()
    assert (found.object[edges.num_objects :] == -1).all()


def test_nothing_in_both_is_refused(small_model: FittedModel) -> None:
    table = links({"who": [1, 2], "did": ["bought", "bought"], "what": ["moon", "sun"]})
    with pytest.raises(InputError, match=r"share no object: one has 'moon', the other '.*'; leave init out"):
        pretrained_for(edges_of(table), table, small_model)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("init") / "model"
    AssociativeSynthesizer(config=QUICK).fit(datasets.toy_shop(subjects=60, seed=4)).save(path)
    return path


def fitted(table: TransactionTable, init: object = None, **options: object) -> AssociativeSynthesizer:
    return AssociativeSynthesizer(config=QUICK, **options).fit(table, init=init)  # type: ignore[arg-type]


def test_what_2000_customers_tell_helps_a_fit_to_few() -> None:
    """The first loss on other customers, where training has hardly begun."""
    shop = datasets.toy_shop(subjects=500, seed=11)
    edges = edges_of(shop)
    few, others = edges.take(np.arange(60)), edges.take(np.arange(100, 500))
    pretrained = pretrained_for(edges, shop, load_model("toy-shop")[0])
    alone, started = (
        EdgeTrainer(QUICK, few, others, seeds=Seeds.of(0), start=Start(pretrained=one)).stage
        for one in (None, pretrained)
    )
    assert started.validate(started.network.eval()) < alone.validate(alone.network.eval()) - 0.2


@pytest.mark.filterwarnings("ignore")
def test_a_fit_starts_from_it_and_says_so(stored: Path) -> None:
    shop = datasets.toy_shop(subjects=40, seed=1)
    alone, again, started = fitted(shop), fitted(shop, None), fitted(shop, stored)
    before, same, after = (one.model_.edge_generator.state_dict() for one in (alone, again, started))
    assert all(torch.equal(before[name], same[name]) for name in before)
    assert not torch.equal(before["association.object"], after["association.object"])
    assert not any("init" in note for note in alone.notes_)
    (note,) = [note for note in started.notes_ if "the model of init" in note]
    known = set(AssociativeSynthesizer.load(stored).model_.objects)
    assert f"{len(known & set(started.model_.objects))} of its {len(known)} objects" in note


def test_what_is_no_model_is_refused_before_the_table_is_read(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model directory 'nothing', and the models that come with the package"):
        AssociativeSynthesizer().fit("no table", init=tmp_path / "nothing")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="init must be a model directory or the name of a stored model, not 7"):
        AssociativeSynthesizer().fit("no table", init=7)  # type: ignore[arg-type]


def test_with_differential_privacy_there_is_no_start(stored: Path) -> None:
    with pytest.raises(InputError, match="leave init out"):
        fitted(datasets.toy_shop(subjects=30), stored, epsilon=1.0)
