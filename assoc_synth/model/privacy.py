"""Privacy: every real value that a model stores, column by column, with the subjects behind it, as far as is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes import AttributeEncoder, Thresholds
from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.attributes.stored import Stored, stored_values
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

VERB, OBJECT = "verb", "object"
_NAMED = re.compile(r"`([^`]*)`")
ALWAYS = (
    "how many links, visits and rows subjects have, and how long after one another, is stored as ranges that the most "
    "extreme subjects do not widen and as means of several subjects; in models that earlier releases have fitted, the "
    "largest can be a single subject's",
    "weights are learned from every training subject and give no formal guarantee (differential privacy)",
)
"""What no threshold protects."""
UNKNOWN = (
    "the model was fitted before counts of subjects were stored: how many subjects are behind its values is not known; "
    "fit it again"
)


@dataclass(frozen=True, eq=False)
class Behind:
    """What a model directory keeps beside the values: the thresholds of the fit, and the subjects behind each value.

    Attributes:
        thresholds: of the fit.
        subjects: by `Stored.key`, training subjects behind each value.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    subjects: Mapping[str, Ints] = field(default_factory=dict)

    @classmethod
    def count(cls, encoder: AttributeEncoder, table: TransactionTable, thresholds: Thresholds) -> Behind:
        """Count them in the table that the encoder was learned from."""
        listed = _listed(encoder, table.verbs, table.objects, table.schema.roles(), thresholds)
        return cls(thresholds, {stored.key: stored.count(table) for stored in listed})


@dataclass(frozen=True, eq=False, repr=False)
class StoredColumn:
    """Values of one kind that a model stores of a column.

    Attributes:
        column: as the user calls it; what: what each value is, such as "value", "end of the range" or "object".
        values: JSON scalars; subjects: behind each; None where that is not known.
    """

    column: str
    what: str
    values: tuple[Any, ...]
    subjects: tuple[int, ...] | None

    @property
    def fewest(self) -> int | None:
        """Of the subjects behind a value; None where that is not known."""
        return min(self.subjects) if self.subjects else None

    def __repr__(self) -> str:
        behind = "not known" if self.fewest is None else f"{self.fewest:,} or more"
        return f"<StoredColumn: {len(self.values):,} × {self.what} of {self.column!r}, subjects {behind}>"


@dataclass(frozen=True, eq=False, repr=False)
class PrivacyListing:
    """What a model stores.

    Attributes:
        columns: in the order of the roles, then as they are coded.
        thresholds: of the fit; None where they are not known.
        unprotected: sentences on what no threshold protects.
    """

    columns: tuple[StoredColumn, ...]
    thresholds: Thresholds | None
    unprotected: tuple[str, ...]

    @classmethod
    def of(
        cls,
        encoder: AttributeEncoder,
        names: Mapping[str, pd.Index],
        roles: Mapping[str, str],
        behind: Behind | None,
    ) -> PrivacyListing:
        """What a fitted model stores.

        Args:
            names: of verbs and objects by role, by code.
            roles: the column of each role.
            behind: the subjects behind each value; None where they are not known.
        """
        thresholds = None if behind is None else behind.thresholds
        listed = _listed(encoder, names[VERB], names[OBJECT], roles, thresholds or Thresholds())
        known = {} if behind is None else behind.subjects
        columns = []
        for stored in listed:
            counts = known.get(stored.key)
            fits = counts is not None and len(counts) == len(stored.values)
            subjects = tuple(counts.tolist()) if counts is not None and fits else None
            columns.append(StoredColumn(stored.column, stored.what, stored.values, subjects))
        made = tuple(columns)
        return cls(made, thresholds, (*_unprotected(made, thresholds), *ALWAYS))

    def __iter__(self) -> Iterator[StoredColumn]:
        return iter(self.columns)

    @property
    def summary(self) -> tuple[str, ...]:
        """A sentence for each kind of value of each column."""
        said = []
        for one in self.columns:
            fewest = one.fewest
            behind = (
                "subjects not known" if fewest is None else f"at least {fewest:,} subject{'s' * (fewest != 1)} each"
            )
            said.append(f"`{one.column}`, {one.what}: {len(one.values):,}, {behind}")
        return tuple(said)

    def to_frame(self) -> pd.DataFrame:
        """A row for each stored value: column, what, value, subjects (missing where not known)."""
        parts = [
            pd.DataFrame(
                {
                    "column": one.column,
                    "what": one.what,
                    "value": pd.Series(one.values, dtype=object),
                    "subjects": pd.Series(one.subjects or [None] * len(one.values), dtype="Int64"),
                }
            )
            for one in self.columns
        ]
        columns = ["column", "what", "value", "subjects"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values: thresholds, columns with values and subjects, and what is not protected."""
        return {
            "thresholds": None if self.thresholds is None else self.thresholds.to_dict(),
            "columns": [
                {
                    "column": one.column,
                    "what": one.what,
                    "values": list(one.values),
                    "subjects": None if one.subjects is None else list(one.subjects),
                }
                for one in self.columns
            ],
            "unprotected": list(self.unprotected),
        }

    def __repr__(self) -> str:
        values = sum(len(one.values) for one in self.columns)
        return f"<PrivacyListing: {values:,} stored values in {len({one.column for one in self.columns}):,} columns>"

    def _repr_html_(self) -> str:
        sentences = (_NAMED.sub(r"<code>\1</code>", escape(one)) for one in (*self.summary, *self.unprotected))
        items = "".join(f"<li>{sentence}</li>" for sentence in sentences)
        return f"<div><p><b>{escape(repr(self).strip('<>'))}</b></p><ul>{items}</ul></div>"


def _listed(
    encoder: AttributeEncoder,
    verbs: pd.Index,
    objects: pd.Index,
    roles: Mapping[str, str],
    thresholds: Thresholds,
) -> list[Stored]:
    """Names of verbs and objects, then every value that the codes hold."""

    def of_verbs(table: TransactionTable) -> Ints:
        return subjects_per(table.verb.astype(np.int64), table.subject, len(verbs))

    def of_objects(table: TransactionTable) -> Ints:
        return subjects_per(table.object.astype(np.int64), table.subject, len(objects))

    names = [
        Stored(roles.get(VERB, VERB), VERB, tuple(map(str, verbs)), of_verbs),
        Stored(roles.get(OBJECT, OBJECT), OBJECT, tuple(map(str, objects)), of_objects),
    ]
    time = roles.get("time", "time")
    values = stored_values(encoder, thresholds.min_subjects)
    return names + [Stored(time, one.what, one.values, one.count) if one.is_time else one for one in values]


def _unprotected(columns: Sequence[StoredColumn], thresholds: Thresholds | None) -> Iterator[str]:
    """What is stored of fewer subjects than the thresholds say."""
    if thresholds is None:
        yield UNKNOWN
        return
    fewest = thresholds.min_subjects
    for one in columns:
        least = max(fewest, Thresholds().min_subjects) if one.what in (VERB, OBJECT) else fewest
        rare = sum(count < least for count in one.subjects or ())
        if not rare:
            continue
        what = one.what if one.what in (VERB, OBJECT) else f"{one.what} of column {one.column!r}"
        way = f": --min-subjects-objects {least} leaves such out" if one.what == OBJECT else ""
        yield f"{what}: {rare:,} of {len(one.values):,} have fewer than {least} subjects{way}"
