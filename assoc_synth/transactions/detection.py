"""Every role gets its column: by name where one is given, else by what people call such columns."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Unpack

from assoc_synth.errors import SchemaError
from assoc_synth.transactions.contents import NOTHING, Contents
from assoc_synth.transactions.likely_names import is_count, likely
from assoc_synth.transactions.role_names import obvious, says_event, triple
from assoc_synth.transactions.schema import (
    CONSTANT_VERB,
    MANDATORY,
    ROLES,
    Roles,
    Schema,
    check_column_names,
    check_roles,
    listed,
)


class MissingRoles(SchemaError):
    """Mandatory roles have no column.

    Attributes:
        roles: the roles without a column.
        left: columns that might play them: those without a role, or else those with an optional one.
        problem: the message without what to do.
        hint: what may be wrong with the table as a whole; may be empty.
    """

    def __init__(self, roles: Sequence[str], left: Sequence[str], hint: str = "") -> None:
        self.roles, self.left, self.hint = tuple(roles), tuple(left), hint
        there = f"the columns left are {listed(left)}" if left else "no column is left"
        said = f"no column was found for the {' and the '.join(roles)}"
        # With a hint the columns' names may be cells, or hundreds of objects.
        self.problem = said if hint else f"{said}; {there}"
        named = "name it with" if len(roles) == 1 else "name them with"
        options = " ".join(
            f"--{role} {shlex.quote(column)}" for role, column in zip(roles, self.examples(), strict=True)
        )
        super().__init__(f"{self.problem}; {hint or f'{named} {options}'}")

    def examples(self) -> list[str]:
        """What to write for each role: the one column that is left, else `WHO`, `DID` or `WHAT`.

        A guess among several columns would be copied, and a column of people would become the objects, which are kept.
        """
        if len(self.roles) == 1 and len(self.left) == 1:
            return list(self.left)
        return [_PLACES[role] for role in self.roles]


def _reading(column: str) -> str:
    return f"reading column {column!r} as "


_PLACES = {"subject": "WHO", "verb": "DID", "object": "WHAT"}


@dataclass
class _Roles:
    """Roles while they are given out: a column each, "" for none; columns that get none; and the notes so far."""

    columns: Sequence[str]
    given: dict[str, str | None]
    released: Collection[str] = ()
    chosen: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def left(self) -> list[str]:
        """Columns without a role that may have one."""
        return [column for column in self.without_role() if column not in self.released]

    def without_role(self) -> list[str]:
        """Columns without a role."""
        return [column for column in self.columns if column not in self.chosen.values()]

    def is_open(self, role: str) -> bool:
        """Whether a role may still be given a column."""
        return self.given.get(role) is None and role not in self.chosen

    def was_detected(self, role: str) -> bool:
        """Whether a role has a column that the user did not name."""
        return role in self.chosen and not self.given.get(role)

    def choose(self, role: str, column: str, why: str = "") -> None:
        """Give a role a column, and take it from the role that had it."""
        for other in [other for other, taken in self.chosen.items() if taken == column]:
            del self.chosen[other]
        gone = {column, self.chosen.get(role, column)}
        self.notes = [note for note in self.notes if not any(note.startswith(_reading(name)) for name in gone)]
        self.chosen[role] = column
        self.notes.append(f"{_reading(column)}{role}{why}")


def told_likely(role: str, column: str) -> str:
    """What follows on why a column plays a role that its name does not say plainly, and how to prevent it.

    Example:
        >>> told_likely("time", "Day")
        ": it holds dates and no name says more plainly when; if it is no time, add --time '' (in Python time='')"
    """
    holds, says = ("dates", "when") if role == "time" else ("numbers", "how much")
    return (
        f": it holds {holds} and no name says more plainly {says}; if it is no {role}, add --{role} '' "
        f"(in Python {role}='')"
    )


def resolve_schema(
    columns: Sequence[str],
    /,
    *,
    verbs: Collection[str] | None = None,
    contents: Contents = NOTHING,
    **roles: Unpack[Roles],
) -> tuple[Schema, tuple[str, ...]]:
    """Give every role its column: names that are given win, obvious names are detected for the rest.

    Where no column is a verb, every row has the verb `did`, or the one that `verb_name` says.

    Args:
        columns: the columns of the data, in order.
        verbs: those that a note may offer as the verb; None for all without a role.
        contents: of the table; a name such as `Day` is the time where its cells are dates.
        roles: see `Roles`.

    Returns:
        The schema, and a note for each detected role.

    Raises:
        InputError: a keyword is not a role.
        SchemaError: a column is named twice, or a named column is absent.
        MissingRoles: mandatory roles have no column.

    Example:
        >>> schema, notes = resolve_schema(["customer", "event", "item", "store"], object="item")
        >>> schema.roles()
        {'subject': 'customer', 'verb': 'event', 'object': 'item'}
        >>> schema.extras, notes
        (('store',), ("reading column 'customer' as subject", "reading column 'event' as verb"))
        >>> resolve_schema(["user_id", "event", "timestamp"])[0].columns()
        {'subject': 'user_id', 'object': 'event', 'time': 'timestamp'}
    """
    check_column_names(columns)
    check_roles(roles)
    given: dict[str, str | None] = {role: roles.get(role) for role in ROLES}  # type: ignore[misc]
    verb_name = roles.get("verb_name")
    if verb_name is not None:
        given["verb"] = ""
    cluster = roles.get("cluster") or None
    released = {*(roles.get("columns") or ()), cluster or ""}
    made = _Roles(columns, given, released, {role: column for role, column in given.items() if column})
    _check_named(made, cluster)
    _give_out(made, contents)
    offered = made.left() if verbs is None else [column for column in made.left() if column in verbs]
    schema = _schema(made) if "verb" in made.chosen else _with_constant_verb(made, verb_name, offered)
    return replace(schema, cluster=cluster), tuple(made.notes)


def _check_named(made: _Roles, cluster: str | None) -> None:
    """Raises: SchemaError: a column that was named is absent."""
    named = made.chosen if cluster is None else {**made.chosen, "cluster": cluster}
    for role, column in named.items():
        if column not in made.columns:
            raise SchemaError(f"there is no column {column!r} for --{role}; the columns are {listed(made.columns)}")


def _give_out(made: _Roles, contents: Contents) -> None:
    """Raises: MissingRoles: the subject or the object has no column."""
    _detect(made, contents)
    _take_likely(made, contents)
    _take_basket_as_subject(made)
    _take_one_thing(made)
    missing = [role for role in ("subject", "object") if role not in made.chosen]
    if missing:
        optional = [made.chosen[role] for role in ROLES[3:] if made.was_detected(role)]
        raise MissingRoles(missing, made.left() or optional)


def _detect(made: _Roles, contents: Contents) -> None:
    """Roles by obvious names, and those of triples. A column of dates is no object, whatever `Tag` can mean."""
    found = triple(made.left())
    if all(made.is_open(role) for role in found):
        plain = {role: obvious(role, made.left()) for role in ("subject", "object")}
        if not any(column and column not in found.values() for column in plain.values()):
            for role in MANDATORY:
                if role in found:
                    made.choose(role, found[role])
    for role in ROLES:
        left = made.left()
        if role == "object" and likely("time", left, contents) is not None:
            left = [column for column in left if likely("time", [column], contents) is None]
        column = obvious(role, left) if made.is_open(role) else None
        if column is not None:
            made.choose(role, column)


def _take_likely(made: _Roles, contents: Contents) -> None:
    """Time and amount by names that may mean them and cells that fit, where no name is plainer.

    A time of day is no plainer time than a date, and a quantity no plainer amount than money.
    """
    for role in ("time", "amount"):
        chosen = made.chosen.get(role) if made.was_detected(role) else None
        another = likely(role, made.left(), contents) if chosen is not None or made.is_open(role) else None
        if another is None:
            continue
        if chosen is None:
            made.choose(role, another, told_likely(role, another))
        elif role == "time" and contents.holds_cells(chosen) and not contents.holds_dates(chosen):
            made.choose(role, another, f": column {chosen!r} holds no dates")
        elif role == "amount" and is_count(chosen):
            made.choose(role, another, f" and not {chosen!r}, which counts; --amount {shlex.quote(chosen)} takes that")


def _take_basket_as_subject(made: _Roles) -> None:
    """Where nothing says who, each basket is a subject."""
    if made.is_open("subject") and made.was_detected("basket"):
        made.choose("subject", made.chosen["basket"], ": no column says who, so each of its values is a subject")


def _take_one_thing(made: _Roles) -> None:
    """Where nothing says what, the one other column is the object, or what happened is."""
    if not made.is_open("object"):
        return
    left, has_subject = made.left(), "subject" in made.chosen
    verb = made.chosen.get("verb") if made.was_detected("verb") else None
    if made.given["verb"] == "":
        verb = obvious("verb", left)
    if verb is not None and (says_event(verb) or not left):
        made.choose("object", verb, ": no other column is the object")
    elif has_subject and len(left) == 1 and not (made.given["verb"] and obvious("verb", left)):
        made.choose("object", left[0], ": no other column is left")
    elif has_subject and not left and verb is None and made.was_detected("basket"):
        made.choose("object", made.chosen["basket"], ": no other column is left")


def _schema(made: _Roles) -> Schema:
    return Schema(**made.chosen, extras=tuple(made.without_role()))


def _with_constant_verb(made: _Roles, verb_name: str | None, offered: Sequence[str]) -> Schema:
    column = "verb"
    while column in made.columns:
        column += "_"
    if verb_name is None:
        or_named = f", or name its column with --verb ({listed(offered, 5)})" if offered else ""
        made.notes.append(
            f"no column is a verb: every row has the verb {CONSTANT_VERB!r}; name it with --verb-name{or_named}"
        )
    roles = {role: made.chosen[role] for role in ROLES if role in made.chosen}
    extras = tuple(made.without_role())
    return Schema(**roles, verb=column, extras=extras, verb_name=verb_name or CONSTANT_VERB)
