"""`python -m assoc_synth.benchmark.verdicts NAME`: adds a data set to VERDICTS.md; judges nothing that is there."""

import argparse
import sys
import time
from pathlib import Path

from assoc_synth.benchmark.peers.registry import PEERS, peers_named
from assoc_synth.benchmark.verdicts.run import judge_tables
from assoc_synth.benchmark.work import Work
from assoc_synth.datasets import NAMES
from assoc_synth.errors import AssocSynthError

PAGE = Path(__file__).parents[1] / "VERDICTS.md"


def main(arguments: list[str]) -> None:
    """Judge what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m assoc_synth.benchmark.verdicts", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="the data set")
    parser.add_argument("--own", type=Path, help="a model directory fitted to the training half, or a file of its rows")
    parser.add_argument("--peer", action="append", default=[], choices=list(PEERS), help="a competitor; may come again")
    parser.add_argument("--max-minutes", type=float, help="that each competitor has for its fit, and for its sampling")
    parser.add_argument("--subjects", type=int, help="of each half, at random; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of the draws and of the simulation")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    asked = parser.parse_args(arguments)

    def show(text: str) -> None:
        sys.stderr.write(f"{time.strftime('%H:%M')} {asked.name}: {text}\n")

    try:
        work = Work.load(asked.name, seed=asked.seed, subjects=asked.subjects)
        peers = peers_named(asked.peer)
        judge_tables(work, asked.page, own=asked.own, peers=peers, max_minutes=asked.max_minutes, progress=show)
    except (AssocSynthError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
