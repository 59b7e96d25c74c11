"""Stage 3: which link lies in which visit, by swaps."""
