"""Facts of a sample or a validation: frozen, typed, no word of HTML; as JSON values stable within a format version."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.also_buy import AlsoBuyFacts

FORMAT_VERSION = 1


def facts(verdict: Verdict, *, also_buy: AlsoBuyFacts | None = None, **more: Any) -> dict[str, Any]:
    """What `--json` writes.

    Args:
        also_buy: pairs of both tables, where there is a real one beside the synthetic.
        more: further entries, JSON values.
    """
    pairs = {} if also_buy is None else {"also_buy": also_buy.to_dict()}
    return {"format_version": FORMAT_VERSION, "verdict": verdict.to_dict(), **more, **pairs}


@dataclass(frozen=True)
class Size:
    """How large a table is: `side` is "real", "synthetic" or "held out"."""

    side: str
    rows: int
    subjects: int
    verbs: int
    objects: int


@dataclass(frozen=True)
class TokenPair:
    """A pair of (verb, object) in both tables.

    Attributes:
        left_verb, left, right_verb, right: names.
        real_count, synthetic_count: subjects that have both.
        real_lift, synthetic_lift: 0 where nobody has both.
        label: "confirmed" (the lifts agree within a quarter), "changed" or "undecided".
    """

    left_verb: str
    left: str
    right_verb: str
    right: str
    real_count: int
    synthetic_count: int
    real_lift: float
    synthetic_lift: float
    label: str


@dataclass(frozen=True)
class Standing:
    """What became of the associations that either table claims.

    Attributes:
        confirmed, changed, undecided: how many of them are.
        lost: changed ones that the real table claims and the synthetic one has less of, strongest first.
        added: changed ones that the synthetic table alone claims, strongest first.
        open: undecided ones, the furthest apart first.
        num_lost, num_added: how many there are in all.
    """

    confirmed: int
    changed: int
    undecided: int
    lost: tuple[TokenPair, ...]
    added: tuple[TokenPair, ...]
    open: tuple[TokenPair, ...]
    num_lost: int
    num_added: int


@dataclass(frozen=True)
class LiftScatter:
    """Lift against lift.

    Attributes:
        points: pairs of at least `min_count` real subjects.
        band: (log2 lift, half-width): within which 95 % of the pairs of a real table of this size are.
        inside: share of the points in the band; None without a band.
        floor: what the band was drawn from.
        num_pairs: all such pairs; `points` has a part of them where they are many.
    """

    points: tuple[TokenPair, ...]
    band: tuple[tuple[float, float], ...]
    inside: float | None
    floor: str
    min_count: int
    num_pairs: int


@dataclass(frozen=True)
class HeatMap:
    """log2 lift of every two of a few objects within one verb: `values[i][j]`, None on the diagonal.

    Two subjects are added to the observed and to the expected count, so that rare pairs do not shine by chance.
    """

    side: str
    verb: str
    objects: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class DrawnLink:
    """A claimed pair of objects in the drawing: `standing` is "kept", "changed", "new", or "claimed" with one table."""

    left: str
    right: str
    lift: float
    standing: str


@dataclass(frozen=True)
class Drawing:
    """The strongest part of the link graph, within one verb."""

    verb: str
    links: tuple[DrawnLink, ...]


@dataclass(frozen=True)
class Series:
    """One table's numbers in a chart: a share per class."""

    side: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Shares by class, in up to three tables.

    Attributes:
        name: "verbs", "hours", "weekdays", "months", "amounts" or "degrees".
        labels: of the classes; of an axis of numbers the lower ends, then the upper end of the last.
        note: what the reader should know, or "".
    """

    name: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""


@dataclass(frozen=True)
class Reproduction:
    """How to get the same again: `command` is the command line, "" where the report was made in Python."""

    version: str
    seed: int
    command: str


@dataclass(frozen=True)
class ReportFacts:
    """Everything a report says.

    Attributes:
        title: its heading.
        verdict: the gate's.
        sizes: of the tables there are.
        also_buy: strongest pairs side by side; None without a real table.
        figures: fidelity with interval, floor and independent generator.
        floor: what the floor is, in words.
        marginals, motifs, privacy, sdv: further figures; empty where there is nothing to compute them from.
        charts: of single columns and of degrees.
        notes: what the reader should know about the rows.
    """

    title: str
    verdict: Verdict
    sizes: tuple[Size, ...]
    reproduction: Reproduction
    also_buy: AlsoBuyFacts | None = None
    standing: Standing | None = None
    scatter: LiftScatter | None = None
    heat_maps: tuple[HeatMap, ...] = ()
    drawing: Drawing | None = None
    figures: tuple[Figure, ...] = ()
    floor: str = ""
    marginals: tuple[Figure, ...] = ()
    motifs: tuple[Figure, ...] = ()
    privacy: tuple[Figure, ...] = ()
    sdv: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()

    def chart(self, name: str) -> Chart | None:
        """The chart of that name, if there is one."""
        return next((chart for chart in self.charts if chart.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; numbers rounded to six digits."""
        own = {name: value for name, value in vars(self).items() if name not in ("verdict", "also_buy")}
        return facts(self.verdict, also_buy=self.also_buy, **{name: _plain(value) for name, value in own.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Figure):
        return value.to_dict()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(item) for name, item in asdict(value).items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return round(value, 6) if isinstance(value, float) else value
