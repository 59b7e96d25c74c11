"""Drawing edges from a trained generator: many subjects in lockstep, longest first, each object at most once per verb.

Every draw is an inverse-CDF draw from uniforms laid out by subject and position, so that the result does not hang on
the batch size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from assoc_synth.ctgan.conditions import scalars
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.graph import Edges

Sizes = npt.NDArray[np.int64]


def sample_edges(
    generator: EdgeGenerator,
    composition: Sizes,
    *,
    seed: int,
    totals: Sizes | None = None,
    batch_subjects: int = 512,
    callback: Callable[[int], None] | None = None,
) -> Edges:
    """Draw distinct links for each subject: as many of each verb as asked for, in an order that the verb head chooses.

    Args:
        composition: (N, V) links of each verb wanted per subject; at most as many as there are objects are drawn.
        totals: (N,) the n that the condition vector is told, where it is not the row's sum (a hard verb condition asks
            for part of a subject's links).
        callback: told the number of links drawn since the last call.
    """
    composition = np.minimum(composition, generator.num_objects)
    sizes = composition.sum(1)
    totals = sizes if totals is None else totals
    random = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    uniforms = random.random((int(offsets[-1]), 2), dtype=np.float32)
    noise = random.standard_normal((len(sizes), generator.noise_dim), dtype=np.float32)
    drawn = np.full((int(offsets[-1]), 2), -1, np.int32)
    longest_first = np.argsort(-sizes, kind="stable")
    device = generator.output.device
    for begin in range(0, len(sizes), batch_subjects):
        members = longest_first[begin : begin + batch_subjects]
        members = members[sizes[members] > 0]
        if not len(members):
            break
        walk = _Lockstep(generator, composition[members], totals[members], noise[members], device)
        first = offsets[members]
        for step in range(int(sizes[members[0]])):
            active = int(np.searchsorted(-sizes[members], -step, side="left"))
            verb, object = walk.draw(step, torch.from_numpy(uniforms[first[:active] + step]).to(device))
            drawn[first[:active] + step, 0] = verb.cpu().numpy()
            drawn[first[:active] + step, 1] = object.cpu().numpy()
        if callback is not None:
            callback(int(sizes[members].sum()))
    subject = np.repeat(np.arange(len(sizes)), sizes)
    return Edges.from_links(
        subject,
        drawn[:, 0],
        drawn[:, 1],
        num_subjects=len(sizes),
        num_verbs=generator.num_verbs,
        num_objects=generator.num_objects,
    )


class _Lockstep:
    """The state of a batch of subjects that are drawn together: running sums, what each one holds, and what is to
    come.
    """

    def __init__(
        self,
        generator: EdgeGenerator,
        composition: Sizes,
        totals: Sizes,
        noise: npt.NDArray[np.float32],
        device: torch.device,
    ) -> None:
        self.generator = generator
        count, longest = len(composition), int(composition.sum(1)[0])
        self.totals = torch.from_numpy(totals).to(device)
        self.noise = torch.from_numpy(noise).to(device)
        self.neighbourhood = torch.zeros(count, generator.width, device=device)
        self.pairs = generator.pairs.walk(count) if len(generator.pairs) else None
        self.verb = torch.zeros(count, longest, dtype=torch.int64, device=device)
        self.object = torch.zeros(count, longest, dtype=torch.int64, device=device)
        self.to_come = torch.from_numpy(composition.astype(np.float32)).to(device)

    @torch.inference_mode()
    def draw(self, step: int, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """The next link of the first len(uniform) subjects: (A, 2) → (A,), (A,)."""
        model, active = self.generator, len(uniform)
        context, totals = self.neighbourhood[:active], self.totals[:active]
        numbers = scalars(torch.full_like(totals, step), totals)
        condition = model.condition(context, numbers, self.noise[:active])
        verb_scores = model.verb_head(condition) + torch.log(self.to_come[:active])
        verb = inverse_cdf(verb_scores, uniform[:, 0])
        scores = model.object_scores(model.object_query(condition, context, numbers, verb), verb)
        if self.pairs is not None:
            self.pairs.add_to(scores, verb)
        if step:
            held_verb, held = self.verb[:active, :step], self.object[:active, :step]
            same = held_verb == verb[:, None]
            terms = torch.where(same, -torch.inf, model.held_bias[verb[:, None], held_verb])
            scores.scatter_add_(1, held, terms)
        object = inverse_cdf(scores, uniform[:, 1])
        self.to_come[:active].scatter_add_(1, verb[:, None], torch.full((active, 1), -1.0, device=verb.device))
        self.verb[:active, step], self.object[:active, step] = verb, object
        self.neighbourhood[:active] += model.embed(verb, object)
        if self.pairs is not None:
            self.pairs.take(verb, object)
        return verb, object


def inverse_cdf(scores: Tensor, uniform: Tensor) -> Tensor:
    """One categorical draw per row from its log-odds and a uniform: (N, n), (N,) → (N,)."""
    weights = torch.exp(scores - scores.amax(1, keepdim=True))
    cumulative = weights.cumsum(1)
    target = (uniform * cumulative[:, -1]).unsqueeze(1)
    index = torch.searchsorted(cumulative, target, right=True).squeeze(1)
    # Rounding may carry the target past the last object with weight; step back onto it.
    last = scores.shape[1] - 1 - torch.flip(weights, [1]).gt(0).int().argmax(1)
    return torch.minimum(index, last)
