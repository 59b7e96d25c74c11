"""A job: the folder through which a competitor's process receives its work and hands in its table.

::

    job.json           seed, and the seconds that the fit and the sampling may take each (null: no limit)
    train.parquet      columns subject, verb, object, and time, amount, basket where the table has them; names as text;
                       and "extra: NAME" for each extra column, which a competitor may leave aside, "cluster: NAME" for
                       the one that says which subjects belong together
    fitted.json        written when the fit is over: fit_seconds, fit_links_per_second, library, notes
    synthetic.parquet  as train.parquet; all but subject, verb and object may be absent
    baskets.parquet    subject (the basket), verb, object: by a competitor that makes baskets apart from subjects
    result.json        written last: sample_seconds, model_bytes, peak_memory_bytes, verdict, notes
    error.json         instead, by a competitor that gives up: error, verdict

`mostlyai_argn.py` keeps to the same contract without importing this package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, cast

import pandas as pd

from assoc_synth.transactions.arrays import Times, Values
from assoc_synth.transactions.files.atomic import write_json
from assoc_synth.transactions.schema import Roles
from assoc_synth.transactions.table import TransactionTable

LINK = ("subject", "verb", "object")
ROLES = (*LINK, "time", "amount", "basket")
EXTRA = "extra: "
"""Begins the name of an extra column: one that is called as a role is no role."""
CLUSTER = "cluster: "
"""Begins the name of the extra column that names clusters."""


class Request(TypedDict):
    """job.json: what is asked for."""

    seed: int
    seconds: float | None


class Fitted(TypedDict):
    """fitted.json: what the fit took."""

    fit_seconds: float
    fit_links_per_second: float | None
    library: str
    notes: Sequence[str]


class Result(TypedDict):
    """result.json: what the sampling took, and the verdict of the competitor's own gate, if it has one."""

    sample_seconds: float
    peak_memory_bytes: int | None
    model_bytes: int | None
    verdict: str | None
    notes: Sequence[str]


class Failure(TypedDict):
    """error.json: why there is no table."""

    error: str
    verdict: str | None


@dataclass(frozen=True)
class Job:
    """The files of one job, in `folder`."""

    folder: Path

    @property
    def train(self) -> Path:
        return self.folder / "train.parquet"

    @property
    def synthetic(self) -> Path:
        return self.folder / "synthetic.parquet"

    @property
    def baskets(self) -> Path:
        return self.folder / "baskets.parquet"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def is_fitted(self) -> bool:
        return (self.folder / "fitted.json").exists()

    def write_request(self, seed: int, seconds: float | None) -> None:
        self._write("job", {"seed": seed, "seconds": seconds})

    def write_fitted(self, fitted: Fitted) -> None:
        self._write("fitted", fitted)

    def write_result(self, result: Result) -> None:
        self._write("result", result)

    def write_failure(self, failure: Failure) -> None:
        self._write("error", failure)

    def request(self) -> Request | None:
        """What job.json says; None while there is none, as with the other readers.

        Raises:
            ValueError: the file is no JSON object, or a key is missing in it.
        """
        values = self._read("job", Request.__required_keys__)
        return None if values is None else Request(seed=int(values["seed"]), seconds=values["seconds"])

    def fitted(self) -> Fitted | None:
        values = self._read("fitted", Fitted.__required_keys__)
        return None if values is None else cast(Fitted, values)

    def result(self) -> Result | None:
        values = self._read("result", Result.__required_keys__)
        return None if values is None else cast(Result, values)

    def failure(self) -> Failure | None:
        values = self._read("error", Failure.__required_keys__)
        return None if values is None else cast(Failure, values)

    def _write(self, name: str, values: Mapping[str, object]) -> None:
        """Write `name`.json whole: a reader that finds it may read it."""
        write_json(self.folder / f"{name}.json", values)

    def _read(self, name: str, keys: frozenset[str]) -> dict[str, Any] | None:
        try:
            values = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        missing = sorted(keys - values.keys()) if isinstance(values, dict) else sorted(keys)
        if missing:
            raise ValueError(f"{name}.json has no {', '.join(missing)}")
        return {key: values[key] for key in keys}


def roles_of(columns: Iterable[object]) -> Roles:
    """The roles as keywords for a frame with a column per role; a role that it lacks is "".

    A column of clusters is the cluster.

    Example:
        >>> roles_of(["subject", "verb", "object", "time"])["time"], roles_of(["subject", "verb", "object"])["time"]
        ('time', '')
    """
    there = list(map(str, columns))
    cluster = next((name for name in there if name.startswith(CLUSTER)), None)
    named = {role: role if role in there else "" for role in ROLES}
    return cast(Roles, named if cluster is None else {**named, "cluster": cluster})


def role_frame(table: TransactionTable, *, extras: bool = False) -> pd.DataFrame:
    """A table's rows with a column per role, names as text, missing values where they were.

    Args:
        extras: the extra columns as well, for a competitor that has a place for them: to any other a column that is no
            role is noise, and time to train.
    """
    columns: dict[str, pd.Index | pd.Series | Times | Values] = {
        role: _text(getattr(table, f"{role}s")).take(getattr(table, role)) for role in LINK
    }
    for role in ("time", "amount"):
        if getattr(table, role) is not None:
            columns[role] = getattr(table, role)
    if table.basket is not None and table.baskets is not None:
        names = pd.Index([*_text(table.baskets), None], dtype=object)
        columns["basket"] = names.take(table.basket)
    if extras:
        columns |= {_prefixed(table, name): _storable(table.extras[name]) for name in table.extras.columns}
    return pd.DataFrame(columns)


def without_extras(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of roles alone."""
    return rows[[name for name in rows.columns if not str(name).startswith((EXTRA, CLUSTER))]]


def extra_names(rows: pd.DataFrame) -> dict[str, str]:
    """The extra columns of a delivery, and what the table called them."""
    extras = [name for name in map(str, rows.columns) if name.startswith((EXTRA, CLUSTER))]
    return {name: _bare(name) for name in extras if _bare(name) not in ROLES}


def _bare(name: object) -> str:
    return str(name).removeprefix(EXTRA).removeprefix(CLUSTER)


def _prefixed(table: TransactionTable, name: object) -> str:
    return f"{CLUSTER if name == table.schema.cluster else EXTRA}{_bare(name)}"


def _storable(cells: pd.Series) -> pd.Series:
    """Cells of one kind: Parquet has no column of text and numbers."""
    return cells.map(str, na_action="ignore") if cells.dtype == object else cells


def _text(names: pd.Index) -> pd.Index:
    return pd.Index([str(name) for name in names], dtype=object)
