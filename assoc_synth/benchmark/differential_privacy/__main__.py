"""`python -m assoc_synth.benchmark.differential_privacy NAME`: writes DIFFERENTIAL_PRIVACY.md anew."""

import argparse
import json
import sys
import time
from pathlib import Path

from assoc_synth.benchmark.commit import commit_words
from assoc_synth.benchmark.differential_privacy.audit import CANARIES, audit
from assoc_synth.benchmark.differential_privacy.one_hot import OBJECTS, SCRIPTS, held_of, most_frequent, rows_of
from assoc_synth.benchmark.differential_privacy.page import page_of
from assoc_synth.benchmark.differential_privacy.utility import Left, measure_utility, stored
from assoc_synth.benchmark.work import Work
from assoc_synth.datasets import NAMES
from assoc_synth.errors import AssocSynthError
from assoc_synth.privacy import Wanted

PAGE = Path(__file__).parents[1] / "DIFFERENTIAL_PRIVACY.md"


def main(arguments: list[str]) -> None:
    """Measure and audit what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m assoc_synth.benchmark.differential_privacy", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="the data set")
    parser.add_argument("--epsilon", type=float, action="append", help="may come again; 8, 3, 1 and inf by default")
    parser.add_argument("--seeds", type=int, default=3, help="stand-ins at each epsilon")
    parser.add_argument("--subjects", type=int, help="of each half, at random; all by default")
    parser.add_argument("--public-names", action="store_true", help="release all names as they are")
    parser.add_argument("--trials", type=int, default=1_000, help="of the audit, with and without each planted subject")
    parser.add_argument("--json", type=Path, help="JSON lines: read what is measured already, and keep what is new")
    parser.add_argument(
        "--other",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"compare on the {OBJECTS} most frequent objects alone with another generator, of {', '.join(SCRIPTS)}, "
        "in an environment that has its package; may come again; shows a table and writes no page",
    )
    parser.add_argument("--other-minutes", type=float, help="of each fit of others; no limit by default")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    asked = parser.parse_args(arguments)
    found = _read(asked.json)

    def show(text: str) -> None:
        sys.stderr.write(f"{time.strftime('%H:%M')} {text}\n")

    def keep(one: Left) -> None:
        show(f"{one.dataset}, epsilon {one.epsilon}, seed {one.seed}")
        if asked.json is not None:
            stored([*found, one], asked.json)
        found.append(one)

    try:
        if asked.other:
            sys.stdout.write(_beside_others(asked))
            return
        if not found:
            work, levels = (
                Work.load(asked.name, subjects=asked.subjects),
                asked.epsilon or [8.0, 3.0, 1.0, float("inf")],
            )
            measure_utility(work, levels, range(asked.seeds), public_names=asked.public_names, progress=keep)
        audited = [
            audit(Wanted(epsilon), canary, asked.trials, canaries=2 * len(CANARIES))
            for epsilon in (1.0, 3.0)
            for canary in CANARIES
        ]
        asked.page.write_text(page_of(found, audited), encoding="utf-8")
    except (AssocSynthError, OSError) as error:
        sys.exit(f"error: {error}")


def _beside_others(asked: argparse.Namespace) -> str:
    work = Work.load(asked.name, subjects=asked.subjects)
    tables = most_frequent([work.train, work.heldout])
    pythons = dict(one.partition("=")[::2] for one in asked.other)
    seconds = None if asked.other_minutes is None else 60 * asked.other_minutes
    found = held_of(tables[0], tables[1], asked.epsilon or [3.0], pythons, seconds=seconds)
    return "\n".join([f"{asked.name}, {tables[0].num_subjects:,} subjects, {commit_words()}", "", *rows_of(found), ""])


def _read(path: Path | None) -> list[Left]:
    if path is None or not path.exists():
        return []
    return [Left(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main(sys.argv[1:])
