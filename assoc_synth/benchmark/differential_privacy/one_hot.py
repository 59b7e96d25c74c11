"""The same promise by others: generators that hold a yes or no for each of some objects, beside this package."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from assoc_synth.benchmark.peers.process import PeerFailedError, PeerStoppedError, in_own_process
from assoc_synth.errors import InputError
from assoc_synth.evaluation.fidelity import fidelity
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.privacy import Wanted
from assoc_synth.privacy.mechanism import rho_of
from assoc_synth.privacy.stand_in import account_of, stand_in_by
from assoc_synth.transactions.arrays import Values
from assoc_synth.transactions.table import TransactionTable

OBJECTS = 50
OURS, FLOOR, INDEPENDENT = "assoc-synth", "another real half", "independent, no promise"
SCRIPTS = {"mbi": "mbi_aim.py", "mostlyai": "mostlyai_rows.py"}
NAMES = {"mbi": "AIM (mbi)", "mostlyai": "TabularARGN, DP-SGD (mostlyai-engine)"}
MEASURES = {
    "pair_l1": "distance of the pairs' shares",
    "lift_r": "correlation of log lifts",
    "rule_f1": "F1 of rules (lift 2), 20 subjects or more",
    "also_buy_at_10": "agreement of the ten strongest partners",
    "item_l1": "distance of the objects' shares",
}


@dataclass(frozen=True)
class Held:
    """What one generator keeps of the pairs of the most frequent objects.

    Attributes:
        name: the generator's; epsilon: its promise, None where it makes none.
        figures: of `MEASURES`; empty where it gave no table.
        notes: of its fit, or why there is no table.
    """

    name: str
    epsilon: float | None
    figures: dict[str, float]
    seconds: float | None = None
    notes: tuple[str, ...] = ()


def most_frequent(tables: Sequence[TransactionTable], objects: int = OBJECTS) -> list[TransactionTable]:
    """Rows of the objects that most subjects of the first table have, of any verb, as rows of one verb.

    Subjects without any are left out.

    Args:
        tables: over one vocabulary.

    Example:
        >>> from assoc_synth import datasets
        >>> [made.num_objects for made in most_frequent(datasets.halves(datasets.toy_shop(subjects=100)), 5)]
        [5, 5]
    """
    sides = [LinkGraph.from_table(table).incidence() for table in tables]
    chosen = np.sort(np.argsort(-np.asarray(sides[0].sum(0)).ravel(), kind="stable")[:objects])
    names = np.array([str(name) for name in tables[0].objects[chosen]], object)
    return [_of_links(side[:, chosen].tocoo(), names) for side in sides]


def held_of(
    train: TransactionTable,
    heldout: TransactionTable,
    epsilons: Sequence[float],
    pythons: Mapping[str, str],
    *,
    seed: int = 0,
    seconds: float | None = None,
) -> list[Held]:
    """Another real half, a table without associations, this package and others at each ε, all of the same few objects.

    Names are public to all of them.

    Args:
        train, heldout: as `most_frequent` gives them.
        pythons: of the others, by the name of `SCRIPTS`, the interpreter of an environment that has the package.
        seconds: that a fit of others may take.

    Raises:
        InputError: there is no such generator.
    """
    real, floor = Aligned.of(train, heldout).edges
    found = [Held(FLOOR, None, figures_of(real, floor))]
    drawn = independent_draw(real, np.random.default_rng(seed))
    found.append(Held(INDEPENDENT, None, figures_of(real, drawn)))
    for epsilon in epsilons:
        wanted = Wanted(epsilon, public_names=True)
        began = time.monotonic()
        made, _ = stand_in_by(train, wanted, account_of(wanted), np.random.default_rng(seed))
        own = figures_of(*Aligned.of(train, made).edges)
        found.append(Held(OURS, epsilon, own, time.monotonic() - began))
        found += [_of_other(name, python, train, wanted, (seed, seconds)) for name, python in pythons.items()]
    return found


def figures_of(real: Edges, other: Edges) -> dict[str, float]:
    """`MEASURES` of links of one verb."""
    found = fidelity(real, other)
    return {name: float(getattr(found, name)) for name in MEASURES}


def rows_of(found: Sequence[Held]) -> list[str]:
    """A Markdown table: a row for each generator and ε."""
    lines = [f"| | ε | {' | '.join(MEASURES.values())} | fit |", f"|---|---|{'---|' * len(MEASURES)}---|"]
    for one in found:
        cells = [f"{one.figures[name]:.3f}" if one.figures else "–" for name in MEASURES]
        epsilon, spent = "–" if one.epsilon is None else f"{one.epsilon:g}", _seconds(one)
        lines.append(f"| {one.name} | {epsilon} | {' | '.join(cells)} | {spent} |")
    notes = [f"- {one.name}, ε = {one.epsilon:g}: {note}" for one in found if one.epsilon for note in one.notes]
    return [*lines, *(["", *notes] if notes else [])]


def _of_other(name: str, python: str, train: TransactionTable, wanted: Wanted, run: tuple[int, float | None]) -> Held:
    if name not in SCRIPTS:
        raise InputError(f"no other generator is called {name[:40]!r}; there are: {', '.join(SCRIPTS)}")
    script = Path(__file__).parent / "others" / SCRIPTS[name]
    promise = [rho_of(wanted.epsilon, wanted.delta)] if name == "mbi" else [wanted.epsilon, wanted.delta]
    try:
        made = in_own_process([python, "-P", str(script), *map(repr, promise)], train, seed=run[0], seconds=run[1])
    except (PeerFailedError, PeerStoppedError) as failure:
        return Held(NAMES[name], wanted.epsilon, {}, None, (str(failure),))
    real = LinkGraph.from_table(train).edges
    notes = (made.fitted["library"], *made.notes)
    return Held(NAMES[name], wanted.epsilon, figures_of(real, made.edges), made.fitted["fit_seconds"], notes)


def _of_links(links: sp.coo_matrix, names: Values) -> TransactionTable:
    frame = pd.DataFrame({"subject": links.row, "verb": "has", "object": names[links.col]})
    return TransactionTable.from_frame(frame, subject="subject", verb="verb", object="object")


def _seconds(one: Held) -> str:
    return "–" if one.seconds is None else f"{one.seconds:.0f} s"
