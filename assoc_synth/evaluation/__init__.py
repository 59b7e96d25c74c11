"""The judge: how true, how useful and how private a synthetic table is. It never imports the generator or the gate."""

from assoc_synth.evaluation.fidelity import Fidelity, fidelity, fidelity_across_verbs
from assoc_synth.evaluation.privacy import Proximity, closer_to_train
from assoc_synth.evaluation.shares import repeat_share, verb_shares
from assoc_synth.evaluation.utility import RecommenderTask, Utility, tstr

__all__ = [
    "Fidelity",
    "fidelity",
    "fidelity_across_verbs",
    "Utility",
    "RecommenderTask",
    "tstr",
    "Proximity",
    "closer_to_train",
    "repeat_share",
    "verb_shares",
]
