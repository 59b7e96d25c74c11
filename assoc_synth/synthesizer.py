"""AssociativeSynthesizer: transactions → link graph → CTGAN → gate → rows."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Self, Unpack, cast

import numpy as np
import pandas as pd

from assoc_synth.attributes import MIN_SUBJECTS, Thresholds, overruled
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import GateRejected, InputError, NotFittedError, UndertrainedWarning
from assoc_synth.gate.asked import check_scopes
from assoc_synth.model.arguments import (
    PRIVATE,
    FitKeywords,
    PrivateArguments,
    as_table,
    check_init,
    check_keywords,
    check_progress,
    check_trained,
    check_verbs,
    resolve_device,
)
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.budget import Budget
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.preparation import Preparation, Wishes
from assoc_synth.model.privacy import PrivacyListing
from assoc_synth.model.settings import Settings
from assoc_synth.model.storage import load_model, save_model
from assoc_synth.model.streaming import plain_rows
from assoc_synth.privacy import Wanted
from assoc_synth.randomness import check_seed
from assoc_synth.scenarios import Plan, SampleResult, ScenarioArguments, Size, carry_out, notes_on, plan
from assoc_synth.scenarios.conditions import AskedCondition
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import KEYWORDS, Roles
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.attributes import Demanded, Overrides
    from assoc_synth.ctgan.trainer import Progress
    from assoc_synth.scale import WritingOptions, Written

__all__ = ["AssociativeSynthesizer", "SampleResult"]


class AssociativeSynthesizer:
    """Synthesizes transactions that keep "those who buy X also take Y".

    It follows scikit-learn's conventions: the constructor does no work and checks nothing, `fit` returns `self`,
    what it learns ends in `_`, and `get_params`, `set_params` and `sklearn.base.clone` work.

    Args:
        random_state: seed of the split, the training and, unless `sample` is given another, the sampling: a whole
            number from 0 on.
        max_minutes: a limit for the whole fit, the gate's reference included. Where it is not enough for all steps, its
            time is shared out among the stages, and `notes_` say what was cut short. None, the default, makes all
            steps: the same model on every machine of a kind.
        config: hyperparameters of the CTGAN; None for the defaults.
        device: "auto" takes a CUDA GPU where there is one; else "cpu", "cuda", "cuda:1" or "mps".
        progress: called after every training step, for a progress bar.
        min_subjects: training subjects that a value of a column must have before the model may store it; 1 stores all.
        min_subjects_objects: training subjects that an object must be linked by; rows of others are left out.
        text: "words" writes free text anew from words that enough subjects use; None leaves it empty.
        private: `epsilon`, `delta`, `public_names`. With ε, a model has differential privacy by subject: it is fitted
            to a stand-in that is made of noisy counts, see `assoc_synth.privacy`. Extra columns and baskets are left
            out, and the gate, which keeps no real count then, judges nothing: `validate` does, outside the promise. The
            noise cannot be seeded. δ is 10⁻⁶ by default, and should be below 1 over the number of subjects. Names of
            few subjects are left out, unless all names are public.

    Attributes:
        model_: the fitted `FittedModel`.
        notes_: what the user should know of the data.
        plan_: what each column is and what was done with it, see `plan_columns`.
    """

    def __init__(
        self,
        *,
        random_state: int = 0,
        max_minutes: float | None = None,
        config: CTGANConfig | None = None,
        device: str = "auto",
        progress: Callable[[Progress], None] | None = None,
        min_subjects: int = MIN_SUBJECTS,
        min_subjects_objects: int | None = None,
        text: str | None = None,
        **private: Unpack[PrivateArguments],
    ) -> None:
        self.random_state = random_state
        self.max_minutes = max_minutes
        self.config = config
        self.device = device
        self.progress = progress
        self.min_subjects = min_subjects
        self.min_subjects_objects = min_subjects_objects
        self.text = text
        check_keywords(private, PRIVATE, type(self).__name__)
        self.epsilon = private.get("epsilon")
        self.delta = private.get("delta")
        self.public_names = private.get("public_names", False)

    def fit(
        self,
        data: AnyFrame | Mapping[str, AnyFrame] | TransactionTable,
        *,
        metadata: object = None,
        columns: Overrides | None = None,
        dependencies: Demanded | None = None,
        constraints: Sequence[object] | None = None,
        init: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool = False,
        **roles: Unpack[FitKeywords],
    ) -> Self:
        """Learn a table's associations and attributes; warn where `max_minutes` was too short, see `sample`.

        Args:
            data: a table of transactions of pandas, polars, Arrow or DuckDB, one in a dict, or a `TransactionTable`.
            metadata: an `sdv.metadata.Metadata`: its sequence key is the subject and its index the time, unless named.
            columns: by extra column what it is instead of what `plan_columns` finds: "category", "number", "date",
                "identifier", "text", or "drop" for nothing.
            dependencies: what columns are functions of, where what is found in the data is to be overruled: by column,
                "object", "subject", "basket", ("object", "day") or None for nothing.
            constraints: SDV's. Those that every row satisfies by construction are honoured (`FixedCombinations` of the
                object and its functions, `Inequality` of a date after the time); any other raises InputError.
            init: path or name of a stored model that training starts from where names are in both: for small tables.
            checkpoint: a folder that keeps what is trained until `save`, without any row; None keeps nothing.
            resume: go on from the checkpoint: the same model, with one thread, as without an interruption.
            roles: subject, verb, object, time, amount, basket: columns by role; obvious names are detected, "" is none.
                `cluster` names the column of what subjects no split may part, such as a trip's household.
                `engine="ray"`, or "ray://HOST:PORT", trains on the workers of a cluster, see `docs/scale.md`.

        Raises:
            InputError, ModelFileError: an argument, the table or the stored model is wrong.
            TypeError: an unknown keyword.
        """
        from assoc_synth.scale import crew_of

        check_keywords(roles, (*KEYWORDS, "engine"), "fit")
        engine, named = roles.pop("engine", None), cast(Roles, {**roles, "columns": columns})
        settings, device = self._settings(), resolve_device(self.device)
        budget = Budget.of_minutes(settings.max_minutes)
        wishes = Wishes(columns, dependencies, constraints, check_init(init), checkpoint, resume)
        start = None if wishes.init is None else load_model(os.fspath(wishes.init))[0]
        table = overruled(as_table(data, metadata, named), columns)
        with crew_of(engine) as crew:
            preparation = Preparation(settings, wishes, device, budget, self.progress, start, crew)
            model, self.checkpoint_, notes = preparation.learn(table)
        self._keep(model, notes)
        return self

    def sample(
        self,
        num_subjects: int | None = None,
        *,
        num_rows: int | None = None,
        verbs: Sequence[str] | str | None = None,
        strict: bool = False,
        seed: int | None = None,
        allow_undertrained: bool = False,
        gate: Sequence[str] | str | None = None,
        **scenario: Unpack[ScenarioArguments],
    ) -> SampleResult:
        """Generate rows, let the gate judge them, and emit them.

        Args:
            num_subjects: synthetic subjects; default as many as the model was fitted to.
            num_rows: rows instead, exactly that many; the last subject may be cut short.
            verbs: only these verbs, or this one; the condition is hard, no row is drawn and thrown away.
            strict: refuse rows about which the gate can claim nothing (`UNDERPOWERED`, `NOT_JUDGED`) too.
            seed: default `random_state`. The same seed gives the same rows.
            allow_undertrained: sample even where the time of the fit left a stage hardly better than its
                initialisation.
            gate: the scopes to judge, of "links", "visits", "order" and "rows"; None for all that the table has.
            scenario: conditions, rebalance, boost or boost_pair or both, seed_subjects with keep_subjects: one of them
                changes what it names and keeps the rest, see `ScenarioArguments`. The gate judges a boosted draw
                reweighted back by what is named and a rebalanced one verb by verb; the rows of the others have no
                reference and are `NOT_JUDGED`.

        Raises:
            NotFittedError: before `fit`.
            InputError: an argument is wrong, a name is not in the table, the scenario is impossible, or the model is
                undertrained.
            GateRejected: the gate refuses three attempts; nothing is emitted. `result` has what was refused.
            TypeError: an unknown keyword.
        """
        check_keywords(scenario, ScenarioArguments.__annotations__, "sample")
        model = self._fitted()
        seed = check_seed(self.random_state, "random_state") if seed is None else check_seed(seed)
        size, named = Size.of(model, num_subjects, num_rows), check_verbs(verbs)
        codes = model.verb_codes(named)
        planned, attempts = plan(model, size, named, scenario), Attempts(model, seed, strict, check_scopes(gate))
        if not allow_undertrained:
            check_trained(model)
        try:
            if planned is None:
                return SampleResult.of(*plain_rows(attempts, size.subjects, codes, size.num_rows), model.notes)
            return _carried_out(planned, attempts)
        except GateRejected as refusal:
            refusal.result = refusal.table and SampleResult.of(refusal.table, refusal.verdict, model.notes)
            raise

    def sample_to(
        self, path: str | os.PathLike[str], num_subjects: int | None = None, **options: Unpack[WritingOptions]
    ) -> Written:
        """Write any number of rows, chunk by chunk: a file by its suffix, or, where `path` ends in /, a Parquet folder.

        Small samples are the rows of `sample`. Raises as `sample`, InputError too where the disk is too small.

        Args:
            path: it gets its name once the gate has let all rows pass.
            options: num_rows, verbs, strict, seed, allow_undertrained and gate as in `sample`; see `WritingOptions`.
        """
        from assoc_synth.scale import write_sample

        return write_sample(self._fitted(), path, num_subjects, {"seed": self.random_state, **options})

    def sample_from_conditions(
        self,
        conditions: AskedCondition | Sequence[AskedCondition],
        *,
        seed: int | None = None,
        allow_undertrained: bool = False,
    ) -> SampleResult:
        """Rows that satisfy conditions, by SDV's name; as `sample(conditions=...)`."""
        return self.sample(conditions=conditions, seed=seed, allow_undertrained=allow_undertrained)

    def privacy(self) -> PrivacyListing:
        """Every real value that the model stores, column by column, with the number of training subjects behind it.

        Raises:
            NotFittedError: before `fit`.
        """
        return self._fitted().privacy()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a model directory: no pickle, no subject, no row.

        Raises:
            NotFittedError: before `fit`.
            InputError: the path is taken by something else, or cannot be written.
        """
        save_model(path, self._fitted(), self._settings())
        kept = getattr(self, "checkpoint_", None)
        if kept is not None:
            kept.discard()

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, device: str = "auto") -> Self:
        """A fitted synthesizer from a model directory, with the settings it was fitted with.

        Args:
            path: the directory, or, where there is nothing at this path, the name of a model that comes with the
                package: "toy-shop".
            device: as in the constructor.

        Raises:
            ModelFileError: the directory is not one, was tampered with, or is of another version.
            InputError: there is no such device.
        """
        model, kept = load_model(path, resolve_device(device))
        synthesizer = cls(device=device, **(kept.to_dict() | {"config": kept.config}))
        synthesizer.model_ = model
        synthesizer.plan_ = model.encoder.extras.plan
        synthesizer.notes_ = model.notes
        return synthesizer

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments by name, as scikit-learn asks for them; `deep` makes no difference."""
        return {name: getattr(self, name) for name in _arguments(type(self))}

    def set_params(self, **params: object) -> Self:
        """Change constructor arguments; a fitted model stays as it is until the next `fit`.

        Raises:
            InputError: there is no such argument.
        """
        known = _arguments(type(self))
        for name, value in params.items():
            if name not in known:
                raise InputError(f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}")
            setattr(self, name, value)
        return self

    def get_parameters(self) -> dict[str, Any]:
        """The constructor's arguments that a model directory keeps, as JSON values, by SDV's name."""
        return self._settings().to_dict()

    def get_loss_values(self) -> pd.DataFrame:
        """Losses per epoch and stage: columns epoch, stage, and one per loss; `validation` is what stops training."""
        history = self._fitted().history
        parts = [pd.DataFrame(history[stage]["epochs"]).assign(stage=stage) for stage in history]
        for part in parts:
            part.insert(0, "epoch", np.arange(1, len(part) + 1))
        return pd.concat(parts, ignore_index=True)

    def __repr__(self) -> str:
        defaults = _arguments(type(self))
        changed = {name: value for name, value in self.get_params().items() if value != defaults[name]}
        shown = ", ".join(f"{name}={_short(value)}" for name, value in changed.items())
        return f"{type(self).__name__}({shown})"

    def _repr_html_(self) -> str:
        model = getattr(self, "model_", None)
        state = "not fitted yet" if model is None else repr(model)
        notes = "".join(f"<li>{escape(str(note))}</li>" for note in getattr(self, "notes_", ()))
        listed = f"<ul>{notes}</ul>" if notes else ""
        return f"<div><p><b>{escape(repr(self))}</b></p><p>{escape(state)}</p>{listed}</div>"

    def _settings(self) -> Settings:
        """The settings, or InputError about the first wrong one."""
        check_progress(self.progress)
        limits = Thresholds.of(self.min_subjects, self.min_subjects_objects, self.text)
        private = Wanted.of(self.epsilon, self.delta, self.public_names)
        return Settings.of(self.random_state, self.max_minutes, self.config, limits, private)

    def _keep(self, model: FittedModel, notes: Sequence[str]) -> None:
        """What a fit leaves, and the warning where it was too short."""
        self.model_, self.plan_, self.notes_ = model, model.encoder.extras.plan, (*notes, *model.notes)
        if model.shortfall.is_undertrained:
            warnings.warn(model.shortfall.warning, UndertrainedWarning, stacklevel=3)

    def _fitted(self) -> FittedModel:
        model: FittedModel | None = getattr(self, "model_", None)
        if model is None:
            raise NotFittedError("fit the synthesizer first, or load a model")
        return model


def _carried_out(planned: Plan, attempts: Attempts) -> SampleResult:
    made, verdict = carry_out(planned, attempts)
    notes = (*attempts.model.notes, *notes_on(planned, made, verdict.attempts))
    return SampleResult.of(made.table, verdict, notes, made.outcomes)


def _arguments(of: type[AssociativeSynthesizer]) -> Mapping[str, object]:
    """The constructor's arguments by name, with their defaults."""
    named = inspect.signature(of).parameters.items()
    return {name: own.default for name, own in named if own.kind is not own.VAR_KEYWORD} | PRIVATE


def _short(value: object) -> str:
    text = getattr(value, "__qualname__", None) or repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
