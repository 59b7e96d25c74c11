"""Coded links: where the order has them, with their rows and whether their object is new to the subject."""

import numpy as np

from assoc_synth.ctgan.order.links import CodedLinks


def test_links_are_in_the_order_of_the_visits(planted, beginning) -> None:
    data = planted.data()
    links = CodedLinks.of(beginning, data, data.order)
    assert len(links) == len(planted.object)
    assert (links.object == planted.object).all()
    assert (links.slot == planted.object + 1).all()
    assert not links.verb.any()


def test_an_object_is_new_in_the_first_visit_of_its_subject_with_it(planted, beginning) -> None:
    data = planted.data()
    links = CodedLinks.of(beginning, data, data.order)
    for place in range(0, 200, 7):
        earlier = (planted.subject == planted.subject[place]) & (planted.visit < planted.visit[place])
        assert links.new[place] == (planted.object[place] not in planted.object[earlier])
    assert 0 < np.mean(links.new) < 1
