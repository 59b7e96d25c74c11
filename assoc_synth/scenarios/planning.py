"""From the keywords of `sample` to a plan: at most one scenario, checked before any work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypedDict

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios.boosting import Boost, BoostedRows, PairBoost
from assoc_synth.scenarios.conditions import AskedCondition, Conditions
from assoc_synth.scenarios.continuing import Continued
from assoc_synth.scenarios.naming import LinkName
from assoc_synth.scenarios.plan import Plan
from assoc_synth.scenarios.rebalancing import Rebalance
from assoc_synth.scenarios.sizes import MAX_ROWS, Size
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.table import TransactionTable

Shares: TypeAlias = Mapping[str, float] | str
"""Shares by a verb's name, or "uniform"."""


class ScenarioArguments(TypedDict, total=False):
    """The keywords of `sample` that name a scenario. None is the same as leaving one out.

    Attributes:
        conditions: dicts of columns (or roles) and values with `num_rows` or `share`, or SDV's conditions: exactly
            this number of rows with a verb, an object, values of extra columns, (from, to), both included, of times,
            amounts, numbers.
            Where possible, each row comes from a subject of its own, without its other rows. With `num_rows` of the
            call, the other rows satisfy no condition.
        rebalance: `{"verb": {name: share}}` or `{"verb": "uniform"}`: exact shares of the rows.
        boost: `{(verb, object): factor}` on the share of subjects with a link.
        boost_pair: (X, Y, factor) on the lift of two links, each a (verb, object); or a list of such. It may go with
            `boost`.
        seed_subjects: histories, by the columns of the fitted table: the rows are their next links.
        keep_subjects: name those rows by the given subjects, with a warning, instead of new names in their order.
    """

    conditions: AskedCondition | Sequence[AskedCondition] | None
    rebalance: Mapping[str, Shares] | None
    boost: Mapping[LinkName, float] | None
    boost_pair: PairBoost | Sequence[PairBoost] | None
    seed_subjects: AnyFrame | TransactionTable | None
    keep_subjects: bool


def plan(model: FittedModel, size: Size, verbs: Sequence[object] | None, asked: ScenarioArguments) -> Plan | None:
    """The scenario that is asked for; None for none.

    Raises:
        InputError: it is impossible, or it cannot be combined with the other arguments.
    """
    boost, boost_pair = asked.get("boost"), asked.get("boost_pair")
    values = {
        "conditions": asked.get("conditions"),
        "rebalance": asked.get("rebalance"),
        "boost": boost if boost is not None else boost_pair,
        "seed_subjects": asked.get("seed_subjects"),
    }
    named = [name for name, value in values.items() if value is not None]
    keep_subjects = asked.get("keep_subjects", False)
    if keep_subjects and values["seed_subjects"] is None:
        raise InputError("keep_subjects goes with seed_subjects: new subjects have new names")
    if not named:
        return None
    if len(named) > 1:
        raise InputError(f"{' and '.join(named)} cannot go together: give one of them")
    (name,) = named
    if verbs:
        raise InputError(f"verbs and {name} cannot go together: name the verbs in {name}")
    if name == "rebalance":
        return Rebalance.of(model, values[name], size.rows_for(model))
    if name == "boost":
        return BoostedRows(Boost.of(model, boost, boost_pair), size.subjects, size.num_rows)
    if size.num_subjects is not None:
        raise InputError(f"num_subjects and {name} cannot go together: leave num_subjects out")
    if name == "seed_subjects":
        if size.num_rows is not None:
            raise InputError("num_rows and seed_subjects cannot go together: each history is continued")
        return Continued.of(model, values[name], keep_subjects)
    wanted = Conditions.of(model, values[name], size.num_rows)
    if wanted.rows > MAX_ROWS:
        raise InputError(f"a sample holds at most {MAX_ROWS:,} rows, these would be {wanted.rows:,}: ask for fewer")
    return wanted
