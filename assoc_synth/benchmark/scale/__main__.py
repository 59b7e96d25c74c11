"""`python -m assoc_synth.benchmark.scale planted | cost`: see the two modules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from assoc_synth.benchmark.scale.cost import show
from assoc_synth.benchmark.scale.planted import measured


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    planted = commands.add_parser("planted", help="whether planted pairs of rare objects keep their lift")
    planted.add_argument("--objects", type=int, default=100_000)
    planted.add_argument("--subjects", type=int, default=100_000)
    planted.add_argument("--pairs", type=int, default=150, help="of each kind")
    planted.add_argument("--holders", type=int, default=40, help="subjects that have a pair together, about")
    planted.add_argument("--epochs", type=int, default=None, help="fewer are quicker; default: by the table")
    cost = commands.add_parser("cost", help="what a fit and a draw take")
    cost.add_argument("--links", type=int, action="append", help="default: 10000, 100000 and 1000000")
    for command in (planted, cost):
        command.add_argument("--max-minutes", type=float, default=None)
        command.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    common = {"max_minutes": given.max_minutes, "seed": given.seed}
    if given.command == "cost":
        show(given.links or [10**4, 10**5, 10**6], **common)
        return
    sizes = {"pairs": given.pairs, "holders": given.holders, "epochs": given.epochs}
    found, notes = measured(given.objects, given.subjects, **sizes, **common)
    sys.stdout.write("".join(f"note: {note}\n" for note in notes))
    for name, kept in found.items():
        sys.stdout.write(f"{name}\n" + "".join(f"  {one.line}\n" for one in kept))


if __name__ == "__main__":
    main()
