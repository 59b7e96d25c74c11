"""Which column plays which role: subject, verb and object, and optionally time, amount and basket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.stored import Stored

ROLES = ("subject", "verb", "object", "time", "amount", "basket")
MANDATORY = ROLES[:3]
KEYWORDS = (
    *ROLES, "cluster", "time_format", "verb_name", "explode", "separator", "layout", "normalise_names",
    "drop_incomplete", "columns",
)  # fmt: skip
"""What readers of tables accept."""
FILE_KEYWORDS = (*KEYWORDS, "header")
"""What readers of files accept."""
FLAGS = ("normalise_names", "drop_incomplete", "header")
LAYOUTS = ("rows", "baskets", "matrix")
DROP = "drop"
"""Of an extra column: nothing is made of it."""
CONSTANT_VERB = "did"
"""The verb of every row where no column plays it."""


class NamedRoles(TypedDict, total=False):
    """The roles as keywords: a column's name each.

    None, or no such keyword, detects an obvious name; "" says that no column plays this optional role. `cluster` is
    never detected: an extra column that says which subjects belong together, such as the household of a trip; no split
    parts them. `time_format` says how times are written: a pattern such as "%d/%m/%Y", or "s", "ms", "us" or "ns" since
    1970.

    `verb_name` is the verb of every row where no column plays it. `explode` names a column of several items in each
    cell, which become rows; `separator` is what stands between them where they are text. `layout` says that a row is
    a basket ("baskets"), that columns are objects ("matrix"), or that neither is to be suspected ("rows").
    `normalise_names` merges names that differ in blanks, case or encoding alone; `drop_incomplete` leaves rows out that
    lack a subject, a verb or an object, however many.
    """

    subject: str | None
    verb: str | None
    object: str | None
    time: str | None
    amount: str | None
    basket: str | None
    cluster: str | None
    time_format: str | None
    verb_name: str | None
    explode: str | None
    separator: str | None
    layout: str | None
    normalise_names: bool | None
    drop_incomplete: bool | None


class Roles(NamedRoles, total=False):
    """`NamedRoles`, and columns that play no role.

    `columns` says what they are, such as "category", and "drop" that nothing is made of one, whatever its cells are.
    """

    columns: Mapping[str, str] | None


class FileRoles(Roles, total=False):
    """`Roles`, and what only a file can need.

    `header=False` says that the first line of a CSV or TSV is a row: its columns are c1, c2, c3 …
    """

    header: bool | None


@dataclass(frozen=True)
class Schema(Stored):
    """The column that plays each role, and the extra columns.

    Args:
        subject, verb, object, time, amount, basket: the columns by role; optional ones are None where there is none.
        extras: all other columns.
        verb_name: the verb of every row where no column of the data is one; `verb` is then a name that no column has.
        cluster: the extra column that says which subjects belong together; None where there is none.

    Raises:
        SchemaError: a mandatory role has no column, one column plays two roles, or the cluster is no extra column.

    Example:
        >>> Schema("who", "does", "what", time="when", extras=("store",)).roles()
        {'subject': 'who', 'verb': 'does', 'object': 'what', 'time': 'when'}
    """

    subject: str
    verb: str
    object: str
    time: str | None = None
    amount: str | None = None
    basket: str | None = None
    extras: tuple[str, ...] = ()
    verb_name: str | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        for role in MANDATORY:
            if not isinstance(getattr(self, role), str) or not getattr(self, role):
                raise SchemaError(f"no column plays the role '{role}': name it with --{role}")
        taken: dict[str, str] = {}
        named = [*self.roles().items(), *(("extra", name) for name in self.extras)]
        for role, column in named:
            if not isinstance(column, str):
                raise SchemaError(f"the column of role '{role}' is not named by text: {type(column).__name__}")
            if column in taken:
                both = f"{taken[column]} and {role}"
                raise SchemaError(f"column {column!r} is given as both {both}: one column plays one role")
            taken[column] = role
        if self.cluster is not None and self.cluster not in self.extras:
            known = f"it is the {taken[self.cluster]}" if self.cluster in taken else "there is no such column"
            raise SchemaError(f"column {str(self.cluster)[:60]!r} cannot be the cluster: {known}")

    def roles(self) -> dict[str, str]:
        """Role to column name, for the roles that have a column, in the order of `ROLES`."""
        return {role: column for role in ROLES if (column := getattr(self, role)) is not None}

    def with_role(self, role: str, column: str | None, order: Sequence[str]) -> Schema:
        """Another column, or none, in an optional role; the one that had it becomes an extra column.

        Args:
            order: all columns in the order of the data.

        Example:
            >>> rated = Schema("who", "did", "what", amount="rating", extras=("price",))
            >>> rated.with_role("amount", "price", ["who", "did", "what", "rating", "price"]).extras
            ('rating',)
        """
        free = ({*self.extras, getattr(self, role)} - {None}) - {column}
        changed: dict[str, Any] = {role: column, "extras": tuple(name for name in order if name in free)}
        return replace(self, **changed)

    def columns(self) -> dict[str, str]:
        """Role to column name, for the roles that a column of the data plays."""
        return {role: column for role, column in self.roles().items() if role != "verb" or self.verb_name is None}

    def described(self) -> dict[str, str]:
        """Role to column name for people to read; of a constant verb what it is."""
        constant = {} if self.verb_name is None else {"verb": f"always {self.verb_name!r}"}
        cluster = {} if self.cluster is None else {"cluster": self.cluster}
        return self.roles() | constant | cluster

    def to_dict(self) -> dict[str, Any]:
        """The schema as JSON values."""
        roles = {role: getattr(self, role) for role in ROLES}
        return {**roles, "extras": list(self.extras), "verb_name": self.verb_name, "cluster": self.cluster}

    @classmethod
    def from_dict(cls, state: Any) -> Schema:
        """The schema that `to_dict` wrote.

        Raises:
            SchemaError: a mandatory role is missing, or a key is unknown.
        """
        unknown = sorted(set(state) - {*ROLES, "extras", "verb_name", "cluster"})
        if unknown:
            raise SchemaError(f"a schema has no {', '.join(unknown)}: its keys are {', '.join(ROLES)} and extras")
        missing = [role for role in MANDATORY if role not in state]
        if missing:
            raise SchemaError(f"the schema names no column for {', '.join(missing)}")
        roles = {role: state.get(role) for role in ROLES}
        extras, verb_name = tuple(state.get("extras") or ()), state.get("verb_name")
        return cls(**roles, extras=extras, verb_name=verb_name, cluster=state.get("cluster"))


def check_roles(roles: Mapping[str, object], known: Sequence[str] = KEYWORDS) -> None:
    """Every keyword is known and names a column by its text, or is a reading option of the right kind.

    Raises:
        InputError: a keyword is not a role, or a reading option is of another kind.
        SchemaError: a column's name is not text.
    """
    unknown = [role for role in roles if role not in known]
    if unknown:
        more = ", ".join(known[len(ROLES) :])
        raise InputError(f"there is no role {unknown[0][:40]!r}: the roles are {', '.join(ROLES)}; options are {more}")
    for role, value in roles.items():
        if role == "columns":
            _check_columns(value, roles)
        elif role in FLAGS:
            if value not in (None, True, False):
                raise InputError(f"{role} must be True or False, not {str(value)[:40]!r}")
        elif value is not None and not isinstance(value, str):
            raise SchemaError(f"the column of role {role!r} must be named by text, not by a {type(value).__name__}")
    _check_cluster(roles)
    layout = roles.get("layout")
    if layout is not None and layout not in LAYOUTS:
        raise InputError(f"there is no layout {str(layout)[:40]!r}: give {', '.join(LAYOUTS)}")
    verb, name = roles.get("verb"), roles.get("verb_name")
    if verb and name:
        raise InputError("--verb names a column and --verb-name the verb of all rows: give one of them")
    if isinstance(name, str) and not name.strip():
        raise InputError("--verb-name is blank: give the verb of every row, such as --verb-name bought")


def _check_cluster(roles: Mapping[str, object]) -> None:
    """Raises: SchemaError: the cluster is the column of a role as well."""
    cluster = roles.get("cluster")
    for role in ROLES:
        if cluster and roles.get(role) == cluster:
            raise SchemaError(f"column {str(cluster)[:60]!r} is given as both {role} and cluster: one of them")


def _check_columns(columns: object, roles: Mapping[str, object]) -> None:
    """Raises: InputError: `columns` is no dict of names, or one of them is given a role as well."""
    if columns is None:
        return
    if not isinstance(columns, Mapping):
        raise InputError(f"columns must be a dict such as {{'zip': 'category'}}, not a {type(columns).__name__}")
    for role in ROLES:
        if roles.get(role) and roles[role] in columns:
            name, kind = roles[role], columns[roles[role]]
            raise InputError(f"column {str(name)[:40]!r} is given as {role} and as {str(kind)[:40]!r}: one of them")


def check_column_names(columns: Sequence[str]) -> None:
    """Every column has its own name, and the name is text.

    Raises:
        SchemaError: a name is not text, or occurs twice.
    """
    odd = [column for column in columns if not isinstance(column, str)]
    if odd:
        raise SchemaError(f"column names must be text, one is a {type(odd[0]).__name__}: rename the columns first")
    seen: set[str] = set()
    twice = [column for column in columns if column in seen or seen.add(column)]  # type: ignore[func-returns-value]
    if twice:
        raise SchemaError(f"duplicate column names: {listed(list(dict.fromkeys(twice)))}; rename one of each")


def listed(columns: Sequence[str], at_most: int = 20) -> str:
    """Column names for a message on one line: the first `at_most`, each cut at 60 characters."""
    shown = ", ".join(repr(name if len(name) <= 60 else name[:57] + "...") for name in columns[:at_most])
    return shown if len(columns) <= at_most else f"{shown} and {len(columns) - at_most} more"
