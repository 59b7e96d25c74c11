"""Terms of pairs: ties and levels of times are tilted by links, and how long a time is is told against its links."""

import numpy as np
import torch

from assoc_synth.ctgan.order.pair_terms import PairTerms

LEVEL = np.array([0.0, 2.0, 3.0, 4.0], np.float32)
SHARES = np.array([50.0, 10.0, 20.0, 10.0], np.float32)
LINK = torch.zeros(1, 2, dtype=torch.int64)
APART = torch.tensor([False])


def terms() -> PairTerms:
    made = PairTerms(2, 3, len(LEVEL))
    made.shape_by(LEVEL, SHARES)
    return made


def test_features_tell_no_time_and_the_level_of_the_others() -> None:
    tie, z, square = terms().shape
    assert tie.tolist() == [1, 0, 0, 0]
    assert z[0] == 0
    weight = torch.tensor([10.0, 20.0, 10.0])
    assert abs(float((weight * z[1:]).sum())) < 1e-4
    assert abs(float((weight * z[1:].square()).sum() / 40) - 1) < 1e-4
    assert torch.allclose(square, z.square())


def test_times_that_are_all_alike_have_one_level() -> None:
    made = PairTerms(2, 3, 2)
    made.shape_by(LEVEL[:2], SHARES[:2])
    assert torch.isfinite(made.shape).all()
    assert made.shape[1].tolist() == [0, 0]


def test_the_share_of_ties_and_the_level_are_tilted_by_the_links_of_a_step() -> None:
    made = terms()
    with torch.no_grad():
        made.gap_verbs[0, 0, 0, 0] = 2.0
        made.gap_kinds[1, 2, 1] = 0.5
    found = made.gap_logits(LINK, APART, torch.tensor([[1, 2]]))
    assert torch.allclose(found[0], 2.0 * made.shape[0] + 0.5 * made.shape[1])
    assert not made.gap_logits(LINK, ~APART, LINK).any()
    assert not made.gap_logits(LINK + 1, APART, LINK).any()


def test_a_time_is_long_or_short_against_what_is_usual_between_its_links() -> None:
    made = terms()
    with torch.no_grad():
        made.level_verbs[0, 0, 0] = 0.25
        made.level_kinds[1, 2] = 0.5
    slot = torch.tensor([[1, 2]])
    assert torch.allclose(made.residual(torch.tensor([3]), LINK, APART, slot), made.shape[1, 3:] - 0.75)
    assert made.residual(torch.tensor([0]), LINK, APART, slot).tolist() == [0.0]


def test_without_times_there_are_no_tables_of_times() -> None:
    made = PairTerms(2, 3, 0)
    assert made.gap_verbs.numel() == made.gap_kinds.numel() == 0
    assert made.same_waiting.shape == (2, 2, 2)
