"""The generator: a verb-conditional CTGAN over links. It knows codes and sizes only, no names and no tables.

It has five stages, trained one after another by `trainer`:

1. `edges`: which objects a subject is linked to, and by which verbs;
2. `occurrences`: how often an edge occurs, when the subject's visits are, and the links' columns (amount, extras);
3. `assignment`: which link is in which visit;
4. `order`: in which order the links of a visit are, and how far apart;
5. `visit_columns`: the columns that all links of a visit share, as the ward does, given these links.

There are two generators, `EdgeGenerator` (stage 1) and `OccurrenceGenerator` (stages 2 to 5): the weights of the
assignment, of the order and of the columns of visits are part of the occurrence generator.

Which file does what about visits: `occurrences/visit_sampling` draws when they are and how many links each has;
`assignment` decides which link is in which; `visit_features` is what the networks see of them; `attributes/visits`
reads the real ones from a table.
"""
