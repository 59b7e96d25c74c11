"""How long a visit has lasted: terms are linear between knots, and a planted longest duration is kept."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.order.elapsed import KNOTS, ElapsedTerms, elapsed_before


def terms() -> ElapsedTerms:
    """Of the classes 0, 100 and 400 seconds, with 40 visits of three links that last 500 seconds."""
    made = ElapsedTerms(3)
    code, follows = np.tile([0, 1, 2], 40), np.tile([False, True, True], 40)
    made.start_at(np.log1p([0.0, 100.0, 400.0]).astype(np.float32), code, follows)
    return made


def test_knots_ascend_and_are_those_of_durations() -> None:
    knots = terms().knots
    assert len(knots) == KNOTS
    assert (knots.diff() > 0).all()
    assert knots[1].item() == pytest.approx(500, abs=1)
    assert knots[-1].item() == pytest.approx(1500, abs=1)


def test_terms_without_weights_say_nothing_and_others_are_linear_between_knots() -> None:
    made = terms()
    assert made(torch.tensor([10.0]), torch.tensor([1.0])).abs().max() == 0
    with torch.no_grad():
        made.weight[0] = made.knots
        made.weight[1] = 2.0
    found = made(torch.tensor([7.0, 7.0]), torch.tensor([0.0, 3.0]))
    assert found[0].tolist() == pytest.approx([7.0, 107.0, 407.0], rel=1e-3)
    assert (found[1] - found[0]).tolist() == pytest.approx([6.0] * 3, rel=1e-3)


def test_the_compiled_pass_adds_the_same() -> None:
    made, random = terms(), torch.Generator().manual_seed(0)
    torch.nn.init.normal_(made.weight, generator=random)
    elapsed, left = 2_000 * torch.rand(50, generator=random), torch.arange(50.0) % 9
    logits = torch.randn(50, 3, generator=random)
    with torch.no_grad():
        wanted = logits + made(elapsed, left)
    assert torch.allclose(made.add_to(logits.clone(), elapsed, left), wanted, atol=1e-4)


def test_a_longest_duration_is_learned() -> None:
    """No visit lasts longer than 500 seconds: after 400 only the short class fits."""
    made = terms()
    optimizer = torch.optim.Adam(made.parameters(), lr=0.1)
    elapsed, left, code = torch.tensor([0.0, 400.0]), torch.zeros(2), torch.tensor([2, 1])
    for _ in range(200):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(made(elapsed, left), code).backward()
        optimizer.step()
    share = torch.softmax(made(elapsed, left), 1)
    assert share[0, 2] > 0.5
    assert share[1, 2] < 0.05


def test_seconds_before_a_link_begin_anew_in_every_visit() -> None:
    found = elapsed_before(np.array([0.0, 5.0]), np.array([1, 1, 1, 1, 1]), np.array([False, True, True, False, True]))
    assert found.tolist() == [0, 0, 5, 0, 0]


def test_knots_have_to_ascend() -> None:
    terms = ElapsedTerms(3)
    assert terms.is_sound()
    terms.knots[2] = terms.knots[1]
    assert not terms.is_sound()
    terms.knots[2] = float("nan")
    assert not terms.is_sound()
