"""Conditions: an exact number of rows with a verb, an object, values of extra columns, or in a window of time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.lookups import OBJECT
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges, joined
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import rank_within, subjects_with
from assoc_synth.scenarios.naming import object_code, role_of, token, verb_code
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.scenarios.plan import plain_draw
from assoc_synth.scenarios.subject_conditions import Classes, classes_asked, sources_of, subjects_of
from assoc_synth.scenarios.windows import read_window, values_of
from assoc_synth.transactions.arrays import Bools, Floats
from assoc_synth.transactions.frames import AnyFrame, is_frame, to_pandas
from assoc_synth.transactions.table import TransactionTable


class SDVCondition(Protocol):
    """SDV's `Condition`: `num_rows` rows with these values."""

    column_values: Mapping[str, object]
    num_rows: int


class SDVDataFrameCondition(Protocol):
    """SDV's `DataFrameCondition`: a row for each of its rows; the table may be one of any library."""

    dataframe: AnyFrame


AskedCondition: TypeAlias = Mapping[str, object] | SDVCondition | SDVDataFrameCondition
ROUNDS, SPREAD = 8, 3
"""Draws before a condition is given up, and before one subject may give several of its rows."""
MOST_AT_ONCE, FRUITLESS = 50_000, 20_000
"""Subjects of a draw at most, and those after which a condition is given up of which not one row has come."""
COUNTS = ("num_rows", "share", "num_subjects")


@dataclass(frozen=True)
class Condition:
    """Rows that are asked for, or whole subjects.

    Attributes:
        rows: how many; where `whole`, how many subjects.
        verb: its code; objects: the codes of those that fit; None for any.
        windows: from and to, both inclusive, by role or extra column; of times and dates as int64 nanoseconds.
        values: one value of each of some extra columns.
        name: in the user's words.
        own: of the columns with one value for each subject, the classes that fit.
        whole: whether subjects with all their rows are asked for.
    """

    rows: int
    verb: int | None
    objects: tuple[int, ...] | None
    windows: tuple[tuple[str, float, float], ...]
    values: tuple[tuple[str, Any], ...]
    name: str
    own: Classes = field(default_factory=dict)
    whole: bool = False

    def holds(self, table: TransactionTable) -> Bools:
        """Which rows satisfy it: (rows,)."""
        fits = np.ones(len(table), bool)
        if self.verb is not None:
            fits &= table.verb == self.verb
        if self.objects is not None:
            fits &= np.isin(table.object, self.objects)
        for column, low, high in self.windows:
            values = values_of(table, column, is_time=isinstance(low, int))
            fits &= (values >= low) & (values <= high)
        for column, value in self.values:
            fits &= np.asarray(table.extras[column].astype(str) == str(value)) & table.extras[column].notna().to_numpy()
        return fits

    def edges(self, model: FittedModel, subjects: int, seeds: Seeds) -> Edges:
        """New subjects that have the verb, or one of the links, or the attributes, that are asked for."""
        if self.own:
            return subjects_of(model, self.own, subjects, seeds=seeds)
        if self.objects is None:
            return generate_edges(model, subjects, seeds=seeds, verbs=None if self.verb is None else [self.verb])
        weight = _links(model, self.verb, self.objects)
        counts = seeds.child("objects").generator().multinomial(subjects, (weight / weight.sum()).ravel())
        parts = [
            subjects_with(
                model, [divmod(int(link), weight.shape[1])], int(counts[link]), seeds=seeds.child(f"link {int(link)}")
            )
            for link in np.flatnonzero(counts)
        ]
        return Edges.joined(parts)

    def table(self, model: FittedModel, seeds: Seeds) -> TransactionTable:
        """Exactly `rows` rows, of different subjects where possible, or exactly `rows` whole subjects.

        Raises:
            InputError: too few such rows in `ROUNDS` draws.
        """
        found: list[TransactionTable] = []
        drawn = subjects = rows = 0
        for attempt in range(ROUNDS):
            rate = max(subjects, 1) / drawn if drawn else 1.0
            wanted = min(math.ceil(1.2 * (self.rows - subjects) / rate) + 10, MOST_AT_ONCE)
            own = seeds.child(f"round {attempt}")
            table = emit_rows(model, self.edges(model, wanted, own), seeds=own)
            table = table.take_rows(np.flatnonzero(self.holds(table)))
            drawn, subjects, rows = drawn + wanted, subjects + table.num_subjects, rows + len(table)
            found.append(table)
            if not rows and drawn >= FRUITLESS:
                break
            if self.whole and subjects >= self.rows:
                whole = joined(model, found)
                return whole.take_rows(np.flatnonzero(whole.subject < np.unique(whole.subject)[self.rows - 1] + 1))
            if self.whole:
                continue
            if subjects >= self.rows or (attempt + 1 >= SPREAD and rows >= self.rows):
                return self._chosen(joined(model, found), seeds)
        raise InputError(
            f"the condition {self.name} is too rare: {drawn:,} subjects gave {rows:,} of {self.rows:,} rows; "
            f"ask for fewer"
        )

    def outcome(self, table: TransactionTable) -> Outcome:
        """What was asked, and what a table has of it."""
        fits = self.holds(table)
        count = len(np.unique(table.subject[fits])) if self.whole else int(fits.sum())
        return Outcome(f"{'subjects' if self.whole else 'rows'} with {self.name}", self.rows, count)

    def _chosen(self, table: TransactionTable, seeds: Seeds) -> TransactionTable:
        """One row of each subject before a second row of any."""
        shuffled = seeds.child("order").generator().permutation(len(table))
        order = np.argsort(rank_within(table.subject[shuffled]), kind="stable")
        return table.take_rows(np.sort(shuffled[order[: self.rows]]))


@dataclass(frozen=True)
class Conditions:
    """Several conditions, and how many rows in all; what they leave is filled with rows that satisfy none of them."""

    each: tuple[Condition, ...]
    rows: int

    @classmethod
    def of(cls, model: FittedModel, asked: object, num_rows: int | None) -> Conditions:
        """Args: dicts, SDV's `Condition` or `DataFrameCondition`, or a table of a row for each; one or a sequence.

        Raises:
            InputError: a condition that no row can satisfy, or counts that do not add up.
        """
        several = list(asked) if isinstance(asked, Sequence) and not isinstance(asked, str) else [asked]
        each = tuple(_condition(model, one, num_rows) for item in several for one in _plain(item))
        if not each:
            raise InputError("there are no conditions: give at least one, or leave them out")
        total = sum(one.rows for one in each)
        if num_rows is not None and total > num_rows:
            raise InputError(f"the conditions ask for {total:,} rows, num_rows for {num_rows:,} in all: ask for fewer")
        return cls(each, total if num_rows is None else num_rows)

    @property
    def name(self) -> str:
        return "conditions"

    @property
    def is_judged(self) -> bool:
        return False

    def what_is_judged(self, attempts: int) -> str:
        return plain_draw(attempts)

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        """The rows of each condition in order, then those that satisfy none."""
        parts = [one.table(model, seeds.child(f"condition {at}")) for at, one in enumerate(self.each)]
        outcomes = tuple(one.outcome(table) for one, table in zip(self.each, parts, strict=True))
        rest = self.rows - sum(one.rows for one in self.each)
        if rest:
            parts.append(self._others(model, rest, seeds.child("others")))
        alone = "conditions: a row that was asked for comes alone, without its subject's other rows"
        return ScenarioRows(joined(model, parts), outcomes, () if all(one.whole for one in self.each) else (alone,))

    def _others(self, model: FittedModel, rows: int, seeds: Seeds) -> TransactionTable:
        """Plain rows that satisfy no condition, whole subjects but the last."""
        found: list[TransactionTable] = []
        have, subjects = 0, math.ceil(1.1 * rows / model.links_per_subject) + 5
        for attempt in range(ROUNDS):
            own = seeds.child(f"round {attempt}")
            table = emit_rows(model, generate_edges(model, subjects, seeds=own), seeds=own)
            free = ~np.any([one.holds(table) for one in self.each], axis=0)
            found.append(table.take_rows(np.flatnonzero(free)))
            have += len(found[-1])
            if have >= rows:
                return joined(model, found).take_rows(np.arange(rows))
            subjects = min(2 * subjects, MOST_AT_ONCE)
        raise InputError("hardly any row satisfies none of the conditions: leave num_rows out")


def _plain(item: object) -> list[dict[Any, Any]]:
    """A condition as dicts of columns and counts."""
    if isinstance(item, Mapping):
        return [dict(item)]
    if isinstance(values := getattr(item, "column_values", None), Mapping):
        return [dict(values) | {"num_rows": getattr(item, "num_rows", None)}]
    table = item if is_frame(item) else getattr(item, "dataframe", None)
    if is_frame(table):
        frame = to_pandas(table)[0].astype(object)
        if not len(frame) or frame.isna().any(axis=None):
            raise InputError("the table of conditions has missing cells or no rows: give a value in each")
        if any(count in frame for count in COUNTS):
            return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]
        counted = frame.groupby(list(frame.columns), sort=False).size()
        keys = [key if isinstance(key, tuple) else (key,) for key in counted.index]
        return [
            dict(zip(frame.columns, key, strict=True)) | {"num_rows": int(count)}
            for key, count in zip(keys, counted, strict=True)
        ]
    raise InputError(f"a condition is a dict, a table or one of SDV's conditions, not a {type(item).__name__}")


def _condition(model: FittedModel, values: dict[Any, Any], num_rows: int | None) -> Condition:
    rows = _rows(values, num_rows)
    roles: dict[str, Any] = {}
    for column, value in values.items():
        if column in COUNTS:
            continue
        role = role_of(model, column)
        if role in roles:
            raise InputError(f"a condition names the {role} twice: once is enough")
        roles[role] = value
    if not roles:
        raise InputError("a condition names no column: give a verb, an object, a time or an extra column")
    windows, wanted, said = [], [], []
    for role, value in roles.items():
        if role in ("subject", "basket"):
            raise InputError(f"a condition cannot name a {role}: those of a sample are invented")
        if role in ("verb", "object"):
            said.append(_said(role, value))
        elif role in ("time", "amount") or isinstance(value, tuple):
            windows.append((role, *read_window(model, role, value)))
            said.append(f"{role} in a window")
        else:
            wanted.append((role, _known(model, role, value)))
            said.append(_said(role, value))
    verb = verb_code(model, roles["verb"]) if "verb" in roles else None
    if "object" in roles:
        token(model, roles["object"] if verb is None else (roles["verb"], roles["object"]))  # or it is refused
    objects, name = _objects(model, roles), ", ".join(said)
    _possible(model, verb, objects, wanted, name)
    asked = {column: (low, high) for column, low, high in windows} | dict(wanted)
    own, whole = classes_asked(model, asked), "num_subjects" in values
    if whole and (others := ", ".join(sorted(set(roles) - set(sources_of(model))))):
        raise InputError(f"num_subjects of a condition goes with columns of subjects alone, and not with {others}")
    return Condition(rows, verb, objects, tuple(windows), tuple(wanted), name, own, whole)


def _possible(
    model: FittedModel, verb: int | None, objects: tuple[int, ...] | None, wanted: Sequence[tuple[str, Any]], name: str
) -> None:
    """Raises: InputError: what is asked for never comes together."""
    if objects is not None and not _links(model, verb, objects).any():
        raise InputError(f"no training subject has a link with {name}: there is nothing to draw it from")
    if verb is None:
        return
    seen = model.encoder.extras.seen
    for column, value in wanted:
        if column in seen and not _is_among(value, seen[column][verb]):
            named = str(model.verbs[verb])[:40]
            raise InputError(f"no row of the verb {named!r} has {_said(column, value)}: it cannot be drawn")


def _objects(model: FittedModel, roles: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The objects that fit what is asked of the object and of columns that are functions of it; None for all."""
    named = "object" in roles
    fits = np.arange(len(model.objects)) == object_code(model, roles["object"]) if named else None
    for lookup in model.encoder.extras.lookups:
        if lookup.name not in roles or lookup.on != OBJECT:
            continue
        asked, own = roles[lookup.name], pd.Series(lookup.values, dtype="object")
        if isinstance(asked, tuple):
            low, high = read_window(model, lookup.name, asked)
            fitting = pd.to_numeric(own, errors="coerce").between(low, high)
        else:
            fitting = own.map(str) == str(asked)
        fits = fitting.to_numpy() if fits is None else fits & fitting.to_numpy()
    return None if fits is None else tuple(np.flatnonzero(fits).tolist())


def _links(model: FittedModel, verb: int | None, objects: tuple[int, ...]) -> Floats:
    """(V, O) how many training subjects have each link that fits; 0 for the others."""
    weight = np.zeros_like(model.margins)
    verbs = range(len(model.verbs)) if verb is None else [verb]
    weight[np.ix_(verbs, objects)] = model.margins[np.ix_(verbs, objects)]
    return weight


def _said(column: str, value: Any) -> str:
    return f"{column} {str(value)[:40]!r}"


def _is_among(value: Any, known: Sequence[Any]) -> bool:
    return str(value) in {str(one) for one in known}


def _rows(values: Mapping[Any, Any], num_rows: int | None) -> int:
    counts = [name for name in COUNTS if name in values]
    if len(counts) != 1:
        raise InputError('a condition says how many: by "num_rows", by "share" or by "num_subjects", one of them')
    if counts != ["share"]:
        count = values[counts[0]]
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise InputError(f"{counts[0]} of a condition must be a whole number of at least 1, not {count!r}")
        if counts == ["num_subjects"] and num_rows is not None:
            raise InputError("num_subjects of a condition and num_rows cannot go together: leave num_rows out")
        return int(count)
    share = values["share"]
    if isinstance(share, bool) or not isinstance(share, int | float | np.number) or not 0 < float(share) <= 1:
        raise InputError(f"the share of a condition must be above 0 and at most 1, not {share!r}")
    if num_rows is None:
        raise InputError("a share of how many rows? Give num_rows as well")
    if not (rows := round(float(share) * num_rows)):
        raise InputError(f"a share of {share:g} of {num_rows:,} rows is less than one row: ask for more")
    return rows


def _known(model: FittedModel, column: str, value: Any) -> Any:
    """A value of a column of categories, or of a function of the object, that was seen."""
    extras = model.encoder.extras
    values = {own.name: own.values for own in extras.categories} | {own.name: own.values for own in extras.lookups}
    values |= {own.name: own.values for own in extras.functions}
    values |= {own.name: own.values for own in extras.subject.codes if isinstance(own, CategoryCode)}
    computed = next((own for own in extras.of_dates if own.name == column), None)
    if computed is not None and computed.may_be(value):
        return value
    seen = values.get(column, () if computed is not None else None)
    if seen is None:
        raise InputError(f"column {column[:40]!r} has no categories that the model draws: give (from, to) for numbers")
    if not _is_among(value, seen):
        raise InputError(f"column {column[:40]!r} never has the value {str(value)[:40]!r}: no row can have it")
    return value
