"""Stage 1: the edges of a subject, one after the other."""
