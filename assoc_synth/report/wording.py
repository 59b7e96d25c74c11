"""Words for the names of blocks, scopes, measures and charts."""

from __future__ import annotations

from collections.abc import Sequence

from assoc_synth.evaluation.disclosure import flagged
from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.words import BLOCKS, block_words

__all__ = [
    "BLOCKS", "CHARTS", "MEASURES", "OF_ROWS", "SCOPES", "STATUS", "block_words", "disclosure_words", "measure_words",
]  # fmt: skip

SCOPES = {
    "links": ("Links", "who has what, and what goes with what", "links drawn independently"),
    "visits": ("Visits", "what is taken together in one visit", "a subject’s links dealt anew among its visits"),
    "order": ("Order", "what comes after what, and after how long", "a subject’s rows in random order"),
    "rows": ("Rows", "amounts, hours, extra columns", "each column shuffled among the rows of a verb"),
}
"""Heading, what the scope looks at, and what its destroyed table has lost."""
MEASURES = {
    "item_l1": "object shares, relative L1", "pair_l1": "pair supports, relative L1",
    "lift_mae": "log2 lift, mean error", "lift_r": "log2 lift, correlation", "rule_f1": "rules (lift ≥ 2), F1",
    "also_buy_at_10": "top-ten partners, overlap", "degree_ks": "objects per subject, KS",
    "verb_tv": "verbs, TV", "object_tv": "objects, TV", "hour_tv": "hour of day, TV", "weekday_tv": "weekday, TV",
    "month_tv": "month, TV", "time_missing": "missing times, difference", "amount_ks": "amount, KS",
    "amount_missing": "missing amounts, difference", "triple_l1": "triple supports, relative L1",
    "triple_lift_mae": "log2 lift of triples, mean error", "butterflies": "butterflies, |log2 ratio|",
    "metamorphosis": "metamorphosis, difference", "closer_to_train": "share nearer to a training subject",
    "exact_copies": "copies of training subjects (≥ 4 links)", "near_copies": "copies, or one link away",
    "row_copies": "copies with times and amounts", "duplicates": "emitted more than once (≥ 4 links)",
    "most_emitted": "how often the same training subject, at most", "dcr": "DCR, 5th percentile",
    "nndr": "NNDR, 5th percentile", "membership_auc": "membership attack, AUC",
    "tpr@1%": "recognised at 1 % false alarms", "tpr@0.1%": "recognised at 0.1 % false alarms",
    "singling_out": "singling out, risk", "linkability": "linkability, risk", "inference": "inference, risk",
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


def disclosure_words(figures: Sequence[Figure]) -> str:
    """Whether privacy figures give anybody away, and by what.

    Example:
        >>> disclosure_words([Figure("near_copies", 0.1, p_value=0.002), Figure("tpr@1%: pairs", 0.01, p_value=0.4)])
        'Training subjects are given away by: copies, or one link away (p 0.002).'
    """
    tested = [figure for figure in figures if figure.p_value is not None]
    if not tested:
        return "Nothing is known: there are too few subjects to attack."
    found = set(flagged(tested))
    if not found:
        least = min(figure.p_value or 0.0 for figure in tested)
        words = f"None of {len(tested)} tests finds that a training subject is given away (smallest p {least:.3f}, "
        return f"{words}adjusted for their number)."
    names = [f"{measure_words(one.name)} (p {one.p_value:.3f})" for one in tested if one.name in found]
    return f"Training subjects are given away by: {'; '.join(names)}."


def measure_words(name: str) -> str:
    """A measure's name in words; what stands behind ": " stays as it is.

    Example:
        >>> measure_words("transition_tv: verbs"), measure_words("my_own")
        ('steps inside visits, TV: verbs', 'my_own')
    """
    base, colon, rest = name.partition(":")
    return f"{MEASURES.get(base, base)}{colon}{rest}"
