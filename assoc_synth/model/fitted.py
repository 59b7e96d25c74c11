"""FittedModel: what `fit` leaves behind. Generators, histograms, codes, the gate's reference; no subject, no row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.privacy import Behind, PrivacyListing
from assoc_synth.model.shortfall import Shortfall
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.table_format import TableFormat

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.generator import EdgeGenerator
    from assoc_synth.ctgan.edges.plans import Plans
    from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
    from assoc_synth.privacy import Promise


@dataclass(frozen=True, eq=False, repr=False)
class FittedModel:
    """A trained generator of transactions with the reference that judges it.

    Attributes:
        config: the hyperparameters that it was trained with.
        format: how rows are given back.
        verbs, objects: names by code.
        edge_generator: stage 1, which subject has which links.
        occurrence_generator: stages 2 and 3, how often, when, with which attributes, and in which visit.
        encoder: how attributes are coded.
        degrees: how many links subjects have.
        margins: training subjects linked to each object by each verb, attributes and their values last, by code.
        known_subjects: how many subjects `margins` counts: those whose rows training looked at.
        judge: the gate's references.
        num_subjects, links_per_subject: of the table that the model was fitted to.
        history: what training did, by stage.
        notes: what the reader should know of the model.
        behind: how many subjects are behind each stored value; None where that is not known.
        promise: the differential privacy of its subjects; None where there is none.
    """

    config: CTGANConfig
    format: TableFormat
    verbs: pd.Index
    objects: pd.Index
    edge_generator: EdgeGenerator
    occurrence_generator: OccurrenceGenerator
    encoder: AttributeEncoder
    degrees: Degrees
    margins: Floats
    known_subjects: int
    judge: Judge
    num_subjects: int
    links_per_subject: float
    history: dict[str, Any]
    notes: tuple[str, ...]
    behind: Behind | None = None
    promise: Promise | None = None

    def __repr__(self) -> str:
        return (
            f"FittedModel({len(self.verbs):,} verbs, {len(self.objects):,} objects, fitted to "
            f"{self.num_subjects:,} subjects with {self.links_per_subject:.1f} links each)"
        )

    @property
    def shortfall(self) -> Shortfall:
        """What a limit of time took from the training."""
        return Shortfall.of(self.history)

    def privacy(self) -> PrivacyListing:
        """Every real value that the model stores, with the subjects behind it, and what no threshold protects."""
        names = {"verb": self.verbs, "object": self.objects}
        listing = PrivacyListing.of(self.encoder, names, self.format.schema.roles(), self.behind)
        return listing if self.promise is None else replace(listing, unprotected=(self.promise.sentence,))

    def verb_codes(self, verbs: Sequence[object] | None) -> list[int] | None:
        """Codes of verbs by name, ascending; None for all, where none is named.

        Raises:
            InputError: the model has no such verb.
        """
        if verbs is None or not len(verbs):
            return None
        codes = Vocabulary(self.verbs).codes(verbs)
        for verb, code in zip(verbs, codes.tolist(), strict=True):
            if code < 0:
                known = ", ".join(str(name)[:40] for name in self.verbs[:12])
                raise InputError(f"no verb {str(verb)[:40]!r}; the model has: {known}")
        return sorted(set(codes.tolist()))

    @cached_property
    def plans(self) -> Plans:
        """How many links of each verb new subjects have, by the rules of the links."""
        from assoc_synth.ctgan.edges.plans import Plans

        return Plans.of(self.degrees, self.edge_generator)

    def token_shares(self) -> Floats:
        """Share of the training subjects linked to each object by each verb, in the shape of `margins`."""
        return self.margins / self.known_subjects

    def degree_counts(self) -> Ints:
        """Training subjects by number of edges, their attributes among them: (largest + 1,)."""
        edges = self.degrees.total[:, 0] + len(self.edge_generator.attributes)
        counts = np.zeros(int(edges[-1]) + 1, np.int64)
        counts[edges] = self.degrees.total[:, 1]
        return counts

    def classes_of(self, edges: Edges) -> Ints:
        """The classes of each subject's own columns, see `SubjectColumns`: (S, A)."""
        return self.encoder.extras.subject.classes_of(edges, len(self.verbs), len(self.objects))

    def links_of(self, edges: Edges) -> Edges:
        """The edges without the subjects' attributes: those that the table's rows and the gate know."""
        return edges.within(len(self.verbs), len(self.objects))
