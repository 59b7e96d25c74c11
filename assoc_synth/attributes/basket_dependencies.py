"""Columns that have one value for each basket and something else: the physician of each department in a visit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from assoc_synth.attributes.dependencies import (
    BASKET,
    BESIDE,
    FEWEST_GROUPS,
    LEAST_SHARE,
    OBJECT,
    Dependency,
    On,
    codes_of,
)
from assoc_synth.attributes.evidence import FirstLook, holds
from assoc_synth.attributes.kinds import read_dates
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints


def find_beside(
    graph: LinkGraph, columns: Mapping[str, pd.Series], rules: Sequence[Dependency], demanded: Collection[str]
) -> tuple[Dependency, ...]:
    """Columns with one value for each basket and verb, or each basket and value of a column looked up by the object.

    Args:
        columns: the extra columns, of which those of dates, those that are `demanded` to depend on something, and those
            that one of the simpler `rules` is about are left alone.
    """
    if not (graph.baskets >= 0).any():
        return ()
    simple = {rule.column: rule for rule in rules}
    code: dict[On, Ints] = {(*BASKET, "verb"): graph.table.verb.astype(np.int64)}
    for name, rule in simple.items():
        if rule.on == OBJECT and name in columns:
            code[*BASKET, BESIDE + name] = codes_of(columns[name])
    groups = {on: basket_groups(graph.baskets, own) for on, own in code.items() if len(np.unique(own)) > 1}
    found = list[Dependency]()
    for name, column in columns.items():
        if name in simple or name in demanded or read_dates(column) is not None:
            continue
        on = next((on for on, group in groups.items() if _has_one_each(codes_of(column), group)), None)
        if on is not None:
            found.append(Dependency(name, on, False))
    return tuple(found)


def basket_groups(basket: Ints, code: Ints) -> Ints:
    """(n,) a group for each basket and code, −1 without a basket.

    Example:
        >>> basket_groups(np.array([0, 0, 1, -1]), np.array([-1, 1, 1, 0])).tolist()
        [0, 2, 5, -1]
    """
    return np.where(basket >= 0, basket * (int(code.max(initial=0)) + 2) + code + 1, -1)


def _has_one_each(code: Ints, group: Ints) -> bool:
    """Whether a column is a function of groups of which each has few rows."""
    if FirstLook.of(group).contradicts(code, False):
        return False
    use = group >= 0
    return holds(code[use], group[use], None, (FEWEST_GROUPS, LEAST_SHARE * len(code)))
