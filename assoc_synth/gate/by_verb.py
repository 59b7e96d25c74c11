"""Judge: what a model keeps of the gate, for whole tables and for tables of some verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assoc_synth.errors import ModelFileError
from assoc_synth.gate.asked import EVERYTHING, OLD, Asked
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.reference import MIN_SUBJECTS, Counted, Reference, as_rows
from assoc_synth.gate.results import WORST_FIRST
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.row_codes import RowCodes
from assoc_synth.link_graph.rows import Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Ints, Values
from assoc_synth.transactions.distinct import distinct


@dataclass(frozen=True, eq=False)
class Judge:
    """The gate's stored reference.

    Attributes:
        whole: the reference. Its blocks by verb judge tables of some verbs.
        codes: how a drawn table becomes rows; None where links alone are judged.
        copies: how many of the training subjects are copies of others; None in models before format version 8.
        verbs: of those models, by verb code, a reference of tables of that verb alone; else empty.
    """

    whole: Reference
    codes: RowCodes | None = None
    copies: Copies | None = None
    verbs: tuple[Reference, ...] = ()

    @classmethod
    def learn(
        cls, training: Counted, held_out: Counted, rng: np.random.Generator, codes: RowCodes | None = None
    ) -> Judge:
        """The reference from the training subjects T and the gate's own subjects H.

        With fewer than 20 of H nothing is judged: bootstrap samples of so few are no null.

        Args:
            codes: by which both are coded.
        """
        rows = as_rows(training)
        if held_out.num_subjects < MIN_SUBJECTS:
            return cls(Reference(held_out.num_subjects, ()), codes, Copies.of(rows.edges))
        whole = Reference.learn(rows, held_out, rng, num_tiers=1)
        return cls(whole, codes, Copies.of(rows.edges))

    @classmethod
    def of_nothing(cls, training: Edges) -> Judge:
        """A gate that has no real subject to judge by, and knows only which copies are usual in training."""
        return cls(Reference(0, ()), copies=Copies.of(training))

    @property
    def is_old(self) -> bool:
        """Whether it is of a model before format version 8, which judges links alone."""
        return self.copies is None

    def num_reference(self, verbs: list[int] | None = None) -> int:
        """Subjects that a draw should have for the gate's full power; of some verbs, at most so many."""
        if verbs is None or not self.verbs:
            return self.whole.num_reference
        return max(self.verbs[verb].num_reference for verb in verbs)

    def judge(self, drawn: Counted, rng: np.random.Generator, asked: Asked = EVERYTHING) -> Verdict:
        """The verdict on a draw of all verbs."""
        if self.is_old:
            return self.whole.judge(_links(drawn), rng, replace(asked, absent=OLD))
        return self.whole.judge(drawn, rng, asked)

    def judge_verbs(
        self, drawn: Counted, having: Mapping[tuple[int, ...], int], rng: np.random.Generator, asked: Asked = EVERYTHING
    ) -> Verdict:
        """The verdict on a draw of some verbs: by the blocks that look at these alone.

        Among as many real subjects as H has, some have none of these verbs. The draw has only those that have one, so
        that as many of them are taken as there would be, and the others are without rows.

        Args:
            having: verbs that are judged together, and how many of |H| subjects have one of them. Several entries are
                judged side by side in one test, and nothing across them.
        """
        if self.is_old:
            edges = _links(drawn)
            codes = sorted({verb for verbs in having for verb in verbs})
            old = replace(asked, absent=OLD)
            found = [self.verbs[verb].judge(edges.of_verbs([verb]), rng, old) for verb in codes]
            return min(found, key=lambda verdict: WORST_FIRST.index(verdict.status))
        size, rows = self.whole.num_reference, as_rows(drawn)
        parts = [with_verbs(rows, verbs, min(count, size), size, rng) for verbs, count in having.items()]
        return self.whole.judge_groups(dict(zip(having, parts, strict=True)), asked)

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, Any]]:
        """Named arrays and JSON values: aggregate counts only, no subject."""
        arrays: dict[str, Values] = {}
        scalars: dict[str, Any] = {}
        for name, reference in self._named().items():
            own, scalars[name] = reference.to_arrays()
            arrays |= {f"{name}.{key}": array for key, array in own.items()}
        scalars["codes"] = None if self.codes is None else self.codes.to_dict()
        scalars["copies"] = None if self.copies is None else self.copies.to_dict()
        return arrays, scalars

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, Values],
        scalars: Mapping[str, Any],
        names: tuple[Sequence[object], Sequence[object]] = ((), ()),
    ) -> Judge:
        """Inverse of `to_arrays`.

        Args:
            names: of verbs and objects, by code.

        Raises:
            ModelFileError: an entry is missing or does not fit.
        """
        named = {part: tuple(map(str, known)) for part, known in zip(("verbs", "objects"), names, strict=True)}
        references = {}
        for name, own in scalars.items():
            if name not in ("codes", "copies"):
                prefix = f"{name}."
                mine = {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
                references[name] = Reference.from_arrays(mine, own)
        if "whole" not in references or set(references) != {"whole", *(f"verb{v}" for v in range(len(references) - 1))}:
            raise ModelFileError("the gate's references are incomplete: restore the model or fit it again")
        try:
            codes, copies = scalars["codes"], scalars["copies"]
            read = None if codes is None else RowCodes.from_dict({**codes, **named})
            counted = None if copies is None else Copies.from_dict(copies)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the gate's codes cannot be read ({type(error).__name__})") from error
        verbs = tuple(references[f"verb{v}"] for v in range(len(references) - 1))
        return cls(references["whole"], read, counted, verbs)

    def _named(self) -> dict[str, Reference]:
        return {"whole": self.whole} | {f"verb{code}": reference for code, reference in enumerate(self.verbs)}


def with_verbs(rows: Rows, verbs: Sequence[int], count: int, size: int, rng: np.random.Generator) -> Rows:
    """`count` random subjects that have rows of some verbs, with those rows alone, among `size` subjects.

    Where there are fewer, all of them, and the others are without rows.
    """
    of_verbs = np.isin(rows.verb, verbs)
    subjects = distinct(rows.subject[of_verbs])
    chosen = np.sort(rng.permutation(subjects)[:count])
    found = rows.take(chosen)
    at: Ints = np.flatnonzero(np.isin(found.verb, verbs))
    own = found.attributes
    has = np.zeros((size, own.has.shape[1]), bool)
    has[: len(own.has)] = own.has
    return replace(
        found,
        subject=found.subject[at],
        verb=found.verb[at],
        object=found.object[at],
        time=None if found.time is None else found.time[at],
        amount=None if found.amount is None else found.amount[at],
        group=None if found.group is None else found.group[at],
        attributes=Attributes(own.names, own.owner, own.labels, has),
        num_subjects=size,
        extras=None if found.extras is None else found.extras.take(at),
        clusters=None,
    )


def _links(drawn: Counted) -> Edges:
    return drawn if isinstance(drawn, Edges) else drawn.edges
