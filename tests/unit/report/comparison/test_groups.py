"""Groups of measures."""

from assoc_synth.evaluation.directions import DIRECTIONS
from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.comparison.groups import _MEMBERS, GROUPS, group_of, in_order


def test_every_name_in_a_group_is_a_measure() -> None:
    names = [name for members in _MEMBERS.values() for name in members]
    assert len(names) == len(set(names))
    assert set(names) <= set(DIRECTIONS)
    assert set(_MEMBERS) < set(GROUPS)


def test_groups_come_in_their_order() -> None:
    names = ["dcr", "my_own", "transition_tv: verbs", "verb_tv", "pair_l1"]
    own = {"my_own": {"own_aim": "low"}}
    figures = tuple(Figure(name, 0.1, **own.get(name, {})) for name in names)  # type: ignore[arg-type]
    expected = ["pair_l1", "verb_tv", "transition_tv: verbs", "my_own", "dcr"]
    assert [figure.name for figure in in_order(figures)] == expected
    assert group_of("my_own") == "Own measures"
