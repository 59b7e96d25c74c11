"""What a verdict is made of: the answers, the results of blocks, pairs and scopes, and the rule that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ALPHA = 0.05
TOLERANCE = 0.20
CERTIFICATE = 0.99


class Status(StrEnum):
    """The five answers of the gate (`decide` has the rule); `NOT_JUDGED`: these rows have no reference."""

    PASS = "PASS"
    PASS_LIMITED = "PASS_LIMITED"
    FAIL = "FAIL"
    UNDERPOWERED = "UNDERPOWERED"
    NOT_JUDGED = "NOT_JUDGED"


WORST_FIRST = (Status.FAIL, Status.PASS_LIMITED, Status.PASS, Status.UNDERPOWERED, Status.NOT_JUDGED)
"""What the status of a table is made of: that of its worst scope, in which one without power drags nothing down."""


@dataclass(frozen=True)
class BlockResult:
    """One block of discrepancy between the evaluated subjects and the gate's own real subjects.

    Attributes:
        name: of the block, with the verbs it looks at alone in brackets, such as "pairs_within [bought]".
        observed: the discrepancy; 0 is identity. Below 0, only where a block has a sign: more association than real.
        limit: simultaneous 95 % limit: what real data exceed in any block of all one time in twenty.
        floor: mean of the null, what real data score against real data.
        independent: mean over destroyed subjects, what a generator without what the scope is about scores.
        p_value: share of the null at or above `observed`, this block alone.
        tau_low, tau_high: tolerance of this block; None where the scope's destroyer does not change it.
        scope: "links", "visits", "order" or "rows".
        adjusted_p: p of this block among all blocks of all scopes; None in verdicts of earlier versions.
    """

    name: str
    observed: float
    limit: float
    floor: float
    independent: float
    p_value: float
    tau_low: float | None = None
    tau_high: float | None = None
    scope: str = "links"
    adjusted_p: float | None = None

    @property
    def differs(self) -> bool:
        """Whether it is beyond its limit."""
        return self.adjusted_p is not None and self.adjusted_p <= ALPHA


@dataclass(frozen=True)
class PairDifference:
    """A watched pair of links that differs: shares of the subjects that have both.

    Example:
        >>> str(PairDifference("bought tea", "bought milk", 0.12, 0.04))
        'bought tea & bought milk (4.0 % of the subjects instead of 12.0 %)'
    """

    left: str
    right: str
    real: float
    synthetic: float

    def __str__(self) -> str:
        shares = f"{100 * self.synthetic:.1f} % of the subjects instead of {100 * self.real:.1f} %"
        return f"{self.left} & {self.right} ({shares})"


@dataclass(frozen=True)
class ScopeVerdict:
    """The gate's answer about one scope.

    Attributes:
        name: "links", "visits", "order" or "rows".
        status: `NOT_JUDGED` where it was not asked for or the table has nothing of it; `note` says which.
        certificate: share of destroyed tables that this gate stops in this scope; None if no block shows them.
        tau_low, tau_high: as good as real data in which between these shares of the subjects were destroyed.
        p_value: smallest adjusted p of the scope's blocks.
        watched: what is watched and how many of it.
        note: what else is to be said, a clause without a full stop.
    """

    name: str
    status: Status
    certificate: float | None = None
    tau_low: float | None = None
    tau_high: float | None = None
    p_value: float | None = None
    watched: tuple[tuple[str, int], ...] = ()
    note: str = ""


def decide(p_value: float | None, certificate: float | None, tau_high: float | None, *, beyond: bool = False) -> Status:
    """The gate's rule for one scope.

    - FAIL: the test rejects at 5 %, and τ_U > 0.20 or nothing bounds the difference;
    - PASS: certificate ≥ 0.99 and τ_U ≤ 0.20;
    - PASS_LIMITED: certificate ≥ 0.99, the difference test is silent, τ_U > 0.20;
    - UNDERPOWERED: no difference is found, and a destroyed table might not be found either.

    Args:
        beyond: whether a block differs in a way that no share of destroyed subjects explains, such as invented
            associations: τ_U then does not bound the difference, and a table that the test rejects fails at any τ_U.
    """
    has_power = certificate is not None and tau_high is not None and certificate >= CERTIFICATE
    if p_value is not None and p_value <= ALPHA and (beyond or not has_power or (tau_high or 0) > TOLERANCE):
        return Status.FAIL
    if not has_power:
        return Status.UNDERPOWERED
    return Status.PASS if (tau_high or 0) <= TOLERANCE else Status.PASS_LIMITED


def worst(scopes: tuple[ScopeVerdict, ...]) -> Status:
    """The status of a table: that of its worst scope.

    Example:
        >>> worst((ScopeVerdict("links", Status.PASS), ScopeVerdict("order", Status.UNDERPOWERED))).value
        'PASS'
    """
    found = [scope.status for scope in scopes if scope.status is not Status.NOT_JUDGED]
    return min(found, key=WORST_FIRST.index, default=Status.UNDERPOWERED)
