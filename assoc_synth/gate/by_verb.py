"""Judge: the gate's references for whole tables and for tables of one verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import ModelFileError
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Values

WORST_FIRST = (Status.FAIL, Status.UNDERPOWERED, Status.PASS_LIMITED, Status.PASS)
VERB_PERMUTATIONS, VERB_REPLICATES, VERB_TIERS = 499, 100, 2


@dataclass(frozen=True, eq=False)
class Judge:
    """The gate's stored references: one for all verbs, one for each verb.

    Attributes:
        whole: the reference of tables with all verbs.
        verbs: by verb code, the reference of tables of that verb alone: the subjects that have it, and those links.
    """

    whole: Reference
    verbs: tuple[Reference, ...]

    @classmethod
    def learn(cls, training: Edges, held_out: Edges, rng: np.random.Generator) -> Judge:
        """References from the training subjects T and the gate's own subjects H."""
        whole = Reference.from_edges(training, held_out, rng)
        if training.num_verbs == 1:
            return cls(whole, (whole,))
        return cls(
            whole,
            tuple(
                Reference.from_edges(
                    training.of_verbs([verb]),
                    held_out.of_verbs([verb]),
                    rng,
                    permutations=VERB_PERMUTATIONS,
                    replicates=VERB_REPLICATES,
                    num_tiers=VERB_TIERS,
                )
                for verb in range(training.num_verbs)
            ),
        )

    def num_reference(self, verbs: list[int] | None = None) -> int:
        """Subjects that a draw should have for the gate's full power."""
        return self.whole.num_reference if verbs is None else max(self.verbs[verb].num_reference for verb in verbs)

    def judge(self, drawn: Edges, rng: np.random.Generator, *, verbs: list[int] | None = None) -> Verdict:
        """The verdict on a draw; for a draw of some verbs, the worst of the verdicts on each verb."""
        if verbs is None:
            return self.whole.judge(drawn, rng)
        verdicts = [self.verbs[verb].judge(drawn.of_verbs([verb]), rng) for verb in verbs]
        return min(verdicts, key=lambda verdict: WORST_FIRST.index(verdict.status))

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, Any]]:
        """Named arrays and JSON scalars: aggregate counts only, no subject."""
        arrays: dict[str, Values] = {}
        scalars: dict[str, Any] = {}
        for name, reference in self._named().items():
            own, scalars[name] = reference.to_arrays()
            arrays |= {f"{name}.{key}": array for key, array in own.items()}
        return arrays, scalars

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> Judge:
        """Inverse of `to_arrays`.

        Raises:
            ModelFileError: an entry is missing or does not fit.
        """
        references = {}
        for name, own in scalars.items():
            prefix = f"{name}."
            mine = {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
            references[name] = Reference.from_arrays(mine, own)
        if "whole" not in references or set(references) != {"whole", *(f"verb{v}" for v in range(len(references) - 1))}:
            raise ModelFileError("the gate's references are incomplete: restore the model or fit it again")
        return cls(references["whole"], tuple(references[f"verb{v}"] for v in range(len(references) - 1)))

    def _named(self) -> dict[str, Reference]:
        return {"whole": self.whole} | {f"verb{code}": reference for code, reference in enumerate(self.verbs)}
