"""The model card: what a model directory says of itself to people, and to a model hub by its YAML front matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assoc_synth import __version__
from assoc_synth.gate.verdict import watched_words
from assoc_synth.model.fitted import FittedModel

TAGS = ("synthetic-data", "tabular", "transactions", "association-rules", "ctgan")


def model_card(model: FittedModel) -> str:
    """Markdown with front matter; facts of this fit only. A paragraph is one line, which the viewer wraps."""
    schema = model.format.schema
    roles = ", ".join(f"{role} = `{column}`" for role, column in schema.columns().items())
    roles += "" if schema.verb_name is None else f", verb always `{schema.verb_name}`"
    roles += "" if schema.cluster is None else f", cluster = `{schema.cluster}`"
    stages = "\n".join(f"- {stage}: {_trained(history)}" for stage, history in model.history.items())
    notes = "".join(f"- {note}\n" for note in model.notes)
    return f"""{front_matter()}
# A generator of transactions

Roles: {roles}.
Vocabulary: {_counted(len(model.verbs), "verb")}, {_counted(len(model.objects), "object")}.
Fitted to a table of {_counted(model.num_subjects, "subject")} with {model.links_per_subject:.1f} links each on \
average: {model.known_subjects:,} are seen in training, {model.judge.whole.num_reference:,} only by the gate.
{notes}
## What it keeps, and how that is checked
{_watched(model)}

## Training
{stages}

## What it holds, and what it does not promise
Weights, names of verbs and objects, histograms of links per subject, counts of the watched pairs. No subject, no row.
{_stored(model)}

## Use
```python
from assoc_synth import AssociativeSynthesizer

rows = AssociativeSynthesizer.load("path/to/this/directory").sample(num_subjects=1_000).rows
```
"""


def front_matter() -> str:
    """The hub's header: YAML between two lines of dashes. The weights' licence is for the data's owner to choose.

    Example:
        >>> front_matter().splitlines()[:3]
        ['---', 'license: unknown', 'library_name: assoc-synth']
    """
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    return f'---\nlicense: unknown\nlibrary_name: assoc-synth\nlibrary_version: "{__version__}"\ntags:\n{tags}---\n'


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


def _stored(model: FittedModel) -> str:
    """Which real values there are, and what is not protected."""
    listing = model.privacy()
    if model.promise is not None:
        counted = ", ".join(release.what for release in model.promise.releases)
        return f"With {model.promise.sentence}. Counted with noise: {counted}. All stored values are made of these."
    known = listing.thresholds
    limits = "" if known is None else f" The threshold is {known.min_subjects} subjects."
    lines = (*listing.summary, *(f"not protected: {one}" for one in listing.unprotected))
    return (
        f"Real values, and how many training subjects have each (`assoc-synth privacy` lists them all).{limits}\n\n"
        + "\n".join(f"- {line}" for line in lines)
    )


def _trained(history: Mapping[str, Any]) -> str:
    """What a stage did, of how many epochs, and why it ended."""
    made, best = len(history["epochs"]), history["best_epoch"]
    if not made:
        return "nothing to learn"
    epochs = f"{made:,} of {_counted(history['planned'], 'epoch')}" if "planned" in history else _counted(made, "epoch")
    kept = f"the best is {best}" if best else "none is better than the initialisation, which is kept"
    return f"{epochs}, {kept}, {history['stopped']}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
