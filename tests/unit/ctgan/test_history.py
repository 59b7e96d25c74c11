"""What a training says of itself."""

import json
from dataclasses import asdict

from assoc_synth.ctgan.history import ALL_MADE, History


def test_a_history_that_begins_says_that_nothing_was_trained() -> None:
    history = History()
    assert (history.initial, history.steps, history.stopped, history.epochs) == (None, 0, ALL_MADE, [])
    assert (history.slower, history.smaller) == (0, 0)


def test_a_history_comes_back_from_json() -> None:
    history = History(epochs=[{"validation": 0.1 + 0.2}], initial=1.5, rounds=(2, 3))
    stored = json.loads(json.dumps(asdict(history)))
    assert History(**stored | {"rounds": tuple(stored["rounds"])}) == history
