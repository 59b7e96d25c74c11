"""The generator: a verb-conditional CTGAN over links. It knows codes and sizes only, no names and no tables.

It has four stages, trained one after another by `trainer`:

1. `edges`: which objects a subject is linked to, and by which verbs;
2. `occurrences`: how often an edge occurs, when the subject's visits are, and the links' columns (amount, extras);
3. `assignment`: which link is in which visit;
4. `order`: in which order the links of a visit are, and how far apart.

There are two generators, `EdgeGenerator` (stage 1) and `OccurrenceGenerator` (stages 2 to 4): the weights of the
assignment and of the order are part of the occurrence generator.

Which file does what about visits: `occurrences/visit_sampling` draws when they are and how many links each has;
`assignment` decides which link is in which; `visit_features` is what the networks see of them; `attributes/visits`
reads the real ones from a table.
"""
