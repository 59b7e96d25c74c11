"""Drawing the occurrences of given edges: links, their columns, their moments and the gaps between those."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from assoc_synth.coded import CodedColumn, ColumnSpec, DrawnOccurrences
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.occurrences import OccurrenceGenerator, mean_neighbourhoods
from assoc_synth.graph import Edges

Index = npt.NDArray[np.int64]


class OccurrenceSampler:
    """Draws occurrences for edges, subject after subject.

    Args:
        count_of: turns classes of `count` into numbers of occurrences.
        moments_of: turns classes of `moments` into numbers of moments.
        in_moment: tells which links belong to a moment, from the drawn link columns.
    """

    def __init__(
        self,
        generator: OccurrenceGenerator,
        edge_generator: EdgeGenerator,
        *,
        seed: int,
        count_of: Callable[[Index, np.random.Generator], Index],
        moments_of: Callable[[Index, np.random.Generator], Index],
        in_moment: Callable[[tuple[CodedColumn, ...], int], npt.NDArray[np.bool_]],
    ) -> None:
        self.generator, self.edge_generator = generator, edge_generator
        self.device = edge_generator.output.device
        self.rng = np.random.default_rng(seed)
        self.random = torch.Generator(device=self.device).manual_seed(seed)
        self.count_of, self.moments_of, self.in_moment = count_of, moments_of, in_moment

    @torch.inference_mode()
    def draw(self, edges: Edges) -> DrawnOccurrences:
        """Occurrences of all `edges`; their `count` is not looked at."""
        model = self.generator.eval()
        subject, edge_condition = self._conditions(edges)
        link_edge = np.repeat(np.arange(len(edges)), self.count_of(self._counts(edges, edge_condition), self.rng))
        place = self._tensor(link_edge)
        drawn = self._in_chunks(len(link_edge), lambda part: model.link.draw(edge_condition(place[part]), self.random))
        link = tuple(_coded(column, pair) for column, pair in zip(model.spec.link, drawn, strict=True))
        return self._moments(subject, edges, link_edge, link)

    @torch.inference_mode()
    def count_classes(self, edges: Edges) -> Index:
        """Only how often the edges occur, as classes: (edges,)."""
        self.generator.eval()
        return self._counts(edges, self._conditions(edges)[1])

    def _conditions(self, edges: Edges) -> tuple[Tensor, Callable[[Tensor | slice], Tensor]]:
        """The subjects' conditions, and a function that gives those of edges."""
        model = self.generator
        sizes = self._tensor(np.diff(edges.offsets))
        noise = torch.randn(edges.num_subjects, model.noise_dim, generator=self.random, device=self.device)
        subject = model.subject_condition(mean_neighbourhoods(self.edge_generator, edges), sizes, noise)
        repeat = self._in_chunks(edges.num_subjects, lambda part: model.repeat.draw(subject[part], self.random))[0][0]
        level = model.repeat_level[repeat]
        owner, verb, object = self._tensor(edges.subject), self._tensor(edges.verb), self._tensor(edges.object)

        def edge_condition(at: Tensor | slice) -> Tensor:
            own = owner[at]
            return model.edge_condition(subject[own], verb[at], object[at], level[own])

        return subject, edge_condition

    def _counts(self, edges: Edges, edge_condition: Callable[[Tensor | slice], Tensor]) -> Index:
        model, verb = self.generator, self._tensor(edges.verb)
        drawn = self._in_chunks(
            len(edges),
            lambda part: model.count.draw(edge_condition(part), self.random, model.count_shift[verb[part]]),
        )
        return drawn[0][0].cpu().numpy().astype(np.int64)

    def _moments(
        self, subject: Tensor, edges: Edges, link_edge: Index, link: tuple[CodedColumn, ...]
    ) -> DrawnOccurrences:
        model = self.generator
        nowhere = DrawnOccurrences(
            link_edge, link, np.full(len(link_edge), -1), np.zeros(0, np.int64), np.zeros(0, np.int64), None, None
        )
        inside = np.flatnonzero(self.in_moment(link, len(link_edge)))
        if not model.spec.moments or not len(inside):
            return nowhere
        links = np.bincount(edges.subject[link_edge[inside]], minlength=edges.num_subjects)
        timed = np.flatnonzero(links)
        condition = model.moments_condition(subject[self._tensor(timed)], self._tensor(links[timed]))
        drawn = self._in_chunks(len(timed), lambda part: model.moments.draw(condition[part], self.random))
        moments = np.clip(self.moments_of(drawn[0][0].cpu().numpy(), self.rng), 1, links[timed])
        moment = np.full(len(link_edge), -1)
        moment[inside] = spread(edges.subject[link_edge[inside]], timed, moments, self.rng)
        first = _coded(model.spec.moments[1], drawn[1]) if len(model.spec.moments) > 1 else None
        gap = self._gaps(subject[self._tensor(timed)], moments) if model.spec.gap else None
        return DrawnOccurrences(link_edge, link, moment, timed, moments, first, gap)

    def _gaps(self, subject: Tensor, moments: Index) -> CodedColumn:
        """The gaps before every moment but the first, step by step over all subjects at once."""
        model, spec = self.generator, self.generator.spec.gap[0]
        starts = np.cumsum(moments - 1) - (moments - 1)
        code, value = np.zeros(int((moments - 1).sum()), np.int64), np.zeros(int((moments - 1).sum()), np.float32)
        order = np.argsort(-moments, kind="stable")
        previous = torch.zeros(len(moments), device=self.device)
        for step in range(1, int(moments.max(initial=1))):
            active = order[: int(np.searchsorted(-moments[order], -step, side="left"))]
            chosen = self._tensor(active)
            condition = model.gap_condition(
                subject[chosen], self._tensor(moments[active]), previous[chosen], torch.full_like(chosen, step)
            )
            own_code, own_value = model.gap.draw(condition, self.random)[0]
            previous[chosen] = model.gap_level(own_code, own_value)
            code[starts[active] + step - 1] = own_code.cpu().numpy()
            value[starts[active] + step - 1] = own_value.cpu().numpy()
        return CodedColumn(spec, code, value)

    def _in_chunks(
        self, total: int, draw: Callable[[slice], list[tuple[Tensor, Tensor]]], chunk: int = 1 << 16
    ) -> list[tuple[Tensor, Tensor]]:
        parts = [draw(slice(begin, begin + chunk)) for begin in range(0, total, chunk)] or [draw(slice(0, 0))]
        return [
            (torch.cat([c for c, _ in column]), torch.cat([v for _, v in column]))
            for column in zip(*parts, strict=True)
        ]

    def _tensor(self, array: npt.NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)


def spread(owner: npt.NDArray[np.int32], subjects: Index, moments: Index, rng: np.random.Generator) -> Index:
    """A moment for each link, at random, so that none of its subject's moments stays empty.

    Args:
        owner: (L,) the subject of each link, ascending.
        subjects: (S,) the subjects that occur, ascending; moments: (S,) how many moments each has, at most its links.
    """
    order = np.lexsort((rng.random(len(owner)), owner))
    index = np.searchsorted(subjects, owner)
    sizes = np.bincount(index, minlength=len(subjects))
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    count = moments[index]
    anywhere = np.minimum((rng.random(len(owner)) * count).astype(np.int64), count - 1)
    begin = np.cumsum(moments) - moments
    result = np.empty(len(owner), np.int64)
    result[order] = begin[index] + np.where(rank < count, rank, anywhere)
    return result


def _coded(spec: ColumnSpec, pair: tuple[Tensor, Tensor]) -> CodedColumn:
    return CodedColumn(spec, pair[0].cpu().numpy(), pair[1].cpu().numpy().astype(np.float32))
