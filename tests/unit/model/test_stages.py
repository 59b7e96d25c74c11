"""The stages by themselves; `test_fitting` has them together."""

from assoc_synth.model.stages import Training
from assoc_synth.randomness import Seeds


def test_a_training_has_no_limit_and_is_not_kept_unless_asked() -> None:
    training = Training(Seeds.of(0))
    assert not training.budget.is_limited
    assert training.checkpoint is None
