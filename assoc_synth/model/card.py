"""The model card: what a model directory says of itself to people, and to a model hub by its YAML front matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assoc_synth import __version__
from assoc_synth.gate.verdict import watched_words
from assoc_synth.model.fitted import FittedModel

TAGS = ("synthetic-data", "tabular", "transactions", "association-rules", "ctgan")
UNKNOWN_LICENCE = "license: unknown"


@dataclass(frozen=True)
class Measured:
    """One measure of a sample, beside what real subjects score in its place.

    Attributes:
        group, name: the kind of measure, and its name.
        value: of the sample; None where it is not known.
        floor: of other real subjects; None where it is not known.
        independent: of a table without associations; None where it is not known.
        standing: what the three together say, such as "like real".
    """

    group: str
    name: str
    value: float | None
    floor: float | None
    independent: float | None
    standing: str


@dataclass(frozen=True)
class Published:
    """What the card of a published model says that the model does not know of itself.

    Attributes:
        name: of the model.
        data: sentences on the table: what it is, where it comes from.
        licence: lines of front matter, as the hub has them: `license: mit`.
        terms: sentences on the licence.
        seed: of the fit.
        command: what makes the model again.
        verdict: of the gate, on the sample that is measured.
        sampled: sentence on what is measured, and what the floor is.
        measures: of that sample.
    """

    name: str
    data: str
    licence: str
    terms: str
    seed: int
    command: str
    verdict: str
    sampled: str
    measures: tuple[Measured, ...]


def model_card(model: FittedModel, published: Published | None = None) -> str:
    """Markdown with front matter; facts of this fit only. A paragraph is one line, which the viewer wraps.

    Args:
        published: of a model that is given away: its data, licence, measures and how it is made again.
    """
    schema = model.format.schema
    roles = ", ".join(f"{role} = `{column}`" for role, column in schema.columns().items())
    roles += "" if schema.verb_name is None else f", verb always `{schema.verb_name}`"
    roles += "" if schema.cluster is None else f", cluster = `{schema.cluster}`"
    stages = "\n".join(f"- {stage}: {_trained(history)}" for stage, history in model.history.items())
    notes = "".join(f"- {note}\n" for note in model.notes)
    heading = "A generator of transactions" if published is None else f"{published.name}: a generator of transactions"
    place = "path/to/this/directory" if published is None else published.name
    return f"""{front_matter(published)}
# {heading}
{"" if published is None else _origin(published)}
Roles: {roles}.
Vocabulary: {_counted(len(model.verbs), "verb")}, {_counted(len(model.objects), "object")}.
Fitted to a table of {_counted(model.num_subjects, "subject")} with {model.links_per_subject:.1f} links each on \
average: {model.known_subjects:,} are seen in training, {model.judge.whole.num_reference:,} only by the gate.
{notes}
## What it keeps, and how that is checked
{_watched(model)}
{"" if published is None else _measures(published)}
## Training
{stages}

## What it holds, and what it does not promise
Weights, names of verbs and objects, histograms of links per subject, counts of the watched pairs. No subject, no row.
{_stored(model)}

## Use
```python
from assoc_synth import AssociativeSynthesizer

rows = AssociativeSynthesizer.load("{place}").sample(num_subjects=1_000).rows
```
"""


def front_matter(published: Published | None = None) -> str:
    """The hub's header: YAML between two lines of dashes. The weights' licence is for the data's owner to choose.

    Args:
        published: of a model with a licence and measures, which are the hub's `model-index`.

    Example:
        >>> front_matter().splitlines()[:3]
        ['---', 'license: unknown', 'library_name: assoc-synth']
    """
    licence = UNKNOWN_LICENCE if published is None else published.licence
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    index = "" if published is None else _model_index(published)
    return f'---\n{licence}\nlibrary_name: assoc-synth\nlibrary_version: "{__version__}"\ntags:\n{tags}{index}---\n'


def _model_index(published: Published) -> str:
    """The measures in the hub's words. JSON texts are YAML too, whatever they hold."""
    name, known = json.dumps(published.name), [one for one in published.measures if one.value is not None]
    if not known:
        return ""
    metrics = "".join(
        f"          - type: {json.dumps(one.name)}\n            name: {json.dumps(_titled(one))}\n"
        f"            value: {one.value!r}\n"
        for one in known
    )
    return (
        f"model-index:\n  - name: {name}\n    results:\n      - task:\n          type: synthetic-data\n"
        f"        dataset:\n          type: {name}\n          name: {name}\n        metrics:\n{metrics}"
    )


def _titled(one: Measured) -> str:
    floor = "" if one.floor is None else f", floor {_number(one.floor)}"
    return f"{one.group}: {one.name}{floor}"


def _origin(published: Published) -> str:
    return f"""
Data: {published.data}
Licence: {published.terms}
Made by `{published.command}` with seed {published.seed}.
"""


def _measures(published: Published) -> str:
    rows = "\n".join(
        f"| {one.group} | {one.name} | {_number(one.value)} | {_number(one.floor)} | {_number(one.independent)} "
        f"| {one.standing} |"
        for one in published.measures
    )
    return f"""
## Measures
{published.sampled}
Verdict: {published.verdict}

| group | measure | this model | floor | independent | so it is |
|---|---|---|---|---|---|
{rows}
"""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


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
