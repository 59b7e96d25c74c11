"""Attributes: times, amounts, baskets and extra columns in the networks' terms, and back."""

from assoc_synth.attributes.constraints import check_constraints
from assoc_synth.attributes.dependencies import Demanded
from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.overrides import Overrides, overruled
from assoc_synth.attributes.plan import ColumnPlan, Plan, plan_columns

__all__ = [
    "AttributeEncoder",
    "ColumnPlan",
    "Demanded",
    "Overrides",
    "Plan",
    "check_constraints",
    "overruled",
    "plan_columns",
]
