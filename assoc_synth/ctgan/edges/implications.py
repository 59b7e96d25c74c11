"""Implications: what no training subject has together, and what none has without something else.

A network learns that they are rare; only a rule makes them impossible. A rule is taken from the training subjects where
it has no exception in many subjects and chance would have made clearly several.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.null_model import degree_bucket
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import positions

LEAST_SUBJECTS = 10
"""Subjects that have a token, at least, for a rule about it."""
LEAST_EXPECTED, ERROR_RATE = 7.0, 0.01
"""Exceptions that chance must have been able to make: e⁻⁷ is the chance of none; more where many rules are tried, so
that all of them together are wrong by this chance at most."""
OF_ATTRIBUTES = 3.0
"""The same for a link and a category of its subject, or the numbers below or above all that it was seen with.

Who cannot have something is the rule there, and a rule too many leaves out what no training subject has.
"""
MOST_TOKENS, MOST_NEEDS, MOST_NEVER = 3_000, 3_000, 100_000
"""The most frequent tokens are looked at; of the rules those that chance would break most are kept."""


@dataclass(frozen=True, eq=False)
class Implications:
    """Rules about tokens, (verb, object) as one number as in `Edges.token`.

    Attributes:
        never: (N, 2) pairs of tokens that no subject has together.
        needs: (R, 2) a subject with the first token also has the second one.
        never_verbs: (M, 2) pairs of verbs under which no subject is linked to the same object.
    """

    never: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    needs: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    never_verbs: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def __len__(self) -> int:
        return len(self.never) + len(self.needs) + len(self.never_verbs)


def find_implications(
    edges: Edges,
    sizes: Sequence[int] = (),
    orders: Sequence[Ints | None] | None = None,
    planned: int = 0,
    known: Implications | None = None,
) -> Implications:
    """The rules that the edges of all training subjects keep.

    Args:
        sizes: how many values each attribute has; attributes are the last verbs, their values the last objects.
        orders: for each attribute the codes of its values in ascending order; None where they have none. Neighbouring
            values are taken together: nobody born before 1975.
        planned: how many of the attributes, the last ones, are classes of the plan: numbers of links, of which rules
            need as much evidence as of links.
        known: rules that are known to hold, such as those that follow from the visits.

    Example:
        >>> half = np.arange(200) % 2
        >>> edges = Edges.from_links(
        ...     np.tile(np.arange(200), 2), np.repeat([0, 1], 200), np.concatenate([half, 2 + half]),
        ...     num_subjects=200, num_verbs=2, num_objects=4,
        ... )
        >>> find_implications(edges).never.tolist()  # tokens: 0·4 + 0, 0·4 + 1, 1·4 + 2 and 1·4 + 3
        [[0, 1], [0, 7], [1, 6], [6, 7]]
    """
    counted, known = _Counted.of(edges, sizes, planned), known or Implications()
    orders = orders or [None] * len(sizes)
    num_links = edges.num_verbs - len(sizes), edges.num_objects - sum(sizes)
    of_kinds = _of_kinds(edges, num_links, sizes[: len(sizes) - planned], orders[: len(sizes) - planned])
    of_tokens = np.concatenate([known.never, counted.never(), counted.never_in_runs(orders), of_kinds])
    never = np.unique(np.sort(of_tokens[:MOST_NEVER], axis=1), axis=0)
    verbs, needs = _of_verbs(edges, *num_links)
    needs = np.unique(np.concatenate([known.needs, counted.needs()[:MOST_NEEDS], needs]), axis=0)
    return closed(Implications(never, needs, verbs), edges.num_objects)


def closed(rules: Implications, num_objects: int) -> Implications:
    """The rules, and what follows from them: x ⇒ y ⇒ w makes x ⇒ w, and x ⇒ y with y never beside z x never beside z.

    Without these a subject could be drawn into a corner: it owes what it may no longer have.

    Example:
        >>> rules = Implications(never=np.array([[2, 3]]), needs=np.array([[0, 1], [1, 2]]))
        >>> closed(rules, 4).needs.tolist(), closed(rules, 4).never.tolist()
        ([[0, 1], [0, 2], [1, 2]], [[0, 3], [1, 3], [2, 3]])
    """
    if not len(rules.needs):
        return rules
    other = np.concatenate([rules.never_verbs, rules.never_verbs[:, ::-1]])
    needed = np.unique(rules.needs[:, 1])
    verb, object = np.divmod(needed, num_objects)
    at, rule = np.nonzero(verb[:, None] == other[None, :, 0])
    of_verbs = np.stack([needed[at], other[rule, 1] * num_objects + object[at]], axis=1)
    never = np.concatenate([rules.never, of_verbs])
    tokens = np.unique(np.concatenate([never.ravel(), rules.needs.ravel()]))
    reach = _relation(tokens, rules.needs) + sp.identity(len(tokens), np.float32, format="csr")
    while (further := (reach @ reach).astype(bool).astype(np.float32)).nnz > reach.nnz:
        reach = further
    excluded = _relation(tokens, never)
    apart = sp.triu(reach @ (excluded + excluded.T) @ reach.T, k=1).tocoo()
    needs = sp.coo_matrix(reach - sp.identity(len(tokens), np.float32))
    needs.eliminate_zeros()
    found = (np.stack([tokens[part.row], tokens[part.col]], axis=1) for part in (apart, needs))
    never, needs = (np.unique(pairs, axis=0) for pairs in found)
    return Implications(never, needs, rules.never_verbs)


def _relation(tokens: Ints, pairs: Ints) -> sp.csr_matrix:
    """Pairs of tokens as a 0/1 matrix over them: (P, 2) → (T, T)."""
    at = np.searchsorted(tokens, pairs)
    matrix = sp.csr_matrix((np.ones(len(at), np.float32), (at[:, 0], at[:, 1])), shape=(len(tokens), len(tokens)))
    return matrix.astype(bool).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Counted:
    """How often frequent tokens meet, and how often they would by chance.

    Attributes:
        sizes, planned: as in `find_implications`.
        tokens: ascending, (T,); verb: theirs.
        subjects: that have each, (T,).
        together, expected: (T, T).
    """

    edges: Edges
    sizes: Sequence[int]
    planned: int
    tokens: Ints
    verb: Ints
    subjects: Floats
    together: Floats
    expected: Floats

    @classmethod
    def of(cls, edges: Edges, sizes: Sequence[int], planned: int = 0) -> _Counted:
        counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
        is_attribute = np.arange(len(counts)) // edges.num_objects >= edges.num_verbs - len(sizes)
        least = OF_ATTRIBUTES if len(sizes) > planned else LEAST_SUBJECTS
        used = np.flatnonzero((counts >= least) | ((counts > 0) & is_attribute))
        first = np.lexsort((-counts[used], ~is_attribute[used]))[:MOST_TOKENS]
        tokens = np.sort(used[first])
        incidence = edges.tokens()[:, tokens]
        together = np.asarray((incidence.T @ incidence).toarray(), np.float64)
        own, verb = counts[tokens].astype(np.float64), tokens // edges.num_objects
        expected = expected_together(edges, verb, own)
        is_attribute = verb >= edges.num_verbs - len(sizes)
        across = _expected_of_values(edges, tokens[~is_attribute], tokens[is_attribute])
        expected[np.ix_(~is_attribute, is_attribute)] = across
        expected[np.ix_(is_attribute, ~is_attribute)] = across.T
        return cls(edges, sizes, planned, tokens, verb, own, together, expected)

    @property
    def link_verbs(self) -> int:
        return self.edges.num_verbs - len(self.sizes)

    @property
    def apart(self) -> Bools:
        """(T, T) tokens that could meet: not a token and itself, not two values of one attribute."""
        same = self.verb[:, None] == self.verb[None, :]
        apart: Bools = ~(same & (self.verb[:, None] >= self.link_verbs))
        np.fill_diagonal(apart, False)
        return apart

    def never(self) -> Ints:
        """(N, 2) pairs that never meet though chance would have let them."""
        frequent = self.subjects >= LEAST_SUBJECTS
        tried = self.apart & frequent[:, None] & frequent[None, :] & (self.expected >= 1.0)
        least = np.full(tried.shape, enough(int(tried.sum()) // 2))
        is_attribute = self.verb >= self.link_verbs
        is_own = is_attribute & (self.verb < self.edges.num_verbs - self.planned)
        of_own = (is_own[:, None] & ~is_attribute[None, :]) | (is_own[None, :] & ~is_attribute[:, None])
        least[of_own] = OF_ATTRIBUTES
        tried |= self.apart & of_own
        found = tried & (self.together == 0) & (self.expected >= least)
        left, right = np.nonzero(np.triu(found))
        clearest = np.argsort(-self.expected[left, right], kind="stable")[:MOST_NEVER]
        return np.stack([self.tokens[left[clearest]], self.tokens[right[clearest]]], axis=1)

    def never_in_runs(self, orders: Sequence[Ints | None]) -> Ints:
        """The same of runs of neighbouring values of an attribute, taken together."""
        found = [np.zeros((0, 2), np.int64)]
        begin = self.edges.num_objects - sum(self.sizes) + np.cumsum([0, *self.sizes])
        for place, order in enumerate(orders):
            if order is None:
                continue
            verb = self.link_verbs + place
            tokens = verb * self.edges.num_objects + begin[place] + order
            at = positions(tokens, self.tokens)
            is_own = place < len(self.sizes) - self.planned
            others = np.flatnonzero((self.verb != verb) & (self.subjects >= OF_ATTRIBUTES))
            found += self._runs(at[at >= 0], others, clear_at_ends=is_own)
        return np.concatenate(found)

    def _runs(self, values: Ints, others: Ints, *, clear_at_ends: bool) -> list[Ints]:
        """Runs of values, in order, that never meet another token though chance would have let some of them."""
        none = self.together[np.ix_(values, others)] == 0
        expected = self.expected[np.ix_(values, others)]
        change = np.diff(none.astype(np.int8), axis=0, prepend=0, append=0)
        least, found = enough(none.size), []
        for at in range(len(others)):
            starts, ends = np.flatnonzero(change[:, at] > 0), np.flatnonzero(change[:, at] < 0)
            for start, end in zip(starts, ends, strict=True):
                is_end = clear_at_ends and (start == 0 or end == len(values))
                if expected[start:end, at].sum() >= (OF_ATTRIBUTES if is_end else least):
                    own = self.tokens[values[start:end]]
                    found.append(np.stack([own, np.full(len(own), self.tokens[others[at]])], axis=1))
        return found

    def needs(self) -> Ints:
        """(R, 2) tokens whose every subject has a second one, a link, though chance would have left it out."""
        frequent = self.subjects >= LEAST_SUBJECTS
        tried = self.apart & frequent[:, None] & (self.verb < self.link_verbs)[None, :]
        missing = self.subjects[:, None] - self.expected
        always = tried & (self.together == self.subjects[:, None]) & (missing >= enough(int(tried.sum())))
        left, right = np.nonzero(always)
        clearest = np.argsort(-missing[left, right], kind="stable")
        return np.stack([self.tokens[left[clearest]], self.tokens[right[clearest]]], axis=1)


def _of_kinds(edges: Edges, num_links: tuple[int, int], sizes: Sequence[int], orders: Sequence[Ints | None]) -> Ints:
    """(N, 2) tokens that never meet a value of an attribute since no link to their object, or by their verb, does.

    Of rare tokens too: who gives birth to nothing does not give birth to what is rare either.

    Args:
        num_links: how many verbs and objects are of links.
        sizes, orders: of the subjects' own columns.
    """
    if not len(sizes):
        return np.zeros((0, 2), np.int64)
    link_verbs, link_objects = num_links
    is_link = edges.verb < link_verbs
    own = ~is_link & (edges.verb < link_verbs + len(sizes))
    kinds = Edges.from_links(
        np.concatenate([edges.subject[is_link], edges.subject[is_link], edges.subject[own]]),
        np.concatenate([np.repeat([0, 1], is_link.sum()), 2 + edges.verb[own] - link_verbs]),
        np.concatenate([edges.object[is_link], link_objects + edges.verb[is_link], link_verbs + edges.object[own]]),
        num_subjects=edges.num_subjects,
        num_verbs=2 + len(sizes),
        num_objects=link_verbs + link_objects + sum(sizes),
    )
    counted = _Counted.of(kinds, sizes)
    found = np.sort(np.concatenate([counted.never(), counted.never_in_runs(orders)]), axis=1)
    verb, object = np.divmod(found, kinds.num_objects)
    made = [np.zeros((0, 2), np.int64)]
    for (kind, place), code in zip(verb.tolist(), object.tolist(), strict=True):
        if kind < 2 <= place:
            everything = np.arange(link_objects)
            verbs, objects = (np.arange(link_verbs), code[0]) if kind == 0 else (code[0] - link_objects, everything)
            tokens = np.asarray(verbs * edges.num_objects + objects)
            value = (place - 2 + link_verbs) * edges.num_objects + code[1] - link_verbs
            made.append(np.stack([tokens, np.full(len(tokens), value)], axis=1))
    return np.concatenate(made)


def expected_together(edges: Edges, verb: Ints, subjects: Floats) -> Floats:
    """How many subjects have both tokens if each subject draws its links of a verb by popularity: (T,), (T,) → (T, T).

    A subject with d links of a verb has a token that n of all D links go to with the chance 1 − exp(−d·n/D).
    """
    degrees = edges.degrees_by_verb().astype(np.int64)
    verbs = np.unique(verb)
    share: dict[int, Floats] = {}
    bucket: dict[int, Ints] = {}
    for own in verbs.tolist():
        kinds, bucket[own] = np.unique(degree_bucket(degrees[:, own]), return_inverse=True)
        mean = np.bincount(bucket[own], weights=degrees[:, own]) / np.bincount(bucket[own])
        chance = -np.expm1(-np.outer(subjects[verb == own] / max(degrees[:, own].sum(), 1), mean))
        sums = chance @ np.bincount(bucket[own], minlength=len(kinds))
        share[own] = chance * (subjects[verb == own] / np.maximum(sums, 1e-12))[:, None]
    expected = np.zeros((len(verb), len(verb)))
    for one in verbs.tolist():
        for other in verbs.tolist():
            joint = np.zeros((share[one].shape[1], share[other].shape[1]))
            weight = np.maximum(1 - 1 / np.maximum(degrees[:, one], 1), 0.0) if one == other else 1.0
            np.add.at(joint, (bucket[one], bucket[other]), weight)
            expected[np.ix_(verb == one, verb == other)] = share[one] @ joint @ share[other].T
    return expected


def _expected_of_values(edges: Edges, links: Ints, values: Ints) -> Floats:
    """How many subjects have a link and a value of an attribute by chance: tokens (T,), (A,) → (T, A).

    As in `expected_together`, but with the numbers of links that the subjects of each value have.
    """
    degrees, objects = edges.degrees_by_verb().astype(np.int64), edges.num_objects
    has_value = edges.tokens()[:, values]
    counts = np.bincount(edges.token, minlength=edges.num_verbs * objects)[links]
    expected = np.zeros((len(links), len(values)))
    for verb in np.unique(links // objects).tolist():
        own = links // objects == verb
        kinds, bucket = np.unique(degree_bucket(degrees[:, verb]), return_inverse=True)
        sizes = np.bincount(bucket)
        mean = np.bincount(bucket, weights=degrees[:, verb]) / sizes
        chance = -np.expm1(-np.outer(counts[own] / max(degrees[:, verb].sum(), 1), mean))
        share = chance * (counts[own] / np.maximum(chance @ sizes, 1e-12))[:, None]
        of_bucket = sp.csr_matrix((np.ones(len(bucket)), (bucket, np.arange(len(bucket)))), (len(kinds), len(bucket)))
        expected[own] = share @ (of_bucket @ has_value).toarray()
    return expected


def _of_verbs(edges: Edges, link_verbs: int, link_objects: int) -> tuple[Ints, Ints]:
    """Pairs of verbs that no subject has on one object, (M, 2), and tokens that need another verb's, (R, 2).

    A rule of verbs is one of all objects, also of those that no subject has by the rarer verb.
    """
    margins = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).reshape(edges.num_verbs, -1)
    degrees = edges.degrees_by_verb()
    never, needs = [np.zeros((0, 2), np.int64)], [np.zeros((0, 2), np.int64)]
    links = [edges.incidence(verb).tocoo() for verb in range(link_verbs)]
    least = enough(link_verbs**2)
    for one in range(link_verbs):
        share = margins[one] / max(margins[one].sum(), 1)
        for other in range(link_verbs):
            own = links[other]
            if one == other or own.nnz < LEAST_SUBJECTS or not margins[one].any():
                continue
            both = float(links[one].tocsr().multiply(own.tocsr()).sum())
            chance = float(-np.expm1(-share[own.col] * degrees[own.row, one]).sum())
            if both == 0 and chance >= least:
                never.append(np.array([[one, other]]))
            if both == own.nnz and own.nnz - chance >= least:
                objects = np.arange(link_objects)
                pairs = [other * edges.num_objects + objects, one * edges.num_objects + objects]
                needs.append(np.stack(pairs, axis=1))
    return np.concatenate(never), np.concatenate(needs)


def never_under(counts: Floats) -> Bools:
    """What is impossible under a verb, by the links of each verb and object: (V, O) → (V, O).

    Either chance would have shown a link and there is none, or the object is seen under a verb that shares no object
    with this one though chance would have let them: a diagnosis is not prescribed, however rare it is. Of an object
    without any link nothing is known.

    Example:
        >>> counts = np.zeros((2, 40))
        >>> counts[0, :20] = counts[1, 20:] = 3.0
        >>> never_under(counts)[:, [0, 39]].tolist()
        [[False, True], [True, False]]
    """
    share = counts.sum(0) / max(counts.sum(), 1.0)
    chance = counts.sum(1, keepdims=True) * share
    has = counts > 0
    shared = has.astype(np.float64) @ has.T.astype(np.float64)
    expected = has.astype(np.float64) @ -np.expm1(-chance).T
    apart = (shared == 0) & (np.maximum(expected, expected.T) >= enough(len(counts) ** 2))
    never: Bools = ~has & ((chance >= enough(counts.size)) | (apart @ has) | ~has.any(0))
    return never


def enough(tried: int) -> float:
    """Exceptions that chance must have been able to make where this many rules are tried."""
    return max(LEAST_EXPECTED, math.log(max(tried, 1) / ERROR_RATE))
