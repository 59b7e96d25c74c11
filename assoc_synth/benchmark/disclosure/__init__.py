"""An auditor's search for what too few subjects have in a model's files and rows, apart from the model's own list."""
