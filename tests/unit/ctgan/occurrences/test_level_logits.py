"""How often edges occur by token and level: which rows they have, and what a frequent token is."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.ctgan.occurrences.level_logits import LEVELS, LevelLogits, frequent_tokens
from assoc_synth.link_graph.edges import Edges


def table() -> SimpleNamespace:
    """100 subjects with objects 0 and 1, the first ten of them with object 2 as well; a level for every fourth."""
    subject = np.r_[np.arange(100), np.arange(100), np.arange(10)]
    object = np.repeat([0, 1, 2], [100, 100, 10])
    edges = Edges.from_links(subject, np.zeros(210, int), object, num_subjects=100, num_verbs=2, num_objects=3)
    return SimpleNamespace(
        edges=edges,
        count=CodedColumn.discrete("count", np.zeros(210, int), 3),
        repeat=CodedColumn.discrete("repeat", np.arange(100) // 25, 4),
        repeat_level=np.array([0.0, 1.0, 2.0, 3.0], np.float32),
    )


def test_frequent_tokens_have_rows_of_their_own() -> None:
    edges = table().edges
    assert frequent_tokens(edges, 3).tolist() == [0, 1]
    assert not len(frequent_tokens(edges, 1))


def test_a_row_is_of_a_token_and_a_level_and_rare_tokens_of_a_verb_share_theirs() -> None:
    logits = LevelLogits(2, 2, 3, 3)
    logits.start_at(table())  # type: ignore[arg-type]
    verb, object = torch.tensor([0, 0, 0, 1, 1]), torch.tensor([0, 1, 2, 0, 2])
    low = logits.cells(verb, object, torch.zeros(5))
    assert low.tolist() == [0, LEVELS, 2 * LEVELS, 3 * LEVELS, 3 * LEVELS]
    levels = [logits.cells(verb[:1], object[:1], torch.tensor([level])).item() for level in (0.0, 1.0, 2.0, 3.0)]
    assert levels == [0, 1, 2, 3]
    logits.table[LEVELS] = torch.tensor([1.0, 2.0, 3.0])
    assert logits(verb, object, torch.zeros(5)).sum(1).tolist() == [0, 6, 0, 0, 0]


@pytest.mark.parametrize(("token", "sound"), [(5, True), (6, False), (-1, False)])
def test_tokens_that_do_not_exist_are_found(token: int, sound: bool) -> None:
    logits = LevelLogits(1, 2, 3, 2)
    logits.tokens.fill_(token)
    assert logits.is_sound() is sound
