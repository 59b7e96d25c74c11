"""`python -m assoc_synth.benchmark.disclosure clinic --seeds 5`: audits models, and writes DISCLOSURE.md anew."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from assoc_synth.benchmark.disclosure.audit import LEAST, Audit, Wanted, audited, read, stored
from assoc_synth.benchmark.disclosure.page import page_of
from assoc_synth.errors import AssocSynthError

PAGE = Path(__file__).parents[1] / "DISCLOSURE.md"
GENERATED = ("clinic", "clickstream", "ratings", "toy-shop")
"""Built-in tables of which each seed makes another one."""


def main(arguments: list[str]) -> None:
    """Fit and audit what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m assoc_synth.benchmark.disclosure", description=__doc__)
    parser.add_argument("name", choices=GENERATED, help="the data set")
    parser.add_argument("--seeds", type=int, default=5, help="tables, each with a fit")
    parser.add_argument("--before", type=int, default=0, help="of these tables, so many are fitted without thresholds")
    parser.add_argument("--subjects", type=int, help="of each table, at random; all by default")
    parser.add_argument("--max-minutes", type=float, help="of each fit; no limit by default")
    parser.add_argument("--models", type=Path, help="a folder that keeps the models; those in it are not fitted again")
    parser.add_argument("--no-measures", action="store_true", help="do not measure what the rows are worth")
    parser.add_argument("--json", type=Path, help="JSON lines: read what is audited already, and keep what is new")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    asked = parser.parse_args(arguments)
    found = [] if asked.json is None else read(asked.json)
    kinds = [(LEAST, LEAST, asked.seeds), (1, None, asked.before)]
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) if asked.models is None else asked.models
            for least, objects, seeds in kinds:
                wanted = Wanted(asked.name, least, objects, asked.subjects, asked.max_minutes)
                for seed in range(seeds):
                    if not any(_is_of(one, wanted, seed) for one in found):
                        found.append(audited(wanted, seed, folder, measures=not asked.no_measures))
                        sys.stderr.write(f"{time.strftime('%H:%M')} {asked.name}, {least} subjects, seed {seed}\n")
                    if asked.json is not None:
                        stored(found, asked.json)
        asked.page.write_text(page_of(found), encoding="utf-8")
    except (AssocSynthError, OSError) as error:
        sys.exit(f"error: {error}")


def _is_of(audit: Audit, wanted: Wanted, seed: int) -> bool:
    own = audit.dataset, audit.min_subjects, audit.min_subjects_objects, audit.seed
    return own == (wanted.dataset, wanted.min_subjects, wanted.min_subjects_objects, seed)


if __name__ == "__main__":
    main(sys.argv[1:])
