"""What an attacker has against the subjects of a table: all attacks on one emitted table, and their figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.evaluation.figures import Figure, known
from assoc_synth.evaluation.labels import Score
from assoc_synth.evaluation.membership import (
    FALSE_ALARMS,
    MIN_CANDIDATES,
    area,
    recognised,
    scores_of_cells,
    scores_of_links,
)
from assoc_synth.evaluation.risks import (
    MIN_LINKS,
    Risk,
    inference,
    linkability,
    risk,
    singling_out,
    unique_predicates,
)
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints

MAX_CANDIDATES = 3_000
"""Subjects of each side that are attacked."""
MAX_EMITTED = 10_000
"""Emitted subjects that an attacker looks through."""

Likelihood = tuple[Floats, Floats]
"""How likely a model finds each training and each held-out subject: (subjects,) each, see `model.likelihood`."""


@dataclass(frozen=True, eq=False)
class Target:
    """Whom the attacks are about.

    Attributes:
        train, heldout: subjects that a generator was trained on, and others of the same population.
        clusters: of each of them, codes of one numbering, (subjects,) each; those of one cluster are on one side.
        likelihood: of each of them, for an attacker who has the model; None for others.
    """

    train: Rows
    heldout: Rows
    clusters: tuple[Ints, Ints]
    likelihood: Likelihood | None = None

    @classmethod
    def of(
        cls,
        train: Rows,
        heldout: Rows,
        clusters: tuple[Ints | None, Ints | None] = (None, None),
        likelihood: Likelihood | None = None,
    ) -> Target:
        """The two sides; None where each subject is on its own."""
        sides = zip((train, heldout), clusters, strict=True)
        first, second = (
            np.arange(rows.num_subjects) if codes is None else np.unique(codes, return_inverse=True)[1].astype(np.int64)
            for rows, codes in sides
        )
        return cls(train, heldout, (first, second + int(first.max(initial=-1)) + 1), likelihood)

    def candidates(self, rng: np.random.Generator, most: int = MAX_CANDIDATES) -> Target:
        """As many of each side, drawn at random, at most `most`."""
        size = min(self.train.num_subjects, self.heldout.num_subjects, most)
        first, second = (np.sort(rng.permutation(rows.num_subjects)[:size]) for rows in (self.train, self.heldout))
        return self._taken(first, second)

    def with_links(self, least: int) -> Target:
        """Those with at least so many distinct links."""
        first, second = (np.flatnonzero(np.diff(side.edges.offsets) >= least) for side in (self.train, self.heldout))
        return self._taken(first, second)

    def _taken(self, first: Ints, second: Ints) -> Target:
        """Some of either side, by ascending codes."""
        return Target(
            self.train.take(first),
            self.heldout.take(second),
            (self.clusters[0][first], self.clusters[1][second]),
            None if self.likelihood is None else (self.likelihood[0][first], self.likelihood[1][second]),
        )


@dataclass(frozen=True, eq=False)
class Attacks:
    """Attacks on one emitted table.

    Attributes:
        memberships: scores of who was trained on.
        risks: singling out, linkability and inference: the score of each subject, and the risk.
    """

    memberships: tuple[Score, ...]
    risks: tuple[tuple[Score, Risk], ...]

    @classmethod
    def on(cls, target: Target, emitted: Rows, rng: np.random.Generator) -> Attacks:
        """Attack as many training as held-out subjects; nothing where there are fewer than 20 or nothing is emitted.

        Args:
            target, emitted: over one vocabulary.
            rng: of who is attacked and what is guessed.
        """
        chosen = target.candidates(rng)
        if chosen.train.num_subjects < MIN_CANDIDATES or not emitted.num_subjects:
            return cls((), ())
        if emitted.num_subjects > MAX_EMITTED:
            emitted = emitted.take(np.sort(rng.permutation(emitted.num_subjects)[:MAX_EMITTED]))
        members, others, new = (rows.edges.tokens() for rows in (chosen.train, chosen.heldout, emitted))
        scores = [*scores_of_links(members, others, new, chosen.clusters)]
        scores += scores_of_cells(chosen.train, chosen.heldout, emitted, chosen.clusters)
        if chosen.likelihood is not None:
            scores.append(Score("model", *chosen.likelihood, *chosen.clusters))
        return cls(tuple(scores), _risks(chosen, emitted, rng))

    @property
    def figures(self) -> dict[str, Figure]:
        """By name, without floors; AUC and recognised share of each attack, and the risks."""
        found = {}
        for score in self.memberships:
            whole, at_most = area(score), {name: recognised(score, share) for name, share in FALSE_ALARMS.items()}
            for name, rate in {"membership_auc": whole, **at_most}.items():
                full, value = f"{name}: {score.name}", known(rate.value)
                why = "" if value is not None else f"takes {1 / FALSE_ALARMS[name]:,.0f} held-out subjects"
                low, high = (rate.low, rate.high) if value is not None else (None, None)
                found[full] = Figure(full, value, low, high, why=why)
        for score, of in self.risks:
            if known(of.value) is not None:
                found[score.name] = Figure(score.name, of.value, of.low, of.high)
        return found

    @property
    def tests(self) -> tuple[Score, ...]:
        """What would be larger of training subjects if they were given away, by the name of the figure."""
        found = []
        for score in self.memberships:
            codes = score.of_members, score.of_others
            ranked = score.ranked()
            found.append(Score(f"membership_auc: {score.name}", ranked.members, ranked.others, *codes))
            for name, share in FALSE_ALARMS.items():
                if share * len(score.others) >= 1:
                    top = score.top(share)
                    found.append(Score(f"{name}: {score.name}", top.members, top.others, *codes))
        return (*found, *(score for score, _ in self.risks))


def _risks(chosen: Target, emitted: Rows, rng: np.random.Generator) -> tuple[tuple[Score, Risk], ...]:
    able = chosen.with_links(MIN_LINKS)
    new = emitted.edges.tokens()
    members, others = (rows.edges.tokens() for rows in (chosen.train, chosen.heldout))
    found = [singling_out(members, others, unique_predicates(new, rng), chosen.clusters)]
    if min(able.train.num_subjects, able.heldout.num_subjects) < MIN_CANDIDATES:
        return tuple(found)
    records = [rows.edges.tokens() for rows in (able.train, able.heldout)]
    for name, attack in (("linkability", linkability), ("inference", inference)):
        first, second = (attack(side, new, rng) for side in records)
        score = Score(name, first, second, *able.clusters)
        found.append((score, risk(score)))
    return tuple(found)
