"""Hyperparameters of the CTGAN: one frozen value, checked once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from assoc_synth.errors import InputError

MOST_EARLIER = 4_000_000
"""Pairs of a link to predict and an earlier one, of one subject in one epoch: those of 4,000 links, half predicted."""
MANY_OBJECTS, NARROW = 200_000, 48
ENOUGH_STEPS = 200
"""Optimiser steps without a better validation loss that training waits for at least."""
LONG = 25.0
"""Links of a subject that count as those of one subject."""
ROOM = 8
"""Rank of the association path of a small table, as a multiple of the directions that stand out of chance."""


@dataclass(frozen=True)
class _Rule:
    """What values a field may have.

    Attributes:
        kind: int, float or bool.
        least, below, most: bounds; `below` is exclusive, and so is `least` where `positive`.
        optional: whether None is allowed.
    """

    kind: type
    least: float = -math.inf
    most: float = math.inf
    below: float = math.inf
    positive: bool = False
    optional: bool = False

    def checked(self, name: str, value: Any) -> Any:
        """The value as its own kind.

        Raises:
            InputError: it is of another kind or out of range.
        """
        if value is None and self.optional:
            return None
        if self.kind is bool:
            if isinstance(value, bool | np.bool_):
                return bool(value)
        elif isinstance(value, Integral if self.kind is int else Real) and not isinstance(value, bool | np.bool_):
            number = self.kind(value)
            if self.least <= number <= self.most and number < self.below and (number > 0 or not self.positive):
                return number
        raise InputError(f"{name} must be {self}, not {str(value)[:40]!r}")

    def __str__(self) -> str:
        if self.kind is bool:
            return "True or False"
        what = "a whole number" if self.kind is int else "a number"
        if self.positive:
            what += " above 0" + (f" and at most {self.most:g}" if math.isfinite(self.most) else "")
        elif math.isfinite(self.below):
            what += f" from {self.least:g} to below {self.below:g}"
        elif math.isfinite(self.least):
            what += f" of at least {self.least:g}"
        return what + (", or None" if self.optional else "")


def _whole(default: int | None, least: int) -> Any:
    return field(default=default, metadata={"rule": _Rule(int, least=least, optional=default is None)})


def _share(default: float | None) -> Any:
    """A number in [0, 1)."""
    return field(default=default, metadata={"rule": _Rule(float, least=0.0, below=1.0, optional=default is None)})


def _not_negative(default: float | None) -> Any:
    rule = _Rule(float, least=0.0, below=math.inf, optional=default is None)
    return field(default=default, metadata={"rule": rule})


def _positive(default: float, most: float = math.inf) -> Any:
    return field(default=default, metadata={"rule": _Rule(float, positive=True, most=most)})


def _switch(default: bool) -> Any:
    return field(default=default, metadata={"rule": _Rule(bool)})


@dataclass(frozen=True)
class CTGANConfig:
    """What the networks and their training look like. The defaults are meant for any table.

    The stages are the *edges* (which objects a subject is linked to), the *occurrences* (how often, when and for how
    much) and the *assignment* (which link is in which visit). Each field says which of them it governs.

    Attributes:
        noise_dim: edges, occurrences. Width of z, drawn once per subject.
        context_dim: edges, occurrences. Width, at most, of the link embedding whose running sum is the neighbourhood;
            see `for_subjects`.
        association_dim: edges, occurrences. Rank of the item–item association path, at most; 0 switches the path off.
        hidden_dim, blocks: edges. Width, at most, and depth of the residual MLPs; `hidden_dim` 0 switches the latent
            path off.
        occurrence_link_dim, occurrence_subject_dim, occurrence_hidden_dim: occurrences. Widths of the embedding of a
            link, of the summary of a subject, and of the residual MLPs.
        assignment_dim, assignment_visit_dim, assignment_hidden_dim: assignment. Rank of the association of links in one
            visit, width of the visit embedding, and of the layer that makes it.
        dropout: all stages. None chooses by the number of training subjects (strong on small tables).
        weight_decay: edges. None chooses by the number of training subjects.
        occurrence_weight_decay: occurrences.
        assignment_precision: assignment. Precision of the normal prior of the associations, in links.
        epochs: all stages. Passes over the training links (of the assignment: hundreds of steps); None chooses by the
            size of the table.
        patience: edges, occurrences. Epochs without a better validation loss before training stops; more where
            epochs are short.
        assignment_patience: assignment. The same, in hundreds of steps.
        batch_links: edges, occurrences. Links of one step; whole subjects are packed up to this size. None chooses by
            the table.
        assignment_batch: assignment. Moves of one step, at most; see `assignment_batch_for`.
        learning_rate: edges, occurrences. Adam's peak rate, before a cosine decay over `epochs`.
        assignment_learning_rate: assignment. The same.
        warm_up_steps: edges. Steps over which the rate rises to its peak.
        repeat_rate_multiplier: edges. Learning rate of the repeat bias, as a multiple: few numbers that every subject
            informs.
        order_rate_multiplier: assignment. Learning rate of the terms of two verbs, as a multiple: they are known long
            before single objects are.
        clip_norm: edges, occurrences. Norm that a step's gradient is clipped to.
        average: edges, occurrences. Decay of the moving average of the weights, which is what is validated and kept.
        predicted_share: edges. This share of a step's links is predicted; every link stays in the context.
        training_by_sampling: edges. Predicted links are drawn by log-frequency of their verb (Xu et al. 2019, section
            4.3).
        adversarial_weight: edges, occurrences. Weight of the critic's term in the generator's loss; 0 switches the
            critic off.
        pac: edges, occurrences. Links of one subject that the critic sees together.
        critic_interval: edges, occurrences. Generator steps per critic update.
        critic_learning_rate, critic_beta1, critic_beta2: edges, occurrences. Of the critic's Adam.
        gradient_penalty: edges, occurrences. λ of WGAN-GP (Gulrajani et al. 2017).
        gumbel_temperature: edges, occurrences. Of the soft draws that the critic sees (Jang et al. 2017).
        calibration_rounds: edges. Pilot samples after training; None chooses by the size of the table, 0 leaves
            calibration out.
        calibration_step: edges. Share of a pair's calibration error that the first correction takes out.
        margin_step: edges. The same of the margins and of the repeat bias, in every round.
        margin_prior, pair_prior, term_prior: edges. Pseudo-counts that shrink the log ratios of rare margins, of rare
            pairs in the steering path, and of rare pairs with terms of their own.
        steering: edges. Whether calibration sets the steering path.
        steering_rank: edges. Rank of the steering path; None chooses by the number of (verb, object) tokens.
        pair_terms: edges. Whether calibration gives associated pairs terms of their own.
        most_pair_terms: edges. At most this many pairs have a term of their own, the clearest first.
        count_rounds, link_rounds, order_rounds: occurrences. Rounds of calibrating how often edges occur, the links'
            columns (by object, then by verb), and the order of verbs (assignment); 0 leaves one out.
        count_levels: occurrences. Whether how often a frequent (verb, object) occurs is calibrated apart for subjects
            with few and with many links per edge.
        joint_counts: occurrences. Whether how often an edge occurs depends on how often others of its subject do.
        habits: occurrences. Whether the hours and weekdays of a subject's visits are drawn around its own.
        visit_rounds: assignment. Rounds of calibrating which links are in one visit; 0 leaves it out.
        occurrence_calibration_step: occurrences. Share of a calibration error that a correction takes out.

    Raises:
        InputError: a value of the wrong type or out of range.

    Example:
        >>> CTGANConfig(epochs=5).epochs_for(10_000)
        5
        >>> CTGANConfig(epochs=0)
        Traceback (most recent call last):
        ...
        assoc_synth.errors.InputError: epochs must be a whole number of at least 1, or None, not '0'
    """

    noise_dim: int = _whole(16, 0)
    context_dim: int = _whole(128, 1)
    association_dim: int = _whole(128, 0)
    hidden_dim: int = _whole(256, 0)
    blocks: int = _whole(2, 0)
    dropout: float | None = _share(None)
    weight_decay: float | None = _not_negative(None)
    learning_rate: float = _positive(2e-3)
    epochs: int | None = _whole(None, 1)
    patience: int = _whole(4, 1)
    batch_links: int | None = _whole(None, 1)
    predicted_share: float = _positive(0.5, most=1.0)
    average: float = _share(0.99)
    training_by_sampling: bool = _switch(True)
    adversarial_weight: float = _not_negative(0.05)
    pac: int = _whole(8, 1)
    critic_interval: int = _whole(8, 1)
    gradient_penalty: float = _not_negative(10.0)
    calibration_rounds: int | None = _whole(None, 0)
    steering: bool = _switch(True)
    pair_terms: bool = _switch(True)
    occurrence_link_dim: int = _whole(64, 1)
    occurrence_subject_dim: int = _whole(64, 1)
    occurrence_hidden_dim: int = _whole(128, 1)
    assignment_dim: int = _whole(64, 1)
    assignment_visit_dim: int = _whole(16, 1)
    assignment_hidden_dim: int = _whole(32, 1)
    occurrence_weight_decay: float = _not_negative(0.01)
    assignment_precision: float = _not_negative(100.0)
    assignment_patience: int = _whole(5, 1)
    assignment_batch: int = _whole(4096, 1)
    assignment_learning_rate: float = _positive(1e-3)
    warm_up_steps: int = _whole(100, 0)
    repeat_rate_multiplier: float = _positive(50.0)
    order_rate_multiplier: float = _positive(10.0)
    clip_norm: float = _positive(1.0)
    critic_learning_rate: float = _positive(5e-4)
    critic_beta1: float = _share(0.5)
    critic_beta2: float = _share(0.9)
    gumbel_temperature: float = _positive(0.5)
    calibration_step: float = _positive(0.7, most=1.0)
    margin_step: float = _positive(0.7, most=1.0)
    margin_prior: float = _positive(10.0)
    pair_prior: float = _positive(10.0)
    term_prior: float = _positive(4.0)
    steering_rank: int | None = _whole(None, 1)
    most_pair_terms: int = _whole(100_000, 1)
    count_rounds: int = _whole(4, 0)
    link_rounds: int = _whole(3, 0)
    order_rounds: int = _whole(5, 0)
    visit_rounds: int = _whole(60, 0)
    occurrence_calibration_step: float = _positive(0.8, most=1.0)
    count_levels: bool = _switch(True)
    joint_counts: bool = _switch(True)
    habits: bool = _switch(True)

    def __post_init__(self) -> None:
        for own in fields(self):
            checked = own.metadata["rule"].checked(own.name, getattr(self, own.name))
            object.__setattr__(self, own.name, checked)
        if not (self.association_dim or self.hidden_dim):
            raise InputError("association_dim and hidden_dim are both 0: the generator needs at least one path")

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> CTGANConfig:
        """A stored config; fields that an older version did not have get their defaults.

        Raises:
            InputError: a name that is no field, or a value that a field cannot have.

        Example:
            >>> CTGANConfig.from_dict({"epochs": 3}) == CTGANConfig(epochs=3)
            True
        """
        unknown = sorted(set(map(str, state)) - {own.name for own in fields(cls)})
        if unknown:
            raise InputError(f"{unknown[0][:40]!r} is no hyperparameter; remove it or see CTGANConfig for their names")
        return cls(**state)

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values; `from_dict` reads them."""
        return asdict(self)

    def for_objects(self, num_objects: int) -> CTGANConfig:
        """Narrower embeddings from 200,000 objects on: with their gradients and averages they fill the memory."""
        if num_objects <= MANY_OBJECTS:
            return self
        widest = {name: min(getattr(self, name), NARROW) for name in ("context_dim", "association_dim")}
        return replace(self, **widest)

    def for_subjects(self, num_subjects: int, directions: int, links_per_subject: float = 1.0) -> CTGANConfig:
        """Narrower networks for few subjects, which wide ones remember one by one.

        From 50,000 training subjects on the widths are as given. Up to 1,500 they are at most 32 for the context, 64
        for the hidden layers and, for the association path, eight times the directions in which the table's
        associations stand out of their sampling error. Between these they are log-linear. A subject of long history
        counts as one for every 25 links.

        Example:
            >>> small = CTGANConfig().for_subjects(400, directions=3)
            >>> small.context_dim, small.hidden_dim, small.association_dim
            (32, 64, 24)
        """
        narrow = {"context_dim": 32, "hidden_dim": 64, "association_dim": ROOM * max(directions, 1)}
        widths = {name: (min(getattr(self, name), least), getattr(self, name)) for name, least in narrow.items()}
        many = _effective(num_subjects, links_per_subject)
        chosen: dict[str, Any] = {name: round(_between(many, *both)) for name, both in widths.items()}
        return replace(self, **chosen)

    def dropout_for(self, num_subjects: int, links_per_subject: float) -> float:
        """Dropout on embeddings and hidden units, for a table of this size.

        From 50,000 training subjects on it is .1. Up to 1,500 it is .3 at one link per subject and .5 from a dozen on:
        what links show together is easier to remember. Between these it is log-linear.
        """
        if self.dropout is not None:
            return self.dropout
        return _between(num_subjects, 0.3 + 0.2 * _length(links_per_subject, 1, 12), 0.1)

    def weight_decay_for(self, num_subjects: int, links_per_subject: float) -> float:
        """Decoupled weight decay, for a table of this size; that of the association path is towards where it began.

        From 50,000 training subjects on it is .01. Up to 1,500 it is .5 at a dozen links per subject and 2 from 50 on:
        a longer history is easier to tell from others. Between these it is log-linear. A subject of long history counts
        as one for every 25 links: there is more to learn from it.
        """
        if self.weight_decay is not None:
            return self.weight_decay
        return _between(
            _effective(num_subjects, links_per_subject), 0.5 + 1.5 * _length(links_per_subject, 12, 50), 0.01
        )

    def batch_for(self, num_edges: int) -> int:
        """Links of a step of the edges: a twentieth of the table, between 512 and 8,192."""
        return self.batch_links if self.batch_links is not None else int(np.clip(num_edges // 20, 512, 8192))

    def occurrence_batch_for(self, num_links: int) -> int:
        """Links of a step of the occurrences: a 64th of the table, between 128 and 4,096."""
        return self.batch_links if self.batch_links is not None else int(np.clip(num_links // 64, 128, 4096))

    def patience_for(self, steps: int) -> int:
        """Epochs that training waits for a better validation loss, each of `steps` steps: at least 200 steps in all."""
        return max(self.patience, math.ceil(ENOUGH_STEPS / max(steps, 1)))

    def epochs_for(self, num_edges: int) -> int:
        """Epochs of the edges: enough for about 12 million predicted links, between 8 and 150."""
        return self.epochs if self.epochs is not None else int(np.clip(round(12e6 / max(num_edges, 1)), 8, 150))

    def occurrence_epochs_for(self, num_links: int) -> int:
        """Epochs of the occurrences: enough for about 15 million links, between 8 and 80."""
        return self.epochs if self.epochs is not None else int(np.clip(round(15e6 / max(num_links, 1)), 8, 80))

    def assignment_batch_for(self, num_links: int) -> int:
        """Moves of a step of the assignment: an eighth of the links, but at least 512, up to `assignment_batch`."""
        return min(self.assignment_batch, max(num_links // 8, 512))

    def assignment_steps_for(self, num_links: int, steps_per_epoch: int) -> int:
        """Steps of the assignment: 6 swaps per link in steps of 4,096, between 1,000 and 2,000."""
        if self.epochs is not None:
            return self.epochs * steps_per_epoch
        return int(np.clip(6 * num_links // self.assignment_batch, 1_000, 2_000))


def _effective(num_subjects: int, links_per_subject: float) -> int:
    return int(num_subjects * max(links_per_subject / LONG, 1.0))


def _between(num_subjects: int, small: float, large: float) -> float:
    share = np.interp(np.log(max(num_subjects, 1)), [np.log(1_500), np.log(50_000)], [0.0, 1.0])
    return float(small + (large - small) * share)


def _length(links_per_subject: float, few: int, many: int) -> float:
    """0 up to `few` links per subject, 1 from `many` on, log-linear between."""
    return float(np.interp(np.log(max(links_per_subject, 1.0)), [np.log(few), np.log(many)], [0.0, 1.0]))
