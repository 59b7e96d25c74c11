"""Utility: how much of a table is left in its private stand-in, beside what another real half has."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from assoc_synth.benchmark.work import Work
from assoc_synth.evaluation.distances import kolmogorov_smirnov, total_variation
from assoc_synth.evaluation.fidelity import fidelity
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.edges import Edges
from assoc_synth.privacy import Wanted, domains
from assoc_synth.privacy.mechanism import Account
from assoc_synth.privacy.stand_in import account_of, stand_in_by
from assoc_synth.transactions.table import TransactionTable

FLOOR, NO_NOISE = "another real half", Account(1e6, 5e-7)
FREQUENT, OFTEN, LEAST_AMOUNTS = 500, 20, 20
"""Subjects of a rule, and of a pair; rows of an object whose amounts are compared."""
NAMES = {
    "named": "share of pairs of 20 subjects or more whose objects are named",
    "item_l1": "distance of the objects' shares",
    "pair_l1": "distance of the pairs' shares",
    "lift_r": "correlation of log lifts, of named pairs",
    "rule_f1": "F1 of rules (lift 2), 20 subjects or more",
    f"rule_f1_{FREQUENT}": f"F1 of rules, {FREQUENT} subjects or more",
    "also_buy": "agreement of the ten strongest partners",
    "amounts": "Kolmogorov–Smirnov distance of amounts, mean of the verbs",
    "prices": "typical factor between an object's median amounts",
    "hours": "total variation of the hours of the week",
    "days": "total variation of the days",
}


@dataclass(frozen=True)
class Left:
    """What is left of a table at one ε and seed; ε infinite is without noise, and "floor" is another real half."""

    dataset: str
    epsilon: float | None
    seed: int
    subjects: int
    objects: int
    public_names: bool
    figures: dict[str, float]


def measure_utility(
    work: Work,
    epsilons: Sequence[float],
    seeds: Iterable[int],
    *,
    public_names: bool = False,
    progress: Callable[[Left], None] = lambda _: None,
) -> list[Left]:
    """Stand-ins of the training half at each ε, each seed anew, and the held-out half first.

    Args:
        epsilons: `math.inf` is the same bounds and bins without noise.
        seeds: of the draws; the noise is new each time.
    """
    found = [_left(work, work.heldout, None, 0, public_names=public_names)]
    progress(found[0])
    for epsilon in epsilons:
        for seed in seeds:
            rng = np.random.default_rng(seed)
            wanted = Wanted(epsilon, public_names=public_names)
            account = Account(NO_NOISE.rho, NO_NOISE.delta) if math.isinf(epsilon) else account_of(wanted)
            made, _ = stand_in_by(work.train, wanted, account, rng)
            found.append(_left(work, made, epsilon, seed, public_names=public_names))
            progress(found[-1])
    return found


def figures_of(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    """All figures of `NAMES`; NaN where a table lacks the column.

    The lift of a pair with an object that nobody has is not defined, so that lifts are compared where both are named.
    """
    edges = Aligned.of(real, other).edges
    all_of, frequent = fidelity(*edges), fidelity(*edges, min_count=FREQUENT)
    named = np.bincount(edges[1].object, minlength=edges[1].num_objects) > 0
    own = fidelity(*(_of_objects(side, named) for side in edges))
    return {
        "named": _share_named(edges[0], named),
        "item_l1": all_of.item_l1,
        "pair_l1": all_of.pair_l1,
        "lift_r": own.lift_r,
        "rule_f1": all_of.rule_f1,
        f"rule_f1_{FREQUENT}": frequent.rule_f1,
        "also_buy": all_of.also_buy_at_10,
        **_of_amounts(real, other),
        **_of_times(real, other),
    }


def stored(found: Sequence[Left], path: Path) -> None:
    """Write one JSON line for each."""
    path.write_text("".join(f"{json.dumps(asdict(one))}\n" for one in found), encoding="utf-8")


def _left(work: Work, made: TransactionTable, epsilon: float | None, seed: int, *, public_names: bool) -> Left:
    figures = figures_of(work.train, made)
    return Left(work.name, epsilon, seed, made.num_subjects, made.num_objects, public_names, figures)


def _of_objects(edges: Edges, kept: np.ndarray) -> Edges:
    """The links of some objects; all subjects stay."""
    at = kept[edges.object]
    sizes = edges.num_subjects, edges.num_verbs, edges.num_objects
    return Edges(edges.subject[at], edges.verb[at], edges.object[at], edges.count[at], *sizes)


def _share_named(edges: Edges, named: np.ndarray) -> float:
    together = edges.projection().tocoo()
    often = (together.row < together.col) & (together.data >= OFTEN)
    both = named[together.row[often]] & named[together.col[often]]
    return float(both.mean()) if len(both) else math.nan


def _of_amounts(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    sides = [(table, table.amount) for table in (real, other) if table.amount is not None]
    if len(sides) < 2:
        return {"amounts": math.nan, "prices": math.nan}
    by_verb, by_object = ([_grouped(table, amount, what) for table, amount in sides] for what in ("verb", "object"))
    distances = [kolmogorov_smirnov(own, by_verb[1][name]) for name, own in by_verb[0].items() if name in by_verb[1]]
    factors = [
        abs(math.log(abs(float(np.median(own))) / abs(float(np.median(by_object[1][name])))))
        for name, own in by_object[0].items()
        if len(own) >= LEAST_AMOUNTS
        and len(by_object[1].get(name, ()))
        and np.median(own)
        and np.median(by_object[1][name])
    ]
    return {
        "amounts": float(np.mean(distances)) if distances else math.nan,
        "prices": math.exp(float(np.median(factors))) if factors else math.nan,
    }


def _grouped(table: TransactionTable, amount: np.ndarray, what: str) -> dict[str, np.ndarray]:
    """Amounts that are not missing, by the name of the verb or object."""
    codes, names = (table.verb, table.verbs) if what == "verb" else (table.object, table.objects)
    has = ~np.isnan(amount)
    codes, amount = codes[has], amount[has]
    order = np.argsort(codes, kind="stable")
    parts = np.split(amount[order], np.cumsum(np.bincount(codes, minlength=len(names)))[:-1])
    return {str(name): part for name, part in zip(names, parts, strict=True) if len(part)}


def _of_times(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    times = [table.time[~np.isnat(table.time)] for table in (real, other) if table.time is not None]
    if len(times) < 2:
        return {"hours": math.nan, "days": math.nan}
    hours = [np.bincount(domains.hour_bins(one), minlength=domains.NUM_HOURS) for one in times]
    days = [np.bincount(domains.day_bins(one), minlength=domains.NUM_DAYS) for one in times]
    return {"hours": total_variation(*hours), "days": total_variation(*days)}
