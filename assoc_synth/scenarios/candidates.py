"""Candidates of a boost: subjects drawn with the named links, and the weights that make a population of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.raking import constraints, maximum_entropy
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import subjects_with
from assoc_synth.scenarios.naming import Token
from assoc_synth.transactions.arrays import Bools, Floats, Ints

BLOCK, BLOCKS, ENOUGH = 5_000, 8, 1_000
"""To read a lift: plain subjects drawn at once, the most draws, and how many subjects with the pair are enough."""


class Candidates:
    """Candidates of several kinds, each with what it is known to have."""

    def __init__(self, model: FittedModel, seeds: Seeds) -> None:
        self.model, self.seeds = model, seeds
        self.plain: list[Edges] = []
        self.kinds: list[tuple[tuple[Token, ...], float, Edges]] = []

    def add(self, of: tuple[Token, ...], chance: float, subjects: int) -> None:
        """Subjects with these links, which a plain one has with this chance."""
        seeds = self.seeds.child(f"kind {len(self.kinds)}")
        drawn = (
            subjects_with(self.model, of, subjects, seeds=seeds)
            if of
            else generate_edges(self.model, subjects, seeds=seeds)
        )
        self.kinds.append((of, chance, drawn))

    def lift(self, left: Token, right: Token) -> tuple[float, int]:
        """Lift of a pair in plain draws, and how many subjects have it there.

        Subjects drawn with one of the links given cannot be used: the order in which links are drawn has an influence.
        """
        both = one = other = subjects = 0
        for block in range(BLOCKS):
            if block == len(self.plain):
                self.plain.append(generate_edges(self.model, BLOCK, seeds=self.seeds.child(f"block {block}")))
            has_left, has_right = has_links(self.plain[block], (left,)), has_links(self.plain[block], (right,))
            both += int((has_left & has_right).sum())
            one, other, subjects = one + int(has_left.sum()), other + int(has_right.sum()), subjects + BLOCK
            if both >= ENOUGH:
                break
        return (both * subjects / (one * other) if both else 0.0), both

    def weighted(self) -> tuple[Edges, Floats]:
        """All candidates and the log of the weights that make them plain subjects again."""
        edges = Edges.joined([drawn for *_, drawn in self.kinds])
        density = np.zeros(edges.num_subjects)
        for of, chance, drawn in self.kinds:
            density += drawn.num_subjects / chance * has_links(edges, of)
        return edges, -np.log(density)


def candidate_weights(
    model: FittedModel,
    edges: Edges,
    log_prior: Floats,
    has: Bools,
    asked: Floats,
    shares: Mapping[Token, float],
) -> Floats:
    """Weights with the named figures exactly, and all other shares and degrees within the noise of training."""
    margins = model.token_shares()
    for of, share in shares.items():
        margins[of] = share
    counts = model.degree_counts()
    features, target, variance = constraints(edges, margins.ravel(), counts / counts.sum())
    slack = np.maximum(variance, 0.01 / model.known_subjects) * edges.num_subjects / model.known_subjects
    features = sp.hstack([features, sp.csr_matrix(has.astype(np.float64))], format="csr")
    hard = np.full(len(asked), 1e-9)
    return maximum_entropy(
        features,
        np.concatenate([target, asked]),
        np.concatenate([slack, hard]),
        log_prior=log_prior,
        max_iterations=1_000,
    )


def weights_back(strata: Ints, prior: Floats, drawn: Ints) -> Floats:
    """Weights of drawn candidates by which each stratum has its share of the prior again: (n,).

    Only what was named is undone: whatever else the weights did to the drawn subjects stays for the gate to see.
    """
    size = int(strata.max(initial=0)) + 1
    plain = np.bincount(strata, weights=prior, minlength=size) / prior.sum()
    share = np.bincount(strata[drawn], minlength=size) / max(len(drawn), 1)
    weights: Floats = (plain / np.maximum(share, 1e-12))[strata[drawn]]
    return weights


def has_links(edges: Edges, of: tuple[Token, ...]) -> Bools:
    """Which subjects have all these links."""
    result = np.ones(edges.num_subjects, bool)
    for verb, object in of:
        own = np.zeros(edges.num_subjects, bool)
        own[edges.subject[edges.token == verb * edges.num_objects + object]] = True
        result &= own
    return result
