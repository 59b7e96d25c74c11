"""Which link goes into which visit: a Markov random field over a subject's links, learned by swaps.

A subject's links and its visits are given. Of all assignments of the links to the visits, one has the probability
∝ exp(energy), where the energy sums

- over pairs of links in one visit, an association a_ℓ · (s ⊙ a_ℓ'), low-rank in the links' embeddings, and the terms of
  one visit that follow, times the scale of the visit's size (see `size_terms`);
- over links, w_ℓ · τ(visit): the preference of a link for the season, the weekday, the hour and the size of a visit,
  and for its day of the month and the like (see `calendar_terms`), and direct terms of a link and the day of the month
  and the weekday, where these stand out (see `date_terms`);
- over pairs of links to the same object, a term of their verbs and of the days between them: a return follows its
  purchase within weeks, a salary comes once a month, a product is on one receipt once;
- over pairs of links whose tokens stand out together in the training subjects, terms of their own, of whether they
  are in one visit, in the next one, earlier or later, and how many days apart (see `visit_terms`);
- over pairs of links in one visit, a term of their verbs (see `verb_terms`), whatever the size;
- over links, a term of how many links that go with it are in its visit (see `company_terms`);
- over visits, terms of how many links they have, in all and of each verb (see `size_terms`).

The normalising constant cannot be computed, but the probability that two links are where they are, and not swapped,
or that one is where it is, and not in another visit, can: it is σ(difference of energies). Training maximises the
likelihood of such moves (a composite likelihood, Besag 1975), and the sampler, which moves links, needs just its
logits (see `chain`). Models without size terms, such as those of tables whose visits all have one size, keep the sizes
that visits were drawn with: they swap only, and the size is one of the features that links prefer visits by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.assignment.calendar_terms import CalendarTerms, calendar_classes
from assoc_synth.ctgan.assignment.company_terms import CompanyTerms
from assoc_synth.ctgan.assignment.date_terms import DateTerms, date_classes
from assoc_synth.ctgan.assignment.kernel import SAME, SAME_VISIT, TIME_BINS, UNORDERED, Energies, World
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, rules_of
from assoc_synth.ctgan.assignment.size_terms import SizeTerms
from assoc_synth.ctgan.assignment.visit_terms import VisitTerms
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.visit_features import FEATURES, SIZE, visit_features
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints, Singles
from assoc_synth.transactions.days import DAY

SWEEPS, SMALL_SWEEPS, SMALL_TABLE = 30, 60, 150_000
"""Moves that are proposed for each link, and those up to so many training links: there, where a visit holds a pair in
three of four cases, a chain that begins at random needs more of them, and they cost little. With twice as many the
pairs of a draw are no nearer to the table's."""
MOST_SWEEPS = 1_000
"""More than any fit asks for: a model's file that does so is damaged, and its draws would not end."""


class AssignmentModel(nn.Module):
    """The log density of links in visits, up to a constant.

    Shape:
        verb, object: (B,) int64; features: (B, `FEATURES`) of a visit.
    """

    def __init__(
        self,
        num_verbs: int,
        num_objects: int,
        config: CTGANConfig,
        *,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.num_objects, self.visit_dim = num_objects, config.assignment_visit_dim
        rank, visit_dim, hidden_dim = config.assignment_dim, config.assignment_visit_dim, config.assignment_hidden_dim
        self.dropout = nn.Dropout(dropout)
        self.association = LinkEmbedding(num_verbs, num_objects, rank, std=0.1)
        self.sign = nn.Parameter(torch.ones(rank))
        self.preference = LinkEmbedding(num_verbs, num_objects, visit_dim, std=0.05)
        self.visit = nn.Sequential(nn.Linear(FEATURES, hidden_dim), nn.GELU(), nn.Linear(hidden_dim, visit_dim))
        self.calendar = CalendarTerms(visit_dim)
        self.between = nn.Parameter(torch.zeros(num_verbs, num_verbs, TIME_BINS))
        self.terms: VisitTerms
        self.size: SizeTerms
        self.dates: DateTerms
        self.company: CompanyTerms
        self.rules: Tensor
        self.verbs: Tensor
        self.sweeps: Tensor
        self.register_buffer("verbs", torch.zeros(num_verbs, num_verbs))
        self.register_buffer("sweeps", torch.tensor(SWEEPS))
        self.resize(0, 0, 0)

    @property
    def sizes(self) -> list[int]:
        """How many tokens and pairs have terms, how many rules of visits, classes of sizes and verbs with terms of
        them, rows of terms of dates, and, if any, groups of sizes, and tokens and pairs of companions there are: what
        `resize` takes."""
        later = [len(self.size.groups), len(self.company), len(self.company.pairs)]
        return [
            self.terms.num_tokens,
            len(self.terms),
            len(self.rules),
            len(self.size),
            len(self.size.verbs),
            len(self.dates),
            *(later if later[1] else later[:1] if later[0] else []),
        ]

    def resize(self, tokens: int, pairs: int, rules: int, *sizes: int) -> None:
        """Make room for terms of pairs, for rules of visits, (R, 3), see `rules`, for terms of sizes and of dates.

        Those that there are go.

        Args:
            sizes: as in `sizes`, from the classes of sizes on; those that are left out are 0.
        """
        classes, verbs, dates, groups, companions, company = (*sizes, *(0,) * (6 - len(sizes)))
        self.terms = VisitTerms(tokens, pairs)
        self.size = SizeTerms(classes, verbs, visit_dim=self.visit_dim, groups=groups)
        self.dates = DateTerms(dates)
        self.company = CompanyTerms(companions, company)
        self.register_buffer("rules", torch.zeros(rules, 3, dtype=torch.int64))

    def is_sound(self) -> bool:
        """Whether the pairs and the rules, as read from a file, are of known tokens and verbs, and sweeps bounded."""
        tokens = len(self.between) * self.num_objects
        kinds, ends = self.rules[:, 0], self.rules[:, 1:]
        known = bool(((kinds >= AFTER) & (kinds <= NEVER)).all()) and bool(
            ((ends >= 0) & (ends < tokens + len(self.between))).all()
        )
        known = known and self.dates.fits(len(self.between), self.num_objects)
        known = known and self.company.fits(tokens)
        known = known and 0 <= int(self.sweeps) <= MOST_SWEEPS
        return known and self.terms.fits(tokens) and self.size.fits(len(self.between))

    def same_object(self) -> Tensor:
        """Terms of two links to one object, by the time between their visits: (V, V, `TIME_BINS`)."""
        return from_both_sides(self.between)

    def grouped(self, assignment: Assignment, rng: np.random.Generator | None = None) -> Assignment:
        """An assignment with its subjects' groups by the sizes of their visits.

        Args:
            rng: draws what only the true sizes tell; None takes that of the sizes that there are.
        """
        if not len(self.size.groups):
            return assignment
        visits = len(assignment.days)
        owner, size = np.zeros(visits, np.int64), np.bincount(assignment.visit, minlength=visits)
        owner[assignment.visit] = assignment.subject
        group, used = np.zeros(visits, np.int64), size > 0
        group[used] = self.size.groups.of(owner[used], size[used], rng)
        return replace(assignment, group=group)

    def flat(self) -> Tensor:
        """Terms of two links to one object, those of pairs, and those of sizes, in the kernel's order: (N,)."""
        return torch.cat([self.same_object().flatten(), self.terms.weight.flatten(), self.size.flat()])

    @torch.no_grad()
    def alike(self, token: Ints) -> Singles:
        """The association of two links in one visit, which its size scales: (T,) tokens → (T, T).

        As the chain's, without the terms of two verbs.
        """
        verb, object = (torch.from_numpy(part).to(self.sign.device) for part in np.divmod(token, self.num_objects))
        own = self.association(verb, object)
        found = (own * self.sign) @ own.T
        beside = self.same_object()[:, :, SAME_VISIT][verb[:, None], verb]
        found += torch.where(object[:, None] == object, beside, torch.zeros_like(beside))
        pairs, place = self.terms.partners(), self.terms.places(token)
        at = np.full(len(pairs.offsets) - 1, -1)
        at[place[place >= 0]] = np.flatnonzero(place >= 0)
        row, other = at[np.repeat(np.arange(len(at)), np.diff(pairs.offsets))], at[pairs.other]
        known = (row >= 0) & (other >= 0)
        term = self.terms.weight[:, SAME].cpu()[torch.from_numpy(pairs.code[known] // 2)]
        result: Singles = found.cpu().numpy()
        result[row[known], other[known]] += term.numpy()
        return result

    def embed_visits(self, features: Singles, calendar: Ints) -> Tensor:
        """Embeddings that links prefer visits by: (M, `FEATURES`), (M, 4) → (M, `assignment_visit_dim`).

        Where links move from visit to visit, sizes have embeddings of their own: see `SizeTerms`.
        """
        given = torch.from_numpy(features).to(self.sign.device)
        if len(self.size):
            given = given.clone()
            given[:, SIZE] = 0.0
        embedded: Tensor = self.visit(given) + self.calendar(torch.from_numpy(calendar).to(self.sign.device))
        return embedded

    @torch.no_grad()
    def energies(self, assignment: Assignment) -> Energies:
        """Everything that the energy of an assignment is made of."""
        device = self.sign.device
        verb, object = (torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in assignment.kinds.T)
        own, like = self.association(verb, object), self.preference(verb, object)
        parts = (
            self.flat(),
            own * self.sign,
            own,
            self.size.scales(),
            like,
            self.embed_visits(assignment.features, assignment.calendar),
            self.size.preference,
        )
        arrays = [np.ascontiguousarray(part.float().cpu().numpy()) for part in parts]
        dates = self.dates.of_kinds(assignment.kinds[:, 0], assignment.kinds[:, 1], self.num_objects)
        flat, association, other, scale, preference, visit, size = arrays
        company = np.ascontiguousarray(self.company.weight.float().cpu().numpy())
        date_of = self.date_of(assignment)
        return Energies(flat, association, other, scale, preference, visit, size, dates, date_of, company)

    def date_of(self, assignment: Assignment) -> Ints:
        """(M, 2) which terms of dates visits have; (M, 0) where there are none."""
        found = date_classes(assignment.features, assignment.calendar)
        return found if len(self.dates) else found[:, :0].copy()

    def world(self, assignment: Assignment, *, alone: bool = False) -> World:
        """What of an assignment stays as it is while links are moved.

        Args:
            alone: whether no visit may hold a link twice.
        """
        verb, object = (np.ascontiguousarray(part) for part in assignment.kinds.T)
        token = verb * self.num_objects + object
        kinds = np.stack([verb, object, self.terms.places(token)], axis=1)
        counts = np.bincount(assignment.subject)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        pairs = self.terms.partners()
        shape = len(self.between), self.num_objects
        rules = rules_of(self.rules.cpu().numpy(), assignment.kinds, shape, alone=alone)
        days, rank, group = assignment.days, assignment.rank, assignment.group
        group = np.zeros(len(days), np.int64) if group is None or not len(self.size.groups) else group
        sizes = self.size.classes(len(self.between), self.between.numel() + self.terms.weight.numel(), group)
        verbs, company = self.verbs.cpu().numpy(), self.company.company(token)
        return World(assignment.kind, first, kinds, pairs, sizes, rules, days, rank, len(self.between), verbs, company)


def from_both_sides(bins: Tensor) -> Tensor:
    """What two links have in each bin of the time between them, and what they have seen from the other one, summed.

    (V, V, `TIME_BINS`) → the same.
    """
    reverse = torch.arange(TIME_BINS, device=bins.device)
    reverse[:UNORDERED] = 2 * SAME_VISIT - reverse[:UNORDERED]
    both: Tensor = bins + bins.transpose(0, 1)[:, :, reverse]
    return both


@dataclass(frozen=True, eq=False)
class Assignment:
    """The links of subjects, in visits.

    Attributes:
        subject: (L,) ascending; verb, object: (L,).
        kind: (L,) which of `kinds`, (K, 2) verbs and objects, each link is.
        visit: (L,) which visit each link is in.
        days: (M,) when the visits are, in days and parts of them; NaN undated.
        rank: (M,) place in time among the subject's visits, equal for visits at one time; −1 undated.
        features: (M, `FEATURES`); calendar: (M, 4), see `calendar_classes`.
        group: (M,) of each visit's subject, see `SizeGroups`; None where it is not known yet.
    """

    subject: Ints
    verb: Ints
    object: Ints
    kind: Ints
    kinds: Ints
    visit: Ints
    days: Floats
    rank: Ints
    features: Singles
    calendar: Ints
    group: Ints | None = None

    @classmethod
    def of(
        cls,
        visits: Visits,
        horizon: Horizon,
        *,
        subject: Ints | Codes,
        verb: Ints | Codes,
        object: Ints | Codes,
        visit: Ints,
    ) -> Assignment:
        """Links (L,) by subject, in the given visits."""
        days = np.where(visits.day < 0, np.nan, visits.day + visits.clock / DAY)
        own_subject, own_verb, own_object = (part.astype(np.int64) for part in (subject, verb, object))
        width = int(own_object.max(initial=0)) + 1
        found, kind = np.unique(own_verb * width + own_object, return_inverse=True)
        kinds = np.stack([found // width, found % width], axis=1)
        features, calendar = visit_features(visits, horizon), calendar_classes(visits, horizon)
        kind, visit, rank = kind.astype(np.int64), visit.astype(np.int64), _ranks(visits.subject, days)
        return cls(own_subject, own_verb, own_object, kind, kinds, visit, days, rank, features, calendar)

    def take(self, keep: Bools) -> Assignment:
        """Some of the links, (L,); visits keep their numbers."""
        own = {name: getattr(self, name)[keep] for name in ("subject", "verb", "object", "kind", "visit")}
        return replace(self, **own)


def _ranks(subject: Ints, days: Floats) -> Ints:
    """Place in time of visits, by subject and then by time: (M,), (M,) → (M,)."""
    is_later = np.zeros(len(days), np.int64)
    is_later[1:] = (subject[1:] != subject[:-1]) | (days[1:] != days[:-1])
    ranks = np.cumsum(is_later)
    begin = np.searchsorted(subject, subject, side="left")
    return np.where(np.isnan(days), -1, ranks - ranks[begin] if len(days) else ranks)
