"""The gate's answer in words: one sentence or a few that claim no more than the numbers carry."""

from __future__ import annotations

from collections.abc import Sequence

from assoc_synth.gate.results import ALPHA, TOLERANCE, BlockResult, PairDifference, ScopeVerdict, Status

MOST_PAIRS, MOST_BLOCKS = 3, 3
"""Pairs and blocks that the sentence of a FAIL names."""
_WORDS = {
    "pairs_within": ("watched pairs within verbs", "watched pair within a verb"),
    "pairs_across": ("watched pairs across verbs", "watched pair across verbs"),
    "triples": ("watched triples", "watched triple"),
    "avoided_pairs": ("avoided pairs", "avoided pair"),
    "interactions": ("three-way interactions", "three-way interaction"),
}
_SCOPES = {"links": "associations", "visits": "visits", "order": "order", "rows": "rows"}


def against(num_subjects: int, num_reference: int) -> str:
    """Such as "500 synthetic subjects against 400 real ones"."""
    subjects, ones = ("" if size == 1 else "s" for size in (num_subjects, num_reference))
    return f"{num_subjects:,} synthetic subject{subjects} against {num_reference:,} real one{ones}"


def watched_words(watched: Sequence[tuple[str, int]]) -> str:
    """What is watched, in words: "203 watched pairs within verbs, … and 328 watched triples"."""
    named = [f"{size:,} {_WORDS[name][size == 1] if name in _WORDS else name}" for name, size in watched if size]
    if not named:
        return "nothing"
    *others, last = named
    return f"{', '.join(others)} and {last}" if others else last


def share(tau: float | None) -> str:
    """A share of subjects, such as "12 %"."""
    return f"{100 * (tau or 0):.0f} %"


def claim(status: Status, scopes: Sequence[ScopeVerdict], sizes: str, watched: Sequence[tuple[str, int]]) -> str:
    """The sentence of a table that is not refused.

    Args:
        scopes: the judged ones; the first one is the one that the sentence is about.
        sizes: as `against`.
        watched: of the first scope.
    """
    first, *others = scopes
    beside = "".join(f" {_beside(scope)}" for scope in others)
    what = watched_words(watched)
    if status is Status.UNDERPOWERED:
        return f"UNDERPOWERED: {_powerless(first, what)} ({sizes}).{beside}"
    unclaimed = "Nothing is claimed about pairs that are not watched, or about privacy."
    bound = share(first.tau_high)
    if first.status is Status.UNDERPOWERED:
        said = f"nothing is claimed about {what if what != 'nothing' else 'associations'}, of which there is too little"
        return f"{status.value}: {said} ({sizes}).{beside} {unclaimed}"
    if first.status is Status.PASS:
        like = f"as well as real data in which at most {bound} of the subjects were randomised"
        return f"{status.value}: {what} are kept {like} ({sizes}).{beside} {unclaimed}"
    could = f"randomising up to {bound} of the subjects could hide in it"
    return f"{status.value}: no difference was found in {what}, but {could} ({sizes}).{beside} {unclaimed}"


def refusal(
    scopes: Sequence[ScopeVerdict], blocks: Sequence[BlockResult], pairs: Sequence[PairDifference], sizes: str
) -> str:
    """The sentence of a FAIL: in which scopes, by which blocks and pairs."""
    said = [_refused(scope, blocks, sizes) for scope in scopes if scope.status is Status.FAIL]
    worst = "; ".join(str(pair) for pair in pairs[:MOST_PAIRS])
    named = f" The pairs that differ most: {worst}." if worst else ""
    return f"FAIL: {' '.join(said)}{named} Nothing is vouched for."


def not_judged(scopes: Sequence[ScopeVerdict]) -> str:
    """What of the table was not judged and why; empty where all was."""
    noted: dict[str, list[str]] = {}
    for scope in scopes:
        if scope.status is Status.NOT_JUDGED and scope.note:
            noted.setdefault(scope.note, []).append(scope.name)
    return "".join(f" Not judged: {' and '.join(names)} ({note})." for note, names in noted.items())


def _beside(scope: ScopeVerdict) -> str:
    name = _SCOPES[scope.name].capitalize()
    if scope.status is Status.PASS:
        return f"{name}: kept, at most {share(scope.tau_high)} destroyed."
    if scope.status is Status.PASS_LIMITED:
        return f"{name}: no difference was found, but up to {share(scope.tau_high)} destroyed could hide."
    if scope.certificate is None:
        return f"{name}: no difference was found; nothing of it is clear enough to be claimed."
    stops = f"this gate would stop only {share(scope.certificate)} of destroyed tables"
    return f"{name}: no difference was found; nothing is claimed, {stops}."


def _powerless(scope: ScopeVerdict, what: str) -> str:
    if what == "nothing":
        return "no pair is associated clearly enough to be watched, so nothing is claimed about associations"
    stops = f"this gate would stop only {share(scope.certificate)} of independent tables"
    return f"the table is too small or too loosely associated: {stops}, so nothing is claimed about {what}"


def _refused(scope: ScopeVerdict, blocks: Sequence[BlockResult], sizes: str) -> str:
    own = [block for block in blocks if block.scope == scope.name and block.differs]
    own.sort(key=lambda block: (block.adjusted_p or 0, -_excess(block)))
    named = ", ".join(block.name for block in own[:MOST_BLOCKS]) or "all of them together"
    p = "" if scope.p_value is None else f"p = {scope.p_value:.3f}; "
    what = watched_words(scope.watched) if scope.name == "links" else f"the {_SCOPES[scope.name]}"
    if scope.tau_high is None:
        what = "the links" if scope.name == "links" else what
        return f"{what} differ from the real ones by more than chance ({p}{sizes}): {named}."
    if scope.tau_high <= TOLERANCE:
        kept = f"{what} are nearly as strong as in the real table, but {named} differ by more than chance"
        return f"{kept} ({p}{sizes})."
    like = f"as much as if up to {share(scope.tau_high)} of the subjects were randomised"
    return f"{what} differ from the real ones by more than chance, {like} ({p}{sizes}): {named}."


def _excess(block: BlockResult) -> float:
    return (block.observed - block.floor) / max(block.limit - block.floor, 1e-12)


def is_significant(p_value: float | None) -> bool:
    """Whether a p-value is at most 5 %."""
    return p_value is not None and p_value <= ALPHA
