"""The gate's answer in words: one sentence or a few that claim no more than the numbers carry."""

from __future__ import annotations

from collections.abc import Sequence

from assoc_synth.gate.results import TOLERANCE, BlockResult, PairDifference, ScopeVerdict, Status

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
_SINGULAR = ("order",)
_VOUCHED = {
    "links": "who has what, and what goes with what",
    "visits": "what lies in one visit, how large visits are and how many",
    "order": "what comes after what, and after how long",
    "rows": "amounts, times, extra columns, attributes",
}
BLOCKS = {
    "association_loss": "Association lost", "pairs_within": "Pairs within a verb",
    "pairs_across": "Pairs across verbs", "log_lift": "Lifts", "also_buy": "Also-buy confidences",
    "triples": "Triples", "avoided_pairs": "Avoidance lost", "interactions": "Three-way interactions lost",
    "worst_pair": "Worst single pair, in standard errors", "control": "Pairs that should not be associated",
    "new_rules": "Invented rules", "shares": "Object shares", "degrees": "Objects per subject",
    "visits.loss": "Lost of the visits", "visits.pairs": "Pairs in one visit", "visits.avoided": "Never in one visit",
    "visits.verbs": "Verbs in one visit", "visits.sizes": "Rows per visit", "visits.numbers": "Visits per subject",
    "visits.repeats": "Links repeated in a visit", "visits.never": "What no real visit has",
    "order.loss": "Lost of the order", "order.before": "Which of two comes first",
    "order.only_after": "Only after another", "order.steps": "Steps inside visits",
    "order.steps_of_verbs": "Steps inside visits, of verbs", "order.visit_steps": "Steps between visits",
    "order.visit_steps_of_verbs": "Steps between visits, of verbs", "order.visit_pauses": "Time between visits",
    "order.pauses": "Time inside visits", "order.durations": "Time from one thing to another",
    "order.first_and_last": "First and last of a visit", "order.never": "What no real order has",
    "rows.loss": "Lost of the rows", "rows.amounts": "Amounts", "rows.amounts_by_object": "Amounts by object",
    "rows.column": "Column", "rows.columns_by_object": "Columns by object", "rows.times": "Hours and weekdays",
    "rows.occurrences": "Rows per link", "rows.dependencies": "Columns that follow from others",
    "rows.attributes": "Attributes of subjects", "rows.attributes_by_object": "Attributes by object",
    "rows.attributes_together": "Attributes together", "rows.never": "What no real row has",
}  # fmt: skip


def block_words(name: str) -> str:
    """A block's name in words, without its scope, which stands above it.

    Example:
        >>> block_words("pairs_within"), block_words("rows.amounts[bought]"), block_words("order.gaps_between")
        ('Pairs within a verb', 'Amounts, bought', 'Gaps between')
        >>> block_words("shares [bought]")
        'Object shares, bought'
    """
    whole, _, part = name.partition("[")
    base = whole.partition(".")[2] or whole
    base = base.strip()
    words = BLOCKS.get(whole.strip()) or BLOCKS.get(base) or base.replace("_", " ").replace(".", ", ").capitalize()
    return f"{words}, {part.rstrip(']')}" if part else words


def block_phrase(name: str) -> str:
    """A block's name inside a sentence.

    Example:
        >>> block_phrase("rows.amounts[bought]"), block_phrase("new_rules")
        ('amounts (bought)', 'invented rules')
    """
    base, _, part = name.partition("[")
    words = block_words(base.strip())
    return f"{words[0].lower()}{words[1:]}" + (f" ({part.rstrip(']')})" if part else "")


def listed(named: Sequence[str]) -> str:
    """Such as "a, b and c"."""
    *others, last = named
    return f"{', '.join(others)} and {last}" if others else last


def against(num_subjects: int, num_reference: int) -> str:
    """Such as "500 synthetic subjects against 400 real ones"."""
    subjects, ones = ("" if size == 1 else "s" for size in (num_subjects, num_reference))
    return f"{num_subjects:,} synthetic subject{subjects} against {num_reference:,} real one{ones}"


def watched_words(watched: Sequence[tuple[str, int]]) -> str:
    """What is watched, in words: "203 watched pairs within verbs, … and 328 watched triples"."""
    named = [f"{size:,} {_WORDS[name][size == 1] if name in _WORDS else name}" for name, size in watched if size]
    if not named:
        return "nothing"
    return listed(named)


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
    beside += "".join(f" {_SCOPES[scope.name].capitalize()}: {scope.note}." for scope in scopes if scope.note)
    what = watched_words(watched)
    if status is Status.UNDERPOWERED:
        return f"UNDERPOWERED: {_powerless(first, what)} ({sizes}).{beside}"
    unclaimed = "Nothing is claimed about pairs that are not watched, or about privacy."
    bound = share(first.tau_high)
    if first.status is Status.UNDERPOWERED:
        kept = [_SCOPES[scope.name] for scope in others if scope.status is not Status.UNDERPOWERED]
        only = f"this is about {listed(kept)} alone; " if kept else ""
        nothing = f"nothing is claimed about {_SCOPES[first.name] if what == 'nothing' else what}"
        return f"{status.value}: {only}{nothing}, of which there is too little ({sizes}).{beside} {unclaimed}"
    if first.status is Status.PASS:
        like = f"as well as real data in which at most {bound} of the subjects were randomised"
        return f"{status.value}: {what} are kept {like} ({sizes}).{beside} {unclaimed}"
    could = f"randomising up to {bound} of the subjects could hide in it"
    return f"{status.value}: no difference was found in {what}, but {could} ({sizes}).{beside} {unclaimed}"


def refusal(
    scopes: Sequence[ScopeVerdict], blocks: Sequence[BlockResult], pairs: Sequence[PairDifference], sizes: str
) -> str:
    """The sentence of a FAIL: in which scopes, by which blocks and pairs."""
    failed = [scope for scope in scopes if scope.status is Status.FAIL]
    if len(failed) == 1:
        said = _refused(failed[0], blocks, sizes)
    else:
        names = listed([_SCOPES[scope.name] for scope in failed])
        said = f"{names} differ from the real ones by more than chance ({sizes}). "
        said += " ".join(_one_of_several(scope, blocks) for scope in failed)
    worst = "; ".join(str(pair) for pair in pairs[:MOST_PAIRS])
    named = f" The pairs that differ most: {worst}." if worst and any(scope.name == "links" for scope in failed) else ""
    return f"FAIL: {said}{named} Nothing is vouched for."


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
        return f"{name} ({_VOUCHED[scope.name]}): kept, at most {share(scope.tau_high)} destroyed."
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
    """The only scope that fails."""
    named = _named(scope, blocks)
    p = "" if scope.p_value is None else f"p = {scope.p_value:.3f}; "
    counts = scope.watched if scope.name == "links" and scope.tau_high is not None else ()
    what = watched_words(counts) if counts else f"the {'links' if scope.name == 'links' else _SCOPES[scope.name]}"
    one = sum(size for _, size in counts) == 1 or (not counts and scope.name in _SINGULAR)
    differ = f"{what} differ{'s' if one else ''} from the real {'one' if one else 'ones'} by more than chance"
    if scope.tau_high is None:
        return f"{differ} ({p}{sizes}): {named}."
    if scope.tau_high <= TOLERANCE:
        strong = "as strong as" if scope.name == "links" else "as"
        kept = f"{what} {'is' if one else 'are'} nearly {strong} in the real table, but"
        return f"{kept} there is a difference beyond chance in {named} ({p}{sizes})."
    return f"{differ}, {_like(scope)} ({p}{sizes}): {named}."


def _one_of_several(scope: ScopeVerdict, blocks: Sequence[BlockResult]) -> str:
    p = [] if scope.p_value is None else [f"p = {scope.p_value:.3f}"]
    like = [_like(scope)] if (scope.tau_high or 0) > TOLERANCE else []
    said = f" ({', '.join(p + like)})" if p + like else ""
    return f"{_SCOPES[scope.name].capitalize()}{said}: {_named(scope, blocks)}."


def _named(scope: ScopeVerdict, blocks: Sequence[BlockResult]) -> str:
    """The blocks that differ most."""
    own = [block for block in blocks if block.scope == scope.name and block.differs]
    own.sort(key=lambda block: (block.adjusted_p or 0, -_excess(block)))
    return ", ".join(block_phrase(block.name) for block in own[:MOST_BLOCKS]) or "all of it together"


def _like(scope: ScopeVerdict) -> str:
    return f"as much as if up to {share(scope.tau_high)} of the subjects were randomised"


def _excess(block: BlockResult) -> float:
    return (block.observed - block.floor) / max(block.limit - block.floor, 1e-12)
