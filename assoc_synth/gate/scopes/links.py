"""The scope of links: which subject has which links, and which of them come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from assoc_synth.gate.scopes.link_parts.blocks import LOSS, Shares, blocks_of, pair_z
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.gate.scopes.scope import JSON, Block
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.rows import Rows, rows_of_edges
from assoc_synth.transactions.arrays import Floats, Values

MOST_PAIRS = 3
Token: TypeAlias = tuple[int, int]
"""A verb and an object, by code."""


@dataclass(frozen=True, eq=False)
class Links:
    """What is compared of the links.

    Attributes:
        watchlist: the pairs, triples and so on.
        only: names of the blocks that are there, of a model before format version 8; None for all.
    """

    watchlist: Watchlist
    only: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        return "links"

    @property
    def num_features(self) -> int:
        return self.watchlist.num_features

    @property
    def num_compared(self) -> int:
        """Features whose counts among real subjects are needed."""
        return self.watchlist.num_compared

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        found = blocks_of(self.watchlist)
        if self.only is None:
            return found
        named = {block.name: block for block in found} | {LOSS: replace(found[0], weight=1.0)}
        return tuple(named[name] for name in self.only)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return self.watched_of(None)

    def watched_of(self, groups: Sequence[tuple[int, ...]] | None) -> tuple[tuple[str, int], ...]:
        """As `watched`, of those that lie within one of some groups of verbs; None for all."""
        watch = self.watchlist
        sets = {
            "pairs_within": watch.within,
            "pairs_across": watch.across,
            "triples": watch.triples,
            "avoided_pairs": watch.avoided,
            "interactions": watch.interactions,
        }
        sizes = {name: len(found) for name, found in sets.items()}
        if groups is not None:
            looked_at = {block.name.partition("[")[0] for block in self.blocks if len(block.verbs or ()) > 1}
            verb = watch.tokens // max(watch.num_objects, 1)
            for name, found in sets.items():
                own = verb[found]
                inside = np.any([np.isin(own, group).all(axis=1) for group in groups], axis=0)
                # Blocks of one verb see what lies within it; only some kinds have blocks of two verbs.
                several = (own != own[:, :1]).any(axis=1)
                sizes[name] = int((inside & (~several | (name in looked_at))).sum())
        return tuple((name, size) for name, size in sizes.items() if size)

    def features(self, rows: Rows) -> sp.csr_matrix:
        return self.watchlist.features(rows.edges)

    def worst_pairs(
        self, sample: Floats, size: int, real: Floats, real_size: int, groups: Sequence[tuple[int, ...]] | None
    ) -> list[tuple[Token, Token, float, float]]:
        """The watched and avoided pairs that differ most: two tokens, the real and the sample's share of subjects.

        Args:
            sample: summed features of `size` subjects, shape (1, features); of groups of verbs one row each.
            real: those of `real_size` subjects, shape (features,).
            groups: verbs of each row; None for all verbs in one row.
        """
        watch = self.watchlist
        pairs = np.concatenate([watch.pairs, watch.avoided])
        if not len(pairs):
            return []
        verb, thing = np.divmod(watch.tokens[pairs], max(watch.num_objects, 1))
        of_real = Shares(watch, real[None, :], real_size)
        found = []
        for row, verbs in enumerate([tuple(range(watch.num_verbs))] if groups is None else groups):
            of_sample = Shares(watch, sample[row : row + 1], size)
            z = np.abs(pair_z(of_sample, of_real)[0])
            own, other = (side.shares_of_pairs()[0] for side in (of_sample, of_real))
            for k in np.flatnonzero(np.isin(verb, verbs).all(axis=1)).tolist():
                left, right = ((int(verb[k, end]), int(thing[k, end])) for end in (0, 1))
                found.append((-float(z[k]), (left, right, float(other[k]), float(own[k]))))
        return [pair for _, pair in sorted(found)[:MOST_PAIRS]]

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, JSON]]:
        watch = self.watchlist
        arrays: dict[str, Values] = {name: getattr(watch, name) for name in _ARRAYS}
        scalars: dict[str, JSON] = {"num_verbs": watch.num_verbs, "num_objects": watch.num_objects}
        return arrays, scalars | {"only": None if self.only is None else list(self.only)}


_SCALARS = ("num_verbs", "num_objects")
_ARRAYS = tuple(field.name for field in fields(Watchlist) if field.name not in _SCALARS)
_SETS = {"within": 2, "across": 2, "control": 2, "triples": 3, "avoided": 2, "interactions": 3, "candidates": 2}
_REAL = ("weight", "strength", "avoided_lacking", "interaction_expected", "interaction_excess")


class LinkScope:
    """How the links are chosen, destroyed and read back."""

    @property
    def name(self) -> str:
        return "links"

    def choose(self, training: Rows, num_evaluated: int, rng: np.random.Generator) -> Links | None:
        """Associations of T, see `Watchlist.choose`; nothing random."""
        if not len(training):
            return None
        return Links(Watchlist.choose(training.edges, num_evaluated))

    def destroy(self, rows: Rows, rng: np.random.Generator) -> Rows:
        """The independent generator: every subject keeps its number of links of each verb, and nothing else."""
        return rows_of_edges(independent_draw(rows.edges, rng))

    def from_arrays(self, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> Links:
        """Inverse of `Links.to_arrays`.

        Raises:
            KeyError, TypeError, ValueError: the entries do not fit together.
        """
        parts: dict[str, Any] = {
            name: np.asarray(arrays[name], np.float64 if name in _REAL else np.int64) for name in _ARRAYS
        }
        only = scalars["only"]
        watch = Watchlist(**parts | {name: int(scalars[name]) for name in _SCALARS})
        for name, size in _SETS.items():
            part = parts[name]
            fits = part.ndim == 2 and part.shape[1] == size
            if not fits or (part.size and not 0 <= part.min() <= part.max() < len(watch.tokens)):
                raise ValueError(f"{name} does not fit the tokens")
        lengths = {"weight": watch.pairs, "strength": watch.pairs, "thresholds": watch.candidates}
        lengths |= {"avoided_lacking": watch.avoided, "degree_from": watch.degree_scope}
        lengths |= {"interaction_expected": watch.interactions, "interaction_excess": watch.interactions}
        if any(parts[name].shape != (len(of),) for name, of in lengths.items()):
            raise ValueError("the parts of the watchlist have different lengths")
        return Links(watch, None if only is None else tuple(map(str, only)))
