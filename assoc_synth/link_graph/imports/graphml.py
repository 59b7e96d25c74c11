"""GraphML: an edge per link; the names of nodes and verbs from the keys that we write, or those that others write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.opening import opened
from assoc_synth.link_graph.imports.rows import QUALIFIERS, Rows, Value

NAME_KEYS = ("name", "label")
VERB_KEYS = ("verb", "label", "relation", "type", "name")
LINKED = "linked to"
"""The verb of edges without one."""


def read_graphml(path: Path) -> Rows:
    r"""Read a GraphML file, an edge at a time.

    The name of a node is its attribute name or label, else its id; the verb of an edge is its attribute verb, label,
    relation, type or name, else "linked to". Attributes time, amount and basket of edges are qualifiers, others are
    extra columns; those of nodes are left out and told. `\uXXXX` in files of ours is the character that XML forbids.

    Raises:
        InputError: the file is not GraphML, two nodes of different names have one id, or an edge ends at a node that
            is not there.
    """
    rows = Rows()
    try:
        with opened(path) as file:
            _read(file, rows, path.name)
    except ElementTree.ParseError as error:
        raise InputError(f"{path.name!r} is not well-formed XML: {str(error)[:100]}") from None
    except InputError:
        raise
    except (ValueError, LookupError):
        raise InputError(f"{path.name!r} is in an encoding that XML readers need not know: save it as UTF-8") from None
    return rows


def _read(file: IO[bytes], rows: Rows, name: str) -> None:
    keys, types, names, left = dict[str, str](), dict[str, str](), dict[str, str](), set[str]()
    waiting: list[tuple[str, str, dict[str, str]]] = []
    for _, element in ElementTree.iterparse(file):
        tag = element.tag.rpartition("}")[2]
        if tag == "key":
            keys[element.get("id", "")] = _text(element.get("attr.name", element.get("id", "")), keys)
            if element.get("for", "edge") in ("edge", "all"):
                types[keys[element.get("id", "")]] = element.get("attr.type", "string")
        elif tag in ("node", "edge"):
            data = {
                keys.get(one.get("key", ""), one.get("key", "")): _text(one.text or "", keys)
                for one in element
                if one.tag.endswith("data")
            }
            if tag == "node":
                key = element.get("id", "")
                called = next((data[one] for one in NAME_KEYS if one in data), key)
                if names.setdefault(key, called) != called:
                    raise InputError(f"{name!r}, node {len(names) + 1}: an earlier node of another name has its id")
                left |= set(data) - {*NAME_KEYS, "kind"}
            else:
                waiting.append((element.get("source", ""), element.get("target", ""), data))
            element.clear()
    for source, target, data in waiting:
        if source not in names or target not in names:
            raise InputError(f"{name!r}, edge {len(rows) + 1}: one of its ends is not a node of the file")
        by = next((one for one in VERB_KEYS if one in data), None)
        known = {one: data[one] for one in QUALIFIERS if one in data}
        row = rows.add(names[source], LINKED if by is None else data[by], names[target], **known)
        for one, value in data.items():
            if one not in (by, *QUALIFIERS):
                rows.say(row, one, value_of(value, types.get(one, "string")))
    if left:
        rows.notes.append(f"attributes of nodes that are left out: {', '.join(sorted(left))[:200]}")


def value_of(text: str, kind: str) -> Value:
    """The value that XML writes so; text that is none of its kind is text.

    Args:
        text: as it is in the file.
        kind: one of XML Schema's names of types.

    Example:
        >>> value_of("17", "long"), value_of("1e3", "double"), value_of("true", "boolean"), value_of("17", "string")
        (17, 1000.0, True, '17')
    """
    try:
        if kind in ("int", "integer", "long", "short"):
            return int(text)
        if kind in ("double", "float", "decimal"):
            return float(text)
    except ValueError:
        return text
    truth = {"true": True, "false": False, "1": True, "0": False}
    return truth.get(text.strip().lower(), text) if kind == "boolean" else text


def _text(text: str, keys: dict[str, str]) -> str:
    """An attribute of a file of ours as it was, of another file as it is."""
    return unescape_name(text) if keys.get("kind") == "kind" and keys.get("verb") == "verb" else text


def unescape_name(name: str) -> str:
    r"""A name as it was before `exports.graphml.escape_name` wrote characters that XML forbids as `\uXXXX`.

    Example:
        >>> unescape_name("bell \\u0007") == "bell \a"
        True
    """
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), name)
