"""The stand-in: a table of pseudo-subjects that takes the place of the real one before anything is trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.privacy.denoising import denoise
from assoc_synth.privacy.measurements import Measured, measure
from assoc_synth.privacy.mechanism import Account, Promise, Wanted, rho_of
from assoc_synth.privacy.pseudo_links import draw_links
from assoc_synth.privacy.pseudo_rows import rows_of
from assoc_synth.transactions.schema import Roles
from assoc_synth.transactions.table import TransactionTable

NAMES_DELTA = 0.5
"""Share of δ that releases of names may cost; the rest is the noise's."""


def stand_in(table: TransactionTable, wanted: Wanted, rng: np.random.Generator) -> tuple[TransactionTable, Promise]:
    """A table with the noisy counts of a real one, and what is promised to its subjects.

    Of the real table it has: column names, the names of frequent verbs and objects, and as many subjects as were
    counted with noise. Extra columns and baskets are left out.

    Args:
        wanted: the promise: δ should be below 1 over the number of subjects.
        rng: of everything but the noise, which cannot be seeded.

    Raises:
        InputError: the table has too many verbs, or too few or too many frequent objects.
        MissingExtraError: OpenDP is not installed.
    """
    return stand_in_by(table, wanted, account_of(wanted), rng)


def stand_in_by(
    table: TransactionTable, wanted: Wanted, account: Account, rng: np.random.Generator
) -> tuple[TransactionTable, Promise]:
    """As `stand_in`, at the cost of an account, which the promise has to cover.

    Args:
        account: with nothing spent. One of an endless ρ has no noise, and promises nothing.
    """
    measured = measure(table, account, rng, public_names=wanted.public_names)
    links = draw_links(measured, denoise(measured), rng)
    frame = rows_of(links, measured, table.schema, rng)
    sizes = measured.bound, len(measured.objects)
    promise = Promise(wanted.epsilon, wanted.delta, *sizes, tuple(account.spent), wanted.public_names)
    made = TransactionTable.from_frame(frame, **_roles(table))
    return replace(made, notes=(*made.notes, *_notes(table, promise, measured))), promise


def account_of(wanted: Wanted) -> Account:
    """What all releases may cost, so that the promise holds.

    Raises:
        MissingExtraError: OpenDP is not installed.
    """
    of_names = 0.0 if wanted.public_names else wanted.delta * NAMES_DELTA
    return Account(rho_of(wanted.epsilon, wanted.delta - of_names), of_names)


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


def _notes(table: TransactionTable, promise: Promise, measured: Measured) -> list[str]:
    """What the user should know of the stand-in."""
    notes = [promise.sentence]
    if left := table.num_objects - promise.num_names:
        notes.append(f"{left:,} of {table.num_objects:,} objects have too few subjects to be named, and are left out")
    columns = [*table.schema.extras, *([table.schema.basket] if table.schema.basket else [])]
    if columns:
        named = ", ".join(repr(str(column)[:40]) for column in columns[:6]) + (" …" if len(columns) > 6 else "")
        notes.append(f"left out, because nothing about them was measured: columns {named}")
    notes += [f"too rare to be seen in the noise, {clause}" for clause in measured.unseen]
    return notes
