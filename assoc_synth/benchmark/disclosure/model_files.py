"""Every text and every number in the files of a model directory, and where it is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from assoc_synth.model.directory import parse_arrays, parse_vocabulary
from assoc_synth.transactions.arrays import Floats

LEAST_WEIGHT = 1_000.0
"""Weights below are none of a table's numbers: there are a million of them, close to everything."""


@dataclass(frozen=True, eq=False)
class Held:
    """What the files of a model hold.

    Attributes:
        texts: by where they are, such as "config.json/notes".
        numbers: by where they are, (n,) each; the place in a list is not part of where, a column's name is.
    """

    texts: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Floats]


def held_in(path: Path) -> Held:
    """Read every file of a model directory.

    Raises:
        ModelFileError: a file is none of a model's.
    """
    texts, numbers = defaultdict[str, list[str]](list), defaultdict[str, list[float]](list)
    for file in sorted(one for one in path.iterdir() if one.suffix in (".json", ".md")):
        text = file.read_text("utf-8")
        if file.suffix == ".json":
            _walk(json.loads(text), file.name, texts, numbers)
        else:
            texts[file.name].append(text)
    verbs, objects = parse_vocabulary((path / "vocabulary.parquet").read_bytes())
    texts["vocabulary.parquet"] += [*map(str, verbs), *map(str, objects)]
    found = {where: np.array(own, np.float64) for where, own in numbers.items()}
    for name, array in parse_arrays((path / "reference.parquet").read_bytes()).items():
        texts["reference.parquet"].append(name)
        found[f"reference.parquet/{name}"] = array.ravel().astype(np.float64)
    for name, array in load((path / "weights.safetensors").read_bytes()).items():
        own = array.ravel().astype(np.float64)
        found[f"weights.safetensors/{name}"] = own if array.dtype.kind in "iu" else own[np.abs(own) >= LEAST_WEIGHT]
    return Held(texts, found)


def _walk(value: object, where: str, texts: dict[str, list[str]], numbers: dict[str, list[float]]) -> None:
    if isinstance(value, dict):
        name = value.get("name")
        where = f"{where}/{name}" if isinstance(name, str) else where
        for key, own in value.items():
            texts[where].append(key)
            _walk(own, f"{where}/{key}", texts, numbers)
    elif isinstance(value, list):
        for own in value:
            _walk(own, where, texts, numbers)
    elif isinstance(value, str):
        texts[where].append(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        numbers[where].append(float(value))
