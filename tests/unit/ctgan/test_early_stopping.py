"""Early stopping as a value: what counts as an improvement, and when waiting ends."""

from __future__ import annotations

import math

from assoc_synth.ctgan.early_stopping import EarlyStopping


def test_early_stopping_counts_epochs_without_improvement() -> None:
    start = EarlyStopping(patience=2)
    first = start.after(0.5)
    assert (first.best, first.best_epoch, first.improved, first.stops) == (0.5, 1, True, False)
    worse = first.after(0.5)  # as good is no improvement
    assert (worse.best, worse.epochs_without_improvement, worse.improved, worse.stops) == (0.5, 1, False, False)
    assert worse.after(0.7).stops
    better = worse.after(0.4)
    assert (better.best, better.best_epoch, better.epochs_without_improvement) == (0.4, 3, 0)
    assert start == EarlyStopping(patience=2)
    assert not start.improved


def test_a_loss_that_is_no_number_is_no_improvement() -> None:
    assert EarlyStopping(patience=1).after(math.nan).stops
