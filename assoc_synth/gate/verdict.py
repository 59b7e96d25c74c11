"""What the gate says: a verdict with every number behind it, and one sentence that claims no more than they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from assoc_synth.gate.results import (
    ALPHA,
    CERTIFICATE,
    TOLERANCE,
    BlockResult,
    PairDifference,
    ScopeVerdict,
    Status,
    decide,
    worst,
)
from assoc_synth.gate.words import against, claim, not_judged, refusal, watched_words
from assoc_synth.transactions.preview import preview

__all__ = [
    "ALPHA",
    "CERTIFICATE",
    "TOLERANCE",
    "BlockResult",
    "PairDifference",
    "ScopeVerdict",
    "Status",
    "Verdict",
    "decide",
    "watched_words",
]


@dataclass(frozen=True, repr=False)
class Verdict:
    """The gate's answer about one synthetic table.

    Attributes:
        status: see `Status`: that of the worst scope.
        p_value: of the difference test over all blocks of all scopes together; None if nothing could be compared.
        certificate, tau_low, tau_high: of the first scope that has them, the links as a rule. τ: as good as real data
            in which between `tau_low` and `tau_high` of the subjects were replaced by destroyed ones (95 % one-sided
            each), measured by the signed blocks of the scope, and `tau_high` by every association block that differs
            as well; None if nothing is watched. benchmark/CALIBRATION.md has their coverage.
        blocks: the discrepancies.
        num_subjects: synthetic subjects that were evaluated.
        num_reference: real subjects they were compared with.
        watched: number of watched pairs, triples and so on among the links.
        attempts: how many candidates were evaluated before this verdict.
        seed: of the run, if the caller gave one.
        advice: what to do about a FAIL, where the caller knows: the end of its sentence.
        scopes: the answer about each scope, in the order of `gate.scopes.NAMES`.
        pairs: of a FAIL, the pairs that differ most.
        about: what these rows are, where the sentence has to say it: a clause such as "these rows are of conditions".
        copies: how many subjects too many are exact copies of another, where there are such, in words.
    """

    status: Status
    p_value: float | None = None
    certificate: float | None = None
    tau_low: float | None = None
    tau_high: float | None = None
    blocks: tuple[BlockResult, ...] = ()
    num_subjects: int = 0
    num_reference: int = 0
    watched: tuple[tuple[str, int], ...] = ()
    attempts: int = 1
    seed: int | None = None
    advice: str = ""
    scopes: tuple[ScopeVerdict, ...] = ()
    pairs: tuple[PairDifference, ...] = ()
    about: str = ""
    copies: str = ""

    @classmethod
    def of_nothing(cls, num_subjects: int, num_reference: int, watched: tuple[tuple[str, int], ...]) -> Verdict:
        """UNDERPOWERED without a number: there is nothing to compare, or too few subjects to do so.

        Example:
            >>> Verdict.of_nothing(3, 40, ())
            Verdict(UNDERPOWERED, 3 synthetic subjects against 40 real ones)
        """
        return cls(decide(None, None, None), num_subjects=num_subjects, num_reference=num_reference, watched=watched)

    @classmethod
    def of_scopes(
        cls,
        scopes: tuple[ScopeVerdict, ...],
        blocks: tuple[BlockResult, ...],
        sizes: tuple[int, int],
        pairs: tuple[PairDifference, ...] = (),
    ) -> Verdict:
        """The verdict on a table by those on its scopes.

        Args:
            sizes: synthetic and real subjects.
            pairs: those that differ most, which only a FAIL names.
        """
        judged = [scope for scope in scopes if scope.status is not Status.NOT_JUDGED]
        first = next((scope for scope in judged if scope.tau_high is not None), None)
        first = first or next(iter(judged), ScopeVerdict("links", Status.UNDERPOWERED))
        status = worst(scopes)
        p_values = [scope.p_value for scope in judged if scope.p_value is not None]
        return cls(
            status,
            min(p_values, default=None),
            first.certificate,
            first.tau_low,
            first.tau_high,
            blocks,
            *sizes,
            next((scope.watched for scope in scopes if scope.name == "links"), ()),
            scopes=scopes,
            pairs=pairs if status is Status.FAIL else (),
        )

    def __repr__(self) -> str:
        shown = {name: getattr(self, name) for name in ("p_value", "certificate", "tau_low", "tau_high")}
        numbers = "".join(f", {name}={value:.3g}" for name, value in shown.items() if value is not None)
        return f"Verdict({self.status.value}{numbers}, {against(self.num_subjects, self.num_reference)})"

    def _repr_html_(self) -> str:
        hidden = ("sentence", "watched", "blocks", "scopes", "pairs")
        facts = {name: value for name, value in self.to_dict().items() if name not in hidden}
        blocks = pd.DataFrame([asdict(block) for block in self.blocks])
        return preview(self.sentence, facts, blocks.round(4), most_rows=len(blocks))

    @property
    def passed(self) -> bool:
        """Whether an association claim is made: `PASS` or `PASS_LIMITED`."""
        return self.status in (Status.PASS, Status.PASS_LIMITED)

    @property
    def num_watched(self) -> int:
        """Watched pairs and triples."""
        return sum(size for _, size in self.watched)

    def scope(self, name: str) -> ScopeVerdict | None:
        """The answer about one scope; None where there is none."""
        return next((scope for scope in self.scopes if scope.name == name), None)

    @property
    def sentence(self) -> str:
        """The verdict in plain words: what is claimed, and what is not; of a FAIL also what may be done about it."""
        about = f" {_sentence(self.about)}" if self.about else ""
        if self.status is Status.NOT_JUDGED:
            return f"NOT_JUDGED:{about or ' these rows have no reference, so nothing is claimed about them.'}"
        advice = f" {_sentence(self.advice)}" if self.advice and self.status is Status.FAIL else ""
        tried = f" It is attempt {self.attempts}: the gate refused those before it." if self.attempts > 1 else ""
        return f"{self._claim}{not_judged(self.scopes)}{about}{tried}{advice}"

    @property
    def _claim(self) -> str:
        sizes = against(self.num_subjects, self.num_reference)
        judged = [scope for scope in self.scopes if scope.status is not Status.NOT_JUDGED]
        judged = judged or [self._only]
        if self.copies:
            return f"FAIL: {self.copies} ({sizes}). Nothing is vouched for."
        if self.status is Status.FAIL:
            return refusal(judged, self.blocks, self.pairs, sizes)
        if self.p_value is None and not self.scopes and self.status is Status.UNDERPOWERED and not self.num_watched:
            few = "there are too few subjects to judge by, so nothing is claimed about associations or anything else"
            return f"UNDERPOWERED: {few} ({sizes})."
        watched = self.watched if judged[0].name == "links" else judged[0].watched
        return claim(self.status, judged, sizes, watched)

    @property
    def _only(self) -> ScopeVerdict:
        """The links as the one scope, of a verdict that names none."""
        bounds = self.certificate, self.tau_low, self.tau_high
        return ScopeVerdict("links", self.status, *bounds, self.p_value, self.watched)

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain JSON values; keys are stable, numbers rounded to six digits."""
        return {
            "status": self.status.value,
            "sentence": self.sentence,
            "p_value": _rounded(self.p_value),
            "certificate": _rounded(self.certificate),
            "tau_low": _rounded(self.tau_low),
            "tau_high": _rounded(self.tau_high),
            "num_subjects": self.num_subjects,
            "num_reference": self.num_reference,
            "watched": dict(self.watched),
            "attempts": self.attempts,
            "seed": self.seed,
            "advice": self.advice,
            "scopes": [_plain(scope) | {"watched": dict(scope.watched)} for scope in self.scopes],
            "pairs": [_plain(pair) for pair in self.pairs],
            "about": self.about,
            "copies": self.copies,
            "blocks": [_plain(block) for block in self.blocks],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """Inverse of `to_dict`, up to its rounding.

        Raises:
            KeyError, TypeError, ValueError: these are not the values of a verdict.
        """
        own = {name: value for name, value in values.items() if name != "sentence"}
        scopes = (
            ScopeVerdict(**scope | {"status": Status(scope["status"]), "watched": tuple(scope["watched"].items())})
            for scope in values.get("scopes", ())
        )
        return cls(
            **own
            | {
                "status": Status(values["status"]),
                "watched": tuple(values["watched"].items()),
                "blocks": tuple(BlockResult(**block) for block in values["blocks"]),
                "scopes": tuple(scopes),
                "pairs": tuple(PairDifference(**pair) for pair in values.get("pairs", ())),
            }
        )


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _plain(value: BlockResult | PairDifference | ScopeVerdict) -> dict[str, Any]:
    """A result as JSON values."""
    return {name: _rounded(entry) if isinstance(entry, float) else entry for name, entry in asdict(value).items()}
