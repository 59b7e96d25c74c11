"""Training of stage 1, the edges: codes and sizes in, weights and a history of losses out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.critic import MOST_PACKS, Critic, Packs
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.edges.conditions import (
    LinkBatch,
    TrainingBySampling,
    batches,
    earlier_links,
    neighbourhoods,
    scalars,
)
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import NOTHING, Start, initial_generator
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.losses import IMPOSSIBLE, gumbel_softmax
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer, forked_random
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

VALIDATION_BATCH = 2_048
"""Links of a batch of the validation subjects."""


class EdgeTrainer:
    """Fits an `EdgeGenerator` to the edges of training subjects, and keeps the average weights that validate best.

    Args:
        edges: training subjects.
        validation: other training subjects, for early stopping.
        seeds: of everything random here.
        deadline: when training ends at the latest, see `Plan`.
        start: what the generator starts with beside the counts: attributes, and a stored generator.
        callback: called after every step.
    """

    def __init__(
        self,
        config: CTGANConfig,
        edges: Edges,
        validation: Edges,
        *,
        seeds: Seeds,
        device: str = "cpu",
        deadline: Until = math.inf,
        start: Start = NOTHING,
        callback: Callback | None = None,
    ) -> None:
        length = len(edges) / max(edges.num_subjects, 1)
        place, dropout = torch.device(device), config.dropout_for(edges.num_subjects, length)
        with forked_random(seeds.child("initialisation"), place):
            generator = initial_generator(config, edges, dropout, start).to(place)
            critic_network = PacCritic(edges.num_verbs, generator.num_classes, 0, config.pac).to(place)
        self.stage = EdgeStage(generator, edges, validation, seeds=seeds)
        epochs, batch_links = config.epochs_for(len(edges)), self.stage.batch_links
        steps = max(1, math.ceil(len(edges) / batch_links))
        plan = Plan(
            epochs=epochs,
            patience=config.patience_for(steps),
            steps=epochs * steps,
            learning_rate=config.learning_rate,
            schedule=Schedule(warm_up=config.warm_up_steps),
            seeds=seeds.child("dropout"),
            average=config.average,
            clip_norm=config.clip_norm,
            deadline=deadline,
        )
        groups = parameter_groups(generator, config.weight_decay_for(edges.num_subjects, length))
        optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.98), fused=True)
        decay_to_start(optimizer, association_parameters(generator))
        critic = Critic(critic_network, config, self.stage.random) if config.adversarial_weight else None
        self.trainer = Trainer(self.stage, plan, optimizer, critic=critic, callback=callback)

    def fit(self) -> tuple[EdgeGenerator, History]:
        """Train until validation stops improving, the epochs are made, or the deadline comes.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        history = self.trainer.fit()
        return self.trainer.kept, history


class EdgeStage:
    """The batches and losses of stage 1.

    Args:
        generator: at its beginning.
        edges, validation: of training and of validation subjects.
    """

    name = "edges"

    def __init__(self, generator: EdgeGenerator, edges: Edges, validation: Edges, *, seeds: Seeds) -> None:
        config = generator.config
        self.network = generator
        self.config, self.edges, self.validation = config, edges, validation
        self.device, self.links = generator.output.device, len(edges)
        self.rng = seeds.child("batches").generator()
        self.random = torch.Generator(device=self.device).manual_seed(seeds.child("steps").integer())
        self.generators = self.rng, self.random
        self.batch_links = config.batch_for(len(edges))
        verb_counts = np.bincount(edges.verb, minlength=edges.num_verbs)[: edges.num_verbs - generator.planned]
        verb_counts = np.pad(verb_counts, (0, generator.planned))
        self.choice = TrainingBySampling(verb_counts, config.predicted_share, config.training_by_sampling)

    def halve(self) -> None:
        """Make batches half as large."""
        self.batch_links = max(self.batch_links // 2, 1)

    def batches(self, epoch: int = 1) -> Iterator[tuple[LinkBatch, int]]:
        """One epoch of whole subjects in random order."""
        attributes, given = len(self.network.attributes), self.network.planned
        for batch in batches(
            self.edges,
            batch_links=self.batch_links,
            choice=self.choice,
            rng=self.rng,
            attributes=attributes,
            given=given,
        ):
            yield batch, len(batch.verb)

    def loss(self, batch: LinkBatch) -> StepLoss | None:
        """Cross-entropy of the object given the verb; None where no link is predicted."""
        if not len(batch.position):
            return None
        batch, generator = batch.to(self.device), self.network
        object, logits = self.link_losses(generator, batch)
        return StepLoss(object, {"object": object.item()}, lambda: self._packs(generator, batch, logits))

    def link_losses(self, model: EdgeGenerator, batch: LinkBatch) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy of the predicted links' objects given their verbs, and logits (P, classes)."""
        losses, logits = self.each_loss(model, batch)
        return losses.mean(), logits

    def each_loss(self, model: EdgeGenerator, batch: LinkBatch) -> tuple[Tensor, Tensor]:
        """Cross-entropy of each predicted link's object given its verb, (P,), and logits (P, classes)."""
        at = batch.position
        verb, object = batch.verb[at], batch.object[at]
        context = neighbourhoods(model.embed(batch.verb, batch.object), batch)
        numbers = scalars(batch.step[at], batch.plan, batch.left)
        noise = torch.randn(len(at), model.noise_dim, generator=self.random, device=at.device)
        condition = model.condition(context, numbers, noise)
        query = model.object_query(condition, context, numbers, verb)
        row, earlier = earlier_links(batch)
        terms = model.repeat_terms(
            model.repeat_bias(numbers, verb), row, verb[row], batch.verb[earlier], batch.object[earlier]
        )
        return model.object_losses(query, verb, object, row, batch.object[earlier], terms)

    def _packs(self, generator: EdgeGenerator, batch: LinkBatch, logits: Tensor) -> Packs:
        """Predicted links of this batch, real ones and drawn ones."""
        packs, present = pack_positions(batch, self.config.pac)
        verb, object = batch.verb[batch.position][packs], generator.class_of(batch.object[batch.position][packs])
        drawn = gumbel_softmax(logits[packs.flatten()], self.config.gumbel_temperature, self.random)
        nothing = drawn.new_zeros(*packs.shape, 0)
        return Packs(verb, object, present, nothing, nothing, drawn)

    @torch.no_grad()
    def validate(self, network: EdgeGenerator) -> float:
        """Mean cross-entropy of an object given its verb (nats) over the validation subjects, always in one order.

        Links that no generator of these training subjects can draw, to objects that none of them has, do not count.
        """
        total, links, rng = 0.0, 0, np.random.default_rng(0)
        for batch in batches(
            self.validation,
            batch_links=VALIDATION_BATCH,
            choice=None,
            rng=rng,
            attributes=len(network.attributes),
            given=network.planned,
        ):
            losses, _ = self.each_loss(network, batch.to(self.device))
            possible = losses[losses < -IMPOSSIBLE / 2]
            total += possible.sum().item()
            links += len(possible)
        return total / max(links, 1)


def pack_positions(batch: LinkBatch, pac: int, limit: int = MOST_PACKS) -> tuple[Tensor, Tensor]:
    """Up to `limit` packs of predicted links, each of one subject.

    Returns:
        Indices into the predicted links, (N, K), and presence, (N, K).
    """
    owner = batch.start[batch.position]
    _, sizes = torch.unique_consecutive(owner, return_counts=True)
    ends = sizes.cumsum(0)
    first = (ends - sizes)[:limit, None]
    offset = torch.arange(pac, device=owner.device)[None, :]
    present = offset < sizes[:limit, None]
    return torch.where(present, first + offset, first), present.float()


def association_parameters(model: EdgeGenerator) -> list[nn.Parameter]:
    """What begins at the counts of the training edges."""
    own = [model.association.object] if model.association_dim else []
    return [model.output, *own, *([] if model.tail is None else [model.tail.weight])]


def decay_to_start(optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter]) -> None:
    """Let the weight decay of these parameters pull towards where they begin instead of 0.

    A normal prior around the initialisation: what is certain of an association need not be found again, and what single
    subjects add to it decays.
    """
    start = {parameter: parameter.detach().clone() for parameter in parameters}

    def pull(optimizer: torch.optim.Optimizer, *_: object) -> None:
        with torch.no_grad():
            for group in optimizer.param_groups:
                for parameter in (own for own in group["params"] if own in start):
                    parameter.add_(start[parameter], alpha=group["lr"] * group["weight_decay"])

    optimizer.register_step_post_hook(pull)


def parameter_groups(model: EdgeGenerator, weight_decay: float) -> list[dict[str, object]]:
    """Parameters by their weight decay and learning rate: everything that could remember a subject decays.

    Biases and the few numbers of the repeat bias do not decay; the repeat bias has a learning rate of its own.
    """
    repeat, plain, decayed = list[nn.Parameter](), list[nn.Parameter](), list[nn.Parameter]()
    for name, parameter in model.named_parameters():
        group = repeat if name.startswith("earlier_") else plain if "bias" in name else decayed
        group.append(parameter)
    return [
        {"params": repeat, "weight_decay": 0.0, "multiplier": model.config.repeat_rate_multiplier},
        {"params": plain, "weight_decay": 0.0, "multiplier": 1.0},
        {"params": decayed, "weight_decay": weight_decay, "multiplier": 1.0},
    ]
