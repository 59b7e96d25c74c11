"""What a model says of given subjects: as its own losses, and of whom it knows nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.likelihood import surprise_saved
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable


def table_of(model: FittedModel, edges: Edges) -> TransactionTable:
    names = model.verbs.take(edges.verb), model.objects.take(edges.object)
    subject = [f"s{code:03d}" for code in edges.subject]
    frame = pd.DataFrame({"subject": subject, "verb": names[0], "object": names[1]})
    return TransactionTable.from_frame(frame)


@pytest.fixture(scope="module")
def table(small_model: FittedModel) -> TransactionTable:
    return table_of(small_model, small_model.links_of(generate_edges(small_model, 40, seeds=Seeds.of(1))))


def test_one_number_for_each_subject_and_always_the_same(small_model: FittedModel, table: TransactionTable) -> None:
    first, again = (surprise_saved(small_model, table) for _ in range(2))
    assert first.shape == (table.num_subjects,)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)
    assert first.std() > 0


def test_a_subject_is_scored_on_its_own(small_model: FittedModel, table: TransactionTable) -> None:
    """Apart from the random order of its links and the noise."""
    whole = surprise_saved(small_model, table, orders=20)
    alone = surprise_saved(small_model, table.take_subjects([3]), orders=20)
    assert whole[3] == pytest.approx(alone[0], abs=0.15)


def test_what_the_model_finds_likelier_scores_higher(small_model: FittedModel, table: TransactionTable) -> None:
    """A link that the model prefers by its biases alone is found likelier than its popularity says."""
    before = surprise_saved(small_model, table)
    subject = int(np.argmax(np.bincount(table.subject)))
    own = table.subject == subject
    verb = small_model.verbs.get_indexer(table.verbs.take(table.verb[own]))
    object = small_model.objects.get_indexer(table.objects.take(table.object[own]))
    liked = torch.from_numpy(verb), torch.from_numpy(object)
    kept = small_model.edge_generator.object_bias.detach().clone()
    try:
        with torch.no_grad():
            small_model.edge_generator.object_bias[liked[0], liked[1]] += 3.0
        after = surprise_saved(small_model, table)
    finally:
        with torch.no_grad():
            small_model.edge_generator.object_bias.copy_(kept)
    assert after[subject] > before[subject] + 0.5


def test_unknown_names_are_left_out(small_model: FittedModel) -> None:
    frame = pd.DataFrame({"subject": ["a", "b"], "verb": ["melted", "melted"], "object": ["snow", "ice"]})
    assert surprise_saved(small_model, TransactionTable.from_frame(frame)).tolist() == [0.0, 0.0]


def test_the_columns_of_subjects_must_be_there(small_model: FittedModel, table: TransactionTable) -> None:
    own = small_model.encoder.extras.subject.codes
    if own:
        with pytest.raises(InputError, match="which the table does not have"):
            surprise_saved(small_model, table)
    assert len(table.extras.columns) == 0
