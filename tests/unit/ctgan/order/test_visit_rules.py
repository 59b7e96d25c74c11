"""Rules of every visit: of kinds, verbs and links to one object, found where nobody breaks them, kept by every draw."""

import numpy as np
import torch

from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.ctgan.order.visit_rules import find_visit_rules
from assoc_synth.transactions.arrays import Ints

VIEW, ADD, PAY = 0, 1, 2
OBJECTS, BILL = 50, 49
SUBJECTS = 60


def shop(breaks: int = 0, tied: bool = False) -> tuple[Ints, ...]:
    """Two visits each: view and add one thing, view and add another one, then pay; things are rare.

    Args:
        breaks: subjects that pay first in their second visit.
        tied: whether all links of a visit share their time.

    Returns:
        verb, object, time, visit, subject.
    """
    rng, rows = np.random.default_rng(0), []
    for visit in range(2 * SUBJECTS):
        things = rng.choice(BILL, 2, replace=False)
        own = [(verb, thing) for thing in things for verb in (VIEW, ADD)] + [(PAY, BILL)]
        if visit % 2 and visit // 2 < breaks:
            own = own[-1:] + own[:-1]
        rows += [(*link, 0 if tied else time, visit, visit // 2) for time, link in enumerate(own)]
    verb, object, time, visit, subject = np.array(rows).T
    return verb, object, time, visit, subject


def rules_of(kinds: list[int], verb: Ints, object: Ints, time: Ints, visit: Ints, subject: Ints) -> list[list[int]]:
    where = {"time": time, "visit": visit, "subject": subject}
    return find_visit_rules(np.array(kinds, np.int64), verb, object, **where, num_objects=OBJECTS).tolist()


def test_rules_are_of_verbs_where_links_are_rare_and_of_one_object_where_any_two_keep_none() -> None:
    found = rules_of([], *shop())
    view, add, pay = (1 + verb for verb in (VIEW, ADD, PAY))
    assert [add, view, 1] in found
    assert [pay, add, 0] in found
    assert [pay, view, 0] in found
    assert [view, add, 0] not in found
    assert [view, add, 1] not in found


def test_one_visit_that_breaks_a_rule_and_links_of_one_time_end_it() -> None:
    pay, add = 1 + PAY, 1 + ADD
    assert [pay, add, 0] not in rules_of([], *shop(breaks=1))
    assert rules_of([], *shop(tied=True)) == []


def test_fewer_than_thirty_subjects_show_no_rule() -> None:
    parts = shop()
    few = parts[-1] < 29
    assert rules_of([], *(part[few] for part in parts)) == []


def test_a_kind_has_no_rule_that_its_verb_has() -> None:
    found = rules_of([PAY * OBJECTS + BILL], *shop())
    view, add, pay = (2 + verb for verb in (VIEW, ADD, PAY))
    assert [pay, add, 0] in found
    assert [1, add, 0] not in found
    assert [1, pay, 0] not in found
    assert [1, view, 0] not in found


def model_with(rules: list[list[int]], spread: float = 1.0) -> OrderModel:
    torch.manual_seed(0)
    model = OrderModel(3, OBJECTS, OrderSpec(1, 0, 0, pairs=True, visit_rules=len(rules)), 0.0)
    with torch.no_grad():
        model.kinds.copy_(torch.tensor([PAY * OBJECTS + BILL]))
        model.visit_rules.copy_(torch.tensor(rules))
        for part in model.parameters():
            part.normal_(std=spread)
    return model


def test_every_draw_keeps_the_rules_in_every_visit() -> None:
    verb, object, _, visit, subject = shop()
    view, add = 2 + VIEW, 2 + ADD
    verb, object = np.append(verb, [ADD, ADD]), np.append(object, [object[0], object[0]])
    visit, subject = np.append(visit, [0, 0]), np.append(subject, [0, 0])  # the same thing is added three times
    model = model_with([[1, add, 0], [add, view, 1]])
    for seed in range(5):
        place = draw_order(model, verb, object, visit, torch.Generator().manual_seed(seed), subject=subject).place
        for own in np.unique(visit):
            at = np.flatnonzero(visit == own)
            assert place[at[verb[at] == PAY]].min() > place[at[verb[at] == ADD]].min()
            for thing in np.unique(object[at[verb[at] == VIEW]]):
                seen = place[at[(verb[at] == VIEW) & (object[at] == thing)]].min()
                assert place[at[(verb[at] == ADD) & (object[at] == thing)]].min() > seen


def test_a_rule_waits_for_nothing_that_the_visit_does_not_have() -> None:
    model = model_with([[1, 2 + ADD, 0], [2 + ADD, 2 + VIEW, 1]], spread=0.1)
    verb, object = np.tile([ADD, VIEW], 500), np.tile([3, 4], 500)  # another thing is viewed
    visit = np.repeat(np.arange(500), 2)
    place = draw_order(model, verb, object, visit, torch.Generator().manual_seed(0)).place
    assert 0 < (place[::2] == 0).mean() < 1
