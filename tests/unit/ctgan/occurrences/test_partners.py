"""Partners: a drug that goes with a diagnosis in every visit occurs as often as it."""

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceSpec
from assoc_synth.ctgan.occurrences.partners import COUNTS, Partners, find_partners
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 120


@pytest.fixture(scope="module")
def data() -> Occurrences:
    """Each subject has a diagnosis in one to four visits, its drug with it, and a check-up in one other visit."""
    rows = []
    for subject in range(SUBJECTS):
        for visit in range(1 + subject % 4):
            rows += [(subject, "diagnosed", "flu", visit), (subject, "prescribed", "tamiflu", visit)]
        rows.append((subject, "diagnosed", "healthy", 9))
    frame = pd.DataFrame(rows, columns=["who", "did", "what", "visit"])
    frame["visit"] = frame.who.astype(str) + "-" + frame.visit.astype(str)
    graph = LinkGraph.from_table(
        TransactionTable.from_frame(frame, subject="who", verb="did", object="what", basket="visit")
    )
    rng = np.random.default_rng(0)
    return AttributeEncoder.learn(graph, rng).encode(graph, rng)


def names(data: Occurrences, token: int) -> tuple[int, int]:
    return divmod(token, data.edges.num_objects)


def test_of_two_that_name_each_other_one_follows(data: Occurrences) -> None:
    (token, anchor, level), *others = find_partners(data).tolist()
    assert not others
    assert {names(data, token)[0], names(data, anchor)[0]} == {0, 1}
    assert level == 2  # the drug is in every visit of the diagnosis


def test_edges_find_their_anchors_by_subject(data: Occurrences) -> None:
    found = find_partners(data)
    partners = Partners(len(found), data.count.spec.classes)
    partners.tokens.copy_(torch.from_numpy(found))
    anchor, _ = partners.anchors(data.edges)
    follows = np.flatnonzero(anchor >= 0)
    assert len(follows) == SUBJECTS
    assert (data.edges.subject[follows] == data.edges.subject[anchor[follows]]).all()
    groups = partners.groups(data.edges, data.edges.count)
    assert sorted(set(groups[follows].tolist())) == [2 * COUNTS + number for number in range(4)]
    assert (groups[anchor < 0] == -1).all()
    diagnoses = data.edges.verb == 0
    parts = (part[diagnoses] for part in (data.edges.subject, data.edges.verb, data.edges.object, data.edges.count))
    alone = Edges(*parts, SUBJECTS, data.edges.num_verbs, data.edges.num_objects)
    drugs = np.flatnonzero(data.edges.verb == 1)
    assert (partners.anchors(alone)[0] == -1).all() == (anchor[drugs] >= 0).all()


def test_a_level_that_there_is_not_is_not_sound() -> None:
    partners = Partners(2, 3)
    assert partners.is_sound()
    partners.tokens[1, 2] = 3
    assert not partners.is_sound()


def test_numbers_follow_the_anchors(data: Occurrences) -> None:
    """Without anchors each number of one to four has a quarter; with them it is the anchor's."""
    found = find_partners(data)
    classes = data.count.spec.classes
    partners = Partners(len(found), classes)
    partners.tokens.copy_(torch.from_numpy(found))
    group = partners.groups(data.edges, data.edges.count)
    used = group >= 0
    share = np.bincount(data.count.code[used], minlength=classes) / used.sum()
    expected = torch.from_numpy(np.tile(share, (len(group), 1)))
    partners.learn(found, group, data.count.code, expected)
    logits = torch.log(torch.from_numpy(share + 1e-9)) + partners(torch.from_numpy(group))
    drawn = torch.softmax(logits, 1).numpy()[used]
    own = drawn[np.arange(used.sum()), data.count.code[used]]
    assert own.min() > 0.8
    assert not partners(torch.tensor([-1])).any()


def test_a_table_of_single_visits_has_none() -> None:
    frame = pd.DataFrame({"who": range(60), "did": "buy", "what": ["tea", "mug"] * 30, "basket": range(60)})
    graph = LinkGraph.from_table(TransactionTable.from_frame(frame, subject="who", verb="did", object="what"))
    rng = np.random.default_rng(0)
    data = AttributeEncoder.learn(graph, rng).encode(graph, rng)
    assert find_partners(data).shape == (0, 3)
    assert OccurrenceSpec.of(data).partners == 0
