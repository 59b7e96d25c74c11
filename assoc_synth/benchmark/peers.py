"""The competitors, behind one interface."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from assoc_synth.benchmark.work import baskets_of
from assoc_synth.errors import InputError
from assoc_synth.graph import Edges, LinkGraph
from assoc_synth.independent import independent_draw
from assoc_synth.table import TransactionTable


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a competitor hands in.

    Attributes:
        edges: its synthetic table, by the codes of the training table's verbs and objects.
        baskets: the same with the basket in the subject's place, where it makes baskets.
        fit_seconds, sample_seconds: wall clock.
        fit_links_per_second: links seen per second while training; None where there is no training, or it can not tell.
        sample_links_per_second: links emitted per second of sampling.
        verdict: what the competitor's own gate said, if it has one.
    """

    edges: Edges
    baskets: Edges | None
    fit_seconds: float
    sample_seconds: float
    fit_links_per_second: float | None
    sample_links_per_second: float
    verdict: str | None = None


class Peer(Protocol):
    """A generator that learns from the training table and hands in one of the same number of subjects."""

    @property
    def name(self) -> str: ...

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        """Fit and sample.

        Raises:
            AssocSynthError: it can not do this work, or its library is absent; the benchmark prints that as its row.
        """
        ...


class Independent:
    """Objects drawn by popularity within each verb, degrees kept: no association at all."""

    name = "independent"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        rng = np.random.default_rng(seed)
        graph = LinkGraph.from_table(train).edges
        began = time.perf_counter()
        edges = independent_draw(graph, rng)
        seconds = time.perf_counter() - began
        real_baskets = baskets_of(train)
        baskets = None if real_baskets is None else independent_draw(real_baskets, rng)
        return Outcome(edges, baskets, 0.0, seconds, None, edges.num_links / max(seconds, 1e-9))


class AssocSynth:
    """This package, at its defaults."""

    name = "assoc-synth"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        from assoc_synth.synthesizer import AssociativeSynthesizer

        limits: dict[str, Any] = {} if max_minutes is None else {"max_minutes": max_minutes}
        began = time.perf_counter()
        synth = AssociativeSynthesizer(random_state=seed, **limits).fit(train)
        fitted = time.perf_counter()
        result = synth.sample(num_subjects=train.num_subjects)
        sampled = time.perf_counter()
        edges = aligned(result.graph, train)
        return Outcome(
            edges,
            aligned(result.graph, train, by_basket=True) if train.basket is not None else None,
            fitted - began,
            sampled - fitted,
            fit_rate(synth.model_.history),
            edges.num_links / max(sampled - fitted, 1e-9),
            str(result.verdict.status.value),
        )


PEERS: Mapping[str, Callable[[], Peer]] = {"independent": Independent, "assoc-synth": AssocSynth}


def peers_named(names: tuple[str, ...] | list[str]) -> list[Peer]:
    """The competitors of the given names.

    Raises:
        InputError: there is no such competitor.
    """
    for name in names:
        if name not in PEERS:
            raise InputError(f"unknown peer {name[:40]!r}; there are: {', '.join(PEERS)}")
    return [PEERS[name]() for name in names]


def aligned(graph: LinkGraph, train: TransactionTable, *, by_basket: bool = False) -> Edges:
    """A graph's edges by the codes of the training table, whatever the order of the graph's own vocabularies.

    Raises:
        InputError: the graph has a verb or an object that the training table does not know.
    """
    edges = graph.edges
    if by_basket:
        edges = graph.basket_edges()
        edges = edges.take(np.flatnonzero(np.diff(edges.offsets)))
    verb, objects = (
        _places(getattr(graph.table, what), getattr(train, what), what)[codes]
        for what, codes in (("verbs", edges.verb), ("objects", edges.object))
    )
    return Edges.from_links(
        np.repeat(edges.subject, edges.count), np.repeat(verb, edges.count), np.repeat(objects, edges.count),
        num_subjects=edges.num_subjects, num_verbs=train.num_verbs, num_objects=train.num_objects,
    )  # fmt: skip


def fit_rate(history: Mapping[str, Any]) -> float | None:
    """Links per second of a pass through all training stages: 1 / Σ 1 / rate; None where no stage has a rate."""
    rates = [float(stage.get("links_per_second") or 0.0) for stage in history.values()]
    seconds = sum(1.0 / rate for rate in rates if rate)
    return 1.0 / seconds if seconds else None


def _places(mine: Any, known: Any, what: str) -> Any:
    place = {name: code for code, name in enumerate(known)}
    missing = sum(name not in place for name in mine)
    if missing:
        raise InputError(f"{missing} of the synthetic table's {what} are not in the training table")
    return np.array([place[name] for name in mine], np.int64)
