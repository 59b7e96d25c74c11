"""AssociativeSynthesizer: a link graph of transactions, a CTGAN over its links, a gate, and only then rows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth.errors import GateRejected, InputError, NotFittedError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.gate.split import split_subjects
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios import MAX_ROWS, Made, Outcome, Plan, plan
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.attributes import Demanded
    from assoc_synth.ctgan.config import CTGANConfig
    from assoc_synth.ctgan.edges.training import Progress

Drawn = TypeVar("Drawn")
ATTEMPTS, STRIDE = 3, 7_919
"""How many draws the gate may judge, and how far apart their seeds are."""
VALIDATION = 0.10
MAX_VALIDATION = 5_000
"""Training subjects that drive early stopping."""


@dataclass(frozen=True, eq=False)
class SampleResult:
    """What `sample` emits once the gate has spoken.

    Attributes:
        rows: the synthetic transactions, with the user's column names, order and dtypes.
        table: the same, coded.
        graph: their associative link graph.
        verdict: the gate's, with every number.
        notes: what the reader should be told about these rows.
        scenario: what a scenario asked for and what was obtained, figure by figure; empty without one.
    """

    rows: pd.DataFrame
    table: TransactionTable
    graph: LinkGraph
    verdict: Verdict
    notes: tuple[str, ...]
    scenario: tuple[Outcome, ...] = ()


class AssociativeSynthesizer:
    """Synthesizes transactions that keep "those who buy X also take Y".

    Args:
        random_state: seed of the split, the training and, unless `sample` is given another, the sampling.
        max_minutes: training stops after this long with the best weights so far; None trains to the end.
        config: hyperparameters of the CTGAN.
        device: "auto" takes a CUDA GPU where there is one.
        progress: told of every training step, for a progress bar.

    Attributes:
        model_: the fitted `FittedModel`.
        notes_: what the user should be told about the data.
    """

    def __init__(
        self,
        *,
        random_state: int = 0,
        max_minutes: float | None = None,
        config: CTGANConfig | None = None,
        device: str = "auto",
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.random_state = random_state
        self.max_minutes = max_minutes
        self.config = config
        self.device = device
        self.progress = progress

    def fit(
        self,
        data: pd.DataFrame | Mapping[str, pd.DataFrame] | TransactionTable,
        *,
        metadata: Any = None,
        subject: str | None = None,
        verb: str | None = None,
        object: str | None = None,
        time: str | None = None,
        amount: str | None = None,
        basket: str | None = None,
        dependencies: Demanded | None = None,
        constraints: Sequence[Any] | None = None,
    ) -> AssociativeSynthesizer:
        """Learn a table's associations and attributes.

        Args:
            data: a table of transactions, one in a dict, or a `TransactionTable`.
            metadata: an `sdv.metadata.Metadata`: its sequence key is the subject and its sequence index the time,
                unless named.
            subject, verb, object, time, amount, basket: columns by role; obvious names are detected.
            dependencies: what columns are functions of, where what is found in the data is to be overruled: by column,
                "object", "subject", "basket", ("object", "day") or None for nothing.
            constraints: SDV's. Those that every row satisfies by construction are honoured (`FixedCombinations` of the
                object and its functions, `Inequality` of a date after the time); the others are refused, each with the
                reason, rather than ignored.

        Raises:
            InputError: the table cannot be read or has too little in it, or a constraint cannot be honoured.
        """
        roles = {"subject": subject, "verb": verb, "object": object, "time": time, "amount": amount, "basket": basket}
        table = as_table(data, metadata, roles)
        if self.max_minutes is not None and not self.max_minutes > 0:
            raise InputError(f"max_minutes must be above 0, not {self.max_minutes}")
        graph = LinkGraph.from_table(table)
        training, validation, gate = self._split(table.num_subjects)
        known = np.sort(np.concatenate([training, validation]))
        judge = Judge.learn(graph.edges.take(known), graph.edges.take(gate), np.random.default_rng(self.random_state))
        deadline = _deadline(self.max_minutes)
        self.model_ = FittedModel.fit(
            graph,
            judge,
            training=training,
            validation=validation,
            seed=self.random_state,
            config=self.config,
            device=_device(self.device),
            deadline=deadline,
            progress=self.progress,
            dependencies=dependencies,
            constraints=constraints,
        )
        self.notes_ = (*table.notes, *self.model_.notes)
        return self

    def sample(
        self,
        num_subjects: int | None = None,
        *,
        num_rows: int | None = None,
        verbs: Sequence[str] | None = None,
        strict: bool = False,
        seed: int | None = None,
        conditions: Any = None,
        rebalance: Mapping[str, Any] | None = None,
        boost: Mapping[Any, float] | None = None,
        boost_pair: Any = None,
        seed_subjects: pd.DataFrame | TransactionTable | None = None,
        keep_subjects: bool = False,
    ) -> SampleResult:
        """Generate links, let the gate judge them, and emit rows.

        A scenario (one of the last five) changes what it names and keeps the rest. The gate judges a boosted draw
        tilted back by what was named, a rebalanced one verb by verb, and for the others, whose rows have no reference,
        a draw without the change; the notes say so.

        Args:
            num_subjects: synthetic subjects; default as many as the model was fitted to.
            num_rows: rows instead, exactly that many; the last subject may be cut short.
            verbs: only these verbs; the condition is hard, no row is drawn and thrown away.
            strict: refuse rows about which the gate can claim nothing (`UNDERPOWERED`) too.
            seed: default `random_state`. The same seed gives the same rows.
            conditions: dicts of columns (or roles) and values with `num_rows` or `share`, or SDV's conditions: exactly
                so many rows with a verb, an object, values of extra columns, (from, to) of times, amounts, numbers.
                Each comes from a subject of its own as far as can be, without its other rows. With `num_rows`, the rest
                satisfies no condition.
            rebalance: `{"verb": {name: share}}` or `{"verb": "uniform"}`: exact shares of the rows.
            boost: `{(verb, object): factor}` on the share of subjects with a link.
            boost_pair: (X, Y, factor) on the lift of two links, each a (verb, object); or a list of such.
            seed_subjects: histories, by the columns of the fitted table: the rows are their next links.
            keep_subjects: name those rows by the given subjects, with a warning, instead of new names in their order.

        Raises:
            NotFittedError: before `fit`.
            InputError: a count that is not positive, a name that the table does not have, or an impossible scenario.
            GateRejected: the gate refused three attempts; nothing is emitted.
        """
        model = self._fitted()
        seed = self.random_state if seed is None else seed
        wanted, codes = _wanted(model, num_subjects, num_rows), model.verb_codes(verbs)
        scenario = plan(
            model,
            subjects=wanted,
            num_subjects=num_subjects,
            num_rows=num_rows,
            verbs=verbs,
            conditions=conditions,
            rebalance=rebalance,
            boost=boost,
            boost_pair=boost_pair,
            seed_subjects=seed_subjects,
            keep_subjects=keep_subjects,
        )
        if scenario is not None:
            return self._scenario(model, scenario, seed, strict)
        while True:
            edges, verdict = self._accepted(model, wanted, codes, seed, strict)
            table = model.emit(edges, seed=seed)
            if num_rows is None or len(table) >= num_rows:
                break
            wanted = math.ceil(1.1 * wanted * num_rows / max(len(table), 1)) + 1
        if num_rows is not None:
            table = table.take_rows(np.arange(num_rows))
        return SampleResult(table.to_frame(typed=True), table, LinkGraph.from_table(table), verdict, model.notes)

    def sample_from_conditions(self, conditions: Any, *, seed: int | None = None) -> SampleResult:
        """Rows that satisfy conditions, by SDV's name; as `sample(conditions=...)`."""
        return self.sample(conditions=conditions, seed=seed)

    def _scenario(self, model: FittedModel, scenario: Plan, seed: int, strict: bool) -> SampleResult:
        """A scenario's rows, once the gate has let its draws pass, or a plain draw where they have no reference."""
        if scenario.is_judged:

            def draw(attempt: int) -> tuple[Made, Edges]:
                made = scenario.make(model, seed + STRIDE * attempt)
                assert made.judged is not None
                return made, made.judged

            made, verdict = self._judged(model, draw, scenario.verbs, seed, strict)
        else:
            _, verdict = self._accepted(model, 1, scenario.verbs, seed, strict)
            made = scenario.make(model, seed)
        notes, graph = (*model.notes, *scenario.told(made, verdict.attempts)), LinkGraph.from_table(made.table)
        return SampleResult(made.table.to_frame(typed=True), made.table, graph, verdict, notes, made.outcomes)

    def _accepted(
        self, model: FittedModel, wanted: int, codes: list[int] | None, seed: int, strict: bool
    ) -> tuple[Edges, Verdict]:
        """Edges of `wanted` subjects out of a draw that the gate lets pass: plain first, then raked.

        Of a plain draw the gate's share is judged before the others are drawn.
        """
        judged = max(model.judge.num_reference(codes), 1)
        subjects = max(wanted, judged)

        def given(attempt: int) -> dict[str, Any]:
            return {"seed": seed + STRIDE * attempt, "candidates": 1.0 + attempt, "verbs": codes}

        def draw(attempt: int) -> tuple[Edges, Edges]:
            steered = attempt > 0 and codes is None
            drawn = model.generate(subjects, **given(attempt), first=None if steered else judged)
            return drawn, drawn

        drawn, verdict = self._judged(model, draw, codes, seed, strict)
        if drawn.num_subjects < subjects:
            drawn = model.generate(subjects, **given(verdict.attempts - 1))
        return drawn.take(np.arange(wanted)), verdict

    def _judged(
        self,
        model: FittedModel,
        draw: Callable[[int], tuple[Drawn, Edges]],
        codes: list[int] | None,
        seed: int,
        strict: bool,
    ) -> tuple[Drawn, Verdict]:
        """The first of a few attempts that the gate lets pass.

        Args:
            draw: by the attempt's number, what is made, and the edges of it that are judged.
        """
        for attempt in range(ATTEMPTS):
            drawn, edges = draw(attempt)
            verdict = model.judge.judge(edges, np.random.default_rng(seed), verbs=codes)
            verdict = replace(verdict, attempts=attempt + 1, seed=seed)
            if verdict.status is not Status.FAIL:
                break
        else:
            raise GateRejected(f"the gate refused {ATTEMPTS} attempts, nothing is emitted. {verdict.sentence}", verdict)
        if strict and verdict.status is Status.UNDERPOWERED:
            raise GateRejected(f"strict: nothing is emitted. {verdict.sentence}", verdict)
        return drawn, verdict

    def save(self, path: str) -> None:
        """Write a model directory: no pickle, no subject, no row.

        Raises:
            NotFittedError: before `fit`.
            InputError: the path is taken by something else, or cannot be written.
        """
        self._fitted().save(path, self.get_parameters())

    @classmethod
    def load(cls, path: str, *, device: str = "auto") -> AssociativeSynthesizer:
        """A fitted synthesizer from a model directory.

        Raises:
            ModelFileError: the directory is not one, was tampered with, or is of another version.
        """
        model, parameters = FittedModel.load(path, _device(device))
        synthesizer = cls(random_state=int(parameters.get("random_state", 0)), device=device, config=model.config)
        synthesizer.model_ = model
        synthesizer.notes_ = model.notes
        return synthesizer

    def get_parameters(self) -> dict[str, Any]:
        """The constructor's arguments as JSON values."""
        config = self.config.to_dict() if self.config is not None else None
        return {"random_state": self.random_state, "max_minutes": self.max_minutes, "config": config}

    def get_loss_values(self) -> pd.DataFrame:
        """Losses per pass and stage: columns stage, epoch, and one per loss; `validation` is what stops training."""
        history = self._fitted().history
        parts = [pd.DataFrame(history[stage]["epochs"]).assign(stage=stage) for stage in history]
        for part in parts:
            part.insert(0, "epoch", np.arange(1, len(part) + 1))
        return pd.concat(parts, ignore_index=True)

    def _fitted(self) -> FittedModel:
        model: FittedModel | None = getattr(self, "model_", None)
        if model is None:
            raise NotFittedError("fit the synthesizer first, or load a model")
        return model

    def _split(self, num_subjects: int) -> tuple[npt.NDArray[np.int64], ...]:
        """Subjects that train, that stop training, and that only judge. Fewer than four cannot be split three ways."""
        rng = np.random.default_rng(self.random_state)
        known, gate = split_subjects(num_subjects, rng)
        size = min(int(np.ceil(VALIDATION * len(known))), MAX_VALIDATION)
        order = rng.permutation(known)
        training, validation = np.sort(order[size:]), np.sort(order[:size])
        return (training, validation, gate) if len(training) else (known, known, gate)


def as_table(data: Any, metadata: Any, roles: dict[str, str | None]) -> TransactionTable:
    """Whatever `fit` accepts, as a `TransactionTable`.

    Raises:
        InputError: it is none of the accepted kinds, or a dict of several tables.
    """
    if isinstance(data, TransactionTable):
        return data
    if isinstance(data, Mapping):
        if len(data) != 1:
            raise InputError(f"one table of transactions is needed, the dict has {len(data)}: pass data[name]")
        data = next(iter(data.values()))
    if metadata is not None:
        described = next(iter(metadata.tables.values())) if hasattr(metadata, "tables") else metadata
        named = {
            "subject": getattr(described, "sequence_key", None),
            "time": getattr(described, "sequence_index", None),
        }
        roles = {role: column or named.get(role) for role, column in roles.items()}
    return TransactionTable.from_frame(data, **roles)


def _wanted(model: FittedModel, num_subjects: int | None, num_rows: int | None) -> int:
    if num_subjects is not None and num_rows is not None:
        raise InputError("give num_subjects or num_rows, not both")
    for name, value in (("num_subjects", num_subjects), ("num_rows", num_rows)):
        if value is not None and (not isinstance(value, int | np.integer) or value < 1):
            raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
    wanted = int(num_subjects) if num_subjects is not None else model.num_subjects
    if num_rows is not None:
        wanted = max(math.ceil(1.05 * num_rows / model.links_per_subject), 1)
    if wanted * model.links_per_subject > MAX_ROWS:
        asked = f"about {wanted * model.links_per_subject:,.0f} rows"
        raise InputError(f"a sample holds at most {MAX_ROWS:,} rows, these would be {asked}: ask for fewer")
    return wanted


def _deadline(max_minutes: float | None) -> float:
    return math.inf if max_minutes is None else time.monotonic() + 60 * max_minutes


def _device(name: str) -> str:
    import torch

    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"
