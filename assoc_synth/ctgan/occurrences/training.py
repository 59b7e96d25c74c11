"""Training of stage 2: the occurrences of given edges, by likelihood and by a critic over one subject's links."""

from __future__ import annotations

import copy
import math
import time

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.training import Callback, History, Progress, update_average
from assoc_synth.ctgan.interface import CodedColumn, Horizon, Occurrences, Visits
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.losses import gradient_penalty
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec, mean_neighbourhoods
from assoc_synth.ctgan.visit_features import step_features
from assoc_synth.errors import TrainingError
from assoc_synth.link_graph.edges import ragged

Index = npt.NDArray[np.int64]
Losses = dict[str, tuple[Tensor, int]]


class OccurrenceTrainer:
    """Fits an `OccurrenceGenerator`; early stopping on the given validation subjects.

    Args:
        edge_generator: trained; its link embeddings make the subjects' neighbourhoods and stay as they are.
        training, validation: codes of subjects of `data`.
    """

    def __init__(
        self,
        config: CTGANConfig,
        data: Occurrences,
        edge_generator: EdgeGenerator,
        *,
        training: Index,
        validation: Index,
        seed: int,
        deadline: float = math.inf,
        callback: Callback | None = None,
        epochs: int | None = None,
    ) -> None:
        self.config, self.data, self.training, self.validation = config, data, training, validation
        self.deadline, self.callback, self.seed = deadline, callback, seed
        self.device = edge_generator.output.device
        self.rng = np.random.default_rng(seed)
        self.random = torch.Generator(device=self.device).manual_seed(seed)
        edges = data.edges
        self.batch_links = config.batch_links or int(np.clip(len(data.link_edge) // 64, 128, 4096))
        self.links = _Offsets(edges.subject[data.link_edge], edges.num_subjects)
        self.starts = _Starts(data)
        later = data.visits.later if data.visits is not None and data.step else np.zeros(0, np.int64)
        self.later = _Offsets(data.visits.subject[later] if data.visits is not None else later, edges.num_subjects)
        if data.step and data.visits is not None:
            self.later_features = features_before(data.visits, data.horizon)
        self.epochs = epochs or int(np.clip(round(15e6 / max(len(data.link_edge), 1)), 8, 80))
        spec = OccurrenceSpec.of(data)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.generator = OccurrenceGenerator(
                spec,
                num_verbs=edges.num_verbs,
                num_objects=edges.num_objects,
                width=edge_generator.context_dim + edge_generator.association_dim,
                noise_dim=config.noise_dim,
                dropout=min(0.3, config.dropout_for(len(training), 1.0)),
            ).to(self.device)
            attributes = sum(column.classes + 1 for column in spec.link)
            self.critic = PacCritic(edges.num_verbs, edges.num_objects, attributes, config.pac).to(self.device)
        self.generator.repeat_level.copy_(torch.from_numpy(data.repeat_level))
        self.generator.start_at(data)
        self.average = copy.deepcopy(self.generator).eval()
        self.neighbourhood = mean_neighbourhoods(edge_generator, edges)
        self.optimizer = torch.optim.AdamW(self.generator.parameters(), lr=config.learning_rate, weight_decay=0.01)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=5e-4, betas=(0.5, 0.9))
        self.steps = 0

    def fit(self) -> tuple[OccurrenceGenerator, History]:
        """Train until validation stops improving, the passes are made, or the deadline comes."""
        history, best, best_loss, waited = History(), copy.deepcopy(self.average.state_dict()), math.inf, 0
        self.began = time.monotonic()
        state = torch.random.get_rng_state()
        torch.manual_seed(self.seed)  # dropout draws from the global generator only
        for epoch in range(1, self.epochs + 1):
            losses = self._pass(epoch)
            losses["validation"] = self.validate()
            history.epochs.append(losses)
            if losses["validation"] < best_loss:
                best_loss, waited, history.best_epoch = losses["validation"], 0, epoch
                best = copy.deepcopy(self.average.state_dict())
            else:
                waited += 1
            if waited >= self.config.patience_for(len(self._groups(self.training))):
                history.stopped = "validation stopped improving"
                break
            if time.monotonic() > self.deadline:
                history.stopped = "out of time"
                break
        torch.random.set_rng_state(state)
        self.average.load_state_dict(best)
        history.seconds = time.monotonic() - self.began
        history.links_per_second = len(history.epochs) * len(self.data.link_edge) / max(history.seconds, 1e-9)
        return self.average, history

    def _groups(self, subjects: Index) -> list[Index]:
        """Subjects packed to about `batch_links` links."""
        ends = np.cumsum(self.links.sizes[subjects])
        return [g for g in np.split(subjects, np.flatnonzero(np.diff(ends // self.batch_links)) + 1) if len(g)]

    def _pass(self, epoch: int) -> dict[str, float]:
        self.generator.train()
        groups = self._groups(self.rng.permutation(self.training))
        # The rate has come down when the passes are made, or when the time is over.
        spent = (time.monotonic() - self.began) / max(self.deadline - self.began, 1e-9)
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, max((epoch - 1) / self.epochs, spent))))
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * (0.05 + 0.95 * cosine)
        sums: dict[str, float] = {}
        started, links = time.monotonic(), 0
        for number, subjects in enumerate(groups, 1):
            for name, value in self._step(subjects).items():
                sums[name] = sums.get(name, 0.0) + value
            links += int(self.links.sizes[subjects].sum())
            if self.callback is not None:
                speed = links / max(time.monotonic() - started, 1e-9)
                mean = {name: value / number for name, value in sums.items()}
                self.callback(Progress("occurrences", epoch, self.epochs, number / len(groups), mean, speed))
            if time.monotonic() > self.deadline:
                break
        return {name: value / number for name, value in sums.items()}

    def _step(self, subjects: Index) -> dict[str, float]:
        parts, condition = self._losses(self.generator, subjects)
        loss = torch.stack([loss for loss, _ in parts.values()]).sum()
        losses = {"likelihood": loss.item()}
        adversarial = self.config.adversarial_weight and self.data.link
        if adversarial and self.steps % self.config.critic_interval == 0:
            term, losses["critic"] = self._adversarial(subjects, condition)
            loss = loss + self.config.adversarial_weight * term
        if not math.isfinite(loss.item()):
            raise TrainingError("the loss of the occurrences is no longer a number; try a lower learning_rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1
        update_average(self.average, self.generator, min(self.config.average, self.steps / (self.steps + 10)))
        return losses

    def _losses(self, model: OccurrenceGenerator, subjects: Index) -> tuple[Losses, Tensor]:
        """Mean negative log-likelihood of each head and over how many, and the links' conditions (L, D)."""
        data, edges = self.data, self.data.edges
        chosen = self._tensor(subjects)
        sizes = self._tensor(np.diff(edges.offsets)[subjects])
        noise = torch.randn(len(subjects), model.noise_dim, generator=self.random, device=self.device)
        subject = model.subject_condition(self.neighbourhood[chosen], sizes, noise)
        losses: Losses = {"repeat": (model.repeat.loss(subject, *self._take([data.repeat], subjects)), len(subjects))}
        at = ragged(edges.offsets, subjects)
        own = torch.repeat_interleave(torch.arange(len(subjects), device=self.device), sizes)
        level = model.repeat_level[self._tensor(data.repeat.code[subjects])][own]
        verb, object = self._tensor(edges.verb[at]), self._tensor(edges.object[at])
        edge = model.edge_condition(subject[own], verb, object, level)
        losses["count"] = (
            model.count.loss(edge, *self._take([data.count], at), model.count_logits(verb, object)),
            len(at),
        )
        links = ragged(self.links.offsets, subjects)
        # Edges of these subjects lie one after another in `edge`; find each link's place among them.
        place = np.empty(len(edges), np.int64)
        place[at] = np.arange(len(at))
        placed = self._tensor(place[data.link_edge[links]])
        condition = edge[placed]
        if data.link:
            logits = model.link_logits(verb[placed], object[placed])
            losses["link"] = model.link.loss(condition, *self._take(list(data.link), links), logits), len(links)
        losses |= self._visit_losses(model, subject, subjects)
        return losses, condition

    def _visit_losses(self, model: OccurrenceGenerator, subject: Tensor, subjects: Index) -> Losses:
        data = self.data
        losses: Losses = {}
        if data.num_visits is None:
            return losses
        timed = np.flatnonzero(self.starts.position[subjects] >= 0)
        if len(timed):
            at = self.starts.position[subjects[timed]]
            links, visits = self._tensor(self.starts.links[at]), self._tensor(self.starts.visits[at])
            own = subject[self._tensor(timed)]
            condition = model.visits_condition(own, links)
            losses["visits"] = model.visits.loss(condition, *self._take([data.num_visits], at)), len(at)
            condition = model.start_condition(own, links, visits)
            losses["start"] = model.start.loss(condition, *self._take(list(data.start), at)), len(at)
        at = ragged(self.later.offsets, subjects)
        if data.step and len(at):
            own = subject[self._tensor(np.repeat(np.arange(len(subjects)), self.later.sizes[subjects]))]
            condition = torch.cat([own, self.later_features[torch.from_numpy(at)].to(self.device)], dim=1)
            losses["step"] = model.step.loss(condition, *self._take(list(data.step), at)), len(at)
        return losses

    def _adversarial(self, subjects: Index, condition: Tensor) -> tuple[Tensor, float]:
        """One critic update on packs of these subjects' links, and the generator's term −E D(generated)."""
        data, pac = self.data, self.config.pac
        sizes = self.links.sizes[subjects]
        starts = (np.cumsum(sizes) - sizes)[sizes > 0][:96, None]
        present = np.arange(pac)[None, :] < sizes[sizes > 0][:96, None]
        packs = np.where(present, starts + np.arange(pac)[None, :], starts)
        links = ragged(self.links.offsets, subjects)[packs.ravel()]
        edge = data.link_edge[links]
        verb = self._tensor(data.edges.verb[edge]).view(packs.shape)
        object = self._tensor(data.edges.object[edge]).view(packs.shape)
        mask = torch.from_numpy(present.astype(np.float32)).to(self.device)
        codes, values = self._take(list(data.link), links)
        real = torch.cat(
            [
                part
                for column, code, value in zip(data.link, codes, values, strict=True)
                for part in (functional.one_hot(code, column.spec.classes).float(), value.unsqueeze(1))
            ],
            dim=1,
        ).view(*packs.shape, -1)
        fake = self.generator.link.soft_draw(
            condition[self._tensor(packs.ravel())],
            self.random,
            self.generator.link_logits(verb.ravel(), object.ravel()),
        ).view_as(real)
        objects = functional.embedding(object, self.critic.object)

        def judge(embedded: Tensor, attributes: Tensor) -> Tensor:
            result: Tensor = self.critic(verb, embedded, attributes, mask)
            return result

        distance = judge(objects, real).mean() - judge(objects, fake.detach()).mean()
        penalty = gradient_penalty(judge, (objects, real), (objects, fake), self.random)
        self.critic_optimizer.zero_grad(set_to_none=True)
        (self.config.gradient_penalty * penalty - distance).backward(inputs=list(self.critic.parameters()))
        self.critic_optimizer.step()
        return -judge(functional.embedding(object, self.critic.object).detach(), fake).mean(), distance.item()

    @torch.no_grad()
    def validate(self) -> float:
        """Negative log-likelihood per link of the validation subjects' occurrences, under the average weights."""
        total = 0.0
        for subjects in self._groups(self.validation):
            parts, _ = self._losses(self.average, subjects)
            total += sum(loss.item() * size for loss, size in parts.values())
        return total / max(int(self.links.sizes[self.validation].sum()), 1)

    def _tensor(self, array: npt.NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)

    def _take(self, columns: list[CodedColumn], at: Index) -> tuple[list[Tensor], list[Tensor]]:
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
    """Of the subjects with visits: how many visits and links in them, (T,) each; position: (S,), −1 without."""

    def __init__(self, data: Occurrences) -> None:
        self.position = np.full(data.edges.num_subjects, -1, np.int64)
        self.visits = self.links = np.zeros(0, np.int64)
        if data.visits is not None:
            first, self.visits = data.visits.first, data.visits.per_subject
            self.position[data.visits.subject[first]] = np.arange(len(first))
            self.links = np.add.reduceat(data.visits.size, first).astype(np.int64)


class _Offsets:
    """Where each subject's entries begin in an array sorted by subject."""

    def __init__(self, subject: npt.NDArray[np.generic], num_subjects: int) -> None:
        self.sizes: Index = np.bincount(subject.astype(np.int64), minlength=num_subjects).astype(np.int64)
        self.offsets: Index = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
