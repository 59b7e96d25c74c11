"""Rules of the order: found where nobody breaks them and chance would, and kept by every draw."""

import numpy as np
import torch

from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.order.rules import find_rules, first_visits
from assoc_synth.ctgan.order.sampling import draw_order


def visits(subjects: int, breaks: int = 0) -> tuple[np.ndarray, ...]:
    """Kind 1 before kind 2 in every visit but for `breaks` of them; kind 3 anywhere."""
    rng = np.random.default_rng(0)
    slot = np.concatenate(
        [np.insert([2, 1] if own < breaks else [1, 2], rng.integers(3), 3) for own in range(subjects)]
    )
    visit = np.repeat(np.arange(subjects), 3)
    return slot, np.tile(np.arange(3), subjects), visit, visit


def test_a_rule_needs_subjects_and_no_exception() -> None:
    assert find_rules(*visits(60)).tolist() == [[2, 1]]
    assert find_rules(*visits(29)).tolist() == []
    assert find_rules(*visits(60, breaks=1)).tolist() == []


def of_objects(objects: int, subjects: int, breaks: int = 0) -> tuple[np.ndarray, ...]:
    """Kind 1 + o is "viewed" of object o, and kind 1 + objects + o "added": later in all visits but `breaks`."""
    rng = np.random.default_rng(0)
    own = rng.integers(0, objects, subjects)
    slot = np.stack([1 + own, 1 + objects + own], axis=1)
    slot[:breaks] = slot[:breaks, ::-1]
    visit = np.repeat(np.arange(subjects), 2)
    return slot.ravel(), np.tile([0, 1], subjects), visit, visit


def test_two_verbs_keep_a_rule_of_every_object_however_rare() -> None:
    kinds = np.concatenate([100 + np.arange(20), 300 + np.arange(20)])
    told = {"kinds": kinds, "num_objects": 100}
    assert find_rules(*of_objects(20, 60)).tolist() == [], "no object is shown by enough subjects"
    assert find_rules(*of_objects(20, 60), **told).tolist() == [[added, added - 20] for added in range(21, 41)]
    assert find_rules(*of_objects(20, 60, breaks=1), **told).tolist() == []
    assert find_rules(*of_objects(20, 29), **told).tolist() == []


def test_links_of_one_time_say_nothing_and_kind_0_has_no_rule() -> None:
    slot, time, visit, subject = visits(60)
    assert find_rules(slot, np.zeros_like(time), visit, subject).tolist() == []
    assert find_rules(np.where(slot == 1, 0, slot), time, visit, subject).tolist() == []


def test_later_visits_do_not_count() -> None:
    """In a second visit 2 comes first: 1 has come before it by then."""
    slot, time, visit, _ = visits(60)
    slot, time = np.concatenate([slot, np.tile([2, 1], 60)]), np.concatenate([time, np.tile([0, 1], 60)])
    number = np.concatenate([2 * visit, np.repeat(2 * np.arange(60) + 1, 2)])
    order = np.lexsort((time, number))
    assert find_rules(slot[order], time[order], number[order], number[order] // 2).tolist() == [[2, 1]]


def test_first_visits_are_by_subject_and_kind() -> None:
    slot, visit = np.array([1, 1, 2, 2]), np.array([0, 1, 1, 2])
    assert first_visits(slot, visit, np.zeros(4, np.int64)).tolist() == [True, False, True, False]
    assert first_visits(slot, visit, visit).all()


def test_every_draw_keeps_a_rule_in_the_first_visit_alone() -> None:
    model = OrderModel(1, 3, OrderSpec(3, 0, 1), 0.0)
    model.kinds.copy_(torch.arange(3))
    model.rules.copy_(torch.tensor([[2, 1]]))
    object = np.tile([1, 0, 1, 2], 400)  # object 1 has slot 2, object 0 slot 1
    visit = np.repeat(np.arange(400), 4)
    found = draw_order(
        model, np.zeros_like(object), object, visit, torch.Generator().manual_seed(0), subject=visit // 2
    )
    place = found.place.reshape(400, 4)
    early = np.minimum(place[:, 0], place[:, 2]) < place[:, 1]
    assert not early[::2].any()
    assert early[1::2].mean() > 0.5
