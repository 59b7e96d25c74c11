"""A stored generator where training starts: what it says of the names that are in both, and nothing of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import (
    Start,
    certain_ratios,
    initial_associations,
    initial_generator,
    initial_logits,
    initial_repeat_bias,
)
from assoc_synth.ctgan.edges.pretrained import Pretrained
from assoc_synth.ctgan.losses import EXCLUDED, IMPOSSIBLE
from assoc_synth.link_graph.edges import Edges

CONFIG = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=0)


@pytest.fixture
def stored(paired: Edges) -> EdgeGenerator:
    torch.manual_seed(0)
    generator = initial_generator(CONFIG, paired, 0.0).eval()
    with torch.no_grad():
        generator.object_bias[0] = torch.log_softmax(torch.arange(paired.num_objects).float(), 0)
        generator.earlier_slope[1, 0], generator.earlier_bias[1, 0] = 0.7, 2.5
    return generator


def every(generator: EdgeGenerator, edges: Edges) -> Pretrained:
    """All names are in both, in the same order."""
    return Pretrained(generator, np.arange(edges.num_verbs), np.arange(edges.num_objects))


def nothing_of(pretrained: Pretrained) -> Pretrained:
    return replace(pretrained, verb=np.full_like(pretrained.verb, -1), object=np.full_like(pretrained.object, -1))


def begun(edges: Edges, pretrained: Pretrained | None, config: CTGANConfig = CONFIG) -> EdgeGenerator:
    torch.manual_seed(3)
    return initial_generator(config, edges, 0.0, Start(pretrained=pretrained)).eval()


def test_popularity_is_the_stored_ones_where_all_names_are_in_both(stored: EdgeGenerator, paired: Edges) -> None:
    mine = initial_logits(paired)
    found = every(stored, paired).logits(mine)
    assert torch.allclose(found[0].softmax(0), stored.object_bias[0].softmax(0), atol=1e-5)
    assert not torch.allclose(found[0], mine[0], atol=0.1)


def test_shared_objects_keep_what_they_have_together(stored: EdgeGenerator, paired: Edges) -> None:
    object = np.full(paired.num_objects, -1)
    object[:3] = [4, 3, 2]
    mine = initial_logits(paired)
    found = Pretrained(stored, np.array([0, -1]), object).logits(mine)
    assert torch.equal(found[1], mine[1]), "a verb that it does not know"
    assert torch.equal(found[0, 3:], mine[0, 3:]), "objects that it does not know"
    assert found[0, :3].logsumexp(0).item() == pytest.approx(mine[0, :3].logsumexp(0).item(), abs=1e-5)
    assert (found[0, 0] - found[0, 1]).item() == pytest.approx(1.0, abs=1e-4), "stored 4 is e times as popular as 3"


def test_what_one_of_both_has_never_seen_stays_as_the_table_has_it(stored: EdgeGenerator, paired: Edges) -> None:
    mine = initial_logits(paired)
    mine[0, 1] = IMPOSSIBLE
    with torch.no_grad():
        stored.object_bias[0, 2] = IMPOSSIBLE
    found = every(stored, paired).logits(mine)
    assert torch.equal(found[0, 1:3], mine[0, 1:3])


def test_pairs_that_both_know_have_the_stored_lifts_and_others_their_own(stored: EdgeGenerator, paired: Edges) -> None:
    size = paired.num_objects
    pretrained = every(stored, paired)
    first, second = pretrained.lifts(size)
    lifts = first @ second.T
    assert np.allclose(lifts, lifts.T)
    target, source = initial_associations(paired, size, pretrained)
    assert np.allclose((target @ source.T).numpy(), lifts, atol=1e-4)
    object = np.arange(size)
    object[-2:] = -1
    some = replace(pretrained, object=object)
    target, source = initial_associations(paired, size, some)
    found, own = (target @ source.T).numpy(), certain_ratios(paired)[0]
    assert np.allclose(found[:-2, :-2], lifts[:-2, :-2], atol=1e-4)
    assert np.allclose(found[-2:], own[-2:], atol=1e-4)


def test_of_very_many_objects_the_same(stored: EdgeGenerator, paired: Edges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.initialisation.MOST_SHRUNK", paired.num_objects - 1)
    size, pretrained = paired.num_objects, every(stored, paired)
    first, second = pretrained.lifts(size)
    target, source = initial_associations(paired, size - 1, pretrained)
    rest = (target @ source.T).numpy() - first @ second.T
    assert np.abs(rest).max() < 0.1 * np.abs(first @ second.T).max()


def test_repeat_terms_and_embeddings_are_the_stored_ones(stored: EdgeGenerator, paired: Edges) -> None:
    found = begun(paired, every(stored, paired))
    assert torch.equal(found.earlier_bias, stored.earlier_bias)
    assert torch.equal(found.earlier_slope, stored.earlier_slope)
    assert torch.equal(found.context.object, stored.context.object)


def test_verbs_in_another_order(stored: EdgeGenerator, paired: Edges) -> None:
    swapped = replace(every(stored, paired), verb=np.array([1, 0]))
    found = begun(paired, swapped)
    assert torch.equal(found.earlier_bias, stored.earlier_bias.flip(0, 1))
    assert torch.equal(found.context.shift, stored.context.shift.flip(0))


def test_verbs_that_a_stored_rule_excludes_keep_the_tables_own_bias(stored: EdgeGenerator, paired: Edges) -> None:
    with torch.no_grad():
        stored.earlier_bias[1, 0] = EXCLUDED
    found = begun(paired, every(stored, paired))
    assert found.earlier_bias[1, 0].item() == pytest.approx(initial_repeat_bias(paired)[1, 0].item())


def test_other_widths_leave_the_embeddings_out(stored: EdgeGenerator, paired: Edges) -> None:
    config = replace(CONFIG, context_dim=5, association_dim=3)
    found = begun(paired, every(stored, paired), config)
    assert torch.equal(found.context.object, begun(paired, None, config).context.object)
    assert torch.equal(found.earlier_bias, stored.earlier_bias)


def test_no_name_in_both_changes_nothing(stored: EdgeGenerator, paired: Edges) -> None:
    mine, theirs = (begun(paired, one).state_dict() for one in (None, nothing_of(every(stored, paired))))
    assert all(torch.allclose(mine[name], theirs[name], atol=1e-6) for name in mine)


def test_a_stored_generator_without_association_path_has_no_lifts(paired: Edges) -> None:
    stored = initial_generator(replace(CONFIG, association_dim=0, hidden_dim=8), paired, 0.0)
    assert not np.concatenate(every(stored, paired).lifts(paired.num_objects)).any()
