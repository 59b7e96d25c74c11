"""How many links of each verb a subject has: drawn before its first link, verb after verb, as training subjects had.

Sequential synthesis by classification and regression trees (Reiter 2005): the number of a verb's links is drawn from a
leaf of a tree that has looked at the numbers that were drawn before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assoc_synth.ctgan.edges.averages import averaged, averaged_cells
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints, Values

LEAVES = (5, 10, 20, 40)
"""Least subjects of a leaf, of which cross-validation chooses: no single one's numbers are repeated."""
FOLDS, MOST_TRIED = 5, 5_000
"""Of the cross-validation, and how many subjects it looks at."""
MOST_LEAVES = 256
LIKE = 10
"""Subjects of a leaf with about as many edges left of which a number is drawn, at least, if it has so many."""
VERB, FEATURE, MOST, LOW, HIGH = range(5)
"""Columns of the nodes; a leaf's feature and children are `NONE`."""
NONE = -1
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


@dataclass(frozen=True, eq=False)
class Degrees:
    """Numbers of subjects by number of edges, in all and of one verb given those that are drawn before it.

    A node's features are the numbers of edges of the V verbs, and as number V the edges left: a subject's edges of this
    verb and of more frequent verbs.

    Attributes:
        total: (T, 2) rows (n, subjects with n edges), n ≥ 1, ascending.
        nodes: (N, 5) of the verbs' trees: the verb, the feature that is asked for, the most that goes to the low child,
            and the two children; the first node of a verb is its root.
        by_leaf: (U, 4) rows (node, edges left, edges of its verb, subjects), ascending; zero edges are included.
        exponent: (V,) with which power of the edges left a verb's own grow, within a leaf.
    """

    total: Ints
    nodes: Ints
    by_leaf: Ints
    exponent: Floats

    @classmethod
    def learn(cls, edges: Edges, fewest: int = 1) -> Degrees:
        """Count the edges of each subject; subjects without any are left out.

        Args:
            fewest: subjects with about the same numbers, in whose place their mean is counted, see `averaged`.
        """
        own = edges.degrees_by_verb().astype(np.int64)
        own = own[own.sum(1) > 0]
        n, subjects = np.unique(averaged(np.sort(own.sum(1)), fewest), return_counts=True)
        drawn, left = np.zeros_like(own), own.sum(1)
        nodes, by_leaf, begin = [np.zeros((0, 5), np.int64)], [np.zeros((0, 4), np.int64)], 0
        exponent = np.ones(own.shape[1])
        for verb in np.argsort(own.sum(0), kind="stable"):
            has = left > 0
            tree, leaf = _grown(np.column_stack([drawn, left])[has], own[has, verb], int(verb), begin, fewest)
            exponent[verb] = _exponent(own[has, verb], left[has])
            cells = averaged_cells(leaf, left[has], own[has, verb], float(exponent[verb]), fewest)
            rows, count = np.unique(cells, axis=0, return_counts=True)
            nodes.append(tree)
            by_leaf.append(np.column_stack([rows, count]))
            drawn[:, verb] = own[:, verb]
            left, begin = left - own[:, verb], begin + len(tree)
        return cls(np.column_stack([n, subjects]), np.concatenate(nodes), np.concatenate(by_leaf), exponent)

    @classmethod
    def of_histograms(cls, total: Ints, by_verb: Ints) -> Degrees:
        """From the edges left alone, as models of before store them.

        Args:
            by_verb: (U, 4) rows (verb, edges left, edges of that verb, subjects).
        """
        nodes, by_leaf, begin = [np.zeros((0, 5), np.int64)], [np.zeros((0, 4), np.int64)], 0
        num_verbs = int(by_verb[:, 0].max(initial=-1)) + 1
        for verb in range(num_verbs):
            rows = by_verb[by_verb[:, 0] == verb]
            left, own = (np.repeat(rows[:, at], rows[:, 3]) for at in (1, 2))
            seen = np.zeros((len(left), num_verbs + 1), np.int64)
            seen[:, -1] = left
            tree, leaf = _grown(seen, own, verb, begin)
            found, count = np.unique(np.column_stack([leaf, left, own]), axis=0, return_counts=True)
            nodes.append(tree)
            by_leaf.append(np.column_stack([found, count]))
            begin += len(tree)
        return cls(total, np.concatenate(nodes), np.concatenate(by_leaf), np.ones(num_verbs))

    @property
    def num_verbs(self) -> int:
        return len(self.exponent)

    def draw(self, subjects: int, rng: np.random.Generator) -> Ints:
        """Links of each verb for new subjects: (subjects, verbs), every row at least one link.

        n comes from its histogram. Then the verbs follow, the rarest first, each given n and the verbs before it, and
        the most frequent verb takes the rest. So verbs come together as they did in training subjects, and every verb
        keeps its own distribution, however many there are.
        """
        left = rng.choice(self.total[:, 0], subjects, p=self.total[:, 1] / self.total[:, 1].sum())
        rarest_first = np.argsort(self._frequency(), kind="stable")
        drawn = np.zeros((subjects, self.num_verbs), np.int64)
        for verb in rarest_first[:-1]:
            drawn[:, verb] = self._of_verb(int(verb), np.column_stack([drawn, left]), rng)
            left -= drawn[:, verb]
        drawn[:, rarest_first[-1]] = left
        return drawn

    def draw_of(self, verbs: list[int], subjects: int, rng: np.random.Generator) -> Ints:
        """Links of all verbs of new subjects that have a link of one of the given verbs: (subjects, verbs).

        Raises:
            InputError: no training subject has such a link.
        """
        if not self._frequency()[[verb for verb in verbs if verb < self.num_verbs]].any():
            raise InputError("no training subject has a link by this verb, so none can be drawn: ask for another verb")
        found: list[Ints] = []
        missing = subjects
        while missing > 0:
            drawn = self.draw(max(2 * missing, 1_000), rng)
            drawn = drawn[drawn[:, verbs].sum(1) > 0][:missing]
            found.append(drawn)
            missing -= len(drawn)
        return np.concatenate(found)

    def _frequency(self) -> Floats:
        """The training subjects' edges of each verb: (V,)."""
        verb = self.nodes[self.by_leaf[:, 0], VERB]
        edges = self.by_leaf[:, 2] * self.by_leaf[:, 3]
        return np.bincount(verb, weights=edges, minlength=self.num_verbs).astype(np.float64)

    def _of_verb(self, verb: int, seen: Ints, rng: np.random.Generator) -> Ints:
        """Edges of one verb, given the numbers drawn before it and the edges left: (n, V + 1) → (n,).

        A training subject is drawn of those in the leaf that had as many edges left; where they are few, of `LIKE` or
        more that had about as many. Its edges of the verb are scaled from the edges that it had left to those that are
        left here, rounded at random; who has some keeps one at least.
        """
        node, left = self._leaf(verb, seen), seen[:, -1]
        own, cumulative = self.by_leaf[:, :2] @ self._key(left), np.concatenate([[0], np.cumsum(self.by_leaf[:, 3])])
        wanted = np.column_stack([node, left]) @ self._key(left)
        leaf = [cumulative[np.searchsorted(self.by_leaf[:, 0], node, side=side)] for side in _SIDES]
        begin, end = (cumulative[np.searchsorted(own, wanted, side=side)] for side in _SIDES)
        beside = np.maximum(LIKE - (end - begin) + 1, 0) // 2
        first = np.maximum(np.minimum(begin, leaf[1] - 1) - beside, leaf[0])
        last = np.minimum(np.maximum(end, leaf[0] + 1) + beside, leaf[1]) - 1
        # All that had as many left as the farthest one, so that none is taken for its number of edges.
        lowest, highest = (own[np.searchsorted(cumulative, at, side="right") - 1] for at in (first, last))
        begin = cumulative[np.searchsorted(own, lowest, side="left")]
        end = cumulative[np.searchsorted(own, highest, side="right")]
        at = begin + (rng.random(len(node)) * (end - begin)).astype(np.int64)
        like = self.by_leaf[np.searchsorted(cumulative, at, side="right") - 1]
        scaled = like[:, 2] * (left / like[:, 1]) ** self.exponent[verb]
        edges = np.floor(scaled + rng.random(len(left))).astype(np.int64)
        drawn: Ints = np.minimum(np.maximum(edges, like[:, 2] > 0), left)
        return drawn

    def _key(self, left: Ints) -> Ints:
        """By which (node, edges left) become one number: (2,)."""
        return np.array([max(self.by_leaf[:, 1].max(initial=0), left.max(initial=0)) + 1, 1])

    def _leaf(self, verb: int, seen: Ints) -> Ints:
        """The leaf of a verb's tree that numbers lead to: (n,)."""
        node = np.full(len(seen), np.flatnonzero(self.nodes[:, VERB] == verb)[0])
        while (inner := np.flatnonzero(self.nodes[node, FEATURE] != NONE)).size:
            own = self.nodes[node[inner]]
            is_low = seen[inner, own[:, FEATURE]] <= own[:, MOST]
            node[inner] = np.where(is_low, own[:, LOW], own[:, HIGH])
        return node

    def to_arrays(self) -> dict[str, Values]:
        return {f"degrees.{name}": getattr(self, name) for name in ("total", "nodes", "by_leaf", "exponent")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values]) -> Degrees:
        """Inverse of `to_arrays`; models up to format version 7 hold histograms."""
        if "degrees.by_verb" in arrays:
            return cls.of_histograms(*(arrays[f"degrees.{name}"].astype(np.int64) for name in ("total", "by_verb")))
        total, nodes, by_leaf = (arrays[f"degrees.{name}"].astype(np.int64) for name in ("total", "nodes", "by_leaf"))
        return cls(total, nodes, by_leaf, arrays["degrees.exponent"].astype(np.float64))


def _grown(seen: Ints, own: Ints, verb: int, begin: int, fewest: int = 1) -> tuple[Ints, Ints]:
    """A tree for a verb's number of edges: its nodes (N, 5), and each subject's leaf (n,).

    It is grown for whether there is an edge, and for how many, both alike.

    Args:
        begin: the number of its first node; fewest: subjects of a leaf at least.
    """
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeRegressor

    wanted = np.column_stack([own > 0, np.log1p(own)]).astype(np.float64)
    wanted = (wanted - wanted.mean(0)) / np.maximum(wanted.std(0), 1e-9)
    x = np.log1p(seen)
    leaves = tuple(max(least, fewest) for least in LEAVES)
    tree = DecisionTreeRegressor(max_leaf_nodes=MOST_LEAVES, random_state=0, min_samples_leaf=leaves[-1])
    if len(x) > FOLDS * leaves[-1]:
        some = np.random.default_rng(0).permutation(len(x))[:MOST_TRIED]
        search = GridSearchCV(tree, {"min_samples_leaf": leaves}, cv=FOLDS, scoring="neg_mean_squared_error")
        tree.set_params(**search.fit(x[some], wanted[some]).best_params_)
    found = tree.fit(x, wanted).tree_
    is_leaf = found.children_left == NONE
    most = np.floor(np.expm1(np.where(is_leaf, 0.0, found.threshold)) + 1e-6)
    low, high = (np.where(is_leaf, NONE, begin + part) for part in (found.children_left, found.children_right))
    feature = np.where(is_leaf, NONE, found.feature)
    nodes = np.column_stack([np.full(len(feature), verb), feature, most, low, high]).astype(np.int64)
    return nodes, begin + found.apply(x.astype(np.float32)).astype(np.int64)


def _exponent(own: Ints, left: Ints) -> float:
    """With which power of the edges left the edges of a verb grow, from 0 to 1, where there are any."""
    some = own > 0
    x, y = np.log(left[some]), np.log(own[some])
    if len(x) < LEAVES[0] or not x.std():
        return 1.0
    return float(np.clip(np.polyfit(x, y, 1)[0], 0.0, 1.0))
