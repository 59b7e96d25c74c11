"""What a person asks of a draw: a scenario as JSON values, as keywords of `sample`, and what exactly it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.scenarios.planning import ScenarioArguments

Wish = dict[str, Any]
"""At most one of: "rebalance" (share by verb), "boost" ([verb, object, factor] each), "conditions" (dicts)."""


def scenario_keywords(wish: Mapping[str, Any]) -> ScenarioArguments:
    """The keywords of `sample`; none where nothing is wished.

    Example:
        >>> scenario_keywords({"boost": [["bought", "tea", 2.0]]})
        {'boost': {('bought', 'tea'): 2.0}}
        >>> scenario_keywords({"conditions": [{"verb": "bought", "price": [1, 2], "num_rows": 9}]})
        {'conditions': [{'verb': 'bought', 'price': (1, 2), 'num_rows': 9}]}
    """
    keywords: ScenarioArguments = {}
    if wish.get("rebalance"):
        keywords["rebalance"] = {"verb": dict(wish["rebalance"])}
    if wish.get("boost"):
        keywords["boost"] = {(verb, thing): float(factor) for verb, thing, factor in wish["boost"]}
    if wish.get("conditions"):
        each = [{name: _window(value) for name, value in one.items()} for one in wish["conditions"]]
        keywords["conditions"] = each
    return keywords


def _window(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def shares_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Shares that sum to 1 exactly as they are written, from weights such as sliders give.

    Raises:
        InputError: a weight is below 0, or all are 0.

    Example:
        >>> shares_of({"bought": 30, "returned": 60, "viewed": 0})
        {'bought': 0.3333, 'returned': 0.6667, 'viewed': 0.0}
    """
    total = sum(weights.values())
    if not weights or min(weights.values()) < 0 or not total > 0:
        raise InputError("the shares of the verbs are numbers from 0 up, and one of them is above 0")
    shares = {name: round(weight / total, 4) for name, weight in weights.items()}
    largest = max(shares, key=lambda name: shares[name])
    shares[largest] = round(shares[largest] + 1 - sum(shares.values()), 4)
    return shares


def promised(wish: Mapping[str, Any], size: Mapping[str, Any], graph: LinkGraph) -> list[str]:
    """What the rows will hold exactly, or, of a boost, about: sentences to read before anything is drawn.

    Args:
        wish: see `Wish`; size: `num_subjects`, `num_rows` or `verbs` of `sample`.
        graph: of the table, whose shares a boost multiplies.

    Example:
        >>> promised({"rebalance": {"bought": 0.25, "returned": 0.75}}, {"num_rows": 10}, None)
        ['Exactly 10 rows: 3 of bought, 7 of returned.']
    """
    rows, subjects = size.get("num_rows"), size.get("num_subjects")
    if wish.get("rebalance"):
        return [_by_verb(wish["rebalance"], int(rows or 0))]
    if wish.get("conditions"):
        return _by_condition(wish["conditions"], rows)
    said = [_boosted(verb, thing, factor, graph) for verb, thing, factor in wish.get("boost") or ()]
    if rows:
        said.append(f"Exactly {rows:,} rows; the last subject may be cut short.")
    elif subjects:
        said.append(f"Exactly {subjects:,} subjects.")
    else:
        said.append("As many subjects as the model was trained with.")
    if size.get("verbs"):
        said.append(f"Every row has one of the verbs {', '.join(size['verbs'])}.")
    return said


def _by_condition(conditions: Sequence[Mapping[str, Any]], rows: int | None) -> list[str]:
    said = [f"Exactly {int(one['num_rows']):,} rows with {_fits(one)}." for one in conditions]
    total = sum(int(one["num_rows"]) for one in conditions)
    if rows is not None and rows < total:
        raise InputError(f"the kinds of rows are {total:,} rows in all, and {rows:,} are asked for: give more, or none")
    if rows is not None and rows > total:
        said.append(f"And {rows - total:,} rows that are of none of these kinds.")
    return said


def _by_verb(shares: Mapping[str, float], rows: int) -> str:
    from assoc_synth.scenarios.rebalancing import largest_remainder

    counts = largest_remainder(np.array(list(shares.values())), rows).tolist()
    each = ", ".join(f"{count:,} of {name}" for name, count in zip(shares, counts, strict=True))
    return f"Exactly {rows:,} rows: {each}."


def _fits(one: Mapping[str, Any]) -> str:
    words = []
    for name, value in one.items():
        if name != "num_rows":
            words.append(f"{name} {value[0]} to {value[1]}" if isinstance(value, list) else f"{name} {value}")
    return ", ".join(words)


def _boosted(verb: str, thing: str, factor: float, graph: LinkGraph) -> str:
    names, verbs = ([str(name) for name in own] for own in (graph.table.objects, graph.table.verbs))
    if thing not in names:
        raise InputError(f"no object {thing[:40]!r} in this table")
    support = graph.incidence(graph.table.verbs[verbs.index(verb)]).getnnz(axis=0)
    share = float(support[names.index(thing)]) / max(graph.table.num_subjects, 1)
    wanted = min(share * factor, 1.0)
    return f"About {100 * wanted:.3g} % of the subjects have {verb} {thing}; {100 * share:.3g} % have it in the table."
