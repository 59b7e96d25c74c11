"""Which way each measure is better: the one table that figures, the report and the benchmark read."""

from __future__ import annotations

from typing import Literal

Aim = Literal["low", "high", "half", "none"]
"""Which way is better; "half" is nearest to 0.5; "none" is of what is shown for information, such as seconds."""

DIRECTIONS: dict[str, Aim] = {
    # fidelity
    "item_l1": "low", "pair_l1": "low", "lift_mae": "low", "lift_r": "high", "rule_f1": "high",
    "also_buy_at_10": "high", "degree_ks": "low",
    # motifs
    "triple_l1": "low", "triple_lift_mae": "low", "butterflies": "low", "metamorphosis": "low",
    # marginals and occurrences
    "verb_tv": "low", "object_tv": "low", "hour_tv": "low", "weekday_tv": "low", "month_tv": "low",
    "time_missing": "low", "amount_missing": "low", "amount_ks": "low", "amount_ks_objects": "low",
    "gap_ks": "low", "basket_size_ks": "low", "verb_order": "low",
    # rows: order, times, visits, attributes, amounts; a classifier that cannot tell scores one half
    "transition_tv": "low", "tie_transition_tv": "low", "visit_transition_tv": "low", "order_share": "low",
    "implications_kept": "high", "implication_error": "low", "duration_ks": "low", "tie_share": "low",
    "visit_pair_l1": "low", "visit_lift_r": "high", "visit_also_buy": "high", "attribute_tv": "low",
    "attribute_joint_tv": "low", "presence_error": "low", "sign_error": "low", "c2st": "half",
    # utility
    "ndcg@10": "high",
    # privacy: a generator that cannot tell training subjects from others scores one half
    "closer_to_train": "half", "exact_copies": "low", "near_copies": "low", "row_copies": "low", "duplicates": "low",
    "most_emitted": "low", "dcr": "high", "nndr": "high", "membership_auc": "half", "tpr@1%": "low", "tpr@0.1%": "low",
    "singling_out": "low", "linkability": "low", "inference": "low",
    # SDV's reports, and "sdv quality: Column Shapes" and the like
    "sdv quality": "high", "sdv diagnostic": "high", "sdv_quality": "high", "column_shapes": "high",
    "pair_trends": "high",
}  # fmt: skip


def direction(measure: str) -> Aim:
    """Whether "low" or "high" is better, or "half" (0.5) is the aim; the part after ": " does not matter.

    Raises:
        KeyError: no such measure.

    Example:
        >>> direction("pair_l1"), direction("sdv quality: Column Shapes"), direction("closer_to_train")
        ('low', 'high', 'half')
    """
    return DIRECTIONS[measure.partition(":")[0]]
