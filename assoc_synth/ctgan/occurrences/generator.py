"""Stage 2: the occurrences of a subject's edges — how often, in which visits, with which columns.

A subject's links fall into *visits* (baskets, sessions, or distinct timestamps). The chain for one subject, given its
edges and z:

1. `repeat`, its class of links per edge; then `count` for every edge;
2. for every link its columns (amount, extras, whether it belongs to no visit);
3. `visits`, how many; when the first one is and how many links it has (`start`); the same of every further one, given
   those before it (`step`).

Which links go into which visit is decided afterwards, by `assignment`, and in which order they come there, by `order`.
Last come the columns that all links of a visit share, by `visit_columns`.
Each head is a conditional CTGAN generator over columns: a residual MLP, a softmax per discrete column or mode, and a
number within the mode (Xu et al. 2019, section 4.2), one column after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.assignment.model import AssignmentModel
from assoc_synth.ctgan.column_chain import ColumnChain
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import ColumnSpec, Occurrences
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.occurrences.class_logits import ClassLogits
from assoc_synth.ctgan.occurrences.habits import Habits, has_habits
from assoc_synth.ctgan.occurrences.joint_counts import DIRECTIONS, JointCounts, joint_directions, joint_tokens
from assoc_synth.ctgan.occurrences.level_logits import LevelLogits, frequent_tokens
from assoc_synth.ctgan.occurrences.month_days import FEATURES as MONTH_FEATURES
from assoc_synth.ctgan.occurrences.month_days import LastVisits, MonthDays, has_month_days
from assoc_synth.ctgan.occurrences.partners import Partners, find_partners
from assoc_synth.ctgan.occurrences.size_logits import SizeLogits, anchor_verb, gain_of, links_by_verb, table_sizes
from assoc_synth.ctgan.occurrences.visit_numbers import VisitNumbers, has_numbers, number_tokens
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.visit_columns.model import EdgeEmbedding, VisitColumnModel
from assoc_synth.ctgan.visit_features import STEP_FEATURES, left_per_visit
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints

MOST_VERBS = 16
"""Verbs up to which visits are drawn by how many links of each they have."""


@dataclass(frozen=True)
class OccurrenceSpec:
    """The shapes of stage 2's columns: all that a saved model needs to rebuild its networks."""

    repeat: ColumnSpec
    count: ColumnSpec
    link: tuple[ColumnSpec, ...]
    visits: tuple[ColumnSpec, ...]
    start: tuple[ColumnSpec, ...]
    step: tuple[ColumnSpec, ...]
    order: OrderSpec | None = None
    sizes: bool = False
    by_verb: bool = False
    partners: int = 0
    visit_columns: tuple[ColumnSpec, ...] = ()
    decisive_links: int = 0
    levels: int | None = None
    habits: bool = False
    month_days: bool = False
    joint: int | None = None
    directions: int = DIRECTIONS
    visit_tokens: int | None = None

    @classmethod
    def of(cls, data: Occurrences) -> OccurrenceSpec:
        classes = data.count.spec.classes
        return cls(
            data.repeat.spec,
            data.count.spec,
            tuple(column.spec for column in data.link),
            (data.num_visits.spec,) if data.num_visits is not None else (),
            tuple(column.spec for column in data.start),
            tuple(column.spec for column in data.step),
            OrderSpec.of(data.order, data.edges, data.link_edge),
            sizes=True,
            by_verb=1 < data.edges.num_verbs <= MOST_VERBS,
            partners=len(find_partners(data)),
            visit_columns=tuple(column.spec for column in data.visit_columns),
            levels=len(frequent_tokens(data.edges, classes)) if classes > 1 else None,
            habits=has_habits(data),
            month_days=has_month_days(data),
            joint=len(joint_tokens(data.edges, classes)) if classes > 1 else None,
            directions=joint_directions(data),
            visit_tokens=len(number_tokens(data.edges)) if has_numbers(data) else None,
        )


class OccurrenceGenerator(nn.Module):
    """Stage 2's generator: column chains over the subject's whole neighbourhood and z.

    The neighbourhood is the sum of the edge generator's link embeddings over a subject's edges, see
    `mean_neighbourhoods`. `count_logits` and `link_logits` are added to the logits of `count` and of the links'
    columns.

    Args:
        spec: the shapes of the columns.
        dropout: of every network in it.
    """

    def __init__(
        self, config: CTGANConfig, spec: OccurrenceSpec, num_verbs: int, num_objects: int, dropout: float
    ) -> None:
        super().__init__()
        self.config, self.spec, self.noise_dim, self.num_verbs = config, spec, config.noise_dim, num_verbs
        link_dim, hidden_dim = config.occurrence_link_dim, config.occurrence_hidden_dim
        width = config.context_dim + config.association_dim + 1
        summary = nn.Linear(width, config.occurrence_subject_dim)
        self.subject = nn.Sequential(nn.Dropout(dropout), summary, nn.GELU())
        self.link_embedding = LinkEmbedding(num_verbs, num_objects, link_dim, std=0.1)
        base = config.occurrence_subject_dim + 1 + config.noise_dim
        of_edge = base + 2 * link_dim + num_verbs + 1
        self.interest = nn.Linear(base, link_dim)
        self.repeat = ColumnChain((spec.repeat,), base, hidden_dim, dropout)
        self.count = ColumnChain((spec.count,), of_edge, hidden_dim, dropout)
        self.link = ColumnChain(spec.link, of_edge, hidden_dim, dropout)
        self.count_logits = ClassLogits((spec.count,), num_verbs, num_objects)
        self.link_logits = ClassLogits(spec.link, num_verbs, num_objects)
        self.partners = Partners(spec.partners, spec.count.classes) if spec.partners else None
        self.level_logits: LevelLogits | None = None
        if spec.levels is not None and config.count_levels:
            self.level_logits = LevelLogits(spec.levels, num_verbs, num_objects, spec.count.classes)
        self.joint: JointCounts | None = None
        if spec.joint is not None and config.joint_counts:
            self.joint = JointCounts(spec.joint, num_verbs, num_objects, spec.count.classes, spec.directions)
        self.habits = Habits(spec.step) if spec.habits and config.habits else None
        self.visit_numbers: VisitNumbers | None = None
        if spec.visit_tokens is not None:
            self.visit_numbers = VisitNumbers(spec.visit_tokens, num_verbs, num_objects)
        by_verb = base + (num_verbs if spec.by_verb else 0)
        self.visits = ColumnChain(spec.visits, by_verb + 1, hidden_dim, dropout)
        self.start = ColumnChain(spec.start, by_verb + 2, hidden_dim, dropout)
        known = STEP_FEATURES + (MONTH_FEATURES if spec.month_days else 0)
        self.step = ColumnChain(spec.step, by_verb + known, hidden_dim, dropout)
        self.month_days = MonthDays(spec.step[0].classes) if spec.month_days else None
        self.anchor: Tensor
        if spec.by_verb:
            self.register_buffer("anchor", torch.tensor(-1))
        sizes = {"visits": spec.visits[0], "size": spec.start[-1]} if spec.visits and spec.start else {}
        gaps = {column.name: column for column in spec.step if column.name == "gap"}
        of_edges = {"repeat": spec.repeat, "count": spec.count}
        self.size_logits = SizeLogits(of_edges | sizes | gaps if spec.sizes else {})
        self.assignment = AssignmentModel(num_verbs, num_objects, config, dropout=dropout)
        self.order = OrderModel(num_verbs, num_objects, spec.order, dropout) if spec.order is not None else None
        of_visits = spec.visit_columns, num_verbs, num_objects, width - 1, dropout
        self.visit_columns = VisitColumnModel(*of_visits) if spec.visit_columns else None
        if self.visit_columns is not None:
            self.visit_columns.decisive.resize(spec.decisive_links)
        self.repeat_level: Tensor
        self.register_buffer("repeat_level", torch.zeros(spec.repeat.classes))

    def is_sound(self) -> bool:
        """Whether the anchor, as read from a file, is a verb, or none."""
        return not self.spec.by_verb or -1 <= int(self.anchor) < self.num_verbs

    def start_at(self, data: Occurrences) -> None:
        """Take the table's levels of repetition, and let every column begin at its classes' shares."""
        self.repeat_level.copy_(torch.from_numpy(data.repeat_level))
        self.repeat.start_at([data.repeat.code])
        self.count.start_at([data.count.code])
        self.link.start_at([column.code for column in data.link])
        self.count_logits.learn((data.count,), data.edges.object)
        self.link_logits.learn(data.link, data.edges.object[data.link_edge])
        if self.spec.by_verb:
            self.anchor.fill_(anchor_verb(data))
        expected = self.learn_numbers(data)
        self.size_logits.learn(table_sizes(data, int(self.anchor) if self.spec.by_verb else -1, expected))
        self._learn_partners(data)
        if self.level_logits is not None:
            self.level_logits.start_at(data)
        self.visits.start_at([data.num_visits.code] if data.num_visits is not None else [])
        self.start.start_at([column.code for column in data.start])
        self.step.start_at([column.code for column in data.step])
        if self.month_days is not None:
            self.month_days.start_at(data)

    def learn_numbers(self, data: Occurrences) -> Floats | None:
        """How many visits are expected of each subject that has some, itself left out; None where totals say more."""
        if self.visit_numbers is None or data.visits is None or data.num_visits is None:
            return None
        by_verb = links_by_verb(data)
        inside = np.bincount(data.link_edge[data.link_visit >= 0], minlength=len(data.edges)).astype(np.int64)
        subjects, visits = data.visits.subject[data.visits.first], data.visits.per_subject
        expected = self.visit_numbers.learn(data.edges, inside, subjects, visits)
        at = int(self.anchor) if self.spec.by_verb else -1
        known = by_verb[:, at] if at >= 0 else by_verb.sum(1)
        gains = [gain_of(data.num_visits, own) for own in (known.astype(np.float64), expected)]
        self.visit_numbers.used.fill_(gains[1] > gains[0])
        return expected if gains[1] > gains[0] else None

    @torch.no_grad()
    def _learn_partners(self, data: Occurrences) -> None:
        """Count how often edges occur given their anchors, beyond what the objects and the subjects' levels say."""
        if self.partners is None:
            return
        edges, device = data.edges, self.repeat_level.device
        found = find_partners(data)
        self.partners.tokens.copy_(torch.from_numpy(found))
        verb, object = (torch.from_numpy(part.astype(np.int64)).to(device) for part in (edges.verb, edges.object))
        level = self.repeat_level[torch.from_numpy(data.repeat.code[edges.subject]).to(device)]
        bias = self.count.heads[0].get_parameter("bias")[: self.spec.count.classes]
        logits = bias + self.count_logits(verb, object)[0] + self.size_logits("count", torch.exp(level))
        expected = torch.softmax(logits, 1).cpu()
        self.partners.learn(found, self.partners.groups(edges, edges.count), data.count.code, expected)

    def subject_condition(self, neighbourhood: Tensor, size: Tensor, noise: Tensor) -> Tensor:
        """(S, width), (S,), (S, Z) → (S, D): the neighbourhood, log1p(n) and z."""
        log_size = torch.log1p(size.float()).unsqueeze(1)
        return torch.cat([self.subject(torch.cat([neighbourhood, log_size], dim=1)), log_size, noise], dim=1)

    def edge_condition(
        self, subject: Tensor, interest: Tensor, verb: Tensor, object: Tensor, repeat_level: Tensor
    ) -> Tensor:
        """The subject's condition, the edge, their product and links per edge.

        (E, D), (E, link), (E,), (E,), (E,) → (E, D + 2·link + V + 1).

        Args:
            interest: `interest` of the subjects, which is the same for all of their edges.
        """
        one_hot = functional.one_hot(verb, self.num_verbs).to(subject.dtype)
        link = self.link_embedding(verb, object)
        return torch.cat([subject, link, link * interest, one_hot, repeat_level.unsqueeze(1)], dim=1)

    def known_repeat(self, edges: Tensor) -> list[Tensor]:
        """Logits of the subjects' classes given how many edges they have: (S,) → [(S, classes)]."""
        return [self.size_logits("repeat", edges)]

    def known_count(self, condition: Tensor, verb: Tensor, object: Tensor, group: Tensor) -> list[Tensor]:
        """Logits of how often edges occur, given their conditions, (E, …), verbs, objects and anchors: [(E, classes)].

        Args:
            group: (E,) as `Partners.groups` gives them.
        """
        known = self.size_logits("count", torch.exp(condition[:, -1]))
        logits = self.count_logits(verb, object)[0] + known
        if self.level_logits is not None:
            logits = logits + self.level_logits(verb, object, condition[:, -1])
        return [logits if self.partners is None else logits + self.partners(group)]

    def partner_groups(self, edges: Edges, counts: Ints) -> Ints:
        """What each edge's number follows, see `Partners.groups`, −1 for nothing: (E,), (E,) → (E,)."""
        return np.full(len(edges), -1) if self.partners is None else self.partners.groups(edges, counts)

    def with_verbs(self, subject: Tensor, by_verb: Tensor) -> Tensor:
        """What is known before visits are drawn: how many links of each verb they have: (S, D), (S, V) → (S, D + V)."""
        return torch.cat([subject, torch.log1p(by_verb.float())], dim=1) if self.spec.by_verb else subject

    def known_visits(self, by_verb: Tensor, expected: Tensor | None = None) -> list[Tensor]:
        """Logits of the number of visits given the links that belong to visits by verb: (S, V) → [(S, classes)].

        They follow the links of the verb that says most of them, or all links.

        Args:
            expected: (S,) the number that is expected, where it says more, see `VisitNumbers`.
        """
        if expected is not None:
            return [self.size_logits("visits", expected)]
        at = int(self.anchor) if self.spec.by_verb else -1
        return [self.size_logits("visits", by_verb[:, at] if at >= 0 else by_verb.sum(1))]

    def known_start(self, links: Tensor) -> list[Tensor]:
        """Logits of the columns of first visits given the links per visit to come, (n,): [(n, classes or 1)]."""
        known = {"size": links}
        return [self.size_logits(column.name, known.get(column.name, links)) for column in self.spec.start]

    def known_step(self, features: Tensor, last: LastVisits | None = None) -> list[Tensor]:
        """The same of later visits, given `step_features` and, where days of the month matter, the visits before."""
        days, links = left_per_visit(features)
        known = {"size": links, "gap": days}
        found = [self.size_logits(column.name, known.get(column.name, links)) for column in self.spec.step]
        if self.month_days is not None and last is not None:
            found[0] = found[0] + self.month_days(last)
        return found

    def step_condition(self, subject: Tensor, features: Tensor, last: LastVisits | None = None) -> Tensor:
        """The subjects' condition, `step_features`, and what days of the month the visits before were on.

        (n, D), (n, F) → (n, width).
        """
        months = [last.features.to(subject.device)] if self.month_days is not None and last is not None else []
        return torch.cat([subject, features, *months], dim=1)

    @staticmethod
    def visits_condition(subject: Tensor, links: Tensor) -> Tensor:
        """(S, D), (S,) → (S, D + 1): log1p of the links that belong to visits."""
        return torch.cat([subject, torch.log1p(links.float()).unsqueeze(1)], dim=1)

    @staticmethod
    def start_condition(subject: Tensor, links: Tensor, visits: Tensor) -> Tensor:
        """(S, D), (S,), (S,) → (S, D + 2): log1p of the links that belong to visits, and of the visits."""
        counts = torch.stack([links, visits], dim=1).float()
        return torch.cat([subject, torch.log1p(counts)], dim=1)


@torch.no_grad()
def mean_neighbourhoods(generator: EdgeGenerator, edges: Edges) -> Tensor:
    """Sum of the link embeddings of each subject's n links by the trained edge generator, / √n: (S, C + R).

    The embeddings of its attributes are added as they are, as in `scaled`.
    """
    device = generator.output.device
    width = generator.context_dim + generator.association_dim
    tokens, place = np.unique(edges.token, return_inverse=True)
    verb, object = (torch.from_numpy(part).to(device) for part in divmod(tokens.astype(np.int64), edges.num_objects))
    embedded = generator.embed(verb, object)[:, :width]
    is_link = edges.verb < generator.num_link_verbs
    links = np.maximum(np.bincount(edges.subject, is_link, minlength=edges.num_subjects), 1)
    weight = np.where(is_link, 1 / np.sqrt(links)[edges.subject], 1.0).astype(np.float32)
    at, offsets = (torch.from_numpy(index.astype(np.int64)).to(device) for index in (place, edges.offsets))
    weights = torch.from_numpy(weight).to(device)
    return functional.embedding_bag(
        at, embedded, offsets, mode="sum", include_last_offset=True, per_sample_weights=weights
    )


def edge_embedding(generator: EdgeGenerator, edges: Edges) -> EdgeEmbedding:
    """What the trained edge generator knows of subjects and links."""
    width = generator.context_dim + generator.association_dim

    def embed(verb: Tensor, object: Tensor) -> Tensor:
        return generator.embed(verb, object)[:, :width]

    return EdgeEmbedding(mean_neighbourhoods(generator, edges), embed)
