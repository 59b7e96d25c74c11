"""Pictures of tables as Altair charts: functions that return figures, never shown by themselves.

They need the extra `plots`. A chart is shown by a notebook, changed with Altair's own methods, and saved with
`chart.save("figure.svg")` (or png, pdf, html). The report's pictures need no extra, and no script.
"""

from assoc_synth.report.charts.associations import association_graph, heat_maps, lift_against_lift
from assoc_synth.report.charts.rows import transition_matrix
from assoc_synth.report.charts.shares import amounts, degrees, hours, months, verbs, visit_sizes, weekdays

__all__ = [
    "lift_against_lift",
    "heat_maps",
    "association_graph",
    "transition_matrix",
    "degrees",
    "hours",
    "weekdays",
    "months",
    "amounts",
    "verbs",
    "visit_sizes",
]
