"""Croissant metadata: JSON-LD that says what files of an export hold and how their rows were made.

Source: MLCommons, Croissant Format Specification 1.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.exports.about import UNKNOWN, About, flattened
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import KINDS
from assoc_synth.transactions.table import TransactionTable

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
ENCODINGS = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".parquet": "application/x-parquet",
    ".jsonl": "application/jsonlines", ".ndjson": "application/jsonlines", ".json": "application/json",
    ".graphml": "application/graphml+xml", ".gexf": "application/gexf+xml", ".nt": "application/n-triples",
    ".ttl": "text/turtle", ".gz": "application/gzip",
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
} | {
    word: f"cr:{word}"
    for word in (
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format",
        "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references",
        "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    )
}  # fmt: skip
MOST_FILES, SAMPLE = 1_000, 1_000
"""Files that are described, and rows that the types of columns are seen in."""


@dataclass(frozen=True)
class AboutFiles(About):
    """What is said about the rows, and which files hold them.

    Attributes:
        beside: the file or folder that is described.
    """

    beside: str | None = None


@flattened(AboutFiles)
def write_croissant(source: Source, path: Path, about: AboutFiles) -> None:
    """Write a JSON-LD file that describes files of an export, which lie beside it or below its folder.

    Args:
        source: the table or graph that was exported.
        path: the file to write, such as croissant.json.
        about: an option for each of its fields.

    Raises:
        InputError: `beside` is not given, is absent, or is not in the folder of `path` or below.
    """
    if about.beside is None:
        raise InputError("croissant describes files: export the table first, then name the file with --beside FILE")
    files = described_files(path, Path(about.beside))
    write_lines(path, [as_json(table_of(source), path.resolve().parent, files, about)])


def described_files(path: Path, beside: Path) -> list[Path]:
    """The files that a JSON-LD file describes.

    Raises:
        InputError: there are none, too many, or they are elsewhere.
    """
    folder, found = path.resolve().parent, beside.resolve()
    if not found.exists():
        raise InputError(f"--beside: there is no file {str(beside)[:200]!r}; export the table first")
    if not found.is_relative_to(folder):
        raise InputError(f"--beside: {str(beside)[:200]!r} must be in the folder of {path.name!r}, or below it")
    files = sorted(one for one in found.rglob("*") if one.is_file()) if found.is_dir() else [found]
    files = [one for one in files if one != path.resolve()]
    if not 0 < len(files) <= MOST_FILES:
        raise InputError(
            f"--beside: {str(beside)[:200]!r} holds {len(files):,} files; from 1 to {MOST_FILES:,} are described"
        )
    return files


def as_json(table: TransactionTable, folder: Path, files: Sequence[Path], about: About, name: str = "") -> str:
    """The document.

    Args:
        table: the rows, for the columns of files that hold them.
        folder: what addresses of files are relative to.
        files: to describe.
        about: what is said about the rows.
        name: of the data set; "" for that of its only file, or of the folder.
    """
    only = files[0].stem.replace(".", "_") if len(files) == 1 else ""
    named = [(one.relative_to(folder).as_posix(), one) for one in files]
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": name or only or folder.name or "rows",
        "description": description(table, about),
        "conformsTo": CONFORMS_TO,
        "version": "1.0.0",
        "license": about.licence or UNKNOWN,
        **({"citeAs": about.citation} if about.citation else {}),
        "distribution": [_file(f"file{at}", name, path) for at, (name, path) in enumerate(named, 1)],
        "recordSet": [
            _records(f"rows{at}", f"file{at}", table, path)
            for at, (_, path) in enumerate(named, 1)
            if _holds_rows(path, table)
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def description(table: TransactionTable, about: About) -> str:
    """What the rows are and how they were made, in sentences."""
    counts = f"{len(table):,} transactions of {table.num_subjects:,} subjects with {table.num_objects:,} objects"
    made = [f"{counts}, {table.num_verbs:,} verbs."]
    made += [f"Verdict of the gate: {about.verdict}."] if about.verdict else []
    made += [f"Seed: {about.seed}."] if about.seed is not None else []
    return " ".join(made)


def _file(key: str, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kind = ENCODINGS.get(path.suffix.lower(), "application/octet-stream")
    size = f"{path.stat().st_size} B"
    return {
        "@type": "cr:FileObject",
        "@id": key,
        "name": name,
        "contentUrl": name,
        "contentSize": size,
        "encodingFormat": kind,
        "sha256": digest,
    }


def _holds_rows(path: Path, table: TransactionTable) -> bool:
    """Whether the columns of a file are those of the table, by its first bytes or its footer."""
    kind = KINDS.get(path.suffix.lower())
    columns = list(table.format.columns)
    if kind == "parquet":
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names) == columns
    if kind == "csv":
        head = pd.read_csv(path, nrows=0, sep=table.format.dialect.delimiter)
        return list(head.columns) == columns
    return False


def _records(key: str, file: str, table: TransactionTable, path: Path) -> dict[str, Any]:
    # mlcroissant takes no identifier with a blank, not even an escaped one.
    typed = path.suffix.lower() == ".parquet"
    frame = table.take_rows(np.arange(min(len(table), SAMPLE))).to_frame(typed=typed)
    roles = {column: role for role, column in table.schema.columns().items()}
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{key}/{column}" if str(column).isidentifier() else f"{key}/c{at}",
            "name": column,
            "description": f"the {roles[column]} of a transaction" if column in roles else "a further column",
            "dataType": data_type(frame[column]),
            "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
        }
        for at, column in enumerate(frame, 1)
    ]
    return {"@type": "cr:RecordSet", "@id": key, "name": key, "field": fields}


def data_type(cells: pd.Series) -> str:
    """Schema.org's type of a column.

    Example:
        >>> data_type(pd.Series([1, 2])), data_type(pd.Series(["tea"]))
        ('sc:Integer', 'sc:Text')
    """
    kind = cells.dtype
    if pd.api.types.is_bool_dtype(kind):
        return "sc:Boolean"
    if pd.api.types.is_integer_dtype(kind):
        return "sc:Integer"
    if pd.api.types.is_float_dtype(kind):
        return "sc:Float"
    return "sc:DateTime" if pd.api.types.is_datetime64_any_dtype(kind) else "sc:Text"
