"""Facts of a sample or a validation: frozen, typed, no word of HTML; as JSON values stable within a format version."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.drawing.network import Drawing, DrawnLink
from assoc_synth.report.also_buy import AlsoBuyFacts

__all__ = [
    "FORMAT_VERSION", "Chart", "ChartKind", "DifferenceMap", "Drawing", "DrawnLink", "HeatMap", "LiftScatter",
    "Reach", "ReportFacts", "Reproduction", "Series", "Size", "Stage", "Standing", "TokenPair", "TrainingFacts",
    "Transition", "Transitions", "facts",
]  # fmt: skip

FORMAT_VERSION = 1
ChartKind = Literal["names", "classes", "bins", "curve"]


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
        needs: subjects that each table needs, so that a kept pair as frequent as this one is confirmed in four of five
            cases; None where nobody has the pair.
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
    needs: int | None = None


@dataclass(frozen=True)
class Reach:
    """What more subjects would tell: `decided` of the undecided pairs, if each table had `subjects`."""

    subjects: int
    decided: int


@dataclass(frozen=True)
class Standing:
    """What became of the associations that either table claims.

    Attributes:
        confirmed, changed, undecided: how many of them are.
        lost: changed ones that the real table claims and the synthetic one has less of, strongest first.
        added: changed ones that the synthetic table alone claims, strongest first.
        open: undecided ones, the furthest apart first.
        num_lost, num_added: how many there are in all.
        reach: how many of the undecided ones larger tables would decide.
    """

    confirmed: int
    changed: int
    undecided: int
    lost: tuple[TokenPair, ...]
    added: tuple[TokenPair, ...]
    open: tuple[TokenPair, ...]
    num_lost: int
    num_added: int
    reach: tuple[Reach, ...] = ()


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
class DifferenceMap:
    """Synthetic minus real log2 lift of the same objects as in the heat maps: `values[i][j]`, None on the diagonal.

    Attributes:
        changed: `changed[i][j]`: whether the pair has changed for certain (`evaluation.pair_labels`).
        num_changed, num_pairs: how many pairs have, of how many.
    """

    verb: str
    objects: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    changed: tuple[tuple[bool, ...], ...]
    num_changed: int
    num_pairs: int


@dataclass(frozen=True)
class Transition:
    """One event after another one in a visit, or from a visit to the next.

    Attributes:
        first, then: such as "viewed tea".
        real, synthetic: its share of the steps of its table.
        low, high: 95 % interval of the real share, subjects as the unit.
    """

    first: str
    then: str
    real: float
    synthetic: float
    low: float
    high: float


@dataclass(frozen=True)
class Transitions:
    """What comes after what.

    Attributes:
        kind: "row", from a row to the next of its visit, or "visit", from a visit to the next of its subject.
        steps: the real table's most frequent.
        num_real, num_synthetic: steps of both tables in all.
    """

    kind: str
    steps: tuple[Transition, ...]
    num_real: int
    num_synthetic: int


@dataclass(frozen=True)
class Stage:
    """One stage of the training.

    Attributes:
        name: of the stage, such as "edges".
        steps: gradient steps that it made; None in a model that did not keep them.
        epochs, planned: epochs that it made, and at most would have made.
        minutes: that it took.
        stopped: why it ended.
        is_cut: whether the time was too short for it.
    """

    name: str
    steps: int | None
    epochs: int
    planned: int
    minutes: float
    stopped: str
    is_cut: bool


@dataclass(frozen=True)
class TrainingFacts:
    """How the model behind the synthetic rows was trained.

    Attributes:
        version: of the package that wrote the model.
        seed: `random_state` of the fit.
        max_minutes: the limit of the fit; None for no limit.
        num_subjects: of the table that it was fitted to.
        stages: in their order.
    """

    version: str
    seed: int
    max_minutes: float | None
    num_subjects: int
    stages: tuple[Stage, ...]

    @property
    def is_cut(self) -> bool:
        """Whether a stage was cut short."""
        return any(stage.is_cut for stage in self.stages)


@dataclass(frozen=True)
class Series:
    """One table's numbers in a chart: a share per class."""

    side: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Shares by class, in up to three tables.

    Attributes:
        name: "verbs", "hours", "weekdays", "months", "amounts", "degrees", "visit sizes", "gaps", "rows per link", or
            an extra column.
        labels: of the classes; of an axis of numbers the lower ends, then the upper end of the last.
        note: what the reader should know, or "".
        kind: how it is drawn: "names" (bars), "classes" or "bins" (columns), or "curve".
        is_extra: whether `name` is a column of the user's.
    """

    name: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    kind: ChartKind = "classes"
    is_extra: bool = False


@dataclass(frozen=True)
class Reproduction:
    """How to get the same again.

    Attributes:
        version: of this package.
        seed: of every draw that the report makes.
        command: the command line, "" where the report was made in Python.
        date: the day on which the report was made, such as "2026-11-26".
        data: where the tables come from, by side, as far as it is known.
        model: the model's directory, "" where there is none.
    """

    version: str
    seed: int
    command: str
    date: str = ""
    data: tuple[tuple[str, str], ...] = ()
    model: str = ""


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
        difference: the heat maps' difference; None without two of them.
        rows: figures of the rows: order, visits, amounts and hours; `independent` is of rows that have lost it.
        transitions: what comes after what.
        training: how the model was trained; None where no model is known.
        charts: of single columns, of visits and of degrees.
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
    difference: DifferenceMap | None = None
    rows: tuple[Figure, ...] = ()
    transitions: tuple[Transitions, ...] = ()
    training: TrainingFacts | None = None
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
