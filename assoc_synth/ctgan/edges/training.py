"""Training of stage 1, the edges: codes and sizes in, weights and a history of losses out."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.conditions import (
    LinkBatch,
    TrainingBySampling,
    batches,
    earlier_links,
    neighbourhoods,
    scalars,
)
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import prior_generator
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.losses import gradient_penalty, gumbel_softmax
from assoc_synth.errors import TrainingError
from assoc_synth.link_graph.edges import Edges

REPEAT_RATE = 50.0
"""Learning rate of what held objects are worth, over that of the rest: few numbers that every subject tells of."""
Callback = Callable[["Progress"], None]


@dataclass(frozen=True)
class Progress:
    """One look at a running training: what a progress bar shows."""

    stage: str
    epoch: int
    epochs: int
    share: float
    losses: dict[str, float]
    links_per_second: float


@dataclass
class History:
    """What training did: one entry per pass.

    Attributes:
        calibration errors: of the edges' calibration, before each round's correction.
        calibrated: the same of the occurrences, by what was calibrated; fewer rounds than usual where time was short.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: str = "all passes made"
    best_epoch: int = 0
    seconds: float = 0.0
    links_per_second: float = 0.0
    calibration_errors: list[dict[str, float]] = field(default_factory=list)
    calibrated: dict[str, list[float]] = field(default_factory=dict)


class EdgeTrainer:
    """Fits an `EdgeGenerator` to the edges of training subjects, and keeps the average weights that validate best.

    Args:
        edges: training subjects.
        validation: other training subjects, for early stopping.
        seed: of everything random here.
        deadline: `time.monotonic()` after which no further step is taken.
    """

    def __init__(
        self,
        config: CTGANConfig,
        edges: Edges,
        validation: Edges,
        *,
        seed: int,
        device: str = "cpu",
        deadline: float = math.inf,
        callback: Callback | None = None,
    ) -> None:
        self.config, self.edges, self.validation = config, edges, validation
        self.device, self.deadline, self.callback = torch.device(device), deadline, callback
        self.rng = np.random.default_rng(seed)
        self.random = torch.Generator(device=self.device).manual_seed(seed)
        length = len(edges) / max(edges.num_subjects, 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.generator = prior_generator(config, edges, config.dropout_for(edges.num_subjects, length)).to(
                self.device
            )
            self.critic = PacCritic(edges.num_verbs, self.generator.num_columns, 0, config.pac).to(self.device)
        self.average = copy.deepcopy(self.generator).eval()
        rate = config.predicted_share
        self.batch_links = config.batch_for(len(edges))
        verb_counts = np.bincount(edges.verb, minlength=edges.num_verbs)
        self.choice = TrainingBySampling(verb_counts, rate, config.training_by_sampling)
        self.optimizer = torch.optim.AdamW(
            _decay_groups(self.generator, config.weight_decay_for(edges.num_subjects, length)),
            lr=config.learning_rate,
            betas=(0.9, 0.98),
        )
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=5e-4, betas=(0.5, 0.9))
        self.steps = 0

    def fit(self) -> tuple[EdgeGenerator, History]:
        """Train until validation stops improving, the passes are made, or the deadline comes."""
        history, best, best_loss, waited = History(), copy.deepcopy(self.average.state_dict()), math.inf, 0
        epochs = self.config.epochs_for(len(self.edges))
        self.total_steps = epochs * max(1, math.ceil(len(self.edges) / self.batch_links))
        began, trained = time.monotonic(), 0.0
        torch_state = torch.random.get_rng_state()
        torch.manual_seed(int(self.rng.integers(2**31)))  # dropout draws from the global generator only
        for epoch in range(1, epochs + 1):
            started = time.monotonic()
            losses = self._pass(epoch, epochs)
            trained += time.monotonic() - started
            losses["validation"] = self.validate()
            history.epochs.append(losses)
            if losses["validation"] < best_loss:
                best_loss, waited, history.best_epoch = losses["validation"], 0, epoch
                best = copy.deepcopy(self.average.state_dict())
            else:
                waited += 1
            if waited >= self.config.patience_for(self.total_steps // epochs):
                history.stopped = "validation stopped improving"
                break
            if time.monotonic() > self.deadline:
                history.stopped = "out of time"
                break
        torch.random.set_rng_state(torch_state)
        self.average.load_state_dict(best)
        history.seconds = time.monotonic() - began
        history.links_per_second = len(history.epochs) * len(self.edges) / max(trained, 1e-9)
        return self.average, history

    def _pass(self, epoch: int, epochs: int) -> dict[str, float]:
        self.generator.train()
        sums: dict[str, float] = {}
        links, made, started = 0, 0, time.monotonic()
        for batch in batches(self.edges, batch_links=self.batch_links, choice=self.choice, rng=self.rng):
            if len(batch.position):
                for name, value in self._step(batch.to(self.device)).items():
                    sums[name] = sums.get(name, 0.0) + value
                made += 1
            links += len(batch.verb)
            if self.callback is not None:
                speed = links / max(time.monotonic() - started, 1e-9)
                mean = {name: value / max(made, 1) for name, value in sums.items()}
                self.callback(Progress("edges", epoch, epochs, links / len(self.edges), mean, speed))
            if time.monotonic() > self.deadline:
                break
        return {name: value / max(made, 1) for name, value in sums.items()}

    def _step(self, batch: LinkBatch) -> dict[str, float]:
        self._set_rate()
        verb_loss, object_loss, logits = self.link_losses(self.generator, batch)
        loss = verb_loss + object_loss
        losses = {"verb": verb_loss.item(), "object": object_loss.item()}
        if self.config.adversarial_weight and self.steps % self.config.critic_interval == 0:
            term, distance = self._adversarial(batch, logits)
            loss = loss + self.config.adversarial_weight * term
            losses["critic"] = distance
        if not math.isfinite(loss.item()):
            raise TrainingError("the generator's loss is no longer a number; try a lower learning_rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1
        update_average(self.average, self.generator, min(self.config.average, self.steps / (self.steps + 10)))
        return losses

    def link_losses(self, model: EdgeGenerator, batch: LinkBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Cross-entropy of verb and of object given verb, per predicted link, and logits (P, columns)."""
        at = batch.position
        verb, object = batch.verb[at], batch.object[at]
        context = neighbourhoods(model.embed(batch.verb, batch.object), batch)
        numbers = scalars(batch.step.to(at.device)[at], batch.size[at])
        noise = torch.randn(len(at), model.noise_dim, generator=self.random, device=at.device)
        condition = model.condition(context, numbers, noise)
        verb_loss = (
            functional.cross_entropy(model.verb_logits(condition), verb, reduction="none") * batch.weight
        ).mean()
        query = model.object_query(condition, context, numbers, verb)
        row, earlier = earlier_links(batch)
        terms = model.repeat_terms(
            model.repeat_bias(numbers, verb), row, verb[row], batch.verb[earlier], batch.object[earlier]
        )
        losses, logits = model.object_losses(query, verb, object, row, batch.object[earlier], terms)
        return verb_loss, losses.mean(), logits

    def _adversarial(self, batch: LinkBatch, logits: Tensor) -> tuple[Tensor, float]:
        """One critic update on packs of this batch, and the generator's term −E D(generated)."""
        packs, present = pack_positions(batch, self.config.pac)
        verb, object = batch.verb[batch.position][packs], self.generator.column(batch.object[batch.position][packs])
        soft = gumbel_softmax(logits[packs.flatten()], 0.5, self.random)
        empty = soft.new_zeros(*packs.shape, 0)
        real = functional.embedding(object, self.critic.object)
        fake = (soft @ self.critic.object).view_as(real)

        def judge(objects: Tensor, attributes: Tensor) -> Tensor:
            result: Tensor = self.critic(verb, objects, attributes, present)
            return result

        distance = judge(real, empty).mean() - judge(fake_detached(soft, self.critic).view_as(real), empty).mean()
        penalty = gradient_penalty(judge, (real, empty), (fake, empty), self.random)
        self.critic_optimizer.zero_grad(set_to_none=True)
        (self.config.gradient_penalty * penalty - distance).backward(inputs=list(self.critic.parameters()))
        self.critic_optimizer.step()
        frozen = (soft @ self.critic.object.detach()).view_as(real)
        return -judge(frozen, empty).mean(), distance.item()

    @torch.no_grad()
    def validate(self) -> float:
        """Mean cross-entropy of a link (verb and object, nats) over the validation subjects, in a fixed random
        order.
        """
        total, links = 0.0, 0
        rng = np.random.default_rng(0)
        for batch in batches(self.validation, batch_links=2048, choice=None, rng=rng):
            batch = batch.to(self.device)
            verb_loss, object_loss, _ = self.link_losses(self.average, batch)
            total += (verb_loss.item() + object_loss.item()) * len(batch.position)
            links += len(batch.position)
        return total / max(links, 1)

    def _set_rate(self) -> None:
        warm = min(1.0, (self.steps + 1) / 100)
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, self.steps / max(self.total_steps, 1))))
        for group in self.optimizer.param_groups:
            group["lr"] = group["speed"] * self.config.learning_rate * warm * (0.05 + 0.95 * cosine)


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move a network's average weights towards its weights now."""
    for mean, now in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - decay)


def fake_detached(soft: Tensor, critic: PacCritic) -> Tensor:
    """Generated packs as the critic sees them in its own update: gradients reach its embeddings, not the generator."""
    return soft.detach() @ critic.object


def pack_positions(batch: LinkBatch, pac: int, limit: int = 96) -> tuple[Tensor, Tensor]:
    """Up to `limit` packs of predicted links, each of one subject: indices into the predicted links (N, K), presence
    (N, K).
    """
    owner = batch.start[batch.position]
    _, sizes = torch.unique_consecutive(owner, return_counts=True)
    ends = sizes.cumsum(0)
    first = (ends - sizes)[:limit, None]
    offset = torch.arange(pac, device=owner.device)[None, :]
    present = offset < sizes[:limit, None]
    return torch.where(present, first + offset, first), present.float()


def _decay_groups(model: EdgeGenerator, weight_decay: float) -> list[dict[str, object]]:
    """Biases and the few numbers about held objects keep to the data, the latter quickly; everything that could
    remember a subject decays.
    """
    held = [p for name, p in model.named_parameters() if name.startswith("earlier_")]
    plain = [p for name, p in model.named_parameters() if "bias" in name and not name.startswith("earlier_")]
    decayed = [p for name, p in model.named_parameters() if "bias" not in name and not name.startswith("earlier_")]
    return [
        {"params": held, "weight_decay": 0.0, "speed": REPEAT_RATE},
        {"params": plain, "weight_decay": 0.0, "speed": 1.0},
        {"params": decayed, "weight_decay": weight_decay, "speed": 1.0},
    ]
