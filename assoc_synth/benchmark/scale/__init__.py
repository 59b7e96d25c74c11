"""Large tables: whether pairs of rare objects keep their lift, and what a fit and a draw take."""
