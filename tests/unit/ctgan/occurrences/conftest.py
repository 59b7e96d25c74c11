"""Untrained generators of occurrences over two verbs and six objects, and a decoder that counts from one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CalendarDecoder, CodedColumn, GapDecoder, Visits
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Ints

Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]


class OneMore:
    """Class 0 is 1, class 1 is 2, and so on."""

    most = 1_000

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        return code + 1


ONE_MORE = OneMore()


@dataclass(frozen=True)
class Decoder:
    """The least that a table's encoder is."""

    calendar: CalendarDecoder | None = None
    repeats: bool = True
    has_visits: bool = False
    allowed: Mapping[str, AllowedClasses] = field(default_factory=dict)
    count: OneMore = ONE_MORE
    num_visits: OneMore = ONE_MORE
    size: OneMore = ONE_MORE
    gap: GapDecoder | None = None

    def dated(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        return np.ones(links, bool)

    def spaced(self, visits: Visits, length: Ints) -> Visits:
        return replace(visits, length=length)

    def in_visit(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        return np.full(links, self.has_visits)


@pytest.fixture
def untrained() -> Untrained:
    def make(spec: OccurrenceSpec, **options: object) -> tuple[OccurrenceGenerator, OccurrenceSampler]:
        torch.manual_seed(0)
        config = CTGANConfig(noise_dim=4)
        edge_generator = EdgeGenerator(config, torch.zeros(2, 6), 0.0)
        generator = OccurrenceGenerator(config, spec, 2, 6, 0.1)
        return generator, OccurrenceSampler(generator, edge_generator, Decoder(**options), seeds=Seeds.of(0))  # type: ignore[arg-type]

    return make


@pytest.fixture
def six_edges_each() -> Callable[[int], Edges]:
    """Two verbs and six objects: verb 0 with the even ones, verb 1 with the odd ones."""

    def make(subjects: int) -> Edges:
        link = np.arange(6 * subjects)
        return Edges.from_links(link // 6, link % 2, link % 6, num_subjects=subjects, num_verbs=2, num_objects=6)

    return make
