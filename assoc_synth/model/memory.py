"""Memory and time of a fit, estimated before it from sizes of the table; what is too much for the machine is narrowed.

Memory is that of libraries and compiled loops, which a table of any size needs, and of rows, each with its columns as
read, as coded and as the gate counts it; and beside these the most of

- the initialisation: one entry for each two objects of a subject, whose contribution is capped (`most_counted`), or for
  each two objects where these are fewer; and tables of all pairs of up to 2,500 objects;
- the training: weights, each with its gradient, two moments, an average, and the copies that training goes back to; and
  the logits of one batch, and what its links know of earlier ones;
- the calibration: the weights, and tables of the pairs of up to 6,000 steered tokens.

The constants are measured on tables of 1,600 to 1,200,000 rows and 10 to 300,000 objects: what a fit took was 0.4 to
1.05 of the estimate.

Time is about √rows seconds (100 for 9,000 rows, 900 for 730,000 rows), more where the softmax has many classes, and
60 µs for each row before the training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from assoc_synth.ctgan.config import MOST_EARLIER, CTGANConfig
from assoc_synth.ctgan.edges.clusters import head_size
from assoc_synth.ctgan.edges.plan_links import plan_sizes
from assoc_synth.errors import InputError
from assoc_synth.link_graph.contributions import most_counted
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.machine import Room
from assoc_synth.model.quantities import size_text

LIBRARIES, ROW, CELL, PAIR, EARLIER = 550_000_000, 700, 120, 24, 110
"""Bytes: of all fits; of a row, and of each of its extra columns; of a pair of objects that some subject has; of a link
to predict and an earlier one of its subject."""
SHRUNK, SHRUNK_BYTES, STEERED, STEERED_BYTES = 2_500, 80, 6_000, 24
"""Objects up to which there is a table of all their pairs, tokens at most, and bytes of such a pair."""
WEIGHT, CRITIC_WEIGHT, LOGIT = 4 * 13, 4 * 9, 16
"""Bytes of a weight of a generator and of its critic in all its copies, and of a logit of a batch."""
CRITIC_DIM, STEERING_RANK, TOKENS = 48, 64, 300_000
"""Widths of the critic's embeddings and of the steering path, and the most tokens that are steered."""
SECONDS, SLOW_CLASSES, ROW_SECONDS = 1.0, 5_000, 6e-5
"""Of √rows, classes that double it, and of each row."""
CERTAIN = 0.8
"""A fit is refused where this part of the estimate is more than there is."""
WIDTHS = (48, 16)
"""Of embeddings, as they are narrowed."""


@dataclass(frozen=True)
class Sizes:
    """What of a table decides how much memory and time its fit takes.

    Attributes:
        pairs: of objects that one subject has, at most.
        longest: links of one subject at most.
    """

    rows: int
    links: int
    subjects: int
    verbs: int
    objects: int
    extras: int
    pairs: int
    longest: int

    @classmethod
    def of(cls, graph: LinkGraph) -> Sizes:
        """Of a table's graph.

        Example:
            >>> from assoc_synth.datasets import toy_shop
            >>> sizes = Sizes.of(LinkGraph.from_table(toy_shop(subjects=100)))
            >>> sizes.subjects, sizes.pairs <= sizes.objects**2
            (100, True)
        """
        table, edges = graph.table, graph.edges
        degrees = np.diff(edges.offsets)
        counted = np.minimum(degrees, most_counted(edges)).astype(np.float64)
        pairs = int(min((counted**2).sum(), edges.num_objects**2))
        own = len(table), len(edges), table.num_subjects, table.num_verbs, table.num_objects
        return cls(*own, len(table.extras.columns), pairs, int(degrees.max(initial=0)))

    @property
    def tokens(self) -> int:
        """Objects of each verb, and classes of the plan."""
        return self.verbs * (self.objects + sum(plan_sizes(self.verbs)))

    @property
    def classes(self) -> int:
        """Of the softmax: objects, or the frequent ones and clusters of the others."""
        head = head_size(self.objects)
        return head + 2 ** round(math.log2(math.sqrt(max(self.objects - head, 1)))) if head < self.objects else head

    def config(self, config: CTGANConfig | None) -> CTGANConfig:
        """The hyperparameters for a table of this size, as wide as its associations may make them."""
        own = (config or CTGANConfig()).for_objects(self.objects)
        return own.for_subjects(self.subjects, own.association_dim, self.links / max(self.subjects, 1))

    def num_weights(self, config: CTGANConfig) -> int:
        """Weights of stage 1 that grow with the table, as `EdgeGenerator` has them."""
        planned = plan_sizes(self.verbs)
        objects, classes = self.objects + sum(planned), self.classes + sum(planned)
        verbs, embedded = self.verbs + len(planned), config.context_dim + config.association_dim
        width = config.association_dim + (config.context_dim if config.hidden_dim else 0)
        rare = self.objects - head_size(self.objects)
        return objects * embedded + classes * (width + verbs) + rare * (width + verbs)


@dataclass(frozen=True)
class Estimate:
    """What a fit takes, about.

    Attributes:
        bytes: beyond what the process has before.
        seconds: with one core; the limit that is set, where that is less.
        is_limited: whether it is.

    Example:
        >>> Estimate(bytes=2_400_000_000, seconds=340.0).sentence
        'about 2.4 GB of memory and 6 minutes'
    """

    bytes: int
    seconds: float
    is_limited: bool = False

    @classmethod
    def of(cls, sizes: Sizes, config: CTGANConfig | None = None, max_minutes: float | None = None) -> Estimate:
        """By the formula above.

        Args:
            config: None for the defaults.
            max_minutes: of the fit; None for no limit.
        """
        own = sizes.config(config)
        seconds = SECONDS * math.sqrt(sizes.rows) * (1 + sizes.classes / SLOW_CLASSES) + ROW_SECONDS * sizes.rows
        weights, shrunk = sizes.num_weights(own), sizes.objects**2 if sizes.objects <= SHRUNK else 0
        critic = CRITIC_DIM * sizes.classes if own.adversarial_weight else 0
        batch = LOGIT * own.batch_for(sizes.links) * sizes.classes
        batch += EARLIER * min(sizes.longest**2 // 4, MOST_EARLIER)
        steps = {
            "initialisation": PAIR * sizes.pairs + SHRUNK_BYTES * shrunk,
            "training": WEIGHT * weights + CRITIC_WEIGHT * critic + batch,
            "calibration": WEIGHT // 4 * weights + (_steering(sizes) if own.steering else 0),
        }
        always = LIBRARIES + sizes.rows * (ROW + CELL * sizes.extras)
        is_limited = max_minutes is not None and 60 * max_minutes < seconds
        return cls(always + max(steps.values()), 60 * (max_minutes or 0.0) if is_limited else seconds, is_limited)

    @property
    def sentence(self) -> str:
        """For people, before the fit."""
        minutes = self.seconds / 60
        time = f"{self.seconds:.0f} seconds" if minutes < 2 else f"{minutes:,.0f} minutes"
        return f"about {size_text(self.bytes)} of memory and {'at most ' if self.is_limited else ''}{time}"


@dataclass(frozen=True)
class Narrowed:
    """What a fit is made with: hyperparameters that the machine has room for, and what to tell of them.

    Attributes:
        config: as given, or narrower.
        level: how often it was narrowed, 0 to 2.
        notes: for people.
    """

    config: CTGANConfig | None
    level: int = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def to_room(cls, sizes: Sizes, config: CTGANConfig | None, room: Room | None, level: int | None = None) -> Narrowed:
        """Hyperparameters for which there is room: as they are, or with narrower embeddings and smaller batches.

        Args:
            room: what the machine has; None where it does not say.
            level: as it was found before; None to find it.

        Raises:
            InputError: the narrowest ones need more than there is.
        """
        if room is not None:
            needed = [Estimate.of(sizes, narrower(config, sizes, at)).bytes for at in range(len(WIDTHS) + 1)]
            if level is None:
                level = next((at for at, own in enumerate(needed) if own <= room.bytes), len(WIDTHS))
            if CERTAIN * needed[level] > room.bytes:
                raise InputError(_refusal(sizes, needed[level], room))
        if not level:
            return cls(config)
        own = narrower(config, sizes, level)
        note = (
            f"memory is short: embeddings are at most {WIDTHS[level - 1]} wide, and batches have {own.batch_links:,} "
            "links; a machine with more memory, or fewer objects (--min-subjects-objects), gives a better model"
        )
        return cls(own, level, (note,))


def narrower(config: CTGANConfig | None, sizes: Sizes, level: int) -> CTGANConfig:
    """Hyperparameters whose networks, batches and tables of pairs take less memory, the more the higher the level.

    Example:
        >>> sizes = Sizes(rows=9_000, links=9_000, subjects=900, verbs=1, objects=50, extras=0, pairs=2_500, longest=20)
        >>> narrower(None, sizes, 2).context_dim, narrower(None, sizes, 2).batch_links
        (16, 128)
    """
    own = config or CTGANConfig()
    if not level:
        return own
    width, batch = WIDTHS[level - 1], own.batch_for(sizes.links)
    widths = {name: min(getattr(own, name), width) for name in ("context_dim", "association_dim")}
    return replace(own, **widths, batch_links=max(batch >> level, 1), steering=own.steering and level < len(WIDTHS))


def _steering(sizes: Sizes) -> int:
    """Bytes of steered pairs and of the path that steers them; none with too many tokens."""
    if sizes.tokens > TOKENS or sizes.classes < sizes.objects:
        return 0
    steered = min(STEERED, sizes.tokens, sizes.links // 20)
    return STEERED_BYTES * steered**2 + WEIGHT // 4 * 2 * STEERING_RANK * sizes.tokens


def _refusal(sizes: Sizes, needed: int, room: Room) -> str:
    """What it needs, what there is, and what to type."""
    least = f"a fit of {sizes.rows:,} rows and {sizes.objects:,} objects needs {size_text(needed)} of memory or more"
    what = "take fewer subjects"
    if WEIGHT * sizes.num_weights(narrower(None, sizes, len(WIDTHS))) + PAIR * sizes.pairs > needed / 4:
        what = "leave out rare objects (--min-subjects-objects 20, in Python min_subjects_objects), or take fewer rows"
    return f"{least}, and {room.of} has {size_text(room.bytes)}: {what}, or a machine with more memory"
