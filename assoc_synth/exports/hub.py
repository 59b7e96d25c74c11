"""A folder ready for a data hub: README.md with YAML front matter, the rows as Parquet, and croissant.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assoc_synth.exports.about import UNKNOWN, About, flattened
from assoc_synth.exports.croissant import as_json, description
from assoc_synth.exports.output import ROWS_PER_PART, put_lines
from assoc_synth.exports.parquet import put_parquet
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.table import TransactionTable

CONTENTS = ("README.md", "croissant.json", "data")
SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_KNOWN = """afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 c-uda cc
    cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0
    cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 gpl-3.0
    isc lgpl lgpl-2.1 lgpl-3.0 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 osl-3.0 pddl postgresql unknown
    unlicense wtfpl zlib"""
LICENCES = frozenset(_KNOWN.split())
"""The hub's names of licences of data and code."""
_COMMONS = re.compile(r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/(\d\.\d)(?:/|$)")
TAGS = ("synthetic-data", "tabular", "transactions", "association-rules")


@dataclass(frozen=True)
class AboutParts(About):
    """What is said about the rows, and into how many files they go.

    Attributes:
        part_rows: rows of a file at the most; None for `ROWS_PER_PART`.
    """

    part_rows: int | None = None


@flattened(AboutParts)
def write_hub(source: Source, path: Path, about: AboutParts) -> None:
    """Write a folder that `datasets.load_dataset` loads.

    Args:
        source: table or graph.
        path: the folder.
        about: an option for each of its fields.

    Raises:
        InputError: `path` holds other things, or Parquet cannot hold a column.
    """
    table, name = table_of(source), path.resolve().name
    with replacing_directory(path, CONTENTS) as folder:
        (folder / "data").mkdir()
        rows = about.part_rows or ROWS_PER_PART
        count = max(1, -(-len(table) // rows))
        shards = [folder.resolve() / "data" / f"train-{at:05d}-of-{count:05d}.parquet" for at in range(count)]
        put_parquet(table, shards.__getitem__, rows)
        put_lines(folder / "croissant.json", [as_json(table, folder.resolve(), shards, about, name)])
        put_lines(folder / "README.md", [card(table, name, about)])


def card(table: TransactionTable, name: str, about: About) -> str:
    """The page of the data, with the hub's front matter."""
    size = next((word for most, word in SIZES if len(table) < most), "n>10M")
    roles = ", ".join(f"{role} = `{column}`" for role, column in table.schema.columns().items())
    cited = f"\n## Citation\n{about.citation}\n" if about.citation else ""
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    return (
        f"---\n{licence_lines(about.licence)}tags:\n{tags}size_categories:\n  - {size}\n"
        "configs:\n  - config_name: default\n    data_files:\n"
        "      - split: train\n        path: data/train-*.parquet\n---\n"
        f"# {name}\n\n{description(table, about)}\n\nRoles: {roles}.\n{cited}"
    )


def licence_lines(licence: str | None) -> str:
    """The front matter's lines on the licence: the hub knows some names, and takes any other as "other" with its name.

    Example:
        >>> print(licence_lines("CC-BY-4.0"), licence_lines("https://creativecommons.org/licenses/by/4.0/"), sep="")
        license: cc-by-4.0
        license: cc-by-4.0
        <BLANKLINE>
        >>> print(licence_lines("https://shop.example/terms"), end="")
        license: other
        license_name: "shop.example"
        license_link: "https://shop.example/terms"
    """
    given = (licence or UNKNOWN).strip()
    if found := _COMMONS.match(given.lower()):
        given = f"cc-{found[1]}-{found[2]}" if found[1] else f"cc0-{found[2]}"
    if given.lower() in LICENCES:
        return f"license: {given.lower()}\n"
    address = urlsplit(given).netloc
    link = f"license_link: {json.dumps(given)}\n" if address else ""
    return f"license: other\nlicense_name: {json.dumps(address or ' '.join(given.split())[:100])}\n{link}"
