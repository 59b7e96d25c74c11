"""A folder ready for a data hub: README.md with YAML front matter, the rows as Parquet, and croissant.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assoc_synth.exports.croissant import UNKNOWN, as_json, description
from assoc_synth.exports.output import put_lines
from assoc_synth.exports.parquet import put_parquet
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.table import TransactionTable

CONTENTS = ("README.md", "croissant.json", "data")
SHARD = "train-00000-of-00001.parquet"
SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
TAGS = ("synthetic-data", "tabular", "transactions", "association-rules")


def write_hub(
    source: Source,
    path: Path,
    *,
    licence: str | None = None,
    citation: str | None = None,
    verdict: str | None = None,
    seed: int | None = None,
) -> None:
    """Write a folder that `datasets.load_dataset` loads.

    Args:
        source: table or graph.
        path: the folder.
        licence: an SPDX name such as "cc-by-4.0"; "unknown" where None.
        citation: how to cite the data.
        verdict: what the gate said of the rows.
        seed: that the rows were drawn with.

    Raises:
        InputError: `path` holds other things, or Parquet cannot hold a column.
    """
    table = table_of(source)
    about = {"licence": licence, "citation": citation, "verdict": verdict, "seed": seed}
    with replacing_directory(path, CONTENTS) as folder:
        (folder / "data").mkdir()
        shard = folder / "data" / SHARD
        put_parquet(table, shard)
        put_lines(folder / "croissant.json", [as_json(table, folder.resolve(), [shard.resolve()], about)])
        put_lines(folder / "README.md", [card(table, path.resolve().name, about)])


def card(table: TransactionTable, name: str, about: Mapping[str, Any]) -> str:
    """The page of the data, with the hub's front matter."""
    size = next((word for most, word in SIZES if len(table) < most), "n>10M")
    licence = json.dumps(about.get("licence") or UNKNOWN)
    roles = ", ".join(f"{role} = `{column}`" for role, column in table.schema.columns().items())
    cited = f"\n## Citation\n{about['citation']}\n" if about.get("citation") else ""
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    return (
        f"---\nlicense: {licence}\ntags:\n{tags}size_categories:\n  - {size}\n"
        "configs:\n  - config_name: default\n    data_files:\n"
        "      - split: train\n        path: data/train-*.parquet\n---\n"
        f"# {name}\n\n{description(table, about)}\n\nRoles: {roles}.\n{cited}"
    )
