"""Which measures belong together, and in which order they are shown."""

from __future__ import annotations

from assoc_synth.evaluation.directions import DIRECTIONS
from assoc_synth.evaluation.figures import Figure

ASSOCIATIONS, COLUMNS, ROWS, OWN, USE, PRIVACY = "Associations", "Columns", "Rows", "Own measures", "Use", "Privacy"
GROUPS = (ASSOCIATIONS, COLUMNS, ROWS, OWN, USE, PRIVACY)
SCORED = (ASSOCIATIONS, COLUMNS, ROWS, OWN, USE)
"""Groups that count in a score: privacy does not, since a copy of the real table is the most alike."""
_MEMBERS = {
    ASSOCIATIONS: (
        "item_l1", "pair_l1", "lift_mae", "lift_r", "rule_f1", "also_buy_at_10", "degree_ks", "triple_l1",
        "triple_lift_mae", "butterflies", "metamorphosis",
    ),
    COLUMNS: (
        "verb_tv", "object_tv", "hour_tv", "weekday_tv", "month_tv", "time_missing", "amount_ks", "amount_missing",
    ),
    USE: ("ndcg@10",),
    PRIVACY: (
        "closer_to_train", "exact_copies", "near_copies", "row_copies", "duplicates", "most_emitted", "dcr", "nndr",
        "membership_auc", "tpr@1%", "tpr@0.1%", "singling_out", "linkability", "inference",
    ),
}  # fmt: skip
_OF = {name: group for group, names in _MEMBERS.items() for name in names}


def group_of(measure: str) -> str:
    """The group of a measure, "Own measures" for one that is not built in; what stands behind ": " does not matter.

    Example:
        >>> group_of("pair_l1"), group_of("transition_tv: verbs"), group_of("tpr@1%: pairs")
        ('Associations', 'Rows', 'Privacy')
    """
    name = measure.partition(":")[0]
    return _OF.get(name, ROWS) if name in DIRECTIONS else OWN


def in_order(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Figures group by group; within one they stay in their order."""
    return tuple(sorted(figures, key=lambda figure: GROUPS.index(group_of(figure.name))))
