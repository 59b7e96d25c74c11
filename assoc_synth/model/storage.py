"""Storage: a fitted model as the files of a model directory, and back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd

from assoc_synth import __version__
from assoc_synth.attributes import AttributeEncoder, Thresholds
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.model import directory, migration
from assoc_synth.model.card import Published, model_card
from assoc_synth.model.consistency import check_columns, check_degrees, check_history, check_sizes
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.privacy import Behind
from assoc_synth.model.settings import Settings
from assoc_synth.privacy import Promise
from assoc_synth.transactions.arrays import Values
from assoc_synth.transactions.table_format import TableFormat

BEHIND = "subjects behind: "
"""Begins the names of the arrays of how many subjects each stored value has."""


def save_model(
    path: str | os.PathLike[str],
    model: FittedModel,
    settings: Settings,
    published: Published | None = None,
    *,
    short: bool = False,
) -> None:
    """Write a model directory.

    Args:
        published: what the card of a model that is given away says of its data, licence and measures.
        short: whether large weights are rounded to 16 bits, which makes most of the directory half as large.

    Raises:
        InputError: the path is taken by something else, or cannot be written.
    """
    from assoc_synth.ctgan import checkpoint

    arrays, scalars = model.judge.to_arrays()
    config = {
        "format_version": directory.FORMAT_VERSION,
        "package_version": __version__,
        "parameters": settings.to_dict(),
        "table": model.format.to_dict(),
        "generator": checkpoint.describe(model.config, model.edge_generator, model.occurrence_generator),
        "attributes": model.encoder.to_dict(),
        "gate": scalars,
        "known_subjects": model.known_subjects,
        "num_subjects": model.num_subjects,
        "links_per_subject": model.links_per_subject,
        "history": model.history,
        "notes": list(model.notes),
        "differential_privacy": None if model.promise is None else model.promise.to_dict(),
    }
    stored = {f"gate.{name}": array for name, array in arrays.items()}
    stored |= model.degrees.to_arrays() | {"margins": model.margins}
    if model.behind is not None:
        config["thresholds"] = model.behind.thresholds.to_dict()
        stored |= {f"{BEHIND}{key}": counts for key, counts in model.behind.subjects.items()}
    files = {
        "config.json": directory.to_json(config),
        "weights.safetensors": checkpoint.to_bytes(model.edge_generator, model.occurrence_generator, short=short),
        "vocabulary.parquet": directory.vocabulary_bytes(model.verbs, model.objects),
        "reference.parquet": directory.arrays_bytes(stored),
        directory.CARD: model_card(model, published).encode(),
    }
    directory.write_files(path, files)


def load_model(path: str | os.PathLike[str], device: str = "cpu") -> tuple[FittedModel, Settings]:
    """A model and the settings it was fitted with.

    Raises:
        ModelFileError: the directory cannot be trusted or understood.
    """
    files = directory.read_files(path)
    verbs, objects = directory.parse_vocabulary(files["vocabulary.parquet"])
    state = directory.parse_json(files["config.json"], "config.json", len(verbs) + len(objects))
    arrays = directory.parse_arrays(files["reference.parquet"])
    try:
        version = int(state["format_version"])
        if version != migration.LATEST:
            state = migration.config(state)
            arrays = migration.arrays(arrays, state)
        return _model(files["weights.safetensors"], (verbs, objects), state, arrays, device), Settings.from_dict(
            state["parameters"]
        )
    except InputError as error:
        raise ModelFileError(f"config.json does not describe a model: {error}; restore it or fit again") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise ModelFileError(
            f"config.json does not describe a model ({type(error).__name__}): restore it or fit again"
        ) from None


def _model(
    weights: bytes,
    names: tuple[pd.Index, pd.Index],
    state: Mapping[str, Any],
    arrays: Mapping[str, Values],
    device: str,
) -> FittedModel:
    from assoc_synth.ctgan import checkpoint

    verbs, objects = names
    check_sizes(state, len(verbs), len(objects))
    edge_generator, occurrence_generator = checkpoint.from_bytes(state["generator"], weights, device, migration.weights)
    if (len(verbs), len(objects)) != (edge_generator.num_link_verbs, edge_generator.num_link_objects):
        raise ModelFileError("vocabulary.parquet does not fit config.json: restore both or fit again")
    encoder = AttributeEncoder.from_dict(state["attributes"])
    own = edge_generator.attributes[: len(edge_generator.attributes) - edge_generator.planned]
    if encoder.extras.subject.sizes != own:
        raise ModelFileError("config.json contradicts itself about the columns of subjects: restore it or fit again")
    check_columns(encoder, occurrence_generator.spec, len(verbs), len(objects))
    gate = {name.removeprefix("gate."): array for name, array in arrays.items() if name.startswith("gate.")}
    degrees = Degrees.from_arrays(arrays)
    check_degrees(degrees, len(verbs), len(objects))
    check_history(state["history"])
    return FittedModel(
        config=edge_generator.config,
        format=TableFormat.from_dict(state["table"]),
        verbs=verbs,
        objects=objects,
        edge_generator=edge_generator,
        occurrence_generator=occurrence_generator,
        encoder=encoder,
        degrees=degrees,
        margins=arrays["margins"],
        known_subjects=int(state["known_subjects"]),
        judge=Judge.from_arrays(gate, state["gate"], (list(verbs), list(objects))),
        num_subjects=int(state["num_subjects"]),
        links_per_subject=float(state["links_per_subject"]),
        history=state["history"],
        notes=tuple(state["notes"]),
        behind=_behind(state, arrays),
        promise=None if (promise := state.get("differential_privacy")) is None else Promise.from_dict(promise),
    )


def _behind(state: Mapping[str, Any], arrays: Mapping[str, Values]) -> Behind | None:
    """The subjects behind each stored value; None in models that do not say."""
    if "thresholds" not in state:
        return None
    own = {name.removeprefix(BEHIND): array for name, array in arrays.items() if name.startswith(BEHIND)}
    if any(array.ndim != 1 or array.dtype.kind != "i" for array in own.values()):
        raise ModelFileError("reference.parquet does not count the subjects behind a column: restore it or fit again")
    return Behind(Thresholds.from_dict(state["thresholds"]), own)
