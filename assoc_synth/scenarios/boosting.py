"""Boost: a link, or a pair of links, more or less frequent by a factor; the other shares and the degrees stay.

Candidates are plain subjects and subjects drawn with the named links. Weights undo that mixture (balance heuristic,
Veach & Guibas 1995) and are exponentially tilted to the named figures by maximum entropy; then the wanted number of
subjects is drawn by them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.attempts import more_subjects
from assoc_synth.model.drawing import emit_rows
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.raking import systematic_resample
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.candidates import ENOUGH, Candidates, candidate_weights, has_links, weights_back
from assoc_synth.scenarios.naming import LinkName, Token, number_above_zero, token, token_name
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.transactions.arrays import Bools

PairBoost: TypeAlias = tuple[LinkName, LinkName, float]
"""(X, Y, factor): by how much the lift of two links is multiplied."""
LEAST = 1_500
"""Candidates of each kind at least."""
SPARE = 2
"""This many times the subjects that the gate judges are drawn, so that weighting back repeats hardly any of them."""
WITHIN, COUNTED = 0.10, 20
"""How far off a figure may be; this is checked if it rests on at least the second number of subjects."""


@dataclass(frozen=True)
class Pair:
    """Two links whose lift is multiplied."""

    left: Token
    right: Token
    factor: float


@dataclass(frozen=True)
class Boost:
    """Factors of the share of subjects with single links, and of the lift of pairs."""

    links: tuple[tuple[Token, float], ...]
    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, model: FittedModel, boost: object, boost_pair: object) -> Boost:
        """A boost by the names of its links.

        Raises:
            InputError: an unknown link, a factor that is no number above 0, or one that nothing can reach.
        """
        if boost is not None and (not isinstance(boost, Mapping) or not boost):
            raise InputError('boost takes {("verb", "object"): factor, ...}')
        links = tuple(
            (token(model, key), number_above_zero(f"the factor of {key!r}"[:80], f)) for key, f in (boost or {}).items()
        )
        factors = cls(links, tuple(_pair(model, triple) for triple in _triples(boost_pair)))
        if len({of for of, _ in links}) < len(links):
            raise InputError("boost names a link twice: give one factor")
        known = model.token_shares()
        for of, factor in links:
            share = float(known[of])
            if factor * share > 1:
                most = f"{share:.2%} of the subjects have it: the factor is at most {1 / share:.3g}"
                raise InputError(f"{token_name(model, of)[:80]!r} cannot be boosted {factor:g} times; {most}")
        return factors

    def shares(self, model: FittedModel) -> dict[Token, float]:
        """The wanted share of subjects that have each named link."""
        known = model.token_shares()
        named = {of: float(known[of]) for p in self.pairs for of in (p.left, p.right)}
        return named | {of: f * float(known[of]) for of, f in self.links}

    def draw(self, model: FittedModel, subjects: int, seeds: Seeds) -> Boosted:
        """Edges of `subjects` new subjects.

        Raises:
            InputError: the named figures cannot be reached together.
        """
        known = model.token_shares()
        judged = model.judge.num_reference()
        most = max(subjects, SPARE * judged)
        pool = Candidates(model, seeds)
        pool.add((), 1.0, max(LEAST, 2 * most))
        shares = self.shares(model)
        for of, share in shares.items():
            pool.add((of,), float(known[of]), max(LEAST, math.ceil(1.5 * most * share)))
        asked: dict[tuple[Token, ...], float] = {(of,): share for of, share in shares.items()}
        lifts: dict[tuple[Token, ...], float] = {}
        thin: list[Outcome] = []
        for pair in self.pairs:
            both, (plain, behind) = (pair.left, pair.right), pool.lift(pair.left, pair.right)
            if behind < ENOUGH:
                name = " & ".join(token_name(model, of) for of in both)
                thin.append(Outcome(f"subjects behind the plain lift of {name}", ENOUGH, behind))
            lifts[both] = pair.factor * plain
            asked[both] = self._joint(model, pair, plain)
            chance = plain * float(known[pair.left] * known[pair.right])
            pool.add(both, chance, max(LEAST // 5, math.ceil(1.5 * most * asked[both])))
        edges, log_prior = pool.weighted()
        has = np.stack([has_links(edges, of) for of in asked], 1)
        weights = candidate_weights(model, edges, log_prior, has, np.array(list(asked.values())), shares)
        strata = has.astype(np.int64) @ (1 << np.arange(has.shape[1]))
        rng = seeds.child("resampling").generator()
        chosen = systematic_resample(weights, subjects, rng, strata)
        outcomes = _outcomes(model, has[chosen], asked, lifts)
        drawn = chosen if subjects == most else systematic_resample(weights, most, rng, strata)
        back = weights_back(strata, np.exp(log_prior), drawn)
        plain_again = drawn[systematic_resample(back, judged, rng, strata[drawn])] if judged else drawn
        return Boosted(edges.take(chosen), (*thin, *outcomes), edges.take(plain_again))

    def _joint(self, model: FittedModel, pair: Pair, plain: float) -> float:
        """The wanted share of subjects that have both links of a pair."""
        shares = self.shares(model)
        left, right = shares[pair.left], shares[pair.right]
        joint, most = pair.factor * plain * left * right, min(left, right)
        named = f"{token_name(model, pair.left)} and {token_name(model, pair.right)}"[:120]
        if plain == 0:
            raise InputError(f"{named!r} never come together in what the model draws: their lift is 0, no factor helps")
        if joint > most:
            raise InputError(
                f"the lift of {named!r} is {plain:.2f} and can be {most / (left * right):.2f} at most: the factor "
                f"{pair.factor:g} is out of reach, give at most {most / (left * right * plain):.2f}"
            )
        if joint < left + right - 1:
            raise InputError(f"{named!r} are too frequent for so low a lift: give a larger factor than {pair.factor:g}")
        return joint


@dataclass(frozen=True, eq=False)
class Boosted:
    """Edges with the named figures, and what the gate judges of them.

    Attributes:
        judged: subjects of the same draw, as many as the gate's reference has, weighted back so that the named links
            and pairs are as frequent as without the boost. The reference cannot be tilted instead: it holds no
            subjects that could be weighted.
    """

    edges: Edges
    outcomes: tuple[Outcome, ...]
    judged: Edges


@dataclass(frozen=True, eq=False)
class BoostedRows:
    """A boost and how much of it: `rows` exactly where given, else all rows of `subjects`."""

    boost: Boost
    subjects: int
    rows: int | None

    @property
    def name(self) -> str:
        return "boost"

    @property
    def is_judged(self) -> bool:
        return True

    def what_is_judged(self, attempts: int) -> str:
        return "this draw, reweighted back by the links and pairs that are named, against the whole table's reference"

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        """The rows; the notes name the figures that rest on too few subjects."""
        subjects = self.subjects
        while True:
            drawn = self.boost.draw(model, subjects, seeds)
            table = emit_rows(model, drawn.edges, seeds=seeds)
            if self.rows is None or len(table) >= self.rows:
                break
            subjects = more_subjects(subjects, self.rows, len(table))
        if self.rows is not None:
            table = table.take_rows(np.arange(self.rows))
        thin = (
            f"{outcome.name}: {outcome.behind:.1f} subjects are expected, too few to be exact: ask for more"
            for outcome in drawn.outcomes
            if outcome.behind is not None and outcome.behind < COUNTED
        )
        note = "boosted: the other links' shares and the links per subject stay within the noise of the training table"
        judged = Evidence(drawn.judged, emit_rows(model, drawn.judged, seeds=seeds.child("judged")))
        return ScenarioRows(table, drawn.outcomes, (note, *thin), judged)


def _outcomes(
    model: FittedModel,
    has: Bools,
    asked: Mapping[tuple[Token, ...], float],
    lifts: Mapping[tuple[Token, ...], float],
) -> tuple[Outcome, ...]:
    """Figures of the chosen subjects, checked against what was asked if they rest on enough subjects."""
    share = dict(zip(asked, has.mean(0), strict=True))
    found = []
    for of, wanted in asked.items():
        name = " & ".join(token_name(model, one) for one in of)
        behind = wanted * len(has)
        if of in lifts:
            expected = share[of[:1]] * share[of[1:]]
            outcome = Outcome(f"lift of {name}", lifts[of], float(share[of] / expected) if expected else 0.0, behind)
        else:
            outcome = Outcome(f"share of subjects with {name}", wanted, float(share[of]), behind)
        if behind >= COUNTED and abs(outcome.obtained / outcome.asked - 1) > WITHIN:
            raise InputError(
                f"{outcome.name[:120]!r}: {outcome.asked:.4g} is asked, {outcome.obtained:.4g} is what the other "
                f"shares allow; ask for a smaller change"
            )
        found.append(outcome)
    return tuple(found)


def _triples(boost_pair: object) -> list[object]:
    if boost_pair is None:
        return []
    if isinstance(boost_pair, list) and boost_pair and all(isinstance(one, tuple | list) for one in boost_pair):
        return list(boost_pair)
    return [boost_pair]


def _pair(model: FittedModel, triple: object) -> Pair:
    if not isinstance(triple, tuple | list) or len(triple) != 3:
        raise InputError('boost_pair takes (X, Y, factor), X and Y as ("verb", "object")')
    pair = Pair(token(model, triple[0]), token(model, triple[1]), number_above_zero("a lift's factor", triple[2]))
    if pair.left == pair.right:
        raise InputError("boost_pair names the same link twice: a pair has two")
    return pair
