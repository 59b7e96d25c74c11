"""Arguments and options of the command line: each one's type, name and help, once for all commands.

Options that belong together are fields of a dataclass; `flattened` makes them options of a command, see `flattening`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from assoc_synth.cli.saving import KeptIn
from assoc_synth.errors import InputError

if TYPE_CHECKING:
    from assoc_synth.scenarios.naming import LinkName
    from assoc_synth.scenarios.planning import ScenarioArguments
    from assoc_synth.transactions.schema import FileRoles

# A test holds these against the registries; importing those here would cost a second.
BUILT_IN = (
    "toy-shop", "ratings", "clickstream", "clinic", "random-svo", "journey-baskets", "journey-trips",
    "journey-households",
)  # fmt: skip

TABLE_HELP = (
    "A table: CSV, TSV or JSON Lines (each also .gz), or Parquet; or a graph: .graphml, .json, .nt, .lino, items and "
    f"links, or triples without a header. Or a built-in one: {', '.join(BUILT_IN)}; "
    "NAME:train and NAME:heldout are its halves, NAME:independent is what a generator without associations makes of "
    "the first."
)
Data = Annotated[str, typer.Argument(metavar="DATA", help=TABLE_HELP)]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model directory, or toy-shop.")]
AnySource = Annotated[str, typer.Argument(metavar="DATA_OR_MODEL", help="A table, or a model such as toy-shop:model.")]
Thing = Annotated[str | None, typer.Argument(metavar="[OBJECT]", help="Default: the table's strongest pairs.")]
Subject = Annotated[str | None, typer.Option(help="Column of the subject (customer, user …).")]
Verb = Annotated[str | None, typer.Option(help="Column of the verb (action, event …).")]
Object = Annotated[str | None, typer.Option(help="Column of the object (product, item …).")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of everything random.")]
SampleSeed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Default: the seed of the fit.")]
MaxMinutes = Annotated[
    float | None, typer.Option(help="Limit of the whole fit; its stages share the time. Default: all steps are made.")
]
AllowUndertrained = Annotated[
    bool, typer.Option("--allow-undertrained", help="Sample even where the fit's time was too short for a stage.")
]
Json = Annotated[Path | None, typer.Option("--json", help="Write the facts as JSON to this file.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]
Positive = Annotated[int, typer.Option(min=1, help="How many.")]


@dataclass(frozen=True)
class ColumnOptions:
    """What columns without a role are, where the user knows better."""

    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=KIND",
            help="A column has no role and is category, number, date, identifier, text or drop; may be repeated.",
        ),
    ] = None

    def kinds(self) -> dict[str, str] | None:
        """The option as `columns` of `fit` and `plan_columns`.

        Raises:
            InputError: it is not written as its help says, or two of them name one column.
        """
        found: dict[str, str] = {}
        for text in self.column or ():
            name, kind = _split(text)
            if not name:
                raise InputError(f"--column takes NAME=KIND, such as zip=category, not {text[:60]!r}")
            if name in found:
                raise InputError(f"--column names {name[:40]!r} twice: once is enough")
            found[name] = kind
        return found or None


@dataclass(frozen=True)
class ReadingOptions(ColumnOptions):
    """How a table is read whatever its columns mean."""

    verb_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The verb of every row, where no column is the verb.")
    ] = None
    time_format: Annotated[
        str | None, typer.Option(metavar="PATTERN", help='How times are written: "%d/%m/%Y %H:%M"; s, ms, us, ns.')
    ] = None
    no_header: Annotated[
        bool, typer.Option("--no-header", help="The first line is a row; columns are c1, c2, c3 …")
    ] = False
    layout: Annotated[
        str | None, typer.Option(metavar="LAYOUT", help="rows, baskets (a line each) or matrix (a column per object).")
    ] = None
    explode: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Each item of its cells becomes a row; see --separator.")
    ] = None
    separator: Annotated[
        str | None, typer.Option(metavar="TEXT", help='What stands between items in a cell of text, such as ", ".')
    ] = None
    normalise_names: Annotated[
        bool, typer.Option("--normalise-names", help="Merge names that differ only in blanks, case or encoding.")
    ] = False
    drop_incomplete: Annotated[
        bool, typer.Option("--drop-incomplete", help="Leave out rows without subject, verb or object, however many.")
    ] = False

    def keywords(self) -> FileRoles:
        """The options as keywords of the readers of tables."""
        return {
            "time_format": self.time_format,
            "verb_name": self.verb_name,
            "explode": self.explode,
            "separator": self.separator,
            "layout": self.layout,
            "normalise_names": self.normalise_names or None,
            "drop_incomplete": self.drop_incomplete or None,
            "header": False if self.no_header else None,
            "columns": self.kinds(),
        }


@dataclass(frozen=True)
class RoleOptions(ReadingOptions):
    """Which column plays which role; obvious names are detected where None."""

    subject: Subject = None
    verb: Verb = None
    object: Object = None
    time: Annotated[str | None, typer.Option(help="Column of the time.")] = None
    amount: Annotated[str | None, typer.Option(help="Column of the amount.")] = None
    basket: Annotated[str | None, typer.Option(help="Column of the basket (order, session …).")] = None
    cluster: Annotated[
        str | None, typer.Option(help="Column of what subjects belong together (a household …): no split parts it.")
    ] = None

    def roles(self) -> FileRoles:
        """The roles and how to read as keywords of the readers of tables."""
        named: FileRoles = {
            "subject": self.subject,
            "verb": self.verb,
            "object": self.object,
            "time": self.time,
            "amount": self.amount,
            "basket": self.basket,
            "cluster": self.cluster,
        }
        return named | self.keywords()


@dataclass(frozen=True)
class LinkColumns(ReadingOptions):
    """Which column plays which mandatory role, where `--verb` names one of the verbs."""

    subject: Subject = None
    verb_column: Annotated[str | None, typer.Option(help="Column of the verb (action, event …).")] = None
    object: Object = None

    def roles(self) -> FileRoles:
        """The roles and how to read as keywords of the readers of tables."""
        named: FileRoles = {"subject": self.subject, "verb": self.verb_column, "object": self.object}
        return named | self.keywords()


class FitArguments(TypedDict, total=False):
    """The keywords of `AssociativeSynthesizer` that say what a model may store."""

    min_subjects: int
    min_subjects_objects: int | None
    text: str | None
    epsilon: float | None
    delta: float | None
    public_names: bool


MinSubjects = Annotated[int, typer.Option(min=1, help="Training subjects that a stored value has at least; 1: all.")]
FreeText = Annotated[str | None, typer.Option(metavar="words", help="Write free text from shared words. Default: no.")]


@dataclass(frozen=True)
class ThresholdOptions:
    """What a model may store."""

    min_subjects: MinSubjects = 5
    min_subjects_objects: Annotated[
        int | None,
        typer.Option(min=1, help="Training subjects that an object is linked by; others are left out. Default: all."),
    ] = None
    text: FreeText = None
    epsilon: Annotated[
        float | None,
        typer.Option(metavar="E", help="Differential privacy by subject: learn noisy counts alone. Default: none."),
    ] = None
    delta: Annotated[float | None, typer.Option(metavar="D", help="With --epsilon; default 1e-6.")] = None
    public_names: Annotated[
        bool, typer.Option("--public-names", help="With --epsilon: all names of verbs and objects are public.")
    ] = False

    def keywords(self) -> FitArguments:
        """The options as keywords of `AssociativeSynthesizer`."""
        return {
            "min_subjects": self.min_subjects,
            "min_subjects_objects": self.min_subjects_objects,
            "text": self.text,
            "epsilon": self.epsilon,
            "delta": self.delta,
            "public_names": self.public_names,
        }


@dataclass(frozen=True)
class FitOptions(ThresholdOptions):
    """What a model may store, and where its training starts."""

    init: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Start from a model, a directory or toy-shop, where names agree."),
    ] = None
    resume: Annotated[bool, typer.Option("--resume", help="Go on from where the same fit was interrupted.")] = False
    checkpoint: KeptIn = None


class DrawArguments(TypedDict):
    """The keywords of `AssociativeSynthesizer.sample` that say how it draws."""

    seed: int | None
    allow_undertrained: bool
    gate: str | None


Gate = Annotated[
    str | None, typer.Option(metavar="SCOPES", help="Judge these alone, of links,visits,order,rows. Default: all.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse what nothing can be claimed about, too.")]
Attacker = Annotated[
    Path | None, typer.Option("--model", metavar="MODEL", help="With --holdout: attack with the model at hand as well.")
]
Holdout = Annotated[
    str | None, typer.Option("--holdout", metavar="FILE", help="Real rows that the generator never saw; they judge.")
]


@dataclass(frozen=True)
class DrawOptions:
    """How a model is drawn from."""

    seed: SampleSeed = None
    allow_undertrained: AllowUndertrained = False
    gate: Gate = None

    def keywords(self) -> DrawArguments:
        """The options as keywords of `AssociativeSynthesizer.sample`."""
        return {"seed": self.seed, "allow_undertrained": self.allow_undertrained, "gate": self.gate}


class SizeArguments(TypedDict):
    """The keywords of `AssociativeSynthesizer.sample` that say how much, and of what."""

    num_subjects: int | None
    num_rows: int | None
    verbs: list[str] | None


@dataclass(frozen=True)
class SizeOptions:
    """How much to sample, and of which verbs."""

    subjects: Annotated[int | None, typer.Option(min=1, help="How many synthetic subjects.")] = None
    rows: Annotated[int | None, typer.Option(min=1, help="How many rows instead.")] = None
    verb: Annotated[list[str] | None, typer.Option(help="Only this verb; may be given more than once.")] = None

    def keywords(self) -> SizeArguments:
        """The options as keywords of `AssociativeSynthesizer.sample`.

        Raises:
            InputError: both subjects and rows are given.
        """
        if self.subjects is not None and self.rows is not None:
            raise InputError("--subjects and --rows both say how much: give one of them")
        return {"num_subjects": self.subjects, "num_rows": self.rows, "verbs": self.verb or None}


@dataclass(frozen=True)
class ScenarioOptions:
    """What a sample changes on purpose."""

    rebalance: Annotated[str | None, typer.Option(metavar="SHARES", help="uniform, or VERB=SHARE,VERB=SHARE.")] = None
    boost: Annotated[
        list[str] | None, typer.Option(metavar="VERB,OBJECT=FACTOR", help="Subjects with this link, times FACTOR.")
    ] = None

    def keywords(self) -> ScenarioArguments:
        """The options as keywords of `AssociativeSynthesizer.sample`.

        Raises:
            InputError: an option is not written as its help says.
        """
        return {"rebalance": parse_rebalance(self.rebalance), "boost": parse_boosts(self.boost)}


@dataclass(frozen=True)
class OutputOptions:
    """Files for what was found out."""

    report: Annotated[Path | None, typer.Option("--report", help="Write a report as one HTML file.")] = None
    json: Json = None


@dataclass(frozen=True)
class CsvOptions:
    """How text is written into CSV."""

    safe_csv: Annotated[
        bool, typer.Option("--safe-csv", help="csv: a ' before text that a spreadsheet would run as a formula.")
    ] = False
    raw: Annotated[bool, typer.Option("--raw", help="csv: text as it is (the default).")] = False

    def keywords(self) -> dict[str, bool]:
        """The keywords of `exports.export`.

        Raises:
            InputError: both are given.
        """
        if self.safe_csv and self.raw:
            raise InputError("--safe-csv and --raw say the opposite: give one of them")
        return {name: True for name, on in (("safe", self.safe_csv), ("raw", self.raw)) if on}


@dataclass(frozen=True)
class SampleOutputs(OutputOptions, CsvOptions):
    """The files of a sample."""

    def keywords_for(self, kind: str) -> dict[str, bool]:
        """The keywords of `exports.export` for a kind of file.

        Raises:
            InputError: a guard is asked for where there is no CSV.
        """
        text = self.keywords()
        if self.safe_csv and kind not in ("csv", "tsv"):
            raise InputError(f"--safe-csv is for CSV and TSV, the output is {kind}")
        return text if kind in ("csv", "tsv") else {}


def check_minutes(minutes: float | None) -> None:
    """Raises: InputError: the time for training is not above 0."""
    if minutes is not None and not 0 < minutes < float("inf"):
        raise InputError(f"--max-minutes must be above 0, not {minutes}")


def parse_rebalance(text: str | None) -> dict[str, dict[str, float] | str] | None:
    """`uniform` or `bought=0.5,returned=0.5` as `sample` takes it.

    Raises:
        InputError: it is neither.

    Example:
        >>> parse_rebalance("bought=0.7,returned=0.3")
        {'verb': {'bought': 0.7, 'returned': 0.3}}
    """
    if text is None or text == "uniform":
        return None if text is None else {"verb": text}
    return {"verb": {name: _number("--rebalance", value) for name, value in map(_split, text.split(","))}}


def parse_boosts(texts: list[str] | None) -> dict[LinkName, float] | None:
    """`returned,laptop=5` as `sample` takes it.

    Raises:
        InputError: it is something else.

    Example:
        >>> parse_boosts(["returned,laptop=5"])
        {('returned', 'laptop'): 5.0}
    """
    found: dict[LinkName, float] = {}
    for text in texts or ():
        name, factor = _split(text)
        verb, comma, object = name.partition(",")
        if not comma:
            raise InputError(f"--boost takes VERB,OBJECT=FACTOR, not {text[:60]!r}")
        found[verb.strip(), object.strip()] = _number("--boost", factor)
    return found or None


def _split(text: str) -> tuple[str, str]:
    name, _, value = text.rpartition("=")
    return name.strip(), value.strip()


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{option}: {text[:40]!r} is not a number; write NAME=NUMBER") from None
