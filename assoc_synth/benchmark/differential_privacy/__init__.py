"""What differential privacy costs a table, and whether its promise holds: the page DIFFERENTIAL_PRIVACY.md."""
