"""The generator: a verb-conditional CTGAN over links. It knows codes and sizes only, no names and no tables.

Stage 1 (`networks`, `training`, `sampling`) draws a subject's edges, stage 2 (`occurrences`, `occurrence_training`,
`occurrence_sampling`) how often, when and for how much each of them occurs.
"""
