"""The benchmark's results as records, as lines, on the terminal and as a page."""
