"""Drawing the occurrences of given edges: links, their columns, their moments, and which link goes into which."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from assoc_synth.coded import CodedColumn, ColumnSpec, DrawnOccurrences, Horizon, Moments, Times
from assoc_synth.ctgan.exchange import Filling
from assoc_synth.ctgan.exchange_sampling import exchange, part_repeats
from assoc_synth.ctgan.moment_features import step_features
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.occurrences import OccurrenceGenerator, mean_neighbourhoods
from assoc_synth.graph import Edges

Index = npt.NDArray[np.int64]
REDRAWS = 10
NO_MOMENTS = Moments(*(np.zeros(0, np.int64) for _ in range(4)))


class OccurrenceSampler:
    """Draws occurrences for edges, subject after subject.

    Args:
        count_of: turns classes of `count` into numbers of occurrences.
        moments_of, size_of: turn classes into numbers of moments, and of links in a moment.
        times: the table's calendar; None without times.
        repeats: whether a moment may hold a link twice.
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
        size_of: Callable[[Index, np.random.Generator], Index],
        times: Times | None,
        repeats: bool,
        in_moment: Callable[[tuple[CodedColumn, ...], int], npt.NDArray[np.bool_]],
    ) -> None:
        self.generator, self.edge_generator = generator, edge_generator
        self.device = edge_generator.output.device
        self.rng = np.random.default_rng(seed)
        self.random = torch.Generator(device=self.device).manual_seed(seed)
        self.count_of, self.moments_of, self.size_of = count_of, moments_of, size_of
        self.times, self.repeats, self.in_moment = times, repeats, in_moment

    @torch.inference_mode()
    def draw(self, edges: Edges) -> DrawnOccurrences:
        """Occurrences of all `edges`; their `count` is not looked at."""
        model = self.generator.eval()
        subject, edge_condition = self._conditions(edges)
        link_edge = np.repeat(np.arange(len(edges)), self.count_of(self._counts(edges, edge_condition), self.rng))
        place = self._tensor(link_edge)
        object = self._tensor(edges.object[link_edge])
        drawn = self._in_chunks(
            len(link_edge),
            lambda part: model.link.draw(edge_condition(place[part]), self.random, model.link_priors(object[part])),
        )
        link = tuple(_coded(column, pair) for column, pair in zip(model.spec.link, drawn, strict=True))
        return self._filled(subject, edges, link_edge, link)

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
        model, verb, object = self.generator, self._tensor(edges.verb), self._tensor(edges.object)

        def draw(part: slice) -> list[tuple[Tensor, Tensor]]:
            odds = model.count_priors(object[part])[0] + model.count_shift[verb[part]]
            return model.count.draw(edge_condition(part), self.random, [odds])

        drawn = self._in_chunks(len(edges), draw)
        return drawn[0][0].cpu().numpy().astype(np.int64)

    def _filled(
        self, subject: Tensor, edges: Edges, link_edge: Index, link: tuple[CodedColumn, ...]
    ) -> DrawnOccurrences:
        """Links in their moments; those that no moment has room for are left out."""
        inside = np.flatnonzero(self.in_moment(link, len(link_edge)))
        link_moment = np.full(len(link_edge), -1)
        if not self.generator.spec.moments or not len(inside):
            return DrawnOccurrences(link_edge, link, link_moment, NO_MOMENTS)
        owner = edges.subject[link_edge[inside]].astype(np.int64)
        timed, links = np.unique(owner, return_counts=True)
        condition = self.generator.moments_condition(subject[self._tensor(timed)], self._tensor(links))
        drawn = self._in_chunks(
            len(timed), lambda part: self.generator.moments.draw(condition[part], self.random)
        )
        counts = np.clip(self.moments_of(drawn[0][0].cpu().numpy(), self.rng), 1, links)
        moments = self._timed_moments(subject, timed, links, counts)
        token = np.unique(link_edge[inside], return_inverse=True)[1]
        place = np.repeat(np.arange(len(moments)), moments.size)
        filling = Filling.of(
            moments,
            self.times.horizon if self.times is not None else Horizon(),
            subject=owner,
            verb=edges.verb[link_edge[inside]],
            object=edges.object[link_edge[inside]],
            moment=place[np.lexsort((self.rng.random(len(owner)), owner)).argsort()],
            rng=self.rng,
        )
        link_moment[inside] = self.exchanged(filling, token)
        kept = np.ones(len(link_edge), bool)
        kept[inside] = link_moment[inside] >= 0
        return DrawnOccurrences(
            link_edge[kept], tuple(column.take(kept) for column in link), link_moment[kept], moments
        )

    def exchanged(self, filling: Filling, token: Index) -> Index:
        """The moment of each link of a filling: (L,), −1 for one that would be there a second time."""
        moment = exchange(self.generator.exchange, filling, self.rng)
        if self.repeats:
            return moment
        moment, stays = part_repeats(token, filling, moment, self.rng)
        return np.where(stays, moment, -1)

    def _timed_moments(self, subject: Tensor, timed: Index, links: Index, counts: Index) -> Moments:
        """When the moments of subjects are, and how many links each has: step by step over all subjects at once.

        Args:
            timed: the subjects; links: in their moments; counts: of their moments.
        """
        model, begin = self.generator, np.cumsum(counts) - counts
        day, clock = np.full(int(counts.sum()), -1, np.int64), np.zeros(int(counts.sum()), np.int64)
        size = np.ones(len(day), np.int64)
        condition = model.start_condition(subject[self._tensor(timed)], self._tensor(links), self._tensor(counts))
        drawn = self._in_chunks(len(timed), lambda part: model.start.draw(condition[part], self.random))
        columns = self._columns(model.spec.start, drawn)
        size[begin] = self.size_of(columns["size"].code, self.rng)
        if self.times is not None:
            day[begin] = self.times.first_day(columns["week"], columns["weekday"].code)
            clock[begin] = self._clock(columns, day[begin], day[begin], clock[begin])
        before, left = day[begin], links - size[begin]
        order = np.argsort(-counts, kind="stable")
        for step in range(1, int(counts.max(initial=1)) if model.spec.step else 1):
            active = order[: int(np.searchsorted(-counts[order], -step, side="left"))]
            last = begin[active] + step - 1
            condition = self._step_condition(
                subject[self._tensor(timed[active])], moments=counts[active], step=np.full(len(active), step),
                day=day[last], before=before[active], clock=clock[last], size=size[last], links=left[active],
            )  # fmt: skip
            columns, day[last + 1] = self._next(condition, day[last])
            clock[last + 1] = self._clock(columns, day[last + 1], day[last], clock[last])
            size[last + 1] = self.size_of(columns["size"].code, self.rng)
            left[active] -= size[last + 1]
            before[active] = day[last]
        owner = np.repeat(timed, counts)
        # Two moments of one day may have been drawn in the wrong order.
        order = np.lexsort((clock, day, owner))
        return Moments(owner, day[order], clock[order], fit_sizes(size[order], counts, links, self.rng))

    def _step_condition(self, subject: Tensor, **known: Index) -> Tensor:
        horizon = self.times.horizon if self.times is not None else Horizon()
        return torch.cat([subject, step_features(horizon, **known).to(self.device)], dim=1)

    def _next(self, condition: Tensor, day: Index) -> tuple[dict[str, CodedColumn], Index]:
        """The columns of each subject's next moment, and its day: drawn again where it is beyond the last day."""
        columns = self._columns(self.generator.spec.step, self.generator.step.draw(condition, self.random))
        if self.times is None:
            return columns, day
        last = self.times.horizon.last_day
        found = self.times.next_day(day, columns["gap"], columns["weekday"].code)
        for _ in range(REDRAWS):
            beyond = np.flatnonzero(found > last)
            if not len(beyond):
                break
            again = self._columns(
                self.generator.spec.step, self.generator.step.draw(condition[self._tensor(beyond)], self.random)
            )
            for name, column in again.items():
                columns[name].code[beyond], columns[name].value[beyond] = column.code, column.value
            found[beyond] = self.times.next_day(day[beyond], again["gap"], again["weekday"].code)
        return columns, np.where(found > last, self.rng.integers(np.minimum(day, last), last + 1), found)

    def _columns(self, specs: tuple[ColumnSpec, ...], drawn: list[tuple[Tensor, Tensor]]) -> dict[str, CodedColumn]:
        return {spec.name: _coded(spec, pair) for spec, pair in zip(specs, drawn, strict=True)}

    def _clock(self, columns: dict[str, CodedColumn], day: Index, last_day: Index, last: Index) -> Index:
        """Times of day: a pause after the moment before where that is on the same day."""
        if self.times is None or "clock" not in columns:
            return np.zeros(len(day), np.int64)
        clock = np.where(day < 0, 0, self.times.time_of_day(columns["clock"].code, self.rng))
        if "pause" not in columns:
            return clock
        after = self.times.clock_after(last, columns["pause"])
        return np.where((day == last_day) & (day >= 0) & (after >= 0), after, clock)

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


def fit_sizes(size: Index, counts: Index, links: Index, rng: np.random.Generator) -> Index:
    """Sizes of moments, scaled so that each subject's sum to its links and none is empty.

    Args:
        size: (M,) wanted, at least 1; counts: (S,) moments of each subject; links: (S,), at least as many.

    Returns:
        (M,) what a moment has beyond one link, in proportion, rounded at random.
    """
    own = np.repeat(np.arange(len(counts)), counts)
    begin = np.cumsum(counts) - counts
    more = (size - 1).astype(np.float64)
    sums = np.bincount(own, weights=more, minlength=len(counts))
    more = np.where(sums[own] > 0, more, 1.0)
    sums = np.where(sums > 0, sums, counts)
    target = np.cumsum(more * ((links - counts) / np.maximum(sums, 1e-9))[own])
    target -= np.repeat(target[begin] - more[begin] * ((links - counts) / np.maximum(sums, 1e-9)), counts)
    # One random offset per subject rounds every moment up or down, and all of them together exactly.
    ends = np.floor(target + rng.random(len(counts))[own] * (1 - 1e-6) + 1e-9).astype(np.int64)
    last = begin + counts - 1
    ends[last] = links - counts
    result: Index = 1 + np.diff(ends, prepend=0)
    result[begin] = 1 + ends[begin]
    return result


def _coded(spec: ColumnSpec, pair: tuple[Tensor, Tensor]) -> CodedColumn:
    return CodedColumn(spec, pair[0].cpu().numpy(), pair[1].cpu().numpy().astype(np.float32))
