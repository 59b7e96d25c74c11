"""The order of the links of a visit, and the time between them."""
