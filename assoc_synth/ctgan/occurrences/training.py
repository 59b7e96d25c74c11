"""Training of stage 2: the occurrences of given edges, by likelihood and by a critic over one subject's links."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.critic import MOST_PACKS, Critic, Packs
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CodedColumn, Horizon, Occurrences, Visits
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec, mean_neighbourhoods
from assoc_synth.ctgan.occurrences.month_days import LastVisits
from assoc_synth.ctgan.occurrences.size_logits import links_by_verb
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer, forked_random
from assoc_synth.ctgan.visit_features import step_features
from assoc_synth.link_graph.edges import ragged
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints, Values

SHRUNK, SHARES = ("repeat", "visits", "start"), (1.0, 0.75, 0.5, 0.25, 0.1, 0.0)
"""Heads of which there is one row a subject; and shares of what they have learned that are tried."""
Losses = dict[str, tuple[Tensor, int]]


class OccurrenceTrainer:
    """Fits an `OccurrenceGenerator`; early stopping on the given validation subjects.

    Args:
        edge_generator: trained; its link embeddings make the subjects' neighbourhoods and stay as they are.
        training, validation: codes of subjects of `data`.
        seeds: of everything random here.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.
    """

    def __init__(
        self,
        config: CTGANConfig,
        data: Occurrences,
        edge_generator: EdgeGenerator,
        *,
        training: Ints,
        validation: Ints,
        seeds: Seeds,
        deadline: Until = math.inf,
        callback: Callback | None = None,
    ) -> None:
        edges, spec, device = data.edges, OccurrenceSpec.of(data), edge_generator.output.device
        with forked_random(seeds.child("initialisation"), device):
            dropout = config.dropout_for(len(training), 1.0)
            generator = OccurrenceGenerator(config, spec, edges.num_verbs, edges.num_objects, dropout).to(device)
            attributes = sum(column.classes + 1 for column in spec.link)
            critic_network = PacCritic(edges.num_verbs, edges.num_objects, attributes, config.pac).to(device)
        generator.start_at(data)
        neighbourhood = mean_neighbourhoods(edge_generator, data.with_attributes or edges)
        self.stage = OccurrenceStage(generator, data, neighbourhood, training, validation, seeds=seeds)
        epochs, steps = config.occurrence_epochs_for(len(data.link_edge)), len(self.stage.groups(training))
        plan = Plan(
            epochs=epochs,
            patience=config.patience_for(steps),
            steps=epochs * steps,
            learning_rate=config.learning_rate,
            schedule=Schedule(),
            seeds=seeds.child("dropout"),
            by_epoch=True,
            average=config.average,
            clip_norm=config.clip_norm,
            deadline=deadline,
        )
        optimizer = torch.optim.AdamW(
            generator.parameters(), lr=plan.learning_rate, weight_decay=config.occurrence_weight_decay, fused=True
        )
        critic = Critic(critic_network, config, self.stage.random) if config.adversarial_weight else None
        self.trainer = Trainer(self.stage, plan, optimizer, critic=critic, callback=callback)

    def fit(self) -> tuple[OccurrenceGenerator, History]:
        """Train until validation stops improving, the epochs are made, or the deadline comes.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        history = self.trainer.fit()
        self.stage.shrink(self.trainer.kept)
        return self.trainer.kept, history


class OccurrenceStage:
    """The batches and losses of stage 2.

    Args:
        generator: at its beginning.
        neighbourhood: (S, width) of the subjects of `data`.
        training, validation: codes of subjects of `data`.
    """

    name = "occurrences"

    def __init__(
        self,
        generator: OccurrenceGenerator,
        data: Occurrences,
        neighbourhood: Tensor,
        training: Ints,
        validation: Ints,
        *,
        seeds: Seeds,
    ) -> None:
        self.network, self.config, self.data = generator, generator.config, data
        self.neighbourhood, self.training, self.validation = neighbourhood, training, validation
        self.device, edges = neighbourhood.device, data.edges
        self.rng = seeds.child("batches").generator()
        self.random = torch.Generator(device=self.device).manual_seed(seeds.child("steps").integer())
        self.generators = self.rng, self.random
        self.batch_links = self.config.occurrence_batch_for(len(data.link_edge))
        self.of_subject = _Offsets(edges.subject[data.link_edge], edges.num_subjects)
        self.links = int(self.of_subject.sizes[training].sum())
        self.starts, self.expected = _Starts(data), generator.learn_numbers(data)
        self.partner_groups = generator.partner_groups(edges, edges.count)
        later = data.visits.later if data.visits is not None and data.step else np.zeros(0, np.int64)
        self.later = _Offsets(data.visits.subject[later] if data.visits is not None else later, edges.num_subjects)
        if data.step and data.visits is not None:
            self.later_features = features_before(data.visits, data.horizon)
            self.last = LastVisits.of(data.visits, data.horizon)

    def groups(self, subjects: Ints) -> list[Ints]:
        """Subjects packed to about `batch_links` links."""
        ends = np.cumsum(self.of_subject.sizes[subjects])
        return [g for g in np.split(subjects, np.flatnonzero(np.diff(ends // self.batch_links)) + 1) if len(g)]

    def halve(self) -> None:
        """Make batches half as large."""
        self.batch_links = max(self.batch_links // 2, 1)

    def batches(self, epoch: int = 1) -> Iterator[tuple[Ints, int]]:
        """One epoch: the training subjects in random order, in groups."""
        for subjects in self.groups(self.rng.permutation(self.training)):
            yield subjects, int(self.of_subject.sizes[subjects].sum())

    def loss(self, subjects: Ints) -> StepLoss:
        """Negative log-likelihood of everything that stage 2 draws for these subjects."""
        parts, condition = self._losses(self.network, subjects)
        total = torch.stack([loss for loss, _ in parts.values()]).sum()
        packs = (lambda: self._packs(subjects, condition)) if self.data.link else None
        return StepLoss(total, {"likelihood": total.item()}, packs)

    @torch.no_grad()
    def validate(self, network: OccurrenceGenerator) -> float:
        """Negative log-likelihood per link of the validation subjects' occurrences."""
        total = 0.0
        for subjects in self.groups(self.validation):
            parts, _ = self._losses(network, subjects)
            total += sum(loss.item() * size for loss, size in parts.values())
        return total / max(int(self.of_subject.sizes[self.validation].sum()), 1)

    @torch.no_grad()
    def shrink(self, network: OccurrenceGenerator) -> None:
        """Take heads of which there is one row a subject back to what they began at, as far as validation gains by it.

        Training stops by the sum of all losses. Numbers of links and their columns have hundreds of rows a subject, and
        when they stop to gain, what is drawn once for each subject has long been learned by heart.
        """
        for name in SHRUNK if len(self.validation) else ():
            heads = [head.get_parameter("weight") for head in getattr(network, name).heads]
            kept = [head.clone() for head in heads]
            losses = dict[float, float]()
            for share in SHARES:
                for head, own in zip(heads, kept, strict=True):
                    head.copy_(share * own)
                losses[share] = self._loss_of(network, name)
            best = min(SHARES, key=lambda share: losses[share])
            for head, own in zip(heads, kept, strict=True):
                head.copy_(best * own)

    def _loss_of(self, network: OccurrenceGenerator, name: str) -> float:
        """The sum of one head's losses over the validation subjects."""
        self.random.manual_seed(0)
        model, total = network.eval(), 0.0
        for own in self.groups(self.validation):
            loss, size = self._of_subjects(model, self._condition(model, own), own).get(name, (torch.zeros(()), 0))
            total += float(loss.item()) * size
        return total

    def _losses(self, model: OccurrenceGenerator, subjects: Ints) -> tuple[Losses, Tensor]:
        """Mean negative log-likelihood of each head and over how many, and the links' conditions (L, D)."""
        data, edges = self.data, self.data.edges
        subject = self._condition(model, subjects)
        sizes = self._tensor(np.diff(edges.offsets)[subjects])
        losses = self._of_subjects(model, subject, subjects)
        at = ragged(edges.offsets, subjects)
        own = torch.repeat_interleave(torch.arange(len(subjects), device=self.device), sizes)
        level = model.repeat_level[self._tensor(data.repeat.code[subjects])][own]
        verb, object = self._tensor(edges.verb[at]), self._tensor(edges.object[at])
        edge = model.edge_condition(subject[own], model.interest(subject)[own], verb, object, level)
        losses["count"] = (
            model.count.loss(
                edge,
                *self._take([data.count], at),
                model.known_count(edge, verb, object, self._tensor(self.partner_groups[at])),
            ),
            len(at),
        )
        links = ragged(self.of_subject.offsets, subjects)
        # The edges of these subjects follow one another in `edge`; find each link's place among them.
        place = np.empty(len(edges), np.int64)
        place[at] = np.arange(len(at))
        placed = self._tensor(place[data.link_edge[links]])
        condition = edge[placed]
        if data.link:
            logits = model.link_logits(verb[placed], object[placed])
            losses["link"] = model.link.loss(condition, *self._take(list(data.link), links), logits), len(links)
        losses |= self._of_later_visits(model, subject, subjects)
        return losses, condition

    def _condition(self, model: OccurrenceGenerator, subjects: Ints) -> Tensor:
        sizes = self._tensor(np.diff(self.data.edges.offsets)[subjects])
        noise = torch.randn(len(subjects), model.noise_dim, generator=self.random, device=self.device)
        return model.subject_condition(self.neighbourhood[self._tensor(subjects)], sizes, noise)

    def _of_subjects(self, model: OccurrenceGenerator, subject: Tensor, subjects: Ints) -> Losses:
        """What is drawn once for each subject: links per edge, the number of visits, the first one."""
        data, sizes = self.data, self._tensor(np.diff(self.data.edges.offsets)[subjects])
        repeat = model.repeat.loss(subject, *self._take([data.repeat], subjects), model.known_repeat(sizes))
        losses: Losses = {"repeat": (repeat, len(subjects))}
        if data.num_visits is None:
            return losses
        timed = np.flatnonzero(self.starts.position[subjects] >= 0)
        if len(timed):
            at = self.starts.position[subjects[timed]]
            links, visits = self._tensor(self.starts.links[at]), self._tensor(self.starts.visits[at])
            by_verb = self._tensor(self.starts.by_verb[at])
            own = model.with_verbs(subject[self._tensor(timed)], by_verb)
            condition = model.visits_condition(own, links)
            expected = None if self.expected is None else torch.from_numpy(self.expected[at]).to(self.device)
            known = model.known_visits(by_verb, expected)
            losses["visits"] = model.visits.loss(condition, *self._take([data.num_visits], at), known), len(at)
            condition = model.start_condition(own, links, visits)
            known = model.known_start(links / visits)
            losses["start"] = model.start.loss(condition, *self._take(list(data.start), at), known), len(at)
        return losses

    def _of_later_visits(self, model: OccurrenceGenerator, subject: Tensor, subjects: Ints) -> Losses:
        data, at = self.data, ragged(self.later.offsets, subjects)
        losses: Losses = {}
        if data.step and len(at):
            owner = np.repeat(np.arange(len(subjects)), self.later.sizes[subjects])
            known_by_verb = self._tensor(self.starts.by_verb[self.starts.position[subjects[owner]]])
            own = model.with_verbs(subject[self._tensor(owner)], known_by_verb)
            features = self.later_features[torch.from_numpy(at)].to(self.device)
            last = self.last.take(at)
            condition, known = model.step_condition(own, features, last), model.known_step(features, last)
            losses["step"] = model.step.loss(condition, *self._take(list(data.step), at), known), len(at)
        return losses

    def _packs(self, subjects: Ints, condition: Tensor) -> Packs:
        """Links of these subjects, a pack of each, with their columns and with drawn ones."""
        data, pac = self.data, self.config.pac
        sizes = self.of_subject.sizes[subjects]
        starts = (np.cumsum(sizes) - sizes)[sizes > 0][:MOST_PACKS, None]
        present = np.arange(pac)[None, :] < sizes[sizes > 0][:MOST_PACKS, None]
        packs = np.where(present, starts + np.arange(pac)[None, :], starts)
        links = ragged(self.of_subject.offsets, subjects)[packs.ravel()]
        edge = data.link_edge[links]
        verb = self._tensor(data.edges.verb[edge]).view(packs.shape)
        object = self._tensor(data.edges.object[edge]).view(packs.shape)
        columns = zip(data.link, *self._take(list(data.link), links), strict=True)
        parts = [
            part
            for column, code, value in columns
            for part in (functional.one_hot(code, column.spec.classes).float(), value.unsqueeze(1))
        ]
        real = torch.cat(parts, dim=1).view(*packs.shape, -1)
        logits = self.network.link_logits(verb.ravel(), object.ravel())
        temperature = self.config.gumbel_temperature
        drawn = self.network.link.soft_draw(condition[self._tensor(packs.ravel())], self.random, logits, temperature)
        mask = torch.from_numpy(present.astype(np.float32)).to(self.device)
        return Packs(verb, object, mask, real, drawn.view_as(real))

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)

    def _take(self, columns: list[CodedColumn], at: Ints) -> tuple[list[Tensor], list[Tensor]]:
        codes = [self._tensor(column.code[at]) for column in columns]
        return codes, [torch.from_numpy(column.value[at]).to(self.device) for column in columns]


def features_before(visits: Visits, horizon: Horizon) -> Tensor:
    """`step_features` of a table's later visits, each given the true ones before it: (G, F)."""
    later = visits.later
    first, counts = visits.first, visits.per_subject
    own = np.repeat(np.arange(len(first)), counts)[later]
    made = np.cumsum(visits.size) - visits.size
    until = np.append(made, visits.size.sum())
    second = later - 1 == first[own]
    return step_features(
        horizon,
        visits=counts[own],
        step=later - first[own],
        day=visits.day[later - 1],
        before=np.where(second, visits.day[later - 1], visits.day[np.maximum(later - 2, 0)]),
        clock=visits.clock[later - 1],
        size=visits.size[later - 1],
        links=until[first[own] + counts[own]] - made[later],
    )


class _Starts:
    """Of the subjects with visits: how many visits and links in them, (T,) each, and of each verb, (T, V).

    position: (S,), −1 without.
    """

    def __init__(self, data: Occurrences) -> None:
        self.position = np.full(data.edges.num_subjects, -1, np.int64)
        self.visits = self.links = np.zeros(0, np.int64)
        self.by_verb = np.zeros((0, data.edges.num_verbs), np.int64)
        if data.visits is not None:
            first, self.visits = data.visits.first, data.visits.per_subject
            self.position[data.visits.subject[first]] = np.arange(len(first))
            self.links = np.add.reduceat(data.visits.size, first).astype(np.int64)
            self.by_verb = links_by_verb(data)


class _Offsets:
    """Where each subject's entries begin in an array sorted by subject."""

    def __init__(self, subject: Values, num_subjects: int) -> None:
        self.sizes: Ints = np.bincount(subject.astype(np.int64), minlength=num_subjects).astype(np.int64)
        self.offsets: Ints = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
