"""The generator: a verb-conditional CTGAN over links. It knows codes and sizes only, no names and no tables.

`edges` draws which objects a subject is linked to, `occurrences` how often, when and for how much, and
`assignment` decides which link is in which visit. `trainer` trains all of them.
"""
