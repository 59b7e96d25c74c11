"""Which ways of finding the terms of joint numbers are tried."""

from assoc_synth.ctgan.occurrences.joint_ways import Way, gains_of_ways


def test_strengths_are_tried_one_after_the_other_while_the_gain_rises() -> None:
    by_visits = gains_of_ways(lambda way: -abs(way.strength - 5.0) - 100.0 * way.own_pairs, visits=True)
    assert [(way.visits, way.own_pairs, way.strength) for way in by_visits] == [
        *((True, False, strength) for strength in (80.0, 20.0, 5.0)),
        (True, True, 5.0),
        *((False, False, strength) for strength in (5.0, 20.0)),
    ]
    strong = gains_of_ways(lambda way: way.strength, visits=False)
    assert [way.strength for way in strong] == [80.0, 20.0, 320.0, 1280.0]
    assert not any(way.visits for way in strong)


def test_without_time_the_first_way_alone_is_tried() -> None:
    assert list(gains_of_ways(lambda way: 1.0, visits=True, deadline=0.0)) == [Way(True, 80.0)]
