"""Untrained generators of occurrences over two verbs and six objects, and a decoder that counts from one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch

from assoc_synth.attributes.counts import CountCode
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CalendarDecoder, CodedColumn, GapDecoder, Visits
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.joint_counts import JointCounts, joint_tokens
from assoc_synth.ctgan.occurrences.joint_kernel import Draw, keep_bounds, new_state, walk
from assoc_synth.ctgan.occurrences.joint_training import Learned
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


@dataclass(frozen=True, eq=False)
class World:
    """True numbers of edges, and what is said of each by itself: the shares of its token.

    Attributes:
        learned: from them.
        model: without terms.
        code: the classes of numbers.
    """

    learned: Learned
    model: JointCounts
    code: CountCode

    def draw(self, seed: int = 0) -> Ints:
        """How often the same edges occur, drawn anew."""
        edges, rng = self.learned.edges, np.random.default_rng(seed)
        total = np.exp(self.learned.level[self.learned.repeat].astype(float)) * np.diff(edges.offsets)
        terms, block = self.model.terms(None), self.model.block(edges, None, total)
        drawn, uniform = np.full(len(edges), -1), rng.random(len(edges)).astype(np.float32)
        base, none = self.learned.base.copy(), np.zeros((0, 0), np.float32)
        walk(terms, block, Draw(base, drawn, uniform, none, none), new_state(terms, block))
        numbers = self.code.decode(drawn, rng)
        keep_bounds(terms, block, numbers, new_state(terms, block))
        return numbers


@pytest.fixture
def world() -> Callable[[Edges], World]:
    def make(edges: Edges) -> World:
        code = CountCode.learn("count", edges.count)
        column = code.encode(edges.count)
        level = np.array([0.0, 0.5, 1.0, 1.5, 2.0], np.float32)
        each = np.log(np.bincount(edges.subject, edges.count) / np.diff(edges.offsets))
        repeat = np.abs(each[:, None] - level).argmin(1)
        token = np.unique(edges.token, return_inverse=True)[1]
        shares = np.full((token.max() + 1, code.classes), 0.01)
        np.add.at(shares, (token, column.code), 1.0)
        base = np.log(shares / shares.sum(1, keepdims=True))[token].astype(np.float32)
        levels = np.log(np.bincount(repeat, minlength=5) + 0.01)
        repeat_base = np.tile(levels, (edges.num_subjects, 1)).astype(np.float32)
        model = JointCounts(len(joint_tokens(edges, code.classes)), edges.num_verbs, edges.num_objects, code.classes)
        return World(Learned(edges, column.code, base, repeat, repeat_base, level), model, code)

    return make


@pytest.fixture
def edges_with() -> Callable[..., Edges]:
    """Edges of subjects that have every token: a column of numbers for each; those of 0 are left out."""

    def make(numbers: Ints, *, verbs: int = 1) -> Edges:
        subject, token = np.nonzero(numbers)
        objects = numbers.shape[1] // verbs
        edges = Edges.from_links(
            subject, token // objects, token % objects, num_subjects=len(numbers), num_verbs=verbs, num_objects=objects
        )
        return replace(edges, count=numbers[subject, token].astype(np.int64))

    return make
