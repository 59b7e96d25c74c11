"""FittedModel: what `fit` leaves behind. Generators, histograms, codes, the gate's reference; no subject, no row."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth import __version__
from assoc_synth.attributes import AttributeEncoder, Demanded, check_constraints
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model import directory, migration
from assoc_synth.model.card import model_card
from assoc_synth.transactions.table import TransactionTable
from assoc_synth.transactions.table_format import TableFormat

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.generator import EdgeGenerator
    from assoc_synth.ctgan.edges.training import Progress
    from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
    from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler

Index = npt.NDArray[np.int64]
PILOT, FEWEST_PILOT, MOST_PILOT, PILOT_SUBJECTS = 10, 5_000, 200_000, 100_000
"""Times the table's own edges, between two bounds, and subjects at most, that are drawn to calibrate occurrences on."""
CALIBRATION = 0.5
"""Share of the time then left that calibration may take."""
STAGE_ONE = 0.65
"""Share of the time left that training the edges may take where each occurs once; calibration and the occurrences have
the rest. The more often edges occur, the more of the work is in their occurrences: it is divided by the cube root of
the links per edge.
"""
STAGE_TWO, ALONE = 0.5, 0.7
"""Share of the time then left that training the occurrences may take, with visits to fill or without."""
ASSIGNMENT = 0.6
"""Share of the time then left that training the assignment of visits may take; calibrating what is drawn has the
rest."""


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A trained generator of transactions with the reference that judges it.

    Attributes:
        format: how rows are given back.
        verbs, objects: names by code.
        margins: (V, O) training subjects linked to each object by each verb, and `known_subjects`, of how many.
        num_subjects, links_per_subject: of the table that the model was fitted to.
        history: what training did, by stage.
    """

    config: CTGANConfig
    format: TableFormat
    verbs: pd.Index
    objects: pd.Index
    edge_generator: EdgeGenerator
    occurrence_generator: OccurrenceGenerator
    encoder: AttributeEncoder
    degrees: Degrees
    margins: npt.NDArray[np.float64]
    known_subjects: int
    judge: Judge
    num_subjects: int
    links_per_subject: float
    history: dict[str, Any]
    notes: tuple[str, ...]

    @classmethod
    def fit(
        cls,
        graph: LinkGraph,
        judge: Judge,
        *,
        training: Index,
        validation: Index,
        seed: int,
        config: CTGANConfig | None,
        device: str,
        deadline: float,
        progress: Callable[[Progress], None] | None,
        dependencies: Demanded | None = None,
        constraints: Sequence[Any] | None = None,
    ) -> FittedModel:
        """Train both stages on the training subjects; `validation` subjects stop them; no other subject is looked
        at.
        """
        from assoc_synth.ctgan.assignment.training import train_assignment
        from assoc_synth.ctgan.edges.calibration import calibrate_edges
        from assoc_synth.ctgan.edges.sampling import sample_edges
        from assoc_synth.ctgan.edges.training import EdgeTrainer
        from assoc_synth.ctgan.occurrences.calibration import calibrate_occurrences
        from assoc_synth.ctgan.occurrences.training import OccurrenceTrainer

        config = (config or CTGANConfig()).for_objects(len(graph.table.objects))
        known = np.union1d(training, validation)
        seen = LinkGraph.from_table(graph.table.take_subjects(known))
        train_codes, validation_codes = np.searchsorted(known, training), np.searchsorted(known, validation)
        rng = np.random.default_rng(seed)
        encoder = AttributeEncoder.learn(seen, rng, whole=graph.table.extras, dependencies=dependencies)
        kept = check_constraints(constraints, seen.table, encoder.extras)
        edges = EdgeTrainer(
            config,
            seen.edges.take(train_codes),
            seen.edges.take(validation_codes),
            seed=seed,
            device=device,
            deadline=_share_of_time(deadline, STAGE_ONE * (len(seen.edges) / max(len(seen.table), 1)) ** (1 / 3)),
            callback=progress,
        )
        generator, edge_history = edges.fit()
        degrees = Degrees.learn(seen.edges)
        calibration_errors = calibrate_edges(
            generator, seen.edges, degrees, seed=seed, deadline=_share_of_time(deadline, CALIBRATION)
        )
        edge_history.calibration_errors = [asdict(calibration_error) for calibration_error in calibration_errors]
        coded = encoder.encode(seen, rng)
        occurrences = OccurrenceTrainer(
            config,
            coded,
            generator,
            training=train_codes,
            validation=validation_codes,
            seed=seed,
            deadline=_share_of_time(deadline, STAGE_TWO if coded.step else ALONE),
            callback=progress,
        )
        occurrence_generator, occurrence_history = occurrences.fit()
        assignment_history = train_assignment(
            occurrence_generator.assignment,
            coded,
            validation=validation_codes,
            seed=seed,
            deadline=_share_of_time(deadline, ASSIGNMENT),
            callback=progress,
        )
        sampler = _occurrence_sampler(occurrence_generator, generator, encoder, seed)
        enough = min(max(PILOT * len(seen.edges), FEWEST_PILOT), MOST_PILOT)
        subjects = math.ceil(enough * seen.edges.num_subjects / max(len(seen.edges), 1))
        pilot = sample_edges(generator, degrees.draw(min(subjects, PILOT_SUBJECTS), rng), seed=seed)
        occurrence_history.calibrated = calibrate_occurrences(
            occurrence_generator, sampler, coded, pilot, deadline=deadline
        )
        table = graph.table
        tokens = seen.edges.num_verbs * seen.edges.num_objects
        return cls(
            config=config,
            format=table.format.with_categories(table.extras, encoder.extras.kept_values),
            verbs=table.verbs,
            objects=table.objects,
            edge_generator=generator,
            occurrence_generator=occurrence_generator,
            encoder=encoder,
            degrees=degrees,
            margins=np.bincount(seen.edges.token, minlength=tokens)
            .reshape(seen.edges.num_verbs, -1)
            .astype(np.float64),
            known_subjects=seen.edges.num_subjects,
            judge=judge,
            num_subjects=table.num_subjects,
            links_per_subject=len(table) / max(table.num_subjects, 1),
            history={
                "edges": asdict(edge_history),
                "occurrences": asdict(occurrence_history),
                "visits": asdict(assignment_history),
            },
            notes=(*encoder.extras.notes, *kept),
        )

    def verb_codes(self, verbs: Sequence[str] | None) -> list[int] | None:
        """Codes of verbs by name.

        Raises:
            InputError: the model has no such verb.
        """
        if verbs is None or not len(verbs):
            return None
        known = {str(name): code for code, name in enumerate(self.verbs)}
        for verb in verbs:
            if str(verb) not in known:
                raise InputError(f"no verb {str(verb)[:40]!r}; the model has: {', '.join(list(known)[:12])}")
        return sorted({known[str(verb)] for verb in verbs})

    def generate(
        self,
        subjects: int,
        *,
        seed: int,
        candidates: float = 1.0,
        verbs: list[int] | None = None,
        first: int | None = None,
        told: Callable[[int], None] | None = None,
    ) -> Edges:
        """Edges of new subjects.

        Args:
            first: stop after so many of the subjects, who are the same ones; only where nothing is steered.
            candidates: how many times as many subjects are drawn; above 1, those are kept that together have the
                training margins and degrees (maximum-entropy weights, systematic resampling). The gate's subjects play
                no part.
            verbs: only these verbs; then nothing is steered.
            told: called with the number of links drawn since the last call.
        """
        from assoc_synth.ctgan.edges.sampling import sample_edges

        rng = np.random.default_rng([seed, 1])
        if verbs is not None:
            asked, totals = (part[:first] for part in self.degrees.draw_of(verbs, subjects, rng))
            return sample_edges(self.edge_generator, asked, totals=totals, seed=seed, callback=told)
        composition = self.degrees.draw(math.ceil(subjects * candidates), rng)
        if candidates <= 1:
            return sample_edges(self.edge_generator, composition[:first], seed=seed, callback=told)
        edges = sample_edges(self.edge_generator, composition, seed=seed, callback=told)
        from assoc_synth.model.raking import rake, systematic_resample

        histogram = np.zeros(int(self.degrees.total[-1, 0]) + 1)
        histogram[self.degrees.total[:, 0]] = self.degrees.total[:, 1]
        weights = rake(
            edges,
            self.margins.ravel() / self.known_subjects,
            histogram / histogram.sum(),
            target_size=self.known_subjects,
        )
        return edges.take(systematic_resample(weights, subjects, rng))

    def emit(self, edges: Edges, *, seed: int) -> TransactionTable:
        """Rows of the given edges: their occurrences and attributes, by subject and then by time."""
        encoder = self.encoder
        sampler = _occurrence_sampler(self.occurrence_generator, self.edge_generator, encoder, seed)
        drawn = sampler.draw(edges)
        columns = encoder.decode(drawn, edges, np.random.default_rng([seed, 2]))
        subject = edges.subject[drawn.link_edge]
        keys: list[npt.NDArray[Any]] = [subject] if columns.time is None else [columns.time, subject]
        order = np.lexsort(keys)
        at = drawn.link_edge[order]
        basket = columns.basket[order] if columns.basket is not None else None
        return TransactionTable(
            schema=self.format.schema,
            format=self.format,
            subjects=self.format.new_subject_names(edges.num_subjects),
            verbs=self.verbs,
            objects=self.objects,
            subject=edges.subject[at],
            verb=edges.verb[at],
            object=edges.object[at],
            time=self._or_missing("time", columns.time, len(order), order),
            amount=columns.amount[order] if columns.amount is not None else None,
            basket=basket,
            baskets=self.format.new_basket_names(len(drawn.visits)) if basket is not None else None,
            extras=self._extras(columns.extras, order),
        )

    def save(self, path: str, parameters: dict[str, Any]) -> None:
        """Write a model directory.

        Raises:
            InputError: the path is taken by something else, or cannot be written.
        """
        from assoc_synth.ctgan import checkpoint

        arrays, scalars = self.judge.to_arrays()
        config = {
            "format_version": directory.FORMAT_VERSION,
            "package_version": __version__,
            "parameters": parameters,
            "table": self.format.to_dict(),
            "generator": checkpoint.describe(self.config, self.edge_generator, self.occurrence_generator),
            "attributes": self.encoder.to_dict(),
            "gate": scalars,
            "known_subjects": self.known_subjects,
            "num_subjects": self.num_subjects,
            "links_per_subject": self.links_per_subject,
            "history": self.history,
            "notes": list(self.notes),
        }
        stored = {f"gate.{name}": array for name, array in arrays.items()}
        stored |= self.degrees.to_arrays() | {"margins": self.margins}
        directory.write_files(
            path,
            {
                "config.json": directory.to_json(config),
                "weights.safetensors": checkpoint.to_bytes(self.edge_generator, self.occurrence_generator),
                "vocabulary.parquet": directory.vocabulary_bytes(self.verbs, self.objects),
                "reference.parquet": directory.arrays_bytes(stored),
                "README.md": model_card(self).encode(),
            },
        )

    @classmethod
    def load(cls, path: str, device: str = "cpu") -> tuple[FittedModel, dict[str, Any]]:
        """A model and the parameters it was saved with.

        Raises:
            ModelFileError: the directory cannot be trusted or understood.
        """
        from assoc_synth.ctgan import checkpoint

        files = directory.read_files(path)
        state = directory.parse_json(files["config.json"], "config.json")
        verbs, objects = directory.parse_vocabulary(files["vocabulary.parquet"])
        arrays = directory.parse_arrays(files["reference.parquet"])
        old = state.get("format_version") == migration.OLDEST
        try:
            if old:
                state, arrays = migration.config(state), migration.arrays(arrays)
            gate = {name.removeprefix("gate."): array for name, array in arrays.items() if name.startswith("gate.")}
            edge_generator, occurrence_generator = checkpoint.from_bytes(
                state["generator"], files["weights.safetensors"], device, migration.weight_name if old else None
            )
            if (len(verbs), len(objects)) != (edge_generator.num_verbs, edge_generator.num_objects):
                raise ModelFileError("vocabulary.parquet does not fit config.json: restore both or fit again")
            model = cls(
                config=edge_generator.config,
                format=TableFormat.from_dict(state["table"]),
                verbs=verbs,
                objects=objects,
                edge_generator=edge_generator,
                occurrence_generator=occurrence_generator,
                encoder=AttributeEncoder.from_dict(state["attributes"]),
                degrees=Degrees.from_arrays(arrays),
                margins=arrays["margins"],
                known_subjects=int(state["known_subjects"]),
                judge=Judge.from_arrays(gate, state["gate"]),
                num_subjects=int(state["num_subjects"]),
                links_per_subject=float(state["links_per_subject"]),
                history=state["history"],
                notes=tuple(state["notes"]),
            )
            parameters = dict(state["parameters"])
            return model, parameters | {"random_state": int(parameters["random_state"])}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(
                f"config.json does not describe a model ({type(error).__name__}): restore it or fit again"
            ) from None

    def _or_missing(self, role: str, values: Any, rows: int, order: Index) -> Any:
        """Values in row order; a column that held nothing in training stays a column of missing values."""
        if values is not None:
            return values[order]
        has_column = getattr(self.format.schema, role) is not None
        return np.full(rows, np.datetime64("NaT"), "datetime64[ns]") if has_column else None

    def _extras(self, columns: dict[str, Any], order: Index) -> pd.DataFrame:
        made = {}
        for name in self.format.schema.extras:
            given = self.format.extras[name]
            if name in self.encoder.extras.dates:
                made[name] = self.encoder.extras.dates[name].format.give(columns[name][order])
            elif name in columns:
                made[name] = given.give(pd.Series(columns[name], dtype=object).to_numpy()[order])
            else:
                made[name] = given.nothing(len(order))
        return pd.DataFrame(made, index=pd.RangeIndex(len(order)))


def _occurrence_sampler(
    generator: OccurrenceGenerator, edge_generator: EdgeGenerator, encoder: AttributeEncoder, seed: int
) -> OccurrenceSampler:
    from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler

    return OccurrenceSampler(
        generator,
        edge_generator,
        seed=seed,
        count_of=encoder.count.decode,
        visits_of=(encoder.num_visits or encoder.count).decode,
        size_of=(encoder.size or encoder.count).decode,
        times=encoder.calendar,
        repeats=encoder.repeats,
        in_visit=encoder.in_visit,
    )


def _share_of_time(deadline: float, share: float) -> float:
    return deadline if math.isinf(deadline) else time.monotonic() + share * (deadline - time.monotonic())
