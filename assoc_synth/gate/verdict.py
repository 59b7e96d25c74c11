"""What the gate says: a verdict with every number behind it, and one sentence that claims no more than they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from assoc_synth.transactions.preview import preview

ALPHA = 0.05
TOLERANCE = 0.20
CERTIFICATE = 0.99


class Status(StrEnum):
    """The four answers of the gate (`decide` has the rule)."""

    PASS = "PASS"
    PASS_LIMITED = "PASS_LIMITED"
    FAIL = "FAIL"
    UNDERPOWERED = "UNDERPOWERED"


@dataclass(frozen=True)
class BlockResult:
    """One block of discrepancy between the evaluated subjects and the gate's own real subjects.

    Attributes:
        name: `association_loss`, `pairs_within`, `pairs_across`, `log_lift`, `also_buy`, `triples`, `control`, `shares`
            or `degrees`.
        observed: the discrepancy; 0 is identity, below 0 (only `association_loss`) is more association than real data.
        limit: 95 % of the null, what real data exceed one time in twenty.
        floor: mean of the null, what real data score against real data.
        independent: mean over independent draws, what a generator without any association scores.
        p_value: share of the null at or above `observed`, this block alone.
        tau_low, tau_high: tolerance of this block; None for `control`, `shares` and `degrees`, which an independent
            draw keeps.
    """

    name: str
    observed: float
    limit: float
    floor: float
    independent: float
    p_value: float
    tau_low: float | None = None
    tau_high: float | None = None


@dataclass(frozen=True, repr=False)
class Verdict:
    """The gate's answer about one synthetic table.

    Attributes:
        status: see `Status`.
        p_value: of the difference test over all blocks together; None if nothing could be compared.
        certificate: share of independent draws that this gate, at this size, stops; None if nothing is watched.
        tau_low, tau_high: as good as real data in which between `tau_low` and `tau_high` of the subjects were replaced
            by independent draws (95 % one-sided each), measured by the association loss of the watched associations,
            and `tau_high` by every association block that differs as well; None if nothing is watched.
            benchmark/CALIBRATION.md has their coverage.
        blocks: the discrepancies.
        num_subjects: synthetic subjects that were evaluated.
        num_reference: real subjects they were compared with.
        watched: number of watched pairs and triples by block.
        attempts: how many candidates were evaluated before this verdict.
        seed: of the run, if the caller gave one.
        advice: what to do about a FAIL, where the caller knows: the end of its sentence.
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

    @classmethod
    def of_nothing(cls, num_subjects: int, num_reference: int, watched: tuple[tuple[str, int], ...]) -> Verdict:
        """UNDERPOWERED without a number: there is nothing to compare, or too few subjects to do so.

        Example:
            >>> Verdict.of_nothing(3, 40, ())
            Verdict(UNDERPOWERED, 3 synthetic subjects against 40 real ones)
        """
        return cls(decide(None, None, None), num_subjects=num_subjects, num_reference=num_reference, watched=watched)

    def __repr__(self) -> str:
        shown = {name: getattr(self, name) for name in ("p_value", "certificate", "tau_low", "tau_high")}
        numbers = "".join(f", {name}={value:.3g}" for name, value in shown.items() if value is not None)
        return f"Verdict({self.status.value}{numbers}, {_against(self.num_subjects, self.num_reference)})"

    def _repr_html_(self) -> str:
        facts = {name: value for name, value in self.to_dict().items() if name not in ("sentence", "watched", "blocks")}
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

    @property
    def sentence(self) -> str:
        """The verdict in plain words: what is claimed, and what is not; of a FAIL also what may be done about it."""
        advice = f" {self.advice[0].upper()}{self.advice[1:]}." if self.advice and self.status is Status.FAIL else ""
        return f"{self._claim}{advice}"

    @property
    def _claim(self) -> str:
        unclaimed = " Nothing is claimed about pairs that are not watched, or about privacy."
        sizes = _against(self.num_subjects, self.num_reference)
        if self.num_watched == 0:
            return (
                f"UNDERPOWERED: no pair is associated clearly enough to be watched, so nothing is claimed about "
                f"associations ({sizes})."
            )
        watched = watched_words(self.watched)
        bound = f"{100 * (self.tau_high or 0):.0f} %"
        like = f"as well as real data in which at most {bound} of the subjects were randomised"
        if self.status is Status.PASS:
            return f"PASS: {watched} are kept {like} ({sizes}).{unclaimed}"
        if self.status is Status.PASS_LIMITED:
            return (
                f"PASS_LIMITED: no difference was found in {watched}, but randomising up to {bound} of the subjects "
                f"could hide in it ({sizes}).{unclaimed}"
            )
        if self.status is Status.FAIL and (self.tau_high or 0) <= TOLERANCE:
            return (
                f"FAIL: {watched} are nearly as strong as in the real table, but control pairs, shares of objects or "
                f"links per subject differ by more than chance (p = {self.p_value:.3f}; {sizes}). Nothing is vouched "
                f"for."
            )
        if self.status is Status.FAIL:
            return (
                f"FAIL: {watched} differ from the real ones by more than chance (p = {self.p_value:.3f}), as much as "
                f"if up to {bound} of the subjects were randomised ({sizes}). Nothing is vouched for."
            )
        return (
            f"UNDERPOWERED: the table is too small or too loosely associated: this gate would stop only "
            f"{100 * (self.certificate or 0):.0f} % of independent tables, so nothing is claimed about {watched} "
            f"({sizes})."
        )

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain JSON values; keys are stable, numbers rounded to six digits."""

        def number(value: float | None) -> float | None:
            return None if value is None else round(float(value), 6)

        return {
            "status": self.status.value,
            "sentence": self.sentence,
            "p_value": number(self.p_value),
            "certificate": number(self.certificate),
            "tau_low": number(self.tau_low),
            "tau_high": number(self.tau_high),
            "num_subjects": self.num_subjects,
            "num_reference": self.num_reference,
            "watched": dict(self.watched),
            "attempts": self.attempts,
            "seed": self.seed,
            "advice": self.advice,
            "blocks": [
                {
                    "name": block.name,
                    "observed": number(block.observed),
                    "limit": number(block.limit),
                    "floor": number(block.floor),
                    "independent": number(block.independent),
                    "p_value": number(block.p_value),
                    "tau_low": number(block.tau_low),
                    "tau_high": number(block.tau_high),
                }
                for block in self.blocks
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """Inverse of `to_dict`, up to its rounding.

        Raises:
            KeyError, TypeError, ValueError: these are not the values of a verdict.
        """
        own = {name: value for name, value in values.items() if name != "sentence"}
        return cls(
            **own
            | {
                "status": Status(values["status"]),
                "watched": tuple(values["watched"].items()),
                "blocks": tuple(BlockResult(**block) for block in values["blocks"]),
            }
        )


_WORDS = {
    "pairs_within": ("watched pairs within verbs", "watched pair within a verb"),
    "pairs_across": ("watched pairs across verbs", "watched pair across verbs"),
    "triples": ("watched triples", "watched triple"),
}


def _against(num_subjects: int, num_reference: int) -> str:
    subjects, ones = ("" if size == 1 else "s" for size in (num_subjects, num_reference))
    return f"{num_subjects:,} synthetic subject{subjects} against {num_reference:,} real one{ones}"


def watched_words(watched: Sequence[tuple[str, int]]) -> str:
    """What is watched, in words: "203 watched pairs within verbs, … and 328 watched triples"."""
    *others, last = (f"{size:,} {_WORDS[name][size == 1]}" for name, size in watched if size)
    return f"{', '.join(others)} and {last}" if others else last


def decide(p_value: float | None, certificate: float | None, tau_high: float | None, *, beyond: bool = False) -> Status:
    """The gate's rule.

    - PASS: certificate ≥ 0.99 and τ_U ≤ 0.20;
    - PASS_LIMITED: certificate ≥ 0.99, the difference test is silent, τ_U > 0.20;
    - FAIL: the test rejects at 5 % and τ_U > 0.20, whatever the certificate;
    - UNDERPOWERED: otherwise, and whenever no association is watched (τ_U or the certificate is None).

    Args:
        beyond: whether a block differs in a way that no share of independent subjects explains, such as invented
            associations: τ_U then does not bound the difference, and a table that the test rejects fails at any τ_U.
    """
    if p_value is None or certificate is None or tau_high is None:
        return Status.UNDERPOWERED
    if p_value <= ALPHA and (tau_high > TOLERANCE or beyond):
        return Status.FAIL
    if certificate < CERTIFICATE:
        return Status.UNDERPOWERED
    return Status.PASS if tau_high <= TOLERANCE else Status.PASS_LIMITED
