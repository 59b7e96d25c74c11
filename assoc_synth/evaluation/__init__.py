"""Measures of a synthetic table: fidelity, usefulness, privacy. They import neither the generator nor the gate."""

from assoc_synth.evaluation.c2st import c2st_figures
from assoc_synth.evaluation.comparison import Sides, fidelity_figures
from assoc_synth.evaluation.copies import Copies, exact_copies, near_copies
from assoc_synth.evaluation.directions import DIRECTIONS, Aim, direction
from assoc_synth.evaluation.disclosure import disclosure_of, flagged, privacy_figures
from assoc_synth.evaluation.fidelity import Fidelity, fidelity, fidelity_across_verbs
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import Butterflies, butterflies, motif_distances, motif_figures
from assoc_synth.evaluation.own_measures import register_measure, registered_measures, unregister_measure
from assoc_synth.evaluation.pair_labels import PairLabels, TokenPairs, label_pairs
from assoc_synth.evaluation.privacy import Proximity, closer_to_train
from assoc_synth.evaluation.row_figures import destroyed_distances, row_distances, row_figures
from assoc_synth.evaluation.sdv_reports import sdv_quality
from assoc_synth.evaluation.shares import repeat_share, verb_shares
from assoc_synth.evaluation.tables import table_figures
from assoc_synth.evaluation.utility import RecommenderTask, Utility, tstr
from assoc_synth.link_graph.rows import Rows, coded_rows, rows_of_edges

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
    "Figure",
    "Aim",
    "DIRECTIONS",
    "direction",
    "register_measure",
    "unregister_measure",
    "registered_measures",
    "table_figures",
    "Sides",
    "fidelity_figures",
    "marginal_figures",
    "motif_figures",
    "Rows",
    "coded_rows",
    "rows_of_edges",
    "row_figures",
    "row_distances",
    "destroyed_distances",
    "c2st_figures",
    "privacy_figures",
    "sdv_quality",
    "Butterflies",
    "butterflies",
    "motif_distances",
    "PairLabels",
    "TokenPairs",
    "label_pairs",
    "Copies",
    "exact_copies",
    "near_copies",
    "disclosure_of",
    "flagged",
]
