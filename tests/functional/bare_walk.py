"""Every command, export and view where nothing but the core's libraries is: each works, or names the extra it needs.

A program without tests: `test_bare_environment` runs it with the interpreter of such an environment, and it prints what
it found, as JSON: by the name of each try "works", the extra that the error names, or the error itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import assoc_synth
from assoc_synth import AssociativeSynthesizer, LinkGraph, TransactionTable, compare, datasets
from assoc_synth.cli import run_command
from assoc_synth.errors import MissingExtraError
from assoc_synth.exports import FORMATS
from assoc_synth.report import charts

NAMED = re.compile(r"pip install 'assoc-synth\[(\w+)\]'")
FILES = {"graphml": "x.graphml", "rules": "x.csv", "associations": "x.parquet", "sentences": "x.txt"}
COMMANDS = {
    "info": "info shop.csv",
    "info of a model": "info toy-shop:model",
    "demo": "demo --out demo --subjects 60 --max-minutes 0.02 --allow-undertrained --quiet",
    "fit": "fit shop.csv -m model --max-minutes 0.02 --quiet",
    "fit by ray": "fit shop.csv -m other --max-minutes 0.02 --quiet --engine ray",
    "fit with privacy": "fit shop.csv -m other --max-minutes 0.02 --quiet --epsilon 3",
    "sample": "sample toy-shop -o rows.csv --subjects 60 --report rows.html --json rows.json",
    "sample into a folder": "sample toy-shop -o rows/ --subjects 60",
    "sample by ray": "sample toy-shop -o more/ --subjects 60 --engine ray",
    "validate": "validate shop.csv rows.csv --report report.html",
    "also-buy": "also-buy shop.csv tea",
    "power": "power shop.csv",
    "privacy": "privacy toy-shop",
    "studio": "studio --no-browser",
    "benchmark of journeys": "benchmark --dataset journey-baskets --against independent",
    "export --list": "export --list",
    "version": "--version",
}


def of_command(line: str) -> str:
    """What a command says: that it works, which extra it lacks, or its error."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = run_command(line.split())
        except SystemExit as end:
            code = int(end.code or 0)
    text = " ".join(said.getvalue().split())
    # 3: the gate refuses so few rows, which is an answer.
    return "works" if code in (0, 3) else found[1] if (found := NAMED.search(text)) else f"{code}: {text[-300:]}"


def of_call(call: Callable[[], object]) -> str:
    """The same of a call in Python."""
    try:
        call()
    except MissingExtraError as error:
        return error.extra
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    return "works"


def main() -> None:
    """Try everything in the working directory."""
    table = datasets.toy_shop(subjects=60, seed=1)
    table.to_frame().to_csv("shop.csv", index=False)
    graph, found = LinkGraph.from_table(table), {"package": assoc_synth.__file__}
    for name, line in COMMANDS.items():
        found[name] = of_command(line)
    for name in FORMATS:
        more = " --only-verb bought" if name in ("lenskit", "rectools") else ""
        more = " --beside shop.csv" if name == "croissant" else more
        found[f"export {name}"] = of_command(f"export shop.csv -f {name} -o {FILES.get(name, f'out-{name}')}{more}")
    found["export csv/"] = of_command("export shop.csv -f csv -o parts/")
    Path("x.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    Path("x.lino").write_text("(a: b c)\n")
    calls: dict[str, Callable[[], object]] = {
        "read .nt": lambda: LinkGraph.read("x.nt"),
        "read .lino": lambda: LinkGraph.read("x.lino"),
        "read .graphml": lambda: LinkGraph.read("x.graphml"),
        "read Arrow": lambda: TransactionTable.from_frame(graph.to_arrow()),
        "to_networkx": graph.to_networkx,
        "to_arrow": graph.to_arrow,
        "to_igraph": graph.to_igraph,
        "to_pyg": graph.to_pyg,
        "to_polars": graph.to_polars,
        "rules": lambda: graph.rules(verb="bought"),
        "plot": lambda: graph.plot("tea", min_count=3),
        "explore": lambda: graph.explore("tea"),
        "journeys": lambda: datasets.load("journey-baskets"),
        "load by name": lambda: AssociativeSynthesizer.load("toy-shop"),
        "a chart": lambda: charts.hours(table),
        "plot of a comparison": lambda: compare(table, {"same": table}, gate=False).plot(),
    }
    for name, call in calls.items():
        found[name] = of_call(call)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
