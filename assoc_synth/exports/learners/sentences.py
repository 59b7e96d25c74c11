"""A sentence per link, for the training of text models: plain lines, or JSON Lines with the place of each part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, links_of, names_of, table_of
from assoc_synth.transactions.table import TransactionTable

PARTS = ("subject", "verb", "object", "time", "amount", "basket")
TEMPLATE = "{subject} {verb} {object}[ on {time}][ for {amount}][ in {basket}]."
_PIECE = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_FIELD = re.compile(r"\{([^{}]*)\}")


def write_sentences(source: Source, path: Path, *, templates: Mapping[str, str] | None = None) -> None:
    """Write a line of text per row; JSON Lines with text, spans and the parts if `path` ends in .jsonl.

    In plain lines, line breaks within names are blanks. A span is [first, last + 1] in characters of the text.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        templates: a sentence by verb, such as {"bought": "{subject} bought {object}[ on {time}]."}; of other verbs it
            is `TEMPLATE`. What is in [ ] is left out where a part within it is missing.

    Raises:
        InputError: a template has an unknown part, or one outside of [ ] that may be missing.
    """
    table = table_of(source)
    chosen = [Template.of((templates or {}).get(name, TEMPLATE)) for name in names_of(table.verbs)]
    unknown = [name for name in templates or {} if name not in names_of(table.verbs)]
    if unknown:
        raise InputError(f"--template names the verb {unknown[0][:40]!r}, which the table does not have")
    lines = spanned if path.name.lower().endswith((".jsonl", ".jsonl.gz")) else plain
    write_lines(path, lines(table, chosen))


@dataclass(frozen=True)
class Template:
    """A sentence in pieces, each either needed or left out where a part within it is missing.

    Attributes:
        pieces: (whether it may be left out, text, part, text, part, …).
    """

    pieces: tuple[tuple[bool, tuple[str, ...]], ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """The template that a text says.

        Raises:
            InputError: a part is unknown, or one that may be missing is not in [ ].

        Example:
            >>> made = Template.of("{subject} buys {object}[ on {time}].")
            >>> made.fill({"subject": "ann", "object": "tea", "time": None})
            ('ann buys tea.', {'subject': [0, 3], 'object': [9, 12]})
        """
        pieces = []
        for optional, needed in _PIECE.findall(text):
            made = tuple(_FIELD.split(optional or needed))
            parts = made[1::2]
            odd = [part for part in parts if part not in PARTS]
            if odd:
                raise InputError(f"a template has no part {odd[0][:40]!r}; the parts are {', '.join(PARTS)}")
            loose = [part for part in parts if part in PARTS[3:]]
            if needed and loose:
                raise InputError(f"a template needs [ ] around {{{loose[0]}}}, such as [ on {{{loose[0]}}}]")
            pieces.append((bool(optional), made))
        return cls(tuple(pieces))

    def fill(self, values: Mapping[str, str | None]) -> tuple[str, dict[str, list[int]]]:
        """The sentence of a row, and the span of each part in it."""
        text, spans = "", dict[str, list[int]]()
        for optional, made in self.pieces:
            if optional and any(values[part] is None for part in made[1::2]):
                continue
            for number, piece in enumerate(made):
                if number % 2:
                    value = values[piece] or ""
                    spans[piece] = [len(text), len(text) + len(value)]
                    text += value
                else:
                    text += piece
        return text, spans


def _filled(
    table: TransactionTable, templates: list[Template]
) -> Iterator[tuple[dict[str, str | None], str, dict[str, list[int]]]]:
    subjects, verbs, objects = (names_of(x) for x in (table.subjects, table.verbs, table.objects))
    for part in links_of(table):
        for _, s, v, o, time, amount, basket in part.rows():
            paid = None if amount is None else f"{amount:.15g}" if float(f"{amount:.15g}") == amount else repr(amount)
            cells = (subjects[s], verbs[v], objects[o], time, paid, basket)
            values = dict(zip(PARTS, cells, strict=True))
            yield values, *templates[v].fill(values)


def plain(table: TransactionTable, templates: list[Template]) -> Iterator[str]:
    """A sentence per line."""
    for _, text, _ in _filled(table, templates):
        yield " ".join(text.splitlines()) + "\n"


def spanned(table: TransactionTable, templates: list[Template]) -> Iterator[str]:
    """A JSON object per line."""
    for values, text, spans in _filled(table, templates):
        known = {name: value for name, value in values.items() if value is not None}
        yield json.dumps({"text": text, "spans": spans, **known}, ensure_ascii=False) + "\n"
