"""Which column plays which role: subject, verb and object, and optionally time, amount and basket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from assoc_synth.errors import InputError, SchemaError

ROLES = ("subject", "verb", "object", "time", "amount", "basket")
MANDATORY = ROLES[:3]
KEYWORDS = (*ROLES, "time_format")
"""What readers of tables accept."""


class Roles(TypedDict, total=False):
    """The roles as keywords: a column's name each.

    None, or no such keyword, detects an obvious name; "" says that no column plays this optional role. `time_format`
    says how times are written: a pattern such as "%d/%m/%Y", or "s", "ms", "us" or "ns" since 1970.
    """

    subject: str | None
    verb: str | None
    object: str | None
    time: str | None
    amount: str | None
    basket: str | None
    time_format: str | None


# Written without case, `_`, `-`, `.` and spaces. The first entry that a file has wins.
OBVIOUS_NAMES: dict[str, tuple[str, ...]] = {
    "subject": (
        "subject", "subjectid", "customer", "customerid", "customername", "customerkey", "user", "userid",
        "username", "client", "clientid", "household", "householdid", "householdkey", "member", "memberid", "buyer",
        "buyerid", "shopper", "shopperid", "visitor", "visitorid", "patient", "patientid", "person", "personid",
        "account", "accountid", "source",
    ),
    "verb": (
        "verb", "action", "actiontype", "event", "eventtype", "eventname", "interaction", "interactiontype", "activity",
        "behavior", "behaviour", "predicate", "relation", "relationship", "transactiontype", "type",
    ),
    "object": (
        "object", "objectid", "product", "productid", "producttype", "productname", "item", "itemid", "itemname", "sku",
        "stockcode", "article", "articleid", "movie", "movieid", "book", "bookid", "title", "target", "targetid",
    ),
    "time": (
        "time", "timestamp", "datetime", "date", "when", "transactiontimestamp", "transactiontime", "transactiondate",
        "eventtime", "eventtimestamp", "eventdate", "orderdate", "ordertime", "purchasedate", "invoicedate",
        "createdat",
    ),
    "amount": (
        "amount", "price", "value", "salesvalue", "total", "totalprice", "revenue", "sales", "spend", "unitprice",
        "rating",
    ),
    "basket": (
        "basket", "basketid", "order", "orderid", "ordernumber", "invoice", "invoiceid", "invoiceno", "session",
        "sessionid", "transactionid", "receipt", "receiptid", "cart", "cartid",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Schema:
    """The column that plays each role, and the extra columns.

    Raises:
        SchemaError: a mandatory role has no column, or one column plays two roles.

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

    def roles(self) -> dict[str, str]:
        """Role to column name, for the roles that have a column, in the order of `ROLES`."""
        return {role: column for role in ROLES if (column := getattr(self, role)) is not None}

    def to_dict(self) -> dict[str, Any]:
        """The schema as JSON values."""
        return {**{role: getattr(self, role) for role in ROLES}, "extras": list(self.extras)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Schema:
        """The schema that `to_dict` wrote.

        Raises:
            SchemaError: a mandatory role is missing, or a key is unknown.
        """
        unknown = sorted(set(values) - {*ROLES, "extras"})
        if unknown:
            raise SchemaError(f"a schema has no {', '.join(unknown)}: its keys are {', '.join(ROLES)} and extras")
        missing = [role for role in MANDATORY if role not in values]
        if missing:
            raise SchemaError(f"the schema names no column for {', '.join(missing)}")
        roles = {role: values.get(role) for role in ROLES}
        return cls(**roles, extras=tuple(values.get("extras") or ()))  # type: ignore[arg-type]


def resolve_schema(columns: Sequence[str], **roles: Unpack[Roles]) -> tuple[Schema, tuple[str, ...]]:
    """Give every role its column: names that are given win, obvious names are detected for the rest.

    Args:
        columns: the columns of the data, in order.
        roles: see `Roles`.

    Returns:
        The schema, and a note for each detected role.

    Raises:
        InputError: a keyword is not a role.
        SchemaError: a column is named twice, a named column is absent, or a mandatory role has no column.

    Example:
        >>> schema, notes = resolve_schema(["customer", "event", "item", "store"], object="item")
        >>> schema.roles()
        {'subject': 'customer', 'verb': 'event', 'object': 'item'}
        >>> schema.extras, notes
        (('store',), ("reading column 'customer' as subject", "reading column 'event' as verb"))
    """
    check_column_names(columns)
    given: dict[str, str | None] = {**roles}  # type: ignore[dict-item]
    check_roles(given)
    chosen = {role: column for role in ROLES if (column := given.get(role))}
    for role, column in chosen.items():
        if column not in columns:
            raise SchemaError(f"there is no column {column!r} for --{role}; the columns are {listed(columns)}")
    notes = []
    for role in ROLES:
        if given.get(role) is not None:
            continue
        detected = _obvious(role, [column for column in columns if column not in chosen.values()])
        if detected is not None:
            chosen[role] = detected
            notes.append(f"reading column {detected!r} as {role}")
    for role in MANDATORY:
        if role not in chosen:
            there = f"the columns are {listed(columns)}"
            raise SchemaError(f"no column was found for the {role}: name it with --{role}; {there}")
    extras = tuple(column for column in columns if column not in chosen.values())
    return Schema(**chosen, extras=extras), tuple(notes)


def check_roles(roles: Mapping[str, object]) -> None:
    """Every keyword is a role and names a column by its text.

    Raises:
        InputError: a keyword is not a role.
        SchemaError: a column's name is not text.
    """
    unknown = [role for role in roles if role not in KEYWORDS]
    if unknown:
        raise InputError(f"there is no role {unknown[0][:40]!r}: the roles are {', '.join(ROLES)}")
    for role, column in roles.items():
        if column is not None and not isinstance(column, str):
            raise SchemaError(f"the column of role {role!r} must be named by text, not by a {type(column).__name__}")


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


def _obvious(role: str, columns: Sequence[str]) -> str | None:
    plain: dict[str, str] = {}
    for column in columns:
        plain.setdefault("".join(ch for ch in column.casefold() if ch not in "_-. "), column)
    return next((plain[name] for name in OBVIOUS_NAMES[role] if name in plain), None)
