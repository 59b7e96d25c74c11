"""Attributes: times, amounts, baskets and extra columns in the networks' terms, and back."""

from assoc_synth.attributes.column_plan import ColumnPlan
from assoc_synth.attributes.constraints import check_constraints
from assoc_synth.attributes.dependencies import Demanded
from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.overrides import Overrides, overruled
from assoc_synth.attributes.plan import Plan, plan_columns
from assoc_synth.attributes.protection import protected, without_rare_objects
from assoc_synth.attributes.thresholds import MIN_SUBJECTS, Thresholds

__all__ = [
    "MIN_SUBJECTS",
    "AttributeEncoder",
    "ColumnPlan",
    "Demanded",
    "Overrides",
    "Plan",
    "Thresholds",
    "check_constraints",
    "overruled",
    "plan_columns",
    "protected",
    "without_rare_objects",
]
