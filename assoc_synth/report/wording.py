"""Words for the names of blocks, scopes, measures and charts."""

from __future__ import annotations

SCOPES = {
    "links": ("Links", "who has what, and what goes with what", "links drawn independently"),
    "visits": ("Visits", "what is taken together in one visit", "a subject’s links dealt anew among its visits"),
    "order": ("Order", "what comes after what, and after how long", "a subject’s rows in random order"),
    "rows": ("Rows", "amounts, hours, extra columns", "each column shuffled among the rows of a verb"),
}
"""Heading, what the scope looks at, and what its destroyed table has lost."""
BLOCKS = {
    "association_loss": "Association lost", "pairs_within": "Pairs within a verb",
    "pairs_across": "Pairs across verbs", "log_lift": "Lifts", "also_buy": "Also-buy confidences",
    "triples": "Triples", "avoided_pairs": "Avoidance lost", "interactions": "Three-way interactions lost",
    "worst_pair": "Worst single pair, in standard errors", "control": "Pairs that should not be associated",
    "new_rules": "Invented rules", "shares": "Object shares", "degrees": "Objects per subject",
    "visits.loss": "Lost of the visits", "visits.pairs": "Pairs in one visit", "visits.avoided": "Never in one visit",
    "visits.verbs": "Verbs in one visit", "visits.sizes": "Rows per visit", "visits.numbers": "Visits per subject",
    "visits.repeats": "Links repeated in a visit",
    "order.loss": "Lost of the order", "order.before": "Which of two comes first",
    "order.only_after": "Only after another", "order.steps": "Steps inside visits",
    "order.steps_of_verbs": "Steps inside visits, of verbs", "order.visit_steps": "Steps between visits",
    "order.visit_steps_of_verbs": "Steps between visits, of verbs", "order.visit_pauses": "Time between visits",
    "order.pauses": "Time inside visits", "order.durations": "Time from one thing to another",
    "order.first_and_last": "First and last of a visit",
    "rows.loss": "Lost of the rows", "rows.amounts": "Amounts", "rows.amounts_by_object": "Amounts by object",
    "rows.column": "Column", "rows.columns_by_object": "Columns by object", "rows.times": "Hours and weekdays",
    "rows.occurrences": "Rows per link", "rows.dependencies": "Columns that follow from others",
    "rows.attributes": "Attributes of subjects", "rows.attributes_by_object": "Attributes by object",
    "rows.attributes_together": "Attributes together",
}  # fmt: skip
MEASURES = {
    "item_l1": "object shares, relative L1", "pair_l1": "pair supports, relative L1",
    "lift_mae": "log2 lift, mean error", "lift_r": "log2 lift, correlation", "rule_f1": "rules (lift ≥ 2), F1",
    "also_buy_at_10": "top-ten partners, overlap", "degree_ks": "objects per subject, KS",
    "verb_tv": "verbs, TV", "object_tv": "objects, TV", "hour_tv": "hour of day, TV", "weekday_tv": "weekday, TV",
    "month_tv": "month, TV", "time_missing": "missing times, difference", "amount_ks": "amount, KS",
    "amount_missing": "missing amounts, difference", "triple_l1": "triple supports, relative L1",
    "triple_lift_mae": "log2 lift of triples, mean error", "butterflies": "butterflies, |log2 ratio|",
    "metamorphosis": "metamorphosis, difference", "closer_to_train": "share nearer to a training subject",
    "exact_copies": "exact copies of training subjects (≥ 4 tokens)",
    "nearest_neighbour_attack": "membership attack by nearest neighbour, accuracy",
    "pair_excess_attack": "membership attack by pairs, accuracy",
    "transition_tv": "steps inside visits, TV", "tie_transition_tv": "steps inside one timestamp, TV",
    "visit_transition_tv": "steps between visits, TV", "order_share": "which of two comes first, error",
    "implications_kept": "“only after” rules kept", "implication_error": "“only after” rules, error",
    "gap_ks": "time between visits, KS", "duration_ks": "time from one event to another, KS",
    "tie_share": "rows at one time, difference", "visit_pair_l1": "pairs in one visit, relative L1",
    "visit_lift_r": "log2 lift inside visits, correlation", "visit_also_buy": "top-ten partners inside visits, overlap",
    "attribute_tv": "attributes by object, TV", "attribute_joint_tv": "attributes together, TV",
    "presence_error": "cells that are there, error", "sign_error": "signs of amounts, error",
    "amount_ks_objects": "amount by object, KS", "verb_order": "order of the verbs of an object, difference",
    "basket_size_ks": "rows per visit, KS",
}  # fmt: skip
CHARTS = {
    "verbs": "Verbs", "hours": "Hour of the day", "weekdays": "Day of the week", "months": "Month",
    "amounts": "Amount", "degrees": "Distinct objects per subject", "visit sizes": "Rows per visit",
    "gaps": "Time between visits", "rows per link": "Rows per link",
}  # fmt: skip
OF_ROWS = ("hours", "weekdays", "months", "amounts", "visit sizes", "gaps", "rows per link")
"""Charts of the rows; the others are of verbs and degrees."""
STATUS = {
    "PASS": "pass", "PASS_LIMITED": "pass, limited", "FAIL": "fail", "UNDERPOWERED": "underpowered",
    "NOT_JUDGED": "not judged",
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


def measure_words(name: str) -> str:
    """A measure's name in words; what stands behind ": " stays as it is.

    Example:
        >>> measure_words("transition_tv: verbs"), measure_words("my_own")
        ('steps inside visits, TV: verbs', 'my_own')
    """
    base, colon, rest = name.partition(":")
    return f"{MEASURES.get(base, base)}{colon}{rest}"
