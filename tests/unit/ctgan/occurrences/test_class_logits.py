"""What an object by itself contributes to a column."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.ctgan.occurrences import class_logits
from assoc_synth.ctgan.occurrences.class_logits import ClassLogits, class_counts


def test_an_object_has_prices_of_its_own() -> None:
    """Object 0 always costs the first price, object 1 the second; of object 2 little is known."""
    object = np.repeat([0, 1, 2], [200, 200, 1])
    price = CodedColumn.discrete("price", np.repeat([0, 1, 1], [200, 200, 1]), 2)
    own = ClassLogits((price.spec,), 1, 3)
    own.learn((price,), object)
    [logits] = own(torch.zeros(3, dtype=torch.int64), torch.tensor([0, 1, 2]))
    shares = torch.softmax(logits, 1)
    assert shares[0, 0] > 0.95
    assert shares[1, 1] > 0.95
    assert 0.5 < shares[2, 1] < 0.6
    assert own.is_sound()


def test_classes_are_counted_by_group() -> None:
    counts = class_counts(np.array([0, 2, 2, 2]), np.array([1, 0, 0, 1]), 3, 2)
    assert counts.tolist() == [[0, 1], [0, 0], [2, 1]]


def test_rare_objects_share_a_row_where_a_table_of_all_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_logits, "MAX_CELLS", 4)  # two rows of two classes
    price = CodedColumn.discrete("price", np.array([0, 0, 0, 1, 1, 0]), 2)
    own = ClassLogits((price.spec,), 1, 4)
    own.learn((price,), np.array([3, 3, 3, 1, 1, 0]))
    assert own.row.tolist() == [0, 2, 0, 1]  # by frequency: objects 3 and 1, then the rest
    assert own.table("objects", 0)[0].tolist() == [0, 0]
    assert own.is_sound()
    own.row[0] = 3
    assert not own.is_sound()


def test_verbs_are_added() -> None:
    price = CodedColumn.discrete("price", np.array([0]), 2)
    own = ClassLogits((price.spec,), 2, 1)
    own.table("verbs", 0)[1, 0] = 2.0
    [logits] = own(torch.tensor([0, 1]), torch.tensor([0, 0]))
    assert logits.tolist() == [[0, 0], [2, 0]]
