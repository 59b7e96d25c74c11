"""The associative link graph: items, links, and everything that is counted on them."""
