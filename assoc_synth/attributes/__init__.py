"""Attributes: times, amounts, baskets and extra columns in the networks' terms, and back."""

from assoc_synth.attributes.constraints import check_constraints
from assoc_synth.attributes.dependencies import Demanded
from assoc_synth.attributes.encoder import AttributeEncoder

__all__ = ["AttributeEncoder", "Demanded", "check_constraints"]
