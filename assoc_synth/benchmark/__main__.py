"""RESULTS.md from the benchmark's JSON files: `python -m assoc_synth.benchmark RESULTS.md FILE.json ...`."""

import sys

from assoc_synth.benchmark.show.results import read_results, write_results
from assoc_synth.errors import AssocSynthError

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m assoc_synth.benchmark RESULTS.md FILE.json ...")
    try:
        write_results(read_results(sys.argv[2:]), sys.argv[1])
    except AssocSynthError as error:
        sys.exit(f"error: {error}")
