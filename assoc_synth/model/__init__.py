"""A fitted model: fitting it, drawing from it, and its directory of files."""
