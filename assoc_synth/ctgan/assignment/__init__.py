"""Stage 3: which link is in which visit, by swaps."""
