"""Tables that are not a row per link: a row per basket, and a column per object."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Ints, Values
from assoc_synth.transactions.marks import counts_of
from assoc_synth.transactions.nested import LISTS, fresh_name, with_items, without_nested
from assoc_synth.transactions.role_names import obvious
from assoc_synth.transactions.schema import ROLES, Roles, listed

ITEM = "item"
"""The column of objects that a layout makes."""
MOST_LINKS = 100_000_000


def arranged(frame: pd.DataFrame, asked: Roles) -> tuple[pd.DataFrame, Roles, list[str]]:
    """A frame with a row for each link and one value in each cell, the roles that hold for it, and notes.

    Args:
        frame: (n, columns) with a RangeIndex.
        asked: see `Roles`.

    Raises:
        InputError: the layout does not fit, or a cell is nested.
        SchemaError: a named column is absent.
    """
    layout = asked.get("layout")
    if layout in (None, "rows"):
        made, notes = without_nested(frame, asked)
        return made, asked, notes
    if asked.get("explode"):
        raise InputError(f"--layout {layout} and --explode both say where the objects are: give one of them")
    if asked.get("object"):
        raise InputError(f"--layout {layout} makes the objects' column itself: leave --object out")
    if layout == "matrix":
        made, item, notes = _from_matrix(frame, asked)
    else:
        made, item, notes = _from_baskets(frame, asked)
    roles: Roles = {**asked, "object": item}
    others = [name for name in made.columns if name != item]
    if layout == "matrix" and roles.get("subject") is None and len(others) == 1 and obvious("basket", others) is None:
        roles["subject"] = others[0]
        notes.append(f"reading column {others[0]!r} as subject")
    return made, roles, notes


def _from_baskets(frame: pd.DataFrame, asked: Roles) -> tuple[pd.DataFrame, str, list[str]]:
    nested = [name for name in frame.columns if any(isinstance(cell, LISTS) for cell in frame[name].head(100))]
    if len(nested) == 1:
        made, notes = without_nested(frame, {**asked, "explode": nested[0]})
        return made, nested[0], notes
    kept = _role_columns(frame, asked, ("subject", "time", "basket", "verb"))
    items = [name for name in frame.columns if name not in kept]
    if not items:
        raise InputError("--layout baskets: every column plays a role and none is left for items")
    rest, item = frame[kept], fresh_name(ITEM, kept)
    cells = frame[items].astype(object).to_numpy()
    there = _filled(cells)
    lists = [row[keep].tolist() for row, keep in zip(cells, there, strict=True)]
    if not kept:
        rest = pd.DataFrame({"basket": np.arange(1, len(frame) + 1)})
    at = list(frame.columns).index(items[0]) if kept else 1
    made, notes = with_items(rest, lists, item, asked, at=at)
    columns = f"the columns {listed(items, 3)}" if kept else "all columns"
    told = f"each row is a basket: {columns} hold its items, which become column {item!r}"
    back = f"rows are given back as one row for each item, with the item in column {item!r}, not as one for each basket"
    return made, item, [told, *notes, back]


def _from_matrix(frame: pd.DataFrame, asked: Roles) -> tuple[pd.DataFrame, str, list[str]]:
    given = {column for role in ROLES if (column := asked.get(role))} | _without_role(asked)
    detected = _role_columns(frame, asked, ROLES)
    counts: dict[str, Ints] = {}
    odd = ""
    for name in frame.columns:
        found = None if name in given else counts_of(frame[name])
        if found is None:
            odd = odd or ("" if name in given else name)
        # Numbers without any zero are ages or years; numbers of a column that says who are identifiers.
        elif found.max(initial=0) <= 1 or (name not in detected and (found == 0).any()):
            counts[name] = found
    if not counts and ITEM in frame.columns:
        return frame, ITEM, [f"no column is an object of a matrix: each row is a link to what column {ITEM!r} says"]
    if not counts:
        hint = f"; column {odd!r} is one that does not" if odd else ""
        raise InputError(
            f"--layout matrix: no column holds 0 and 1, x and blank, true and false, or counts alone{hint}"
        )
    rest = frame[[name for name in frame.columns if name not in counts]]
    table = np.column_stack(list(counts.values()))
    if table.sum() > MOST_LINKS:
        raise InputError(f"--layout matrix: the counts add up to over {MOST_LINKS:,} links: are they counts?")
    if not len(rest.columns):
        rest = pd.DataFrame({"basket": np.arange(1, len(frame) + 1)})
    rows, places = np.nonzero(table)
    times = table[rows, places]
    rows, places = np.repeat(rows, times), np.repeat(places, times)
    item = fresh_name(ITEM, rest.columns)
    made = rest.iloc[rows].reset_index(drop=True)
    made[item] = np.array(list(counts), dtype=object)[places]
    empty = int((table.sum(1) == 0).sum())
    notes = [f"{len(counts):,} columns are objects, of which each row has some: they become column {item!r}"]
    notes += [f"{empty:,} rows have no object: left out"] if empty else []
    notes += [f"counts above 1, up to {times.max():,}, become as many rows"] if len(times) and times.max() > 1 else []
    notes.append(f"rows are given back as one row for each link, with the object in column {item!r}, not as a matrix")
    if not len(made):
        raise InputError("--layout matrix: no row has an object")
    return made, item, notes


def _role_columns(frame: pd.DataFrame, asked: Roles, roles: tuple[str, ...]) -> list[str]:
    """The columns that play roles by what is asked for or by their names, in the frame's order."""
    columns = list(frame.columns)
    given = {role: asked.get(role) for role in roles}
    found = {name for name in given.values() if isinstance(name, str) and name} | _without_role(asked)
    for role in roles:
        if given[role] is None and role != "object":
            found.add(obvious(role, [name for name in columns if name not in found]) or "")
    return [name for name in columns if name in found]


def _without_role(asked: Roles) -> set[str]:
    """The columns of which is said that they are no role's, and hold no objects either."""
    return {*(asked.get("columns") or ()), *filter(None, [asked.get("cluster")])}


def _filled(cells: Values) -> Values:
    blank = np.vectorize(lambda cell: isinstance(cell, str) and not cell.strip(), otypes=[bool])
    filled: Values = ~(pd.isna(cells) | (blank(cells) if cells.size else False))
    return filled
