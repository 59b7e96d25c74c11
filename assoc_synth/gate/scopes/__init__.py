"""The gate's scopes: what of a table is compared, each with the destroyer that it must be able to stop."""

NAMES = ("links", "visits", "order", "rows")
"""Every scope, in the order in which a verdict names them."""
