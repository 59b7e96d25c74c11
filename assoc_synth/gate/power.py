"""`power`: what a table can carry, before any training."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Unpack

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.gate.pair_power import PairPower
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.scope_power import ScopePower, scope_powers
from assoc_synth.gate.split import split_subjects
from assoc_synth.link_graph.row_codes import RowCodes
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import Roles, check_roles
from assoc_synth.transactions.table import TransactionTable

PERMUTATIONS, REPLICATES = 399, 100
"""Enough for a certificate to a percent or two."""
FORMAT_VERSION = 1
CLAIMS = {
    "links": "the associations are kept",
    "visits": "what is taken together in one visit is kept",
    "order": "the order and the times between are kept",
    "rows": "amounts, hours and extra columns are kept",
}


@dataclass(frozen=True)
class Claim:
    """One thing that a report may say.

    Attributes:
        words: what is claimed.
        needs: subjects of the table from which it can be claimed of a good generator; None for no table of any size.
        holds: whether this table has that many.
    """

    words: str
    needs: int | None
    holds: bool


@dataclass(frozen=True, repr=False)
class Power:
    """What a table can carry.

    Attributes:
        num_subjects: of the table.
        num_reference: of them, those that the gate keeps to itself and judges by.
        pairs: which pairs can be confirmed one by one.
        scopes: what the gate can tell in each scope.
        seed: of the split and of the simulation.
    """

    num_subjects: int
    num_reference: int
    pairs: PairPower
    scopes: tuple[ScopePower, ...]
    seed: int = 0

    def __repr__(self) -> str:
        return f"Power({self.num_subjects:,} subjects: {self.sentence})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(claim.words)}</td><td>{'–' if claim.needs is None else f'{claim.needs:,}'}</td>"
            f"<td>{'yes' if claim.holds else 'no'}</td></tr>"
            for claim in self.claims
        )
        head = "<tr><th>claim</th><th>subjects it needs</th><th>this table</th></tr>"
        return f"<div><p><b>{escape(self.sentence)}</b></p><table>{head}{rows}</table></div>"

    @property
    def sentence(self) -> str:
        """What can be claimed of this table, in one sentence."""
        here = {scope.name: scope.here for scope in self.scopes if scope.here is not None}
        able = [name for name, at in here.items() if at.has_power]
        plain = [name for name, at in here.items() if at.certificate is None]
        weak = [name for name in here if name not in (*able, *plain)]
        said = [f"the gate can vouch for {_listed(able) if able else 'nothing'}"]
        said += [f"the table is too small for {_listed(weak)}"] if weak else []
        said += [f"nothing stands out in {_listed(plain)}"] if plain else []
        return ", ".join(said)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What may be said of a good generator, and with how many subjects of the table."""
        found = []
        for scope in self.scopes:
            if scope.here is None:
                continue
            passes = scope.here.has_power and (scope.here.passes or 0.0) >= 0.8
            destroyed = f"a table without its {scope.name} is stopped"
            found.append(Claim(destroyed, scope.needs_power, scope.here.has_power))
            found.append(Claim(f"{CLAIMS[scope.name]} (PASS)", scope.needs_pass, passes))
        if self.pairs.half is not None:
            half = self.pairs.half
            found.append(Claim("half of the claimed pairs, one by one", half, self.num_subjects >= half))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; keys are stable within a format version."""
        return {
            "format_version": FORMAT_VERSION,
            "sentence": self.sentence,
            "num_subjects": self.num_subjects,
            "num_reference": self.num_reference,
            "seed": self.seed,
            "claims": [vars(claim) for claim in self.claims],
            "scopes": [scope.to_dict() for scope in self.scopes],
            "pairs": self.pairs.to_dict(),
        }


def power(data: AnyFrame | TransactionTable, *, seed: int = 0, **roles: Unpack[Roles]) -> Power:
    """What a table can carry: which claims the gate could make of a synthetic twin, before any training.

    The table's subjects are split as `fit` splits them, and the gate simulates what it would see: real subjects, and
    subjects that have lost what each scope is about. Nothing is trained.

    Args:
        data: the real table.
        seed: of the split and of the simulation.
        roles: the column of each role in a DataFrame, see `Roles`; a `TransactionTable` has its own.

    Raises:
        InputError: the table cannot be read or has fewer than two subjects, or a keyword is not a role.

    Example:
        >>> from assoc_synth import datasets
        >>> found = power(datasets.toy_shop(subjects=150))
        >>> found.num_subjects, found.num_reference
        (150, 30)
        >>> [scope.name for scope in found.scopes]
        ['links', 'visits', 'order', 'rows']
    """
    check_roles(roles)
    table = data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data, **roles)
    if table.num_subjects < 2:
        raise InputError("the table has a single subject: the gate compares subjects, so it takes two at least")
    rng = np.random.default_rng(seed)
    rows = RowCodes.of(table).rows(table)
    kept, held = split_subjects(table.num_subjects, rng, table.clusters)
    training, held_out = rows.take(kept), rows.take(held)
    reference = Reference.learn(training, held_out, rng, permutations=PERMUTATIONS, replicates=REPLICATES)
    return Power(table.num_subjects, len(held), PairPower.of(rows.edges), scope_powers(reference), seed)


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
