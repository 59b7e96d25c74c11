"""A folder ready for a data hub: README.md with YAML front matter, the rows as Parquet, and croissant.json."""

from __future__ import annotations

import json
from pathlib import Path

from assoc_synth.exports.about import UNKNOWN, About, flattened
from assoc_synth.exports.croissant import as_json, description
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


@flattened(About)
def write_hub(source: Source, path: Path, about: About) -> None:
    """Write a folder that `datasets.load_dataset` loads.

    Args:
        source: table or graph.
        path: the folder.
        about: an option for each of its fields.

    Raises:
        InputError: `path` holds other things, or Parquet cannot hold a column.
    """
    table = table_of(source)
    with replacing_directory(path, CONTENTS) as folder:
        (folder / "data").mkdir()
        shard = folder / "data" / SHARD
        put_parquet(table, shard)
        put_lines(folder / "croissant.json", [as_json(table, folder.resolve(), [shard.resolve()], about)])
        put_lines(folder / "README.md", [card(table, path.resolve().name, about)])


def card(table: TransactionTable, name: str, about: About) -> str:
    """The page of the data, with the hub's front matter."""
    size = next((word for most, word in SIZES if len(table) < most), "n>10M")
    licence = json.dumps(about.licence or UNKNOWN)
    roles = ", ".join(f"{role} = `{column}`" for role, column in table.schema.columns().items())
    cited = f"\n## Citation\n{about.citation}\n" if about.citation else ""
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    return (
        f"---\nlicense: {licence}\ntags:\n{tags}size_categories:\n  - {size}\n"
        "configs:\n  - config_name: default\n    data_files:\n"
        "      - split: train\n        path: data/train-*.parquet\n---\n"
        f"# {name}\n\n{description(table, about)}\n\nRoles: {roles}.\n{cited}"
    )
