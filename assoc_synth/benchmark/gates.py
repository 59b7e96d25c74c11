"""The benchmark's gate: held-out subjects that no competitor has seen judge what each of them hands in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from assoc_synth.gate.clusters import Clusters
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.scopes.links import LinkScope
from assoc_synth.gate.validate import without_empty_columns
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.row_codes import RowCodes, in_common
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True, eq=False)
class Gates:
    """One reference for links alone, and one for each set of columns that a competitor hands in.

    Attributes:
        train: the competitors' training table.
        held: real subjects that judge, over the same names.
        seed: of the simulations.
    """

    train: TransactionTable
    held: TransactionTable
    seed: int = 0
    _of_columns: dict[tuple[object, ...], Reference] = field(default_factory=dict)

    @cached_property
    def of_links(self) -> Reference:
        """The reference that looks at links alone."""
        return Reference.learn(*self._real, np.random.default_rng(self.seed), kinds=(LinkScope(),))

    def judge(self, edges: Edges, table: TransactionTable | None = None) -> Verdict:
        """Judge the links and, where there are rows with more than links, every scope that they have columns for.

        Args:
            edges: by the codes of the training table.
            table: its rows; those of a verb or an object that the training table does not have are left out.
        """
        return self.of_links.judge(edges) if table is None else self.judge_rows(self.rows_of(table))

    def rows_of(self, table: TransactionTable) -> Rows:
        """A table in the codes of the gate, without the rows of verbs and objects that the training table lacks.

        Columns without a value are left out, as `validate` does.
        """
        return self._codes.rows(without_empty_columns(self._known(table)))

    def judge_rows(self, rows: Rows) -> Verdict:
        """Judge rows by every scope that they have columns for.

        Args:
            rows: as `rows_of` gives them.
        """
        train, held, rows = in_common(*self._real, rows)
        return self._reference(train, held, rows).judge(rows)

    @cached_property
    def _codes(self) -> RowCodes:
        return RowCodes.of(self.train, self.held)

    @cached_property
    def _real(self) -> tuple[Rows, Rows]:
        return self._codes.rows(self.train), self._codes.rows(self.held)

    def _reference(self, train: Rows, held: Rows, sample: Rows) -> Reference:
        """The reference for rows of these columns, and of these clusters where they come in some, as real ones do."""
        extras = () if train.extras is None else train.extras.names
        clusters = Clusters.of(sample.clusters)
        size = None if clusters is None else (sample.num_subjects, len(clusters))
        has = (train.time is not None, train.amount is not None, train.visit_kind, train.attributes.names, extras, size)
        if has not in self._of_columns:
            rng, own = np.random.default_rng(self.seed), None if clusters is None else sample
            self._of_columns[has] = Reference.learn(train, held, rng, sample=own)
        return self._of_columns[has]

    def _known(self, table: TransactionTable) -> TransactionTable:
        """The rows whose verb and object are names of the training table."""
        verb, thing = (
            Vocabulary(getattr(self.train, of)).codes(getattr(table, of))[getattr(table, of[:-1])]
            for of in ("verbs", "objects")
        )
        known = (verb >= 0) & (thing >= 0)
        if known.all():
            return table
        kept = table.take_rows(np.flatnonzero(known))
        used = {of: np.unique(getattr(kept, of), return_inverse=True) for of in ("verb", "object")}
        (verbs, verb), (objects, thing) = used["verb"], used["object"]
        return replace(
            kept,
            verbs=kept.verbs[verbs],
            objects=kept.objects[objects],
            verb=verb.astype(np.int32),
            object=thing.astype(np.int32),
        )
