"""Terms of company: which tokens are companions, how many of them links meet, and that chains come to meet as many."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.chain import _alike
from assoc_synth.ctgan.assignment.company_terms import MOST, CompanyTerms, find_companions, frequent_companions
from assoc_synth.ctgan.assignment.kernel import MEETINGS, NONE
from assoc_synth.ctgan.assignment.logits import place_of
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import count_company
from assoc_synth.ctgan.config import CTGANConfig


def made() -> CompanyTerms:
    return CompanyTerms.of(np.array([9, 2, 9]), np.array([4, 4, 2]))


def test_every_token_of_a_pair_has_terms_and_companions() -> None:
    terms = made()
    assert terms.tokens.tolist() == [2, 4, 9]
    assert terms.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert terms.weight.tolist() == [[0.0] * MEETINGS] * 3
    found = terms.company(np.array([4, 3, 9, 2]))
    assert found.place.tolist() == [1, NONE, 2, 0]
    assert found.offsets.tolist() == [0, 2, 4, 6]
    assert found.other.tolist() == [1, 2, 0, 2, 0, 1]


def test_without_pairs_nothing_is_stored() -> None:
    terms = CompanyTerms.of(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert len(terms) == 0
    assert not terms.state_dict()
    assert terms.fits(0)
    assert terms.company(np.array([4])).place.tolist() == [NONE]


@pytest.mark.parametrize(
    ("name", "value"), [("tokens", [2, 4, 10]), ("tokens", [4, 2, 9]), ("pairs", [[1, 0], [0, 2], [1, 2]])]
)
def test_what_a_file_says_is_checked(name: str, value: list[int]) -> None:
    terms = made()
    assert terms.fits(10)
    terms.get_buffer(name).copy_(torch.tensor(value))
    assert not terms.fits(10)


def test_terms_go_where_the_table_is_and_no_further_than_the_largest() -> None:
    terms, real, drawn = made(), np.zeros((3, MEETINGS)), np.zeros((3, MEETINGS))
    real[1, 1], drawn[1, 0] = 97.0, 97.0
    terms.match(real, drawn, 0.5)
    assert terms.weight[1].tolist() == pytest.approx([-0.5 * np.log(100 / 3), 0.5 * np.log(100 / 3), 0.0, 0.0])
    assert not terms.weight[0].any()
    for _ in range(20):
        terms.match(real, drawn, 0.5)
    assert terms.weight[1, :2].tolist() == [-MOST, MOST]


def test_a_token_is_no_companion_of_its_own_and_takes_no_others_place() -> None:
    """Three tokens are twice in each visit, and most like themselves; the first other one is company enough."""
    visit, token = np.divmod(np.arange(60), 6)
    alike = np.where(np.eye(3, dtype=bool), 9.0, 0.5).astype(np.float32)
    left, right = find_companions(np.arange(3), alike, token // 2, visit)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 2)]


def test_pairs_without_tokens_take_no_memory() -> None:
    with pytest.raises(ValueError, match="without tokens"):
        CompanyTerms(0, 2_000_000_000)


def test_only_frequent_tokens_may_have_company() -> None:
    token, subject = np.array([7] * 12 + [3] * 12 + [5] * 12), np.array([*range(12), *range(12), *[0] * 12])
    assert frequent_companions(token, subject).tolist() == [3, 7]


def test_companions_are_the_likest_as_far_as_links_do_not_meet_enough_of_them() -> None:
    """Token 0 meets 1, 2 and 3 in every visit, and two are enough; 4 is not like it enough, and 5 is not at all."""
    visit, token = np.divmod(np.arange(60), 6)
    alike = np.zeros((6, 6), np.float32)
    alike[0] = alike[:, 0] = [9.0, 0.3, 0.5, 0.4, 0.09, -0.5]
    left, right = find_companions(np.arange(6), alike, token, visit)
    assert left.tolist() == [0, 0, 0]
    assert right.tolist() == [1, 2, 3]  # each of the three meets no other one
    alike[1] = alike[:, 1] = [0.3, 0.0, 0.8, 0.7, 0.0, 0.0]
    left, right = find_companions(np.arange(6), alike, token, visit)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2), (0, 3), (1, 2), (1, 3)]


def test_nothing_frequent_has_no_company() -> None:
    none = np.zeros(0, np.int64)
    left, right = find_companions(none, np.zeros((0, 0), np.float32), np.array([1, 1]), np.array([0, 1]))
    assert (len(left), len(right)) == (0, 0)


def test_links_that_meet_companions_are_counted(truth: Assignment) -> None:
    """Objects 0 to 2 are in one visit, as 3 to 5 are in another: each meets two of its companions."""
    model = AssignmentModel(2, 11, CTGANConfig())
    model.company = CompanyTerms.of(np.array([0, 0, 1, 3, 0]), np.array([1, 2, 2, 4, 9]))
    found = count_company(model.world(truth), place_of(truth.visit, len(truth.days)))
    subjects = len(np.unique(truth.subject))
    assert model.company.tokens.tolist() == [0, 1, 2, 3, 4, 9]
    assert found[:5].tolist() == [[0, 0, subjects, 0]] * 3 + [[0, subjects, 0, 0]] * 2
    assert found[5].tolist() == [(truth.object == 9).sum(), 0, 0, 0]


def test_what_makes_companions_is_what_the_chain_adds(truth: Assignment) -> None:
    torch.manual_seed(0)
    model = AssignmentModel(2, 11, CTGANConfig())
    model.terms.set(np.array([0, 1, 6]), np.array([1, 9, 17]), np.zeros(3, bool))
    with torch.no_grad():
        for weight in (model.between, model.terms.weight, model.sign):
            weight.normal_()
    world, energies = model.world(truth), model.energies(truth)
    everything = np.arange(len(truth.kinds))
    expected = _alike(world, energies, everything, np.full(len(world.pairs.offsets), NONE))
    found = model.alike(truth.kinds[:, 0] * 11 + truth.kinds[:, 1])
    assert np.allclose(found, expected, atol=1e-5)
    assert np.abs(found).max() > 0.5
