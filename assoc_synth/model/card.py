"""The model card: what a model directory says of itself to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assoc_synth.gate.verdict import watched_words

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel


def model_card(model: FittedModel) -> str:
    """Markdown; facts of this fit only. A paragraph is one line: whoever shows it folds it."""
    roles = ", ".join(f"{role} = `{column}`" for role, column in model.format.schema.roles().items())
    stages = "\n".join(
        f"- {stage}: {len(history['epochs'])} passes, the best was {history['best_epoch']}, {history['stopped']}"
        for stage, history in model.history.items()
    )
    notes = "".join(f"- {note}\n" for note in model.notes)
    return f"""# A generator of transactions

Roles: {roles}.
Vocabulary: {len(model.verbs):,} verbs, {len(model.objects):,} objects.
Fitted to a table of {model.num_subjects:,} subjects with {model.links_per_subject:.1f} links each on average: \
{model.known_subjects:,} were seen in training, {model.judge.whole.num_reference:,} only judge.
{notes}
## What it keeps, and who says so
{_watched(model)}

## Training
{stages}

## What it holds, and what it does not promise
Weights, names of verbs and objects, histograms of links per subject, counts of the watched pairs. No subject, no row.
Names of verbs and objects are stored as they are. No formal privacy guarantee (differential privacy) is given.
"""


def _watched(model: FittedModel) -> str:
    reference = model.judge.whole
    largest = reference.tiers[0] if reference.tiers else None
    if largest is None or largest.certificate is None:
        return "No association is strong enough to be watched: the gate claims nothing about samples of this model."
    return (
        f"Before rows are emitted, the gate compares every sample with the {reference.num_reference:,} subjects that "
        f"training never saw. It compares {watched_words(largest.watched)}.\n"
        f"Certificate: of {largest.size:,} subjects drawn without associations it stops {largest.certificate:.1%} "
        f"(99 % are needed for a claim)."
    )
