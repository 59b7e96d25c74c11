"""The fit's last step: drawn numbers, seen in a pilot, are brought to the real ones' shape by verb and object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.quantile_maps import Numbers, QuantileMap
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.plans import Plans
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.contributions import most_counted, shortened
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats
from assoc_synth.transactions.table import TransactionTable

PILOT_LINKS, FEWEST_SUBJECTS = 60_000, 20
"""Links of the pilot, about, and its subjects at least."""


def with_number_margins(
    encoder: AttributeEncoder,
    graph: LinkGraph,
    generators: tuple[EdgeGenerator, OccurrenceGenerator],
    degrees: Degrees,
    *,
    seeds: Seeds,
    fewest: int = 1,
) -> AttributeEncoder:
    """The encoder, with a map of the quantiles of each column of numbers that is drawn for each link by itself.

    Args:
        graph: of the training subjects, whose numbers are the aim.
        degrees: of the pilot's subjects.
        seeds: of the pilot.
        fewest: subjects of real numbers behind each stored one, see `QuantileMap.learn`.
    """
    codes = _drawn_by_link(encoder)
    if not codes or not len(graph.edges):
        return encoder
    edge_generator, occurrence_generator = generators
    plans = Plans.of(degrees, edge_generator)
    links_each = len(graph.table) / max(graph.edges.num_subjects, 1)
    subjects = max(int(np.ceil(min(PILOT_LINKS, len(graph.table)) / links_each)), FEWEST_SUBJECTS)
    composition = plans.draw(subjects, seeds.child("subjects").generator())
    edges = sample_edges(edge_generator, shortened(composition, most_counted(graph.edges)), seeds=seeds)
    sampler = OccurrenceSampler(occurrence_generator, edge_generator, encoder, seeds=seeds, ordered=False)
    link_edge, columns = sampler.link_columns(edges)
    edges, by_name = sampler.without_attributes(edges), {column.spec.name: column for column in columns}
    table, size = graph.table, graph.edges.num_objects
    maps = {}
    for name, code in codes.items():
        of_rows = (part.astype(np.int64) for part in (table.verb, table.object, table.subject))
        real = Numbers(_numbers(encoder, name, table), *of_rows)
        of_links = (part[link_edge].astype(np.int64) for part in (edges.verb, edges.object))
        drawn = Numbers(code.decode(by_name[code.name]), *of_links)
        maps[name] = QuantileMap.learn(code, real, drawn, size, fewest)
    return replace(encoder, implications=replace(encoder.implications, quantiles=maps))


def _drawn_by_link(encoder: AttributeEncoder) -> dict[str, NumberCode]:
    """The columns of numbers, by name, whose values are each row's own, and of no list of prices or dates."""
    extras = encoder.extras
    depending = {rule.column for rule in extras.dependencies} | set(extras.of_visits) | set(extras.dates)
    depending |= set(encoder.implications.lists)
    codes = {code.name: code for code in extras.numbers}
    if encoder.amount is not None and extras.amount is not None:
        codes[extras.amount] = encoder.amount
    return {name: code for name, code in codes.items() if name not in depending and len(code.means)}


def _numbers(encoder: AttributeEncoder, name: str, table: TransactionTable) -> Floats:
    if name == encoder.extras.amount and table.amount is not None:
        return table.amount
    return encoder.extras.numbers_of(name, table)
