"""Continue: the next links of subjects whose history is given."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import LEAST, edges_of
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.scenarios.plan import plain_draw
from assoc_synth.transactions.arrays import Codes, Ints, Times
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.frames import to_pandas
from assoc_synth.transactions.schema import Roles
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.degrees import Degrees
    from assoc_synth.ctgan.edges.plans import Plans

WEEK = 7 * DAY
_ARTICLE = {"verb": "a verb", "object": "an object"}
KEPT = (
    "keep_subjects: the rows carry the names of the given subjects, so they are about real people if those are: do not "
    "pass them on as synthetic data"
)


@dataclass(frozen=True, eq=False)
class Continued:
    """Given histories by the model's codes.

    Attributes:
        given: one subject per history.
        last: (S,) nanoseconds of each history's last time; None without times.
        names: of the given subjects; None for new ones.
    """

    given: Edges
    last: Ints | None
    names: pd.Index | None

    @classmethod
    def of(cls, model: FittedModel, data: object, keep_subjects: bool) -> Continued:
        """Histories as a table or a frame with the model's columns.

        Args:
            keep_subjects: whether the rows carry the names of the given subjects.

        Raises:
            InputError: no table of the model's columns, a verb or object that the model does not know, or a history
                as long as the longest that it has seen.
        """
        data = data if isinstance(data, TransactionTable) else _histories(model, data)
        verb, object = (_codes(model, data, role) for role in ("verb", "object"))
        given = edges_of(model, data.subject, verb, object, data.num_subjects)
        degrees = given.degrees_by_verb()[:, : len(model.verbs)]
        longest = int(model.degrees.total[-1, 0])
        if (degrees.sum(1) >= longest).any():
            count = int((degrees.sum(1) >= longest).sum())
            raise InputError(
                f"{count} of the seed subjects cannot be continued, with {longest} links or more: the model has seen "
                f"no longer history, leave them out"
            )
        return cls(given, _last(data) if data.time is not None else None, data.subjects if keep_subjects else None)

    @property
    def name(self) -> str:
        return "seed_subjects"

    @property
    def is_judged(self) -> bool:
        return False

    def what_is_judged(self, attempts: int) -> str:
        return plain_draw(attempts)

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        """The rows of links that the given histories do not have, of the same subjects in the same order."""
        from assoc_synth.ctgan.edges.sampling import attributes_given, sample_edges

        if self.names is not None:
            warnings.warn(KEPT, UserWarning, stacklevel=4)
        rng = seeds.child("lengths").generator()
        own = self.given.degrees_by_verb()[:, : len(model.verbs)]
        wanted = more_links(model.plans, own, len(model.objects), rng)
        given = self.given
        if model.edge_generator.attributes:
            given = attributes_given(model.edge_generator, wanted + own, given, seeds=seeds.child("attributes"))
        edges = sample_edges(model.edge_generator, wanted, seeds=seeds, given=given)
        table = emit_rows(model, edges, seeds=seeds)
        new = np.flatnonzero(~np.isin(_keys_of(table, self.given), _keys(self.given)))
        time = table.time
        if time is not None and self.last is not None:
            time = _after(time, table.subject, new, self.last)
        names = table.subjects if self.names is None else self.names
        moved = replace(table, subjects=names, time=time)
        order = np.lexsort([moved.subject[new]] if time is None else [time[new], moved.subject[new]])
        chosen = moved.take_rows(new[order])
        outcomes = (Outcome("subjects continued", self.given.num_subjects, chosen.num_subjects),)
        notes = ["continued: the rows are links that the given histories do not have yet"]
        if time is not None and self.last is not None:
            notes.append("times are moved by whole weeks past each given history, maybe past what was observed")
        return ScenarioRows(chosen, outcomes, (*notes, KEPT) if self.names is not None else tuple(notes))


def more_links(degrees: Degrees | Plans, own: Ints, objects: int, rng: np.random.Generator) -> Ints:
    """For each subject, how many more links of each verb to draw: own links (S, V) → (S, V), at least one each.

    The numbers come from a drawn subject with at least as many links of every verb and more in total; failing that,
    from one with only more in total.

    Raises:
        InputError: a subject has already linked everything.
    """
    drawn = degrees.draw(LEAST, rng)
    drawn = np.minimum(np.pad(drawn, ((0, 0), (0, own.shape[1] - drawn.shape[1]))), objects)
    wanted = np.zeros_like(own)
    kinds, kind = np.unique(own, axis=0, return_inverse=True)
    for at, have in enumerate(kinds):
        members = np.flatnonzero(kind.ravel() == at)
        longer = drawn.sum(1) > have.sum()
        like = drawn[longer & (drawn >= have).all(1)]
        if len(like):
            wanted[members] = like[rng.integers(len(like), size=len(members))] - have
            continue
        room = objects - have
        if not room.any():
            raise InputError("a seed subject has every link there is: leave it out")
        like = drawn[longer] if longer.any() else drawn[drawn.sum(1).argmax()][None]
        for member in members:
            whole = like[rng.integers(len(like))]
            more = max(int(whole.sum() - have.sum()), 1)
            share = np.where(room > 0, np.maximum(whole, 0), 0.0)
            share = share if share.any() else (room > 0).astype(float)
            wanted[member] = np.maximum(np.minimum(rng.multinomial(more, share / share.sum()), room), 0)
    return wanted


def _histories(model: FittedModel, data: object) -> TransactionTable:
    """A frame read by the columns of the fitted table; amounts and baskets are not used, times are if present."""
    try:
        frame, _ = to_pandas(data)
    except InputError as error:
        raise InputError(f"seed_subjects: {error}") from None
    own = {role: column for role, column in model.format.schema.columns().items() if role not in ("amount", "basket")}
    if "time" in own and own["time"] not in frame.columns:
        del own["time"]
    kept = [column for column in own.values() if column in frame.columns]
    roles: Roles = {"subject": own["subject"], "object": own["object"], "verb_name": model.format.schema.verb_name}
    if "verb" in own:
        roles["verb"] = own["verb"]
    optional: Roles = {"time": own.get("time", ""), "amount": "", "basket": ""}
    return TransactionTable.from_frame(frame[kept], **(roles | optional))


def _codes(model: FittedModel, data: TransactionTable, role: str) -> Ints:
    known = Vocabulary(model.verbs if role == "verb" else model.objects)
    codes = known.codes(data.verbs if role == "verb" else data.objects)[data.verb if role == "verb" else data.object]
    if (codes < 0).any():
        column = getattr(data.schema, role)
        raise InputError(
            f"row {int(np.argmax(codes < 0)) + 1} of the seed subjects has {_ARTICLE[role]} in column {column!r} that "
            f"the model does not know: leave such rows out"
        )
    return codes


def _last(data: TransactionTable) -> Ints:
    """(S,) nanoseconds of each subject's last time; the least int64 where it has none."""
    last = np.full(data.num_subjects, np.iinfo(np.int64).min)
    assert data.time is not None
    np.maximum.at(last, data.subject, data.time.astype("datetime64[ns]").astype(np.int64))
    return last


def _after(time: Times, subject: Codes, new: Ints, last: Ints) -> Times:
    """Times with each subject's new rows moved by whole weeks until none comes before its last given time."""
    nat = np.iinfo(np.int64).min
    at = time.astype("datetime64[ns]").astype(np.int64)
    dated = new[at[new] != nat]
    first = np.full(len(last), np.iinfo(np.int64).max)
    np.minimum.at(first, subject[dated], at[dated])
    moves = (last != nat) & (first != np.iinfo(np.int64).max)
    weeks = np.zeros(len(last), np.int64)
    weeks[moves] = np.maximum(-((first[moves] - last[moves]) // WEEK), 0)
    at[dated] += weeks[subject[dated]] * WEEK
    return at.astype("datetime64[ns]")


def _keys(edges: Edges) -> Ints:
    keys: Ints = edges.subject.astype(np.int64) * (edges.num_verbs * edges.num_objects) + edges.token
    return keys


def _keys_of(table: TransactionTable, given: Edges) -> Ints:
    token = table.verb.astype(np.int64) * given.num_objects + table.object
    return table.subject.astype(np.int64) * (given.num_verbs * given.num_objects) + token
