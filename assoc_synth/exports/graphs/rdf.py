"""RDF: a triple per link, and a statement about it per transaction that carries time, amount and basket.

RDF 1.2 names a transaction as a reifier of its triple: `_:r0 rdf:reifies <<( s p o )>>`. RDF 1.1 knows rdf:Statement.
Source: W3C, RDF 1.2 Concepts and N-Triples 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from assoc_synth.errors import InputError
from assoc_synth.exports.graphml import written
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.qualifiers import Kind, Value
from assoc_synth.exports.source import Source, names_of, table_of
from assoc_synth.exports.walk import Walk

BASE = "urn:assoc-synth:"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
REIFICATIONS = ("reifier", "classic")
WORDS = {"time": "on", "amount": "for", "basket": "in"}
TYPES: dict[Kind, str] = {
    "text": "", "integer": "integer", "number": "double", "truth": "boolean", "date": "date", "datetime": "dateTime",
    "instant": "dateTime",
}  # fmt: skip
INFINITE: dict[Value, str] = {float("inf"): "INF", float("-inf"): "-INF"}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"} | {
    chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)
}
_ESCAPED = str.maketrans(ESCAPES)


def write_ntriples(
    source: Source, path: Path, *, entities: str | None = None, reification: str = "reifier", base: str = BASE
) -> None:
    """Write N-Triples: one statement per line.

    Every entity and verb has its exact name as rdfs:label, and a type; IRIs are the names, percent-encoded. Times are
    xsd:date or xsd:dateTime, amounts xsd:double; an extra column is a property such as <urn:assoc-synth:column:store>,
    its values are typed; what is missing has no triple.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
        reification: "reifier" for RDF 1.2, or "classic" for RDF 1.1.
        base: what the IRIs begin with.

    Raises:
        InputError: another reification, or a base that is no beginning of an IRI.
    """
    write_lines(path, lines(source, Terms(base), entities, reification))


def write_turtle(
    source: Source, path: Path, *, entities: str | None = None, reification: str = "reifier", base: str = BASE
) -> None:
    """Write Turtle: as `write_ntriples`, with prefixes, and the properties of a node in one statement."""
    write_lines(path, lines(source, Turtle(base), entities, reification))


class Terms:
    """How N-Triples writes terms and statements.

    Args:
        base: what the IRIs begin with.

    Raises:
        InputError: it is no beginning of an IRI.

    Example:
        >>> Terms(BASE).iri("subject", "José 1"), Terms(BASE).text('say "tea"')
        ('<urn:assoc-synth:subject:Jos%C3%A9%201>', '"say \\\\"tea\\\\""')
    """

    def __init__(self, base: str) -> None:
        if ":" not in base or any(sign in base for sign in '<>"{}|^`\\') or any(sign <= " " for sign in base):
            raise InputError(f"--base is the beginning of an IRI such as https://example.org/, not {base[:60]!r}")
        self.base = base

    def head(self) -> str:
        """What stands before the first statement."""
        return ""

    def iri(self, kind: str, name: str) -> str:
        """The IRI of a name."""
        between = ":" if self.base.startswith("urn:") else "/"
        return f"<{self.base}{kind}{between}{quote(name, safe='')}>"

    def own(self, word: str) -> str:
        """A term of this vocabulary."""
        return f"<{self.base}{word}>"

    def rdf(self, word: str) -> str:
        """A term of RDF's vocabulary."""
        return f"<{RDF}{word}>"

    def label(self) -> str:
        """The property that holds a name."""
        return f"<{RDFS}label>"

    def text(self, text: str, kind: str = "") -> str:
        """A literal, typed if `kind` is one of XSD's types."""
        literal = f'"{text.translate(_ESCAPED)}"'
        return f"{literal}^^<{XSD}{kind}>" if kind else literal

    def statement(self, subject: str, pairs: list[tuple[str, str]]) -> str:
        """Statements about one subject."""
        return "".join(f"{subject} {by} {value} .\n" for by, value in pairs)


class Turtle(Terms):
    """How Turtle writes them."""

    def head(self) -> str:
        return (
            f"@prefix rdf: <{RDF}> .\n@prefix rdfs: <{RDFS}> .\n@prefix xsd: <{XSD}> .\n@prefix as: <{self.base}> .\n"
        )

    def own(self, word: str) -> str:
        return f"as:{word}"

    def rdf(self, word: str) -> str:
        return f"rdf:{word}"

    def label(self) -> str:
        return "rdfs:label"

    def text(self, text: str, kind: str = "") -> str:
        literal = f'"{text.translate(_ESCAPED)}"'
        return f"{literal}^^xsd:{kind}" if kind else literal

    def statement(self, subject: str, pairs: list[tuple[str, str]]) -> str:
        return f"{subject} {' ; '.join(f'{by} {value}' for by, value in pairs)} .\n"


def lines(source: Source, terms: Terms, entities: str | None, reification: str) -> Iterator[str]:
    """The document in pieces: names, then for each row its triple and the statement about it."""
    if reification not in REIFICATIONS:
        raise InputError(f"--reification is {' or '.join(REIFICATIONS)}, not {str(reification)[:40]!r}")
    walk = Walk.of(table_of(source), entities)
    nodes, names = walk.nodes, names_of(walk.table.verbs)
    yield terms.head()
    kinds = ["entity"] * len(nodes.names) if nodes.shared else nodes.kinds
    iris = [terms.iri(kind, name) for kind, name in zip(kinds, nodes.names, strict=True)]
    for iri, kind, name in zip(iris, nodes.kinds, nodes.names, strict=True):
        classes = ("Subject", "Object") if kind == "both" else (kind.capitalize(),)
        types = [(terms.rdf("type"), terms.own(one)) for one in classes]
        yield terms.statement(iri, [*types, (terms.label(), terms.text(name))])
    verbs = [terms.iri("verb", name) for name in names]
    for iri, name in zip(verbs, names, strict=True):
        yield terms.statement(iri, [(terms.rdf("type"), terms.own("Verb")), (terms.label(), terms.text(name))])
    by = [terms.own(WORDS[one.role]) if one.role else terms.iri("column", one.column) for one in walk.qualifiers]
    datatypes = [TYPES[one.kind] for one in walk.qualifiers]
    for row, subject, verb, object, said in walk.edges(iris, verbs):
        yield terms.statement(subject, [(verb, object)])
        about = _about(terms, (subject, verb, object), classic=reification == "classic")
        for property, kind, value in zip(by, datatypes, said, strict=True):
            if value is not None:
                about.append((property, terms.text(INFINITE.get(value, written(value)), kind)))
        yield terms.statement(f"_:r{row}", about)


def _about(terms: Terms, link: tuple[str, str, str], *, classic: bool) -> list[tuple[str, str]]:
    """What a statement is about."""
    subject, verb, object = link
    if not classic:
        return [(terms.rdf("reifies"), f"<<( {subject} {verb} {object} )>>")]
    parts = [(terms.rdf("subject"), subject), (terms.rdf("predicate"), verb), (terms.rdf("object"), object)]
    return [(terms.rdf("type"), terms.rdf("Statement")), *parts]
