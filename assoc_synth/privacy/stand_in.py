"""The stand-in: a table of pseudo-subjects that takes the place of the real one before anything is trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.privacy.denoising import denoise
from assoc_synth.privacy.measurements import measure
from assoc_synth.privacy.mechanism import Account, Promise, rho_of
from assoc_synth.privacy.pseudo_links import draw_links
from assoc_synth.privacy.pseudo_rows import rows_of
from assoc_synth.transactions.schema import Roles
from assoc_synth.transactions.table import TransactionTable

NAMES_DELTA = 0.5
"""Share of δ that releases of names may cost; the rest is the noise's."""
DELTA = 1e-6


def stand_in(
    table: TransactionTable,
    epsilon: float,
    delta: float | None,
    rng: np.random.Generator,
    *,
    public_names: bool = False,
) -> tuple[TransactionTable, Promise]:
    """A table with the noisy counts of a real one, and what is promised to its subjects.

    Of the real table it has: column names, the names of frequent verbs and objects, and as many subjects as were
    counted with noise. Extra columns and baskets are left out.

    Args:
        epsilon, delta: of the promise: ε above 0, and δ, by default 10⁻⁶, below 1 over the number of subjects.
        rng: of everything but the noise, which cannot be seeded.
        public_names: all names of verbs and objects are known to everybody, as those of a shop's catalogue are.

    Raises:
        InputError: ε or δ is out of range, or the table has too many verbs, or too few or too many frequent objects.
        MissingExtraError: OpenDP is not installed.
    """
    delta = DELTA if delta is None else delta
    of_names = 0.0 if public_names else delta * NAMES_DELTA
    account = Account(rho_of(epsilon, delta - of_names), of_names)
    measured = measure(table, account, rng, public_names=public_names)
    links = draw_links(measured, denoise(measured), rng)
    frame = rows_of(links, measured, table.schema, rng)
    promise = Promise(
        epsilon, delta, measured.bound, len(measured.objects), tuple(account.spent), public_names=public_names
    )
    made = TransactionTable.from_frame(frame, **_roles(table))
    return replace(made, notes=(*made.notes, *_notes(table, promise))), promise


def _roles(table: TransactionTable) -> Roles:
    """The columns of the stand-in by role."""
    schema = table.schema
    roles: Roles = {"subject": schema.subject, "object": schema.object, "basket": "", "layout": "rows"}
    if schema.verb_name is None:
        roles["verb"] = schema.verb
    else:
        roles["verb_name"] = schema.verb_name
    roles["time"] = schema.time or ""
    roles["amount"] = schema.amount or ""
    return roles


def _notes(table: TransactionTable, promise: Promise) -> list[str]:
    """What the user should know of the stand-in."""
    known = ". Names of verbs and objects are taken to be public" if promise.public_names else ""
    notes = [
        f"differential privacy: ε = {promise.epsilon:g}, δ = {promise.delta:g} for each subject with all its rows. "
        f"Everything is learned from {len(promise.releases)} noisy counts; links of subjects with more than "
        f"{promise.max_links} are weighted down{known}"
    ]
    if left := table.num_objects - promise.num_names:
        notes.append(f"{left:,} of {table.num_objects:,} objects have too few subjects to be named, and are left out")
    columns = [*table.schema.extras, *([table.schema.basket] if table.schema.basket else [])]
    if columns:
        named = ", ".join(repr(str(column)[:40]) for column in columns[:6]) + (" …" if len(columns) > 6 else "")
        notes.append(f"left out, because nothing about them was measured: columns {named}")
    return notes
