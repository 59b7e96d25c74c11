"""The link graph drawn: inline SVG without a script."""
