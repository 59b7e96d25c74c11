"""The model card: what a model directory says of itself to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assoc_synth.model import FittedModel


def model_card(model: FittedModel) -> str:
    """Markdown; facts of this fit only."""
    roles = ", ".join(f"{role} = `{column}`" for role, column in model.format.schema.roles().items())
    largest = model.reference.levels[0] if model.reference.levels else None
    certificate = "none: no association is strong enough to be watched"
    if largest is not None and largest.certificate is not None:
        certificate = f"{largest.certificate:.3f} at {largest.size:,} subjects (0.99 is needed for a claim)"
    stages = "\n".join(
        f"- {stage}: {len(history['epochs'])} passes, the best was {history['best_epoch']}, {history['stopped']}"
        for stage, history in model.history.items()
    )
    return f"""# A generator of transactions

Roles: {roles}.
{len(model.verbs):,} verbs, {len(model.objects):,} objects; fitted to a table of {model.num_subjects:,} subjects with
{model.links_per_subject:.1f} links each on average, of which {model.known_subjects:,} were seen in training and
{model.reference.num_reference:,} only judge.

## What it keeps, and who says so
The gate compares every sample with the {model.reference.num_reference:,} subjects that training never saw, before rows are
emitted. Watched pairs: {len(model.reference.watchlist.within):,} within verbs, {len(model.reference.watchlist.across):,} across verbs.
Certificate (share of association-free tables that this gate stops): {certificate}.

## Training
{stages}

## What it holds, and what it does not promise
Weights, names of verbs and objects, histograms of links per subject, counts of the watched pairs. No subject, no row.
Names of verbs and objects are stored as they are. No formal privacy guarantee (differential privacy) is given.
"""
