"""The command `export`: its options, the list of formats, and the call."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import AnySource, CsvOptions, DrawOptions, RoleOptions
from assoc_synth.cli.reproduction import PROGRAM
from assoc_synth.cli.steps import read, sampled
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

# A test holds these against the registry; importing it here would cost a second.
FORMATS = (
    "csv", "parquet", "jsonl", "items-links", "graphml", "gexf", "node-link", "edges", "ntriples", "turtle", "lino",
    "neo4j", "ladybug", "pyg", "pykeen", "recbole", "lenskit", "rectools", "baskets", "single", "rules",
    "associations", "sentences", "croissant", "hub",
)  # fmt: skip

SUMMARIES = ("rules", "associations", "croissant")
"""The formats that hold no rows."""


@dataclass(frozen=True)
class GraphOptions:
    """How a graph is written."""

    entities: Annotated[
        str | None,
        typer.Option(
            metavar="shared|apart", help="graphs: is a name that is subject and object one node? By default yes."
        ),
    ] = None
    projection: Annotated[bool, typer.Option("--projection", help="graphml: objects, linked by lift.")] = False
    reification: Annotated[
        str | None, typer.Option(metavar="reifier|classic", help="ntriples, turtle: RDF 1.2 (default), or RDF 1.1.")
    ] = None
    base: Annotated[str | None, typer.Option(metavar="IRI", help="ntriples, turtle: what IRIs begin with.")] = None
    style: Annotated[str | None, typer.Option(metavar="STYLE", help="lino: named, chain or doublets.")] = None


@dataclass(frozen=True)
class ContentOptions:
    """What is written."""

    only_verb: Annotated[
        str | None,
        typer.Option(metavar="VERB", help="lenskit, rectools, baskets, single, rules …: of this verb alone."),
    ] = None
    per: Annotated[str | None, typer.Option(metavar="basket|subject", help="baskets, rules …: what is counted.")] = None
    min_count: Annotated[int | None, typer.Option(min=1, help="rules …: least subjects with both.")] = None
    min_lift: Annotated[float | None, typer.Option(min=0, help="rules …: the lowest lift.")] = None
    split: Annotated[bool, typer.Option("--split", help="pykeen: a folder of train, valid and test.")] = False
    part_rows: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="csv, parquet, jsonl, neo4j, ladybug, hub: a folder, of files of N rows."
        ),
    ] = None
    template: Annotated[
        list[str] | None, typer.Option(metavar="VERB=TEXT", help="sentences: such as 'bought={subject} has {object}.'")
    ] = None


@dataclass(frozen=True)
class AboutOptions:
    """What is said about the rows."""

    beside: Annotated[str | None, typer.Option(metavar="FILE", help="croissant: the files that it describes.")] = None
    licence: Annotated[str | None, typer.Option(metavar="NAME", help="croissant, hub: such as cc-by-4.0.")] = None
    citation: Annotated[str | None, typer.Option(metavar="TEXT", help="croissant, hub: how to cite.")] = None


@dataclass(frozen=True)
class FormatOptions(GraphOptions, ContentOptions, AboutOptions, CsvOptions):
    """The options of all formats; each format has some of them."""

    def check(self, format: str, known: Sequence[str]) -> None:
        """Refuse an option that the format does not have, in the words of the command line.

        Args:
            format: its name.
            known: the keywords of its writer.

        Raises:
            InputError: there is such an option.
        """
        unknown = [name for name in self.keywords() if name not in known]
        if unknown:
            own = [_flag(name) for name in known if name not in ("verdict", "seed")]
            has = f"it has: {', '.join(own)}" if own else "it has none"
            raise InputError(f"format {format} has no option {_flag(unknown[0])}; {has}")

    def keywords(self) -> dict[str, Any]:
        """The options that are given as keywords of `exports.export`.

        Raises:
            InputError: a template is not written as its help says, or text is both raw and safe.

        Example:
            >>> FormatOptions(style="chain", only_verb="bought", raw=True).keywords()
            {'raw': True, 'style': 'chain', 'verb': 'bought'}
        """
        text = CsvOptions.keywords(self)
        given = {
            field.name: getattr(self, field.name) for field in fields(self) if field.name not in ("safe_csv", "raw")
        }
        given["verb"] = given.pop("only_verb")
        given["templates"] = _templates(given.pop("template"))
        return text | {name: value for name, value in sorted(given.items()) if value is not None and value is not False}


def _flag(name: str) -> str:
    """A keyword of a writer as it is typed."""
    named = {"verb": "only-verb", "templates": "template", "safe": "safe-csv"}
    return "--" + named.get(name, name).replace("_", "-")


def _templates(texts: Sequence[str] | None) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for text in texts or ():
        verb, sign, template = text.partition("=")
        if not sign or not verb.strip():
            raise InputError(
                f"--template takes VERB=TEXT, such as 'bought={{subject}} has {{object}}.', not {text[:60]!r}"
            )
        found[verb.strip()] = template
    return found or None


def show_formats(wanted: bool) -> None:
    """The list of formats; then the command ends."""
    if wanted:
        from assoc_synth.cli.terminal import out

        out.print(format_list())
        raise typer.Exit


def format_list() -> Table:
    """Format, files, extra, and what it cannot carry."""
    from assoc_synth.cli.terminal import new_table
    from assoc_synth.exports import FORMATS as KNOWN

    table = new_table(f"{PROGRAM} export DATA_OR_MODEL -f FORMAT -o PATH")
    table.add_column("format", no_wrap=True)
    for name in ("files", "extra", "cannot carry"):
        table.add_column(name, overflow="fold")
    for name, format in KNOWN.items():
        table.add_row(name, format.files, format.extra or "–", format.lacks or "–")
    return table


@flattened
def export(
    context: typer.Context,
    source: AnySource,
    format: Annotated[str, typer.Option("-f", "--format", help="One of those that --list shows.")],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", help="The file or folder to write; csv, parquet, jsonl: part files where it ends in /."
        ),
    ],
    columns: RoleOptions,
    how: DrawOptions,
    more: FormatOptions,
    list_formats: Annotated[
        bool,
        typer.Option(
            "--list", callback=show_formats, is_eager=True, help="Show the formats and what they cannot carry."
        ),
    ] = False,
) -> None:
    """Write a table or a sample in a format."""
    from assoc_synth.cli.sources import model_of
    from assoc_synth.cli.terminal import show, show_command, show_notes, show_verdict
    from assoc_synth.exports import FORMATS as KNOWN
    from assoc_synth.exports import check_export
    from assoc_synth.exports import export as write
    from assoc_synth.synthesizer import AssociativeSynthesizer

    options = more.keywords()
    if format in KNOWN:
        more.check(format, KNOWN[format].options())
    check_export(format, output, options)
    read_too = {os.path.realpath(path) for path in (source, more.beside or source)}
    if Path(output).exists() and os.path.realpath(output) in read_too:
        raise InputError(f"{output!r} is read, and would be replaced: choose another path")
    known, call, made = KNOWN[format].options(), None, {}
    if (model := model_of(source)) is not None:
        result, call = sampled(partial(AssociativeSynthesizer.load(model).sample, **how.keywords()), context)
        show_verdict(result.verdict)
        table = result.table
        made = {"verdict": result.verdict.status.value, "seed": result.verdict.seed}
    else:
        table = read(source, context, **columns.roles())
        made = {} if how.seed is None else {"seed": how.seed}
    notes = write(table, format, output, **({name: value for name, value in made.items() if name in known} | options))
    show_notes(notes)
    what = f"{format} of {len(table):,} rows" if format in SUMMARIES else f"{len(table):,} rows as {format}"
    show(f"wrote {what} to {output}")
    if call is not None:
        show_command(call)
