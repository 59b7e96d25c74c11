"""Rules of visits: "y only after x", "y only with x in the visit", "never x and y in one visit".

Each end, y or x, is a token, a verb and its object, or a verb, which is any link of it: who opens the cart adds
something in that visit, whatever it is. The code of a verb follows those of all tokens: V·O + v.

Found in the training subjects where none of them breaks a rule, many have y, and links that are dealt to visits at
random would break it. A swap that breaks one is never made. Whether a subject that has y has x at all is decided
before, where the edges are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.object_rules import met_by_chance, rules_of_objects
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints, Singles

NONE = -1
LEAST_SUBJECTS = 10
"""Subjects that have y, at least."""
LEAST_EXPECTED, OF_FOLLOWERS = 7.0, 3.0
"""Subjects, at least, that would break a rule if their links were dealt at random: e⁻⁷ is the chance that none does.
Fewer of y and x where whoever has y has x too: few pairs are such, and most of them have a reason.
"""
ERROR_RATE = 0.01
"""The chance that any rule about all objects of a verb is wrong, about."""
MOST_TOKENS, MOST_VERBS, MOST_RULES, MOST_OF_VERBS = 1_500, 100, 20_000, 5_000
TOLD = 12
HAVE, BOTH, BEFORE, LACKS, MEETS = range(5)
"""What is counted of ends y and x: subjects with y; with both; whose first y is before their first x; that have a
visit with y and without x; that have both in one visit."""


def find_rules(assignment: Assignment, shape: tuple[int, int]) -> Ints:
    """The rules that all subjects keep: (R, 3) kind of rule, end y, end x; those that chance breaks most first.

    Args:
        assignment: true, of all training subjects, those with a single visit as well.
        shape: how many verbs and objects there are.
    """
    ends = _Ends.of(assignment, shape)
    size = len(ends.code)
    counts, chance = np.zeros((2, 5, size, size), np.float32)
    first = np.concatenate([[0], np.cumsum(np.bincount(assignment.subject))]).astype(np.int64)
    token, verb = ends.place_of_token[assignment.kind], ends.place_of_verb[assignment.kind]
    _count(counts, chance, first, token, verb, assignment.visit, assignment.rank)
    everybody = (counts[BOTH] == counts[HAVE]) & (counts[HAVE] >= LEAST_SUBJECTS) & ends.may_rule
    both = np.triu((counts[BOTH] >= LEAST_SUBJECTS) & ends.may_rule, 1)
    with_verb = ends.is_verb[:, None] | ends.is_verb[None, :]
    tried = np.log(max(int((with_verb & (chance.max(0) >= 1.0)).sum()), 1) / ERROR_RATE)
    followers, others = (np.where(with_verb, max(LEAST_EXPECTED, tried), of) for of in (OF_FOLLOWERS, LEAST_EXPECTED))
    # What "with" says of a pair, "after" need not say again.
    is_with = everybody & (counts[LACKS] == 0) & (chance[LACKS] >= followers)
    least = np.where(everybody | everybody.T, followers, others)
    kept = {
        AFTER: everybody & (counts[BEFORE] == 0) & (chance[BEFORE] >= followers) & ~is_with,
        WITH: is_with,
        NEVER: both & (counts[MEETS] == 0) & (chance[MEETS] >= least),
    }
    of_verbs = _alone_with_its_verb(assignment, ends.place_of_token, shape[1])
    least_of_objects = max(LEAST_EXPECTED, np.log(3 * shape[0] ** 2 / ERROR_RATE))
    of_objects = rules_of_objects(assignment, shape, least_of_objects)
    found = [of_verbs, of_objects]
    expected = [np.full(len(rules), np.inf) for rules in found]
    for (kind, keep), of in zip(kept.items(), (BEFORE, LACKS, MEETS), strict=True):
        y, x = np.nonzero(keep & ~ends.follows(keep, kind))
        found.append(np.stack([np.full(len(y), kind), ends.code[y], ends.code[x]], axis=1))
        expected.append(chance[of][y, x].astype(np.float64))
    order = np.argsort(-np.concatenate(expected), kind="stable")
    rules = _without_followers(np.concatenate(found)[order].astype(np.int64), shape)
    _, first = np.unique(rules, axis=0, return_index=True)
    return rules[np.sort(first)[:MOST_RULES]]


@dataclass(frozen=True, eq=False)
class _Ends:
    """What rules are looked for of: the most frequent tokens, and after them the verbs.

    Attributes:
        code: (E,); is_verb: (E,); verb: (E,) of a token its verb's place, `NONE` where that is left out; of a verb
            its own place.
        place_of_token, place_of_verb: (K,) of the kinds of links, `NONE` where they are left out.
    """

    code: Ints
    is_verb: Bools
    verb: Ints
    place_of_token: Ints
    place_of_verb: Ints

    @classmethod
    def of(cls, assignment: Assignment, shape: tuple[int, int]) -> _Ends:
        kinds, (verbs, objects) = assignment.kinds, shape
        token, tokens = _frequent(assignment.subject, assignment.kind, len(kinds), MOST_TOKENS)
        verb, kept = _frequent(assignment.subject, assignment.verb, verbs, MOST_VERBS)
        verb = np.where(verb == NONE, NONE, verb + len(tokens))
        code = np.concatenate([kinds[tokens, 0] * objects + kinds[tokens, 1], verbs * objects + kept])
        is_verb = np.arange(len(code)) >= len(tokens)
        of = np.concatenate([verb[kinds[tokens, 0]], np.arange(len(tokens), len(code))])
        return cls(code, is_verb, of, token, verb[kinds[:, 0]])

    @property
    def may_rule(self) -> Bools:
        """(E, E) pairs that a rule may be about: not an end and itself, not a token and its own verb."""
        may: Bools = ~((self.is_verb[:, None] | self.is_verb[None, :]) & (self.verb[:, None] == self.verb[None, :]))
        np.fill_diagonal(may, False)
        return may

    def follows(self, kept: Bools, kind: int) -> Bools:
        """(E, E) rules of a kind that others say already: what any link of a verb keeps, each token of it does.

        Who is only with one token is with its verb, and who comes after it comes after the first link of its verb.
        """
        if kind == NEVER:
            kept = kept | kept.T
        of_y = ~self.is_verb[:, None] & (self.verb != NONE)[:, None] & kept[self.verb]
        if kind == NEVER:
            of_x = ~self.is_verb[None, :] & (self.verb != NONE)[None, :] & kept[:, self.verb]
        else:
            token = np.flatnonzero(~self.is_verb & (self.verb != NONE))
            of_x = np.zeros_like(kept)
            np.logical_or.at(of_x.T, self.verb[token], kept[:, token].T)
        found: Bools = of_y | of_x
        return found


def _without_followers(rules: Ints, shape: tuple[int, int]) -> Ints:
    """Rules without "never" of tokens of two verbs no links of which are ever in one visit."""
    (verbs, objects), tokens = shape, shape[0] * shape[1]
    own = np.sort(np.where(rules[:, 1:] < tokens, rules[:, 1:] // objects, rules[:, 1:] - tokens), axis=1)
    pair, is_never = own[:, 0] * verbs + own[:, 1], rules[:, 0] == NEVER
    of_tokens, of_verbs = (is_never & part.all(1) for part in (rules[:, 1:] < tokens, rules[:, 1:] >= tokens))
    kept: Ints = rules[~(of_tokens & np.isin(pair, pair[of_verbs]))]
    return kept


def _alone_with_its_verb(assignment: Assignment, place: Ints, num_objects: int) -> Ints:
    """The rules "never x and y" of an x that no visit has beside another link of its own verb: (R, 3), of all objects.

    So they hold of rare objects too: what is diagnosed where nothing else is, is not diagnosed beside a rare disease.

    Args:
        place: (K,) of the frequent kinds, `NONE` of others.
    """
    kinds, verbs = assignment.kinds, int(assignment.kinds[:, 0].max(initial=-1)) + 1
    visits, subjects = len(assignment.rank), int(assignment.subject.max(initial=-1)) + 1

    def others(group: Ints, size: int) -> tuple[Ints, Ints, Ints]:
        """The group and the kind of each pair of them, and how many other links of the kind's verb the group has."""
        held = np.bincount(group * verbs + assignment.verb, minlength=size * verbs)
        pairs, count = np.unique(group * len(kinds) + assignment.kind, return_counts=True)
        own, kind = np.divmod(pairs, max(len(kinds), 1))
        return own, kind, held[own * verbs + kinds[kind, 0]] - count

    _, kind, beside = others(assignment.visit, visits)
    meets = np.bincount(kind, beside > 0, minlength=len(kinds))
    whose, kind, rest = others(assignment.subject, subjects)
    expected = np.bincount(kind, 1.0 - (1.0 - met_by_chance(assignment)[whose]) ** rest, minlength=len(kinds))
    tried = (place != NONE) & (expected >= 1.0)
    least = max(LEAST_EXPECTED, np.log(max(int(tried.sum()), 1) / ERROR_RATE))
    found, token = [np.zeros((0, 3), np.int64)], kinds[:, 0] * num_objects + kinds[:, 1]
    for one in np.flatnonzero(tried & (meets == 0) & (expected >= least)):
        other = token[(kinds[:, 0] == kinds[one, 0]) & (token != token[one])]
        ends = np.sort(np.stack([np.full(len(other), token[one]), other], axis=1), axis=1)
        found.append(np.column_stack([np.full(len(other), NEVER), ends]))
    return np.concatenate(found)[:MOST_OF_VERBS]


def describe_rules(rules: Ints, verbs: pd.Index, objects: pd.Index) -> tuple[str, ...]:
    """Notes that tell the rules, the clearest first: a note for all of a kind and two verbs, and at most `TOLD` notes.

    Example:
        >>> describe_rules(np.array([[0, 3, 2]]), pd.Index(["signed", "left"]), pd.Index(["club", "team"]))
        ("'left team' only after 'left club' or at the same time: in all rows so far, and kept",)
    """
    texts = (
        "{y} only after {x} or at the same time",
        "{y} only with {x} in one visit",
        "never {y} and {x} in one visit",
    )

    tokens = len(verbs) * len(objects)

    def name(end: int) -> str:
        if end >= tokens:
            return f"any {str(verbs[end - tokens])[:60]!r}"
        return repr(f"{verbs[end // len(objects)]} {objects[end % len(objects)]}"[:60])

    def verb_of(end: int) -> int:
        return end - tokens if end >= tokens else end // len(objects)

    groups: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for kind, y, x in rules.tolist():
        of = (verb_of(y), verb_of(x))
        whole = y >= tokens, x >= tokens
        groups.setdefault((kind, *(sorted(of) if kind == NEVER else of), *whole), []).append((y, x))
    notes = []
    for (kind, first, second, *_), pairs in list(groups.items())[:TOLD]:
        text = texts[kind].format(y=name(pairs[0][0]), x=name(pairs[0][1]))
        between = f"{str(verbs[first])!r} and {str(verbs[second])!r}"
        more = f", and {len(pairs) - 1:,} more such pairs of {between}" if len(pairs) > 1 else ""
        notes.append(f"{text}{more}: in all rows so far, and kept")
    left = sum(map(len, list(groups.values())[TOLD:]))
    return (*notes, *([f"{left:,} more such rules of visits are kept"] if left else []))


def _frequent(subject: Ints, own: Ints, size: int, most: int) -> tuple[Ints, Ints]:
    """The place of each of so many kinds among the most frequent ones, `NONE` for others; and those, ascending."""
    pair = np.unique(subject * size + own)
    having = np.bincount(pair % max(size, 1), minlength=size)
    frequent = np.argsort(-having, kind="stable")[:most]
    frequent = np.sort(frequent[having[frequent] >= LEAST_SUBJECTS])
    place = np.full(size, NONE)
    place[frequent] = np.arange(len(frequent))
    return place, frequent


@compiled
def _count(counts: Singles, chance: Singles, first: Ints, token: Ints, verb: Ints, visit: Ints, rank: Ints) -> None:
    """Add each subject to the counts, and to those expected of links dealt at random, for rules not broken yet.

    Args:
        token, verb: (L,) the places of the links' ends, `NONE` for none.
    """
    for subject in range(len(first) - 1):
        begin, end = first[subject], first[subject + 1]
        if begin == end:
            continue
        base, last = visit[begin:end].min(), visit[begin:end].max()
        own = np.unique(np.concatenate((token[begin:end], verb[begin:end])))
        own = own[own >= 0]
        held = np.zeros((last - base + 1, len(own)), np.float32)
        size, links = np.zeros(last - base + 1), np.zeros(len(own))
        for link in range(begin, end):
            size[visit[link] - base] += 1
            for place in (token[link], verb[link]):
                if place >= 0:
                    at = np.searchsorted(own, place)
                    held[visit[link] - base, at] = 1.0
                    links[at] += 1
        total = float(end - begin)
        together = (size * (size - 1.0)).sum() / max(total * (total - 1.0), 1.0)
        earliest, visits = _earliest(held, rank[base : last + 1]), held.sum(0)
        shared = np.dot(held.T, held)
        for y in range(len(own)):
            counts[HAVE, own[y], :] += 1
            for x in range(len(own)):
                if x != y:
                    at, by_chance = counts[:, own[y], own[x]], chance[:, own[y], own[x]]
                    at[BOTH] += 1
                    at[BEFORE] += earliest[y] < 0 or earliest[x] < 0 or earliest[y] < earliest[x]
                    at[LACKS] += shared[y, x] < visits[y]
                    at[MEETS] += shared[y, x] > 0
                    if at[BEFORE] == 0:
                        by_chance[BEFORE] += links[y] / (links[y] + links[x]) * (1.0 - together)
                    if at[LACKS] == 0:
                        by_chance[LACKS] += 1.0 - (1.0 - (1.0 - together) ** links[x]) ** links[y]
                    if at[MEETS] == 0:
                        by_chance[MEETS] += 1.0 - (1.0 - together) ** (links[x] * links[y])


@compiled
def _earliest(held: Singles, rank: Ints) -> Ints:
    """The place in time of the first visit with each token: (D,), −1 where none of its visits is dated."""
    earliest = np.full(held.shape[1], NONE)
    for visit in range(held.shape[0]):
        for at in range(held.shape[1]):
            if held[visit, at] > 0 and rank[visit] >= 0 and (earliest[at] < 0 or rank[visit] < earliest[at]):
                earliest[at] = rank[visit]
    return earliest
