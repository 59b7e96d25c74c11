"""N-Triples of RDF 1.1 or 1.2: transactions where statements about triples are there, else a row per triple."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.imports.graphml import value_of
from assoc_synth.link_graph.imports.opening import opened
from assoc_synth.link_graph.imports.rows import Rows

if TYPE_CHECKING:
    import pyoxigraph as ox

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
PARTS = {f"{RDF}subject": 0, f"{RDF}predicate": 1, f"{RDF}object": 2}
Terms: TypeAlias = tuple[str, str, str]
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPED = ("boolean", "integer", "long", "int", "short", "decimal", "double", "float")
QUALIFIERS = {"on": "time", "for": "amount", "in": "basket"}


def read_ntriples(path: Path) -> Rows:
    """Read N-Triples, a statement at a time.

    In a file of ours each statement about a triple (rdf:reifies, or rdf:Statement) is a row with its qualifiers, all
    other properties of it are extra columns, and rdfs:label is the name of an IRI. In a file without such statements
    every triple is a row; names are whole IRIs, and the text of literals.

    Raises:
        InputError: the file is not N-Triples, or a statement about a triple lacks a part.
        MissingExtraError: pyoxigraph is absent.
    """
    document = _Document()
    for triple in _triples(path):
        document.take(triple)
    return document.rows(path.name)


def _triples(path: Path) -> Iterator[ox.Quad]:
    try:
        import pyoxigraph as ox
    except ImportError:
        raise MissingExtraError("reading N-Triples", "exports") from None
    with opened(path) as file:
        try:
            yield from ox.parse(file, format=ox.RdfFormat.N_TRIPLES)
        except InputError:
            raise
        except (SyntaxError, ValueError) as error:
            raise InputError(f"{path.name!r} is not N-Triples: {str(error)[:150]}") from None
        except MemoryError:
            # The parser has room for 16 MB; the system has more.
            raise InputError(f"{path.name!r} is not N-Triples: a statement is over 16 MB") from None


class _Document:
    """What has been read: triples, names, and for each statement about a triple its parts."""

    def __init__(self) -> None:
        self.plain: list[Terms] = []
        self.types: dict[Terms, str] = {}
        self.labels: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}

    def take(self, triple: ox.Quad) -> None:
        """Read one triple.

        Raises:
            InputError: it reifies something that is no triple.
        """
        about, by = str(triple.subject), triple.predicate.value
        inner: Any = triple.object
        if by == f"{RDF}reifies":
            if not hasattr(inner, "subject"):
                raise InputError(f"the statement {about[:40]} is about something that is no triple")
            self.parts[about] = [str(inner.subject), str(inner.predicate), _written(inner.object)]
        elif by in PARTS:
            self.parts.setdefault(about, ["", "", ""])[PARTS[by]] = str(triple.object)
        else:
            value = getattr(triple.object, "value", "")
            if by == LABEL:
                self.labels[about] = value
            # A literal's text, of other terms how they are written.
            literal = str(triple.object).startswith('"')
            self.plain.append((about, by, value if literal else _written(triple.object)))
            kind = inner.datatype.value.removeprefix(XSD) if literal else ""
            if kind in TYPED:
                self.types[self.plain[-1]] = kind

    def rows(self, name: str) -> Rows:
        """The rows of the document.

        Raises:
            InputError: a statement about a triple lacks a part.
        """
        rows = Rows()
        if not self.parts:
            for subject, verb, object in self.plain:
                rows.add(_text(subject), verb, _text(object))
            return rows
        numbers = dict[str, int]()
        for about, terms in self.parts.items():
            if "" in terms:
                raise InputError(f"{name!r}: the statement {about[:40]} lacks a subject, predicate or object")
            subject, verb, object = (self.labels.get(term) or _text(term) for term in terms)
            numbers[about] = rows.add(subject, verb, object)
        self._qualify(rows, numbers)
        return rows

    def _qualify(self, rows: Rows, numbers: dict[str, int]) -> None:
        """Give the rows their qualifiers, and say what is left out."""
        reified, bare, names = {tuple(terms) for terms in self.parts.values()}, 0, dict[str, str]()
        for triple in self.plain:
            about, by, value = triple
            around, _, word = by.replace("/", ":").rpartition(":")
            if about not in numbers:
                bare += by not in (LABEL, f"{RDF}type") and (about, f"<{by}>", value) not in reified
            elif word in QUALIFIERS and not around.endswith(":column"):
                rows.qualify(numbers[about], QUALIFIERS[word], value)
            elif by != f"{RDF}type":
                name = _column(by, names)
                rows.say(numbers[about], name, value_of(value, self.types.get(triple, "")))
        if bare:
            rows.notes.append(f"triples that are left out, as no statement is about them: {bare:,}")


def _column(by: str, names: dict[str, str]) -> str:
    """The name of an extra column: the end of a property, or the whole where another one ends so."""
    if by not in names:
        end = unquote(re.split(r"[/#:]", by)[-1]) or by
        names[by] = by if end in names.values() else end
    return names[by]


def _written(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """A term as N-Triples has it: pyoxigraph leaves out the brackets of triples."""
    return f"<<( {term} )>>" if hasattr(term, "predicate") else str(term)


def _text(term: str) -> str:
    """The name of a term: an IRI without < >; blank nodes, texts of literals and triples are as they are."""
    return term[1:-1] if term.startswith("<") and term.endswith(">") and not term.startswith("<<") else term
