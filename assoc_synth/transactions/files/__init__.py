"""Tables in files: CSV, TSV, Parquet and JSON Lines, compressed or not. Cells of text formats keep their exact text."""

from assoc_synth.transactions.files.atomic import all_or_none, replacing, write_json
from assoc_synth.transactions.files.baskets import read_baskets
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.files.kinds import KINDS, kind_of, kind_to_read
from assoc_synth.transactions.files.reading import read_file, read_frame
from assoc_synth.transactions.files.writing import write_frame

__all__ = [
    "KINDS",
    "all_or_none",
    "kind_of",
    "kind_to_read",
    "read_baskets",
    "read_file",
    "read_frame",
    "replacing",
    "replacing_directory",
    "write_frame",
    "write_json",
]
